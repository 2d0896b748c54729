//! Passwords are hashed with argon2id (RFC 9106), off the async threads.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use async_trait::async_trait;
use gacp_keys::random_bytes;
use gacp_store::BoxError;
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::gate::{Gate, HashLimits};
use crate::{HashError, Password, PasswordHash, PasswordHasher};

/// The length of a salt (RFC 9106 §3.1 recommends 16 bytes).
const SALT_BYTES: usize = 16;

/// The length of a hash: 256 bits.
const HASH_BYTES: usize = 32;

/// The most memory that a stored hash may ask for, in KiB: far above any sensible setting, low
/// enough that a damaged record cannot take the process down.
const MAX_MEMORY_KIB: u32 = 1 << 20;

/// How much work a hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes of the memory.
    pub lanes: u32,
}

/// The cost is below [`HashCost::FLOOR`], or argon2 has no such setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("password hashes must cost at least 19456 KiB, 2 passes and 1 lane")]
pub struct CostRefused;

/// The stored hash is not argon2id, or lacks a part.
#[derive(Debug, Error)]
#[error("not an argon2id hash with salt and output")]
struct NotArgon2id;

impl HashCost {
    /// The least that is accepted, and the default (OWASP Password Storage Cheat Sheet).
    pub const FLOOR: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };

    fn params(self) -> Result<Params, CostRefused> {
        let Self { memory_kib, passes, lanes } = self;
        let strong = memory_kib >= Self::FLOOR.memory_kib && passes >= Self::FLOOR.passes;
        if !strong || memory_kib > MAX_MEMORY_KIB {
            return Err(CostRefused);
        }
        let params = Params::new(memory_kib, passes, lanes, Some(HASH_BYTES));
        params.map_err(|_no_such_setting| CostRefused)
    }
}

impl Default for HashCost {
    fn default() -> Self {
        Self::FLOOR
    }
}

/// Hashes with argon2id. Its memory is at most [`HashLimits::at_once`] times the cost's, and is
/// used again: fresh memory nearly doubles the time of a hash.
pub struct Argon2Hasher {
    gate: Gate,
    worker: Arc<Worker>,
}

struct Worker {
    params: Params,
    memory: Mutex<Vec<Vec<Block>>>,
}

/// A stored hash, taken apart.
struct Stored {
    params: Params,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Argon2Hasher {
    /// A hasher of this cost. Fails with [`CostRefused`].
    pub fn new(cost: HashCost, limits: HashLimits) -> Result<Self, CostRefused> {
        let worker = Worker { params: cost.params()?, memory: Mutex::default() };
        Ok(Self { gate: Gate::new(limits), worker: Arc::new(worker) })
    }

    async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Worker) -> Result<R, HashError> + Send + 'static,
    ) -> Result<R, HashError> {
        let pass = self.gate.enter().await?;
        let worker = Arc::clone(&self.worker);
        // The pass goes along: when the client leaves, the core is busy until the work is done.
        let task = tokio::task::spawn_blocking(move || {
            let done = work(&worker);
            drop(pass);
            done
        });
        task.await.map_err(failed)?
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let password = password.clone();
        self.run(move |worker| worker.hash(&password)).await
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HashError> {
        let stored = Stored::read(hash)?;
        let password = password.clone();
        self.run(move |worker| worker.verify(&password, &stored)).await
    }

    async fn verify_nothing(&self, password: &Password) -> Result<(), HashError> {
        let nobody = Stored {
            params: self.worker.params.clone(),
            salt: vec![0; SALT_BYTES],
            output: vec![0; HASH_BYTES],
        };
        let password = password.clone();
        self.run(move |worker| worker.verify(&password, &nobody).map(drop)).await
    }
}

impl Worker {
    fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let salt = random_bytes::<SALT_BYTES>().map_err(failed)?;
        let mut output = [0; HASH_BYTES];
        self.compute(&self.params, (password, &salt), &mut output)?;
        let phc = Phc {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(failed)?,
            salt: Some(Salt::new(&salt).map_err(failed)?),
            hash: Some(Output::new(&output).map_err(failed)?),
        };
        PasswordHash::parse(phc.to_string()).map_err(failed)
    }

    fn verify(&self, password: &Password, stored: &Stored) -> Result<bool, HashError> {
        let mut output = vec![0; stored.output.len()];
        self.compute(&stored.params, (password, &stored.salt), &mut output)?;
        Ok(output.ct_eq(&stored.output).into())
    }

    fn compute(
        &self,
        params: &Params,
        (password, salt): (&Password, &[u8]),
        output: &mut [u8],
    ) -> Result<(), HashError> {
        let mut blocks = self.take();
        blocks.resize(params.block_count().max(blocks.len()), Block::new());
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let bytes = password.as_bytes();
        let done = argon2.hash_password_into_with_memory(bytes, salt, output, &mut blocks);
        self.put_back(blocks);
        done.map_err(failed)
    }

    fn take(&self) -> Vec<Block> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.pop().unwrap_or_default()
    }

    fn put_back(&self, blocks: Vec<Block>) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
    }
}

impl Stored {
    fn read(hash: &PasswordHash) -> Result<Self, HashError> {
        let phc = Phc::new(hash.as_str()).map_err(unreadable)?;
        let version = phc.version.map(Version::try_from).transpose().map_err(unreadable)?;
        let params = Params::try_from(&phc).map_err(unreadable)?;
        let known = phc.algorithm == ARGON2ID_IDENT
            && version == Some(Version::V0x13)
            && params.m_cost() <= MAX_MEMORY_KIB;
        match (phc.salt, phc.hash) {
            (Some(salt), Some(output)) if known => {
                Ok(Self { params, salt: salt.to_vec(), output: output.as_bytes().to_vec() })
            }
            _ => Err(unreadable(NotArgon2id)),
        }
    }
}

fn failed(error: impl Into<BoxError>) -> HashError {
    HashError::Failed(error.into())
}

fn unreadable(error: impl Into<BoxError>) -> HashError {
    HashError::Unreadable(error.into())
}

impl fmt::Debug for Argon2Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2Hasher").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
