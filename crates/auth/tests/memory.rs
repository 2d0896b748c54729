//! The in-memory stores keep the contracts of their ports.

use std::sync::Arc;

use gacp_auth::MemoryAuth;
use gacp_auth::contract::AuthFixture;
use gacp_store::{HistoryStore, MemoryLedger};

fn fixture() -> AuthFixture {
    let ledger = MemoryLedger::shared();
    let stores = MemoryAuth::new(Arc::clone(&ledger));
    let history: Arc<dyn HistoryStore> = Arc::<MemoryLedger>::clone(&ledger);
    AuthFixture {
        accounts: Arc::new(stores.accounts()),
        sessions: Arc::new(stores.sessions()),
        events: Arc::new(stores.events()),
        history,
        receipts: ledger,
    }
}

mod accounts {
    gacp_auth::account_store_contract!(async { super::fixture() });
}

mod sessions {
    gacp_auth::session_store_contract!(async { super::fixture() });
}

mod events {
    gacp_auth::event_store_contract!(async { super::fixture() });
}

mod guesses {
    use std::sync::Arc;

    use gacp_auth::MemoryGuesses;
    use gacp_auth::contract::guesses::Guesses;

    gacp_auth::guess_store_contract!(async {
        let store: Guesses = Arc::new(MemoryGuesses::default());
        store
    });
}
