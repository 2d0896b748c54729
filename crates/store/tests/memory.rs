//! The in-memory ledger keeps the contract of its ports.

use std::sync::Arc;

use gacp_store::{MemoryLedger, ReceiptStore};

gacp_store::receipt_store_contract!(async {
    let ledger: Arc<dyn ReceiptStore> = MemoryLedger::shared();
    ledger
});
