use std::sync::Arc;

use gacp_certifications::contract::CertificationFixture;

use crate::scratch::fresh;

async fn fixture() -> CertificationFixture {
    let store = Arc::new(fresh().await);
    CertificationFixture {
        applications: store.clone(),
        certificates: store.clone(),
        numbers: store.clone(),
        farms: store.clone(),
        obligations: store.clone(),
        history: store.clone(),
        receipts: store,
    }
}

gacp_certifications::application_store_contract!(fixture());
gacp_certifications::certificate_store_contract!(fixture());
