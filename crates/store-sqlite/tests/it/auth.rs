use std::sync::Arc;

use gacp_auth::contract::guesses::Guesses;
use gacp_auth::contract::{AuthFixture, sample};
use gacp_auth::{AccountStore, RevocationReason, SessionStore};
use gacp_store::{Change, StoreError};
use rusqlite::Connection;

use crate::scratch::{Scratch, fresh};

fn fixture() -> AuthFixture {
    let store = Arc::new(fresh());
    AuthFixture {
        accounts: store.clone(),
        sessions: store.clone(),
        events: store.clone(),
        history: store.clone(),
        receipts: store,
    }
}

mod accounts {
    use super::*;

    gacp_auth::account_store_contract!(async { fixture() });
}

mod sessions {
    use super::*;

    gacp_auth::session_store_contract!(async { fixture() });
}

mod events {
    use super::*;

    gacp_auth::event_store_contract!(async { fixture() });
}

mod guesses {
    use super::*;

    gacp_auth::guess_store_contract!(async {
        let store: Guesses = Arc::new(fresh());
        store
    });
}

#[tokio::test]
async fn a_session_that_is_none_any_more_can_still_be_ended() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let account = sample::farmer(1);
    let session = sample::session(&account, 0);
    store.create(&account, &Change::default()).await.unwrap();
    store.open(&session, &sample::login(&session)).await.unwrap();
    let file = Connection::open(&scratch.path).unwrap();
    file.execute("UPDATE sessions SET doc = 'ไม่ใช่เอกสาร'", ()).unwrap();

    let found = SessionStore::find(&store, session.id).await;
    let before = store.standing(session.id, sample::now()).await.unwrap().unwrap();
    let reason = RevocationReason::EndedElsewhere;
    let ended = store.revoke_all(account.id(), None, reason, sample::now()).await.unwrap();
    let after = store.standing(session.id, sample::now()).await.unwrap().unwrap();

    assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    assert_eq!((before.session_live, ended, after.session_live), (true, 1, false));
}
