//! The in-memory key store keeps the contract of its port.

use std::sync::Arc;

use gacp_keys::{KeyStore, MemoryKeys};

gacp_keys::key_store_contract!(async {
    let keys: Arc<dyn KeyStore> = Arc::new(MemoryKeys::default());
    keys
});
