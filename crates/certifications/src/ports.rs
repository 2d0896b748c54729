//! What certifications need from outside.

use async_trait::async_trait;
use gacp_farms::FarmId;
use gacp_store::{AccountId, Change, Page, PageRequest, Revision, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::words::words;
use crate::{
    Application, ApplicationId, Certificate, CertificateNumber, CertificateStatus, Payment, Status,
    bangkok,
};

/// A farm for which an application is opened, in the state in which it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FarmClaim {
    /// Which farm.
    pub id: FarmId,
    /// In which state it was read.
    pub revision: Revision,
}

/// Which applications are wanted; what is not said does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ApplicationFilter {
    /// Held by this account.
    pub owner: Option<AccountId>,
    /// In this state.
    pub status: Option<Status>,
    /// For this farm.
    pub farm: Option<FarmId>,
    /// With this inspector named.
    pub assignee: Option<AccountId>,
    /// With a deadline that has passed at this moment.
    pub overdue_at: Option<Timestamp>,
}

impl ApplicationFilter {
    /// Whether an application is wanted; every adapter must agree with it.
    pub fn matches(&self, application: &Application) -> bool {
        self.owner.is_none_or(|owner| application.owner() == owner)
            && self.status.is_none_or(|status| application.status() == status)
            && self.farm.is_none_or(|farm| application.farm() == farm)
            && self.assignee.is_none_or(|inspector| application.assignee() == Some(inspector))
            && self.overdue_at.is_none_or(|now| application.is_overdue(now))
    }
}

/// Which certificates are wanted at a moment; what is not said does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateFilter {
    /// The moment.
    pub now: Timestamp,
    /// Held by this account.
    pub owner: Option<AccountId>,
    /// For this farm.
    pub farm: Option<FarmId>,
    /// Worth this at the moment.
    pub status: Option<CertificateStatus>,
    /// Valid at the moment, for at most so many days more.
    pub expiring_within_days: Option<u16>,
}

impl CertificateFilter {
    /// Every certificate.
    pub fn at(now: Timestamp) -> Self {
        Self { now, owner: None, farm: None, status: None, expiring_within_days: None }
    }

    /// Whether a certificate is wanted; every adapter must agree with it.
    pub fn matches(&self, certificate: &Certificate) -> bool {
        let status = certificate.status_at(self.now);
        let valid_until = certificate.term().valid_until;
        let expires = |by: Date| status == CertificateStatus::Valid && valid_until <= by;
        self.owner.is_none_or(|owner| certificate.holder() == owner)
            && self.farm.is_none_or(|farm| certificate.farm() == farm)
            && self.status.is_none_or(|wanted| status == wanted)
            && self.expires_by().is_none_or(expires)
    }

    /// The moment's day (Asia/Bangkok): a certificate that was not revoked is valid on it when its
    /// last day is not before.
    pub fn today(&self) -> Date {
        bangkok::day_of(self.now)
    }

    /// The latest last day that is wanted, of certificates that are valid at the moment.
    pub fn expires_by(&self) -> Option<Date> {
        let days = self.expiring_within_days?;
        Some(self.today().saturating_add(jiff::Span::new().days(i64::from(days))))
    }
}

/// Where applications and what was paid for them are kept, with their history. Every
/// implementation passes the contract suite of this crate (feature `contract`).
#[async_trait]
pub trait ApplicationStore: Send + Sync {
    /// Adds an application and takes the next revision of its farm
    /// ([`updated_at`](Application::updated_at) becomes the farm's), or does neither.
    ///
    /// Fails with [`StoreError::Stale`] when the farm is no longer the one that was read, with
    /// [`StoreError::Duplicate`] when a live application exists for farm and standard
    /// ([`Application::LIVE_APPLICATION`]) or the number is taken
    /// ([`Application::NUMBER_TAKEN`]).
    async fn open(
        &self,
        application: &Application,
        farm: &FarmClaim,
        change: &Change,
    ) -> Result<(), StoreError>;

    /// Replaces the state before [`Application::revision`], and what was booked for it by
    /// [`Application::booked_slots`].
    ///
    /// Fails with [`StoreError::Stale`] when the stored application is in another state, with
    /// [`StoreError::Duplicate`] ([`Application::SLOT_TAKEN`]) when another application holds one
    /// of the bookings.
    async fn replace(&self, application: &Application, change: &Change) -> Result<(), StoreError>;

    /// [`replace`](Self::replace)s an application and adds its certificate, or does neither.
    ///
    /// Fails as `replace` does, and with [`StoreError::Duplicate`]
    /// ([`Certificate::NUMBER_TAKEN`]) when the certificate's number is taken.
    async fn issue(
        &self,
        application: &Application,
        certificate: &Certificate,
        change: &Change,
    ) -> Result<(), StoreError>;

    /// [`replace`](Self::replace)s an application and adds a payment for it, or does neither.
    ///
    /// Fails as `replace` does, and with [`StoreError::Duplicate`] ([`Payment::REFERENCE_TAKEN`])
    /// when a payment of that reference is recorded, for whichever application. A reference that
    /// is taken is said before an application that is stale.
    async fn record_payment(
        &self,
        application: &Application,
        payment: &Payment,
        change: &Change,
    ) -> Result<(), StoreError>;

    /// Finds an application; with an owner, only if it is that owner's.
    async fn find(
        &self,
        id: ApplicationId,
        owner: Option<AccountId>,
    ) -> Result<Option<Application>, StoreError>;

    /// Reads a page of the applications that [`ApplicationFilter::matches`].
    async fn list(
        &self,
        filter: &ApplicationFilter,
        page: &PageRequest,
    ) -> Result<Page<Application>, StoreError>;

    /// At most `limit` applications that [`Application::has_lapsed`], longest first.
    async fn past_deadline(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Application>, StoreError>;

    /// Finds a payment by the gateway's reference.
    async fn find_payment(&self, gateway_ref: &str) -> Result<Option<Payment>, StoreError>;
}

/// Where certificates are kept; [`ApplicationStore::issue`] adds them.
#[async_trait]
pub trait CertificateStore: Send + Sync {
    /// Finds a certificate; with an owner, only if it is that owner's.
    async fn find(
        &self,
        number: &CertificateNumber,
        owner: Option<AccountId>,
    ) -> Result<Option<Certificate>, StoreError>;

    /// Replaces the state before [`Certificate::revision`]. Fails with [`StoreError::Stale`] when
    /// the stored certificate is in another one.
    async fn replace(&self, certificate: &Certificate, change: &Change) -> Result<(), StoreError>;

    /// Reads a page of the certificates that [`CertificateFilter::matches`].
    async fn list(
        &self,
        filter: &CertificateFilter,
        page: &PageRequest,
    ) -> Result<Page<Certificate>, StoreError>;
}

words! {
    /// What is numbered.
    pub enum Series {
        /// Applications.
        Application => "application",
        /// Certificates.
        Certificate => "certificate",
    }
}

/// Where serial numbers come from.
#[async_trait]
pub trait NumberStore: Send + Sync {
    /// The next serial of a series in a year, from 1 up. None is given twice, some may be left
    /// out.
    async fn next(&self, series: Series, year: i16) -> Result<u32, StoreError>;
}

/// What certifications ask about accounts.
#[async_trait]
pub trait People: Send + Sync {
    /// The name under which an account may be shown to everybody.
    async fn public_name(&self, account: AccountId) -> Result<Option<String>, StoreError>;

    /// Whether an account can be sent to inspect.
    async fn is_active_inspector(&self, account: AccountId) -> Result<bool, StoreError>;
}
