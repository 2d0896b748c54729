//! Stored hashes, taken apart.

use std::ops::RangeInclusive;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{ARGON2ID_IDENT, Params, Version};
use thiserror::Error;

use super::worker::{HASH_BYTES, SALT_BYTES};
use super::{HashCost, unreadable};
use crate::{HashError, PasswordHash};

/// How many rounds a bcrypt hash may ask for, as their binary logarithm: as many as there can be
/// at least, some seconds of a core at most. The system before used 10 to 12; a damaged record
/// must not keep a core busy for days.
const BCRYPT_COSTS: RangeInclusive<u32> = 4..=14;

/// The length of a bcrypt hash in the modular crypt format: `$2b$12$`, 22 characters of salt and
/// 31 of output.
const BCRYPT_CHARS: usize = 60;

/// A stored hash.
pub(super) enum Stored {
    /// Made here.
    Argon2id(Argon2id),
    /// Taken over from the system before.
    Bcrypt(String),
}

/// A hash by argon2id.
pub(super) struct Argon2id {
    pub(super) params: Params,
    pub(super) salt: Vec<u8>,
    pub(super) output: Vec<u8>,
}

/// The stored hash is neither argon2id nor bcrypt, or lacks a part.
#[derive(Debug, Error)]
#[error("not an argon2id or bcrypt hash with sensible parameters, salt and output")]
struct NoHash;

impl Stored {
    /// Fails with [`HashError::Unreadable`].
    pub(super) fn read(hash: &PasswordHash) -> Result<Self, HashError> {
        let text = hash.as_str();
        if ["$2a$", "$2b$", "$2y$"].iter().any(|version| text.starts_with(version)) {
            return bcrypt(text).map(Self::Bcrypt);
        }
        Argon2id::read(text).map(Self::Argon2id)
    }
}

impl Argon2id {
    fn read(text: &str) -> Result<Self, HashError> {
        let phc = Phc::new(text).map_err(unreadable)?;
        let version = phc.version.map(Version::try_from).transpose().map_err(unreadable)?;
        let params = Params::try_from(&phc).map_err(unreadable)?;
        let known = phc.algorithm == ARGON2ID_IDENT
            && version == Some(Version::V0x13)
            && params.m_cost() <= HashCost::CEILING.memory_kib
            && params.t_cost() <= HashCost::CEILING.passes;
        match (phc.salt, phc.hash) {
            (Some(salt), Some(output)) if known => {
                Ok(Self { params, salt: salt.to_vec(), output: output.as_bytes().to_vec() })
            }
            _ => Err(unreadable(NoHash)),
        }
    }

    /// One that no password has, and that takes as much work as any other.
    pub(super) fn nobodys(params: &Params) -> Self {
        Self { params: params.clone(), salt: vec![0; SALT_BYTES], output: vec![0; HASH_BYTES] }
    }
}

fn bcrypt(text: &str) -> Result<String, HashError> {
    let parts: bcrypt::HashParts = text.parse().map_err(unreadable)?;
    if text.len() != BCRYPT_CHARS || !BCRYPT_COSTS.contains(&parts.get_cost()) {
        return Err(unreadable(NoHash));
    }
    Ok(text.to_owned())
}
