//! Passwords are hashed with argon2id (RFC 9106), off the async threads.

mod pepper;
mod stored;
mod worker;

use std::fmt;
use std::sync::Arc;

use argon2::Params;
use async_trait::async_trait;
use gacp_resilience::gate::{Failed, Gate};
use gacp_store::BoxError;
use thiserror::Error;

pub use pepper::Pepper;

use crate::{HashError, Password, PasswordHash, PasswordHasher};
use stored::{Argon2id, Stored};
use worker::Worker;

/// The length of a hash: 256 bits.
const HASH_BYTES: usize = 32;

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

/// The cost is below [`HashCost::FLOOR`] or above [`HashCost::CEILING`], or argon2 has no such
/// setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("password hashes must cost 19456 to 1048576 KiB, 2 to 64 passes and at least 1 lane")]
pub struct CostRefused;

impl HashCost {
    /// The least that is accepted, and the default (OWASP Password Storage Cheat Sheet).
    pub const FLOOR: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };

    /// The most memory and passes that are accepted, in stored hashes too: far above any sensible
    /// setting, low enough that a damaged record neither takes the process down nor keeps a core
    /// busy for days.
    pub const CEILING: Self = Self { memory_kib: 1 << 20, passes: 64, lanes: 1 };

    fn params(self) -> Result<Params, CostRefused> {
        let Self { memory_kib, passes, lanes } = self;
        let within = (Self::FLOOR.memory_kib..=Self::CEILING.memory_kib).contains(&memory_kib)
            && (Self::FLOOR.passes..=Self::CEILING.passes).contains(&passes);
        if !within {
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

/// Hashes with argon2id behind a [`Gate`], and verifies what the system before hashed with bcrypt.
/// Its memory is at most [`Limits::at_once`](gacp_resilience::gate::Limits::at_once) times the
/// cost's, and is used again: fresh memory nearly doubles the time of a hash.
pub struct Argon2Hasher {
    gate: Gate,
    worker: Arc<Worker>,
}

impl Argon2Hasher {
    /// A hasher of this cost that knows no pepper. Fails with [`CostRefused`].
    pub fn new(cost: HashCost, gate: Gate) -> Result<Self, CostRefused> {
        Ok(Self { gate, worker: Arc::new(Worker::new(cost.params()?, None)) })
    }

    /// The same hasher with peppers.
    #[must_use]
    pub fn with_pepper(self, pepper: Pepper) -> Self {
        let worker = Worker::new(self.worker.params().clone(), Some(pepper));
        Self { worker: Arc::new(worker), ..self }
    }

    async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Worker) -> Result<R, HashError> + Send + 'static,
    ) -> Result<R, HashError> {
        let worker = Arc::clone(&self.worker);
        match self.gate.run(move || work(&worker)).await {
            Ok(done) => done,
            Err(Failed::Rejected(_)) => Err(HashError::Overloaded),
            Err(aborted @ Failed::Aborted) => Err(failed(aborted)),
        }
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
        let nobodys = Stored::Argon2id(Argon2id::nobodys(self.worker.params()));
        let password = password.clone();
        self.run(move |worker| worker.verify(&password, &nobodys).map(drop)).await
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        let stored = Stored::read(hash);
        stored.is_ok_and(|stored| self.worker.would_hash_otherwise(&stored))
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
        f.debug_struct("Argon2Hasher").field("gate", &self.gate).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
