//! The work itself, on whatever thread it is done.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, KeyId, Params, ParamsBuilder, Version};
use gacp_keys::random_bytes;
use subtle::ConstantTimeEq;
use thiserror::Error;

use super::pepper::Pepper;
use super::stored::{Argon2id, Stored};
use super::{failed, unreadable};
use crate::{HashError, Password, PasswordHash};

/// The length of a salt (RFC 9106 §3.1 recommends 16 bytes).
pub(super) const SALT_BYTES: usize = 16;

/// The length of a hash: 256 bits.
pub(super) const HASH_BYTES: usize = 32;

/// Hashes and verifies, with memory that it uses again.
pub(super) struct Worker {
    /// Of new hashes, but for the name of the pepper.
    params: Params,
    pepper: Option<Pepper>,
    pub(super) memory: Mutex<Vec<Vec<Block>>>,
}

/// A hash was made with a pepper that is not in the ring.
#[derive(Debug, Error)]
#[error("a password was hashed with a pepper that is gone")]
struct LostPepper;

impl Worker {
    pub(super) fn new(params: Params, pepper: Option<Pepper>) -> Self {
        Self { params, pepper, memory: Mutex::default() }
    }

    pub(super) fn params(&self) -> &Params {
        &self.params
    }

    /// Whether a new hash of the same password would be of another kind.
    pub(super) fn would_hash_otherwise(&self, stored: &Stored) -> bool {
        let Stored::Argon2id(Argon2id { params, .. }) = stored else { return true };
        let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
        cost(params) != cost(&self.params) || params.keyid() != self.current_pepper()
    }

    fn current_pepper(&self) -> Vec<u8> {
        self.pepper.as_ref().and_then(Pepper::current).unwrap_or_default()
    }

    pub(super) fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let salt = random_bytes::<SALT_BYTES>().map_err(failed)?;
        let params = self.peppered().map_err(failed)?;
        let mut output = [0; HASH_BYTES];
        self.compute(&params, (password, &salt), &mut output)?;
        let phc = Phc {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params).map_err(failed)?,
            salt: Some(Salt::new(&salt).map_err(failed)?),
            hash: Some(Output::new(&output).map_err(failed)?),
        };
        PasswordHash::parse(phc.to_string()).map_err(failed)
    }

    fn peppered(&self) -> argon2::Result<Params> {
        let mut builder = ParamsBuilder::new();
        builder
            .m_cost(self.params.m_cost())
            .t_cost(self.params.t_cost())
            .p_cost(self.params.p_cost())
            .keyid(KeyId::new(&self.current_pepper())?)
            .output_len(HASH_BYTES);
        builder.build()
    }

    pub(super) fn verify(&self, password: &Password, stored: &Stored) -> Result<bool, HashError> {
        match stored {
            Stored::Argon2id(Argon2id { params, salt, output }) => {
                let mut computed = vec![0; output.len()];
                self.compute(params, (password, salt), &mut computed)?;
                Ok(computed.ct_eq(output).into())
            }
            // It looks at 72 bytes and no more; a hash that is made here looks at all of them.
            Stored::Bcrypt(hash) => bcrypt::verify(password.as_bytes(), hash).map_err(unreadable),
        }
    }

    fn compute(
        &self,
        params: &Params,
        (password, salt): (&Password, &[u8]),
        output: &mut [u8],
    ) -> Result<(), HashError> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
        let seasoned = self.seasoned(password, params)?;
        let bytes = seasoned.as_ref().map_or(password.as_bytes(), |tag| tag.as_slice());
        let mut blocks = self.take();
        blocks.resize(params.block_count().max(blocks.len()), Block::new());
        let done = argon2.hash_password_into_with_memory(bytes, salt, output, &mut blocks);
        self.put_back(blocks);
        done.map_err(failed)
    }

    /// What is hashed instead of the password, if a pepper is named.
    fn seasoned(
        &self,
        password: &Password,
        params: &Params,
    ) -> Result<Option<zeroize::Zeroizing<[u8; 32]>>, HashError> {
        if params.keyid().is_empty() {
            return Ok(None);
        }
        let pepper = self.pepper.as_ref();
        let seasoned = pepper.and_then(|pepper| pepper.season(password, params.keyid()));
        seasoned.map(Some).ok_or_else(|| unreadable(LostPepper))
    }

    fn take(&self) -> Vec<Block> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.pop().unwrap_or_default()
    }

    fn put_back(&self, blocks: Vec<Block>) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
    }
}
