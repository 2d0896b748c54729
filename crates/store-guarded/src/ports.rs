//! The ports: what each of their methods takes and gives, and nothing else about them.

use async_trait::async_trait;
use gacp_auth::{
    Account, AccountFilter, AccountStore, BucketKey, Charge, Charged, Email, Ending, EventFilter,
    EventStore, GuessStore, Next, PasswordHash, Refund, RevocationReason, Rotation, SecurityEvent,
    Session, SessionId, SessionStore, Standing, TokenHash,
};
use gacp_certifications::{
    Application, ApplicationFilter, ApplicationId, ApplicationStore, Certificate,
    CertificateFilter, CertificateNumber, CertificateStore, FarmClaim, NumberStore, Payment,
    Series,
};
use gacp_farms::{
    Around, Bounds, Farm, FarmFilter, FarmId, FarmObligations, FarmStore, NearPage, NearRequest,
    PlotOutline,
};
use gacp_keys::{KeyStore, WrappedKey};
use gacp_store::{
    AccountId, Change, Claim, Fingerprint, HistoryEntry, HistoryStore, Lease, Page, PageRequest,
    Receipt, ReceiptKey, ReceiptStore, StoreError, Subject,
};
use jiff::Timestamp;

use crate::{Guard, Guarded, Operation};

/// A port of [`Guarded`]: each method is called on the store inside, through the guard. A method
/// that is missing here does not compile; ports have none that need not be implemented.
macro_rules! guarded {
    ($port:ident, $name:literal { $($method:ident($($given:ident: $type:ty),*) -> $gives:ty;)+ }) => {
        #[async_trait]
        impl<S: $port, G: Guard> $port for Guarded<S, G> {
            $(async fn $method(&self, $($given: $type),*) -> Result<$gives, StoreError> {
                let operation = Operation { port: $name, method: stringify!($method) };
                self.guard.call(operation, self.store.$method($($given),*)).await
            })+
        }
    };
}

guarded!(AccountStore, "accounts" {
    create(account: &Account, change: &Change) -> ();
    replace(account: &Account, change: &Change) -> ();
    replace_and_end(account: &Account, ending: &Ending, change: &Change) -> ();
    rehash(id: AccountId, from: &PasswordHash, to: &PasswordHash) -> ();
    find(id: AccountId) -> Option<Account>;
    find_by_email(email: &Email) -> Option<Account>;
    find_by_national_id(values: &[String]) -> Option<Account>;
    list(filter: &AccountFilter, page: &PageRequest) -> Page<Account>;
});

guarded!(SessionStore, "sessions" {
    open(session: &Session, login: &SecurityEvent) -> ();
    rotate(id: SessionId, presented: &TokenHash, next: &Next) -> Option<Rotation>;
    find(id: SessionId) -> Option<Session>;
    revoke(id: SessionId, reason: RevocationReason, at: Timestamp) -> ();
    revoke_all(account: AccountId, except: Option<SessionId>, reason: RevocationReason, at: Timestamp) -> u64;
    list_live(account: AccountId, now: Timestamp) -> Vec<Session>;
    standing(id: SessionId, now: Timestamp) -> Option<Standing>;
    last_login(account: AccountId) -> Option<Timestamp>;
});

guarded!(GuessStore, "guesses" {
    charge(charges: &[Charge], now: Timestamp) -> Vec<Charged>;
    refund(refunds: &[Refund]) -> ();
    empty(buckets: &[BucketKey]) -> ();
    prune(now: Timestamp) -> u64;
});

guarded!(EventStore, "events" {
    append(event: &SecurityEvent) -> ();
    events(filter: &EventFilter, page: &PageRequest) -> Page<SecurityEvent>;
    prune(now: Timestamp) -> u64;
});

guarded!(FarmStore, "farms" {
    insert(farm: &Farm, change: &Change) -> ();
    replace(farm: &Farm, change: &Change) -> ();
    find(id: FarmId, owner: Option<AccountId>) -> Option<Farm>;
    list(filter: &FarmFilter, page: &PageRequest) -> Page<Farm>;
    near(filter: &FarmFilter, around: &Around, page: &NearRequest) -> NearPage;
    plots_of_others(owner: AccountId, bounds: &Bounds, limit: usize) -> Vec<PlotOutline>;
});

guarded!(FarmObligations, "obligations" {
    has_live_work(farm: FarmId, now: Timestamp) -> bool;
});

guarded!(ApplicationStore, "applications" {
    open(application: &Application, farm: &FarmClaim, change: &Change) -> ();
    replace(application: &Application, change: &Change) -> ();
    issue(application: &Application, certificate: &Certificate, change: &Change) -> ();
    record_payment(application: &Application, payment: &Payment, change: &Change) -> ();
    find(id: ApplicationId, owner: Option<AccountId>) -> Option<Application>;
    list(filter: &ApplicationFilter, page: &PageRequest) -> Page<Application>;
    past_deadline(now: Timestamp, limit: usize) -> Vec<Application>;
    find_payment(gateway_ref: &str) -> Option<Payment>;
});

guarded!(CertificateStore, "certificates" {
    find(number: &CertificateNumber, owner: Option<AccountId>) -> Option<Certificate>;
    replace(certificate: &Certificate, change: &Change) -> ();
    list(filter: &CertificateFilter, page: &PageRequest) -> Page<Certificate>;
});

guarded!(NumberStore, "numbers" {
    next(series: Series, year: i16) -> u32;
});

guarded!(HistoryStore, "history" {
    history(subject: Subject, page: &PageRequest) -> Page<HistoryEntry>;
    journal(by: Option<AccountId>, page: &PageRequest) -> Page<HistoryEntry>;
});

guarded!(ReceiptStore, "receipts" {
    claim(key: &ReceiptKey, fingerprint: &Fingerprint, lease: Lease, now: Timestamp) -> Claim;
    settle(receipt: &Receipt) -> ();
    release(key: &ReceiptKey, lease: Lease) -> ();
    prune(now: Timestamp) -> u64;
});

guarded!(KeyStore, "keys" {
    keys() -> Vec<WrappedKey>;
    add_first(key: &WrappedKey) -> ();
    add_next(key: &WrappedKey, after: &str) -> ();
    retire(kid: &str) -> bool;
});
