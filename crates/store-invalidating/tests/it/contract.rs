//! The contract suites of the ports, on stores whose writes are announced.

use std::sync::Arc;
use std::time::Duration;

use gacp_auth::contract::AuthFixture;
use gacp_cache::{InProcess, Writes};
use gacp_certifications::contract::CertificationFixture;
use gacp_farms::contract::FarmFixture;
use gacp_store_invalidating::Invalidating;
use gacp_store_sqlite::Sqlite;
use tempfile::TempDir;

/// A store whose file is already gone from its folder.
pub(crate) fn sqlite() -> Sqlite {
    let folder = TempDir::new().unwrap();
    Sqlite::open(&folder.path().join("gacp.sqlite")).unwrap()
}

fn stores() -> (Arc<Sqlite>, Arc<Invalidating<Sqlite>>) {
    let store = Arc::new(sqlite());
    let cache = Arc::new(InProcess::of_bytes(1 << 20));
    let writes = Writes::new(cache, Arc::new(()), Duration::from_mins(1));
    (store.clone(), Arc::new(Invalidating::new(store, writes)))
}

fn auth() -> AuthFixture {
    let (plain, store) = stores();
    AuthFixture {
        accounts: store.clone(),
        sessions: store,
        events: plain.clone(),
        history: plain.clone(),
        receipts: plain,
    }
}

mod accounts {
    gacp_auth::account_store_contract!(async { super::auth() });
}

mod sessions {
    gacp_auth::session_store_contract!(async { super::auth() });
}

mod farms {
    use super::*;

    gacp_farms::farm_store_contract!(async {
        let (plain, store) = stores();
        FarmFixture { farms: store, history: plain.clone(), receipts: plain }
    });
}

mod certifications {
    use super::*;

    fn fixture() -> CertificationFixture {
        let (plain, store) = stores();
        CertificationFixture {
            applications: store.clone(),
            certificates: store.clone(),
            numbers: plain.clone(),
            farms: store,
            obligations: plain.clone(),
            history: plain.clone(),
            receipts: plain,
        }
    }

    gacp_certifications::application_store_contract!(async { fixture() });
    gacp_certifications::certificate_store_contract!(async { fixture() });
}
