use std::sync::Arc;

use gacp_keys::KeyStore;

use crate::scratch::fresh;

gacp_keys::key_store_contract!(async {
    let store: Arc<dyn KeyStore> = Arc::new(fresh().await);
    store
});
