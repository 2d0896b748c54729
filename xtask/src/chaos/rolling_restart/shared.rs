//! What servers on one store share: the store, what limits them, the key of their keys.

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::rota::DRAIN;
use crate::chaos::mongo;
use crate::server::Variables;
use crate::services::Own;

/// Services of the drill's own.
pub(crate) struct Shared {
    mongod: Own,
    redis: Own,
    master_key: String,
}

impl Shared {
    /// Starts them; they end when this is dropped.
    pub(crate) fn start() -> Result<Self> {
        Ok(Self { mongod: Own::mongod()?, redis: Own::redis()?, master_key: master_key()? })
    }

    /// What each server is told.
    pub(super) fn variables(&self) -> Variables {
        let mut variables = mongo::variables(&self.mongod);
        variables.extend([
            self.redis.variable(),
            ("GACP_SECRETS__MASTER_KEY", self.master_key.clone()),
            ("GACP_SHUTDOWN__DRAIN_SECONDS", DRAIN.as_secs().to_string()),
            // Requests come from the balancer, and from there alone.
            ("GACP_SERVER__TRUSTED_PROXIES", "127.0.0.1".to_owned()),
        ]);
        variables
    }
}

/// 32 random bytes, as the server takes them.
fn master_key() -> Result<String> {
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key).context("the system gives no randomness")?;
    Ok(STANDARD.encode(key))
}
