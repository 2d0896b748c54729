//! The reference adapter: applications, certificates and numbers in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use gacp_farms::{FarmId, FarmObligations, MemoryFarms};
use gacp_store::{AccountId, Change, Cursor, MemoryLedger, Page, PageRequest, StoreError, page_of};
use jiff::Timestamp;

use crate::{
    Application, ApplicationFilter, ApplicationId, ApplicationStore, Certificate,
    CertificateFilter, CertificateNumber, CertificateStatus, CertificateStore, FarmClaim,
    NumberStore, Payment, Series,
};

/// Applications, certificates and numbers in memory, beside the farms that they are for.
#[derive(Debug)]
pub struct MemoryCertifications {
    state: Mutex<State>,
    farms: Arc<MemoryFarms>,
    ledger: Arc<MemoryLedger>,
}

#[derive(Debug, Default)]
struct State {
    applications: BTreeMap<ApplicationId, Application>,
    certificates: BTreeMap<CertificateNumber, Certificate>,
    payments: HashMap<String, Payment>,
    serials: HashMap<(Series, i16), u32>,
}

impl MemoryCertifications {
    /// Empty stores to share. What is written goes to the ledger, too; the farms must be those
    /// that write to the same one.
    pub fn beside(farms: Arc<MemoryFarms>, ledger: Arc<MemoryLedger>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), farms, ledger })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Everything that can fail happens before the first insert: nothing is left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn refuse_second(&self, application: &Application) -> Result<(), StoreError> {
        for other in self.applications.values() {
            let is_same = other.farm() == application.farm()
                && other.standard().id == application.standard().id;
            if is_same && other.status().is_live() && application.status().is_live() {
                return Err(StoreError::Duplicate { key: Application::LIVE_APPLICATION });
            }
            if other.number() == application.number() {
                return Err(StoreError::Duplicate { key: Application::NUMBER_TAKEN });
            }
        }
        Ok(())
    }

    fn refuse_stale(&self, application: &Application) -> Result<(), StoreError> {
        let stored = self.applications.get(&application.id()).map(Application::revision);
        let expected = application.revision().previous();
        if stored == Some(expected) { Ok(()) } else { Err(StoreError::Stale) }
    }

    fn refuse_taken_slots(&self, application: &Application) -> Result<(), StoreError> {
        let wanted = application.booked_slots();
        let others = self.applications.values().filter(|other| other.id() != application.id());
        let taken = others.flat_map(Application::booked_slots).any(|slot| wanted.contains(&slot));
        if taken { Err(StoreError::Duplicate { key: Application::SLOT_TAKEN }) } else { Ok(()) }
    }

    fn refuse_replacement(&self, application: &Application) -> Result<(), StoreError> {
        self.refuse_stale(application)?;
        self.refuse_taken_slots(application)
    }

    fn put(&mut self, application: &Application) {
        self.applications.insert(application.id(), application.clone());
    }
}

#[async_trait]
impl ApplicationStore for MemoryCertifications {
    async fn open(
        &self,
        application: &Application,
        farm: &FarmClaim,
        change: &Change,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        state.refuse_second(application)?;
        let now = application.updated_at();
        self.farms.bump_with(farm.id, farm.revision, now, || self.ledger.append(change))?;
        state.put(application);
        Ok(())
    }

    async fn replace(&self, application: &Application, change: &Change) -> Result<(), StoreError> {
        let mut state = self.lock();
        state.refuse_replacement(application)?;
        self.ledger.append(change)?;
        state.put(application);
        Ok(())
    }

    async fn issue(
        &self,
        application: &Application,
        certificate: &Certificate,
        change: &Change,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        state.refuse_replacement(application)?;
        if state.certificates.contains_key(&certificate.number()) {
            return Err(StoreError::Duplicate { key: Certificate::NUMBER_TAKEN });
        }
        self.ledger.append(change)?;
        state.put(application);
        state.certificates.insert(certificate.number(), certificate.clone());
        Ok(())
    }

