//! What servers on one store share: the store, what limits them, the key of their keys.

use anyhow::Result;

use super::rota::DRAIN;
use crate::chaos::mongo;
use crate::server::{self, Variables};
use crate::services::Own;

/// Services of the drill's own.
pub(crate) struct Shared {
    mongod: Own,
    redis: Own,
    master_key: (&'static str, String),
}

impl Shared {
    /// Starts them; they end when this is dropped.
    pub(crate) fn start() -> Result<Self> {
        Ok(Self { mongod: Own::mongod()?, redis: Own::redis()?, master_key: server::master_key()? })
    }

    /// What each server is told.
    pub(super) fn variables(&self) -> Variables {
        let mut variables = mongo::variables(&self.mongod);
        variables.extend([
            self.redis.variable(),
            self.master_key.clone(),
            ("GACP_SHUTDOWN__DRAIN_SECONDS", DRAIN.as_secs().to_string()),
            // Requests come from the balancer, and from there alone.
            ("GACP_SERVER__TRUSTED_PROXIES", "127.0.0.1".to_owned()),
        ]);
        variables
    }
}
