//! What servers are told.

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What a server is told beside where to listen: nothing for a store of its own in its folder.
pub(crate) type Variables = Vec<(&'static str, String)>;

/// The key of the keys of servers that share a store: 32 random bytes, as a server takes them.
pub(crate) fn master_key() -> Result<(&'static str, String)> {
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key).context("the system gives no randomness")?;
    Ok(("GACP_SECRETS__MASTER_KEY", STANDARD.encode(key)))
}

/// What a server is told that is to keep no replies.
pub(crate) fn keeps_nothing() -> (&'static str, String) {
    ("GACP_CACHE__MEMORY_MIB", "0".to_owned())
}