    async fn record_payment(
        &self,
        application: &Application,
        payment: &Payment,
        change: &Change,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.payments.contains_key(&payment.gateway_ref) {
            return Err(StoreError::Duplicate { key: Payment::REFERENCE_TAKEN });
        }
        state.refuse_replacement(application)?;
        self.ledger.append(change)?;
        state.put(application);
        state.payments.insert(payment.gateway_ref.clone(), payment.clone());
        Ok(())
    }

    async fn find(
        &self,
        id: ApplicationId,
        owner: Option<AccountId>,
    ) -> Result<Option<Application>, StoreError> {
        let state = self.lock();
        let found = state.applications.get(&id);
        Ok(found.filter(|found| owner.is_none_or(|owner| found.owner() == owner)).cloned())
    }

    async fn list(
        &self,
        filter: &ApplicationFilter,
        page: &PageRequest,
    ) -> Result<Page<Application>, StoreError> {
        let state = self.lock();
        let wanted = state.applications.values().filter(|one| filter.matches(one)).cloned();
        Ok(page_of(wanted, page, |one| Cursor {
            id: one.id().uuid(),
            updated_at: one.updated_at(),
        }))
    }

    async fn past_deadline(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Application>, StoreError> {
        let state = self.lock();
        let lapsed = state.applications.values().filter(|one| one.has_lapsed(now));
        let mut lapsed: Vec<Application> = lapsed.cloned().collect();
        lapsed.sort_by_key(Application::deadline);
        lapsed.truncate(limit);
        Ok(lapsed)
    }

    async fn find_payment(&self, gateway_ref: &str) -> Result<Option<Payment>, StoreError> {
        Ok(self.lock().payments.get(gateway_ref).cloned())
    }
}

#[async_trait]
impl CertificateStore for MemoryCertifications {
    async fn find(
        &self,
        number: &CertificateNumber,
        owner: Option<AccountId>,
    ) -> Result<Option<Certificate>, StoreError> {
        let state = self.lock();
        let found = state.certificates.get(number);
        Ok(found.filter(|found| owner.is_none_or(|owner| found.holder() == owner)).cloned())
    }

    async fn replace(&self, certificate: &Certificate, change: &Change) -> Result<(), StoreError> {
        let mut state = self.lock();
        let stored = state.certificates.get_mut(&certificate.number());
        let stored = stored.filter(|one| one.revision() == certificate.revision().previous());
        let stored = stored.ok_or(StoreError::Stale)?;
        self.ledger.append(change)?;
        *stored = certificate.clone();
        Ok(())
    }

    async fn list(
        &self,
        filter: &CertificateFilter,
        page: &PageRequest,
    ) -> Result<Page<Certificate>, StoreError> {
        let state = self.lock();
        let wanted = state.certificates.values().filter(|one| filter.matches(one)).cloned();
        Ok(page_of(wanted, page, |one| Cursor {
            id: one.id().uuid(),
            updated_at: one.updated_at(),
        }))
    }
}

#[async_trait]
impl NumberStore for MemoryCertifications {
    async fn next(&self, series: Series, year: i16) -> Result<u32, StoreError> {
        let mut state = self.lock();
        let serial = state.serials.entry((series, year)).or_default();
        *serial = serial.saturating_add(1);
        Ok(*serial)
    }
}

#[async_trait]
impl FarmObligations for MemoryCertifications {
    async fn has_live_work(&self, farm: FarmId, now: Timestamp) -> Result<bool, StoreError> {
        let state = self.lock();
        let mut applications = state.applications.values().filter(|one| one.farm() == farm);
        let mut certificates = state.certificates.values().filter(|one| one.farm() == farm);
        Ok(applications.any(|one| one.status().is_live() && !one.has_lapsed(now))
            || certificates.any(|one| one.status_at(now) == CertificateStatus::Valid))
    }
}
