//! What servers on one store share: the store, what limits them, the key of their keys.

use anyhow::Result;

use super::mongo;
use crate::server::{self, Variables};
use crate::services::Own;

/// Services of the drill's own.
pub(super) struct Shared {
    mongod: Own,
    redis: Own,
    master_key: (&'static str, String),
}

impl Shared {
    /// Starts them; they end when this is dropped.
    pub(super) fn start() -> Result<Self> {
        Ok(Self { mongod: Own::mongod()?, redis: Own::redis()?, master_key: server::master_key()? })
    }

    /// What each server is told.
    pub(super) fn variables(&self) -> Variables {
        let mut variables = mongo::variables(&self.mongod);
        variables.extend([self.redis.variable(), self.master_key.clone()]);
        variables
    }
}
