//! The in-memory stores keep the contracts of their ports.

use std::sync::Arc;

use gacp_certifications::MemoryCertifications;
use gacp_certifications::contract::CertificationFixture;
use gacp_farms::MemoryFarms;
use gacp_store::MemoryLedger;

fn fresh() -> CertificationFixture {
    let ledger = MemoryLedger::shared();
    let farms = Arc::new(MemoryFarms::new(Arc::clone(&ledger)));
    let certifications = MemoryCertifications::beside(Arc::clone(&farms), Arc::clone(&ledger));
    CertificationFixture {
        applications: certifications.clone(),
        certificates: certifications.clone(),
        numbers: certifications.clone(),
        farms,
        obligations: certifications,
        history: ledger.clone(),
        receipts: ledger,
    }
}

gacp_certifications::application_store_contract!(async { fresh() });
gacp_certifications::certificate_store_contract!(async { fresh() });
