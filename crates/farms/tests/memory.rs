//! The in-memory store keeps the contract of its port.

use std::sync::Arc;

use gacp_farms::MemoryFarms;
use gacp_farms::contract::FarmFixture;
use gacp_store::MemoryLedger;

gacp_farms::farm_store_contract!(async {
    let ledger = MemoryLedger::shared();
    FarmFixture {
        farms: Arc::new(MemoryFarms::new(Arc::clone(&ledger))),
        history: ledger.clone(),
        receipts: ledger,
    }
});
