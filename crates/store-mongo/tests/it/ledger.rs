use std::sync::Arc;

use gacp_store::ReceiptStore;

use crate::scratch::fresh;

mod receipts {
    use super::*;

    gacp_store::receipt_store_contract!(async {
        let store: Arc<dyn ReceiptStore> = Arc::new(fresh().await);
        store
    });
}
