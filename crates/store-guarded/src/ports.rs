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
///
/// A `read` leaves everything as it was, so that a guard may make it again; whatever else a method
/// does, it is a `write`.
macro_rules! guarded {
    (@read $guard:expr, $operation:expr, $call:expr) => { $guard.read($operation, || $call) };
    (@write $guard:expr, $operation:expr, $call:expr) => { $guard.call($operation, $call) };
    ($port:ident, $name:literal {
        $($does:ident $method:ident($($given:ident: $type:ty),*) -> $gives:ty;)+
    }) => {
        #[async_trait]
        impl<S: $port, G: Guard> $port for Guarded<S, G> {
            $(async fn $method(&self, $($given: $type),*) -> Result<$gives, StoreError> {
                let operation = Operation { port: $name, method: stringify!($method) };
                guarded!(@$does self.guard, operation, self.store.$method($($given),*)).await
            })+
        }
    };
}

guarded!(AccountStore, "accounts" {
    write create(account: &Account, change: &Change) -> ();
    write replace(account: &Account, change: &Change) -> ();
    write replace_and_end(account: &Account, ending: &Ending, change: &Change) -> ();
    write rehash(id: AccountId, from: &PasswordHash, to: &PasswordHash) -> ();
    read find(id: AccountId) -> Option<Account>;
    read find_by_email(email: &Email) -> Option<Account>;
    read find_by_national_id(values: &[String]) -> Option<Account>;
    read list(filter: &AccountFilter, page: &PageRequest) -> Page<Account>;
});

guarded!(SessionStore, "sessions" {
    write open(session: &Session, login: &SecurityEvent) -> ();
    write rotate(id: SessionId, presented: &TokenHash, next: &Next) -> Option<Rotation>;
    read find(id: SessionId) -> Option<Session>;
    write revoke(id: SessionId, reason: RevocationReason, at: Timestamp) -> ();
    write revoke_all(account: AccountId, except: Option<SessionId>, reason: RevocationReason, at: Timestamp) -> u64;
    read list_live(account: AccountId, now: Timestamp) -> Vec<Session>;
    read standing(id: SessionId, now: Timestamp) -> Option<Standing>;
    read last_login(account: AccountId) -> Option<Timestamp>;
    write prune(now: Timestamp) -> u64;
});

guarded!(GuessStore, "guesses" {
    write charge(charges: &[Charge], now: Timestamp) -> Vec<Charged>;
    write refund(refunds: &[Refund]) -> ();
    write empty(buckets: &[BucketKey]) -> ();
    write prune(now: Timestamp) -> u64;
});

guarded!(EventStore, "events" {
    write append(event: &SecurityEvent) -> ();
    read events(filter: &EventFilter, page: &PageRequest) -> Page<SecurityEvent>;
    write prune(now: Timestamp) -> u64;
});

guarded!(FarmStore, "farms" {
    write insert(farm: &Farm, change: &Change) -> ();
    write replace(farm: &Farm, change: &Change) -> ();
    read find(id: FarmId, owner: Option<AccountId>) -> Option<Farm>;
    read list(filter: &FarmFilter, page: &PageRequest) -> Page<Farm>;
    read near(filter: &FarmFilter, around: &Around, page: &NearRequest) -> NearPage;
    read plots_of_others(owner: AccountId, bounds: &Bounds, limit: usize) -> Vec<PlotOutline>;
});

guarded!(FarmObligations, "obligations" {
    read has_live_work(farm: FarmId, now: Timestamp) -> bool;
});

guarded!(ApplicationStore, "applications" {
    write open(application: &Application, farm: &FarmClaim, change: &Change) -> ();
    write replace(application: &Application, change: &Change) -> ();
    write issue(application: &Application, certificate: &Certificate, change: &Change) -> ();
    write record_payment(application: &Application, payment: &Payment, change: &Change) -> ();
    read find(id: ApplicationId, owner: Option<AccountId>) -> Option<Application>;
    read list(filter: &ApplicationFilter, page: &PageRequest) -> Page<Application>;
    read past_deadline(now: Timestamp, limit: usize) -> Vec<Application>;
    read find_payment(gateway_ref: &str) -> Option<Payment>;
});

guarded!(CertificateStore, "certificates" {
    read find(number: &CertificateNumber, owner: Option<AccountId>) -> Option<Certificate>;
    write replace(certificate: &Certificate, change: &Change) -> ();
    read list(filter: &CertificateFilter, page: &PageRequest) -> Page<Certificate>;
});

guarded!(NumberStore, "numbers" {
    write next(series: Series, year: i16) -> u32;
});

guarded!(HistoryStore, "history" {
    read history(subject: Subject, page: &PageRequest) -> Page<HistoryEntry>;
    read journal(by: Option<AccountId>, page: &PageRequest) -> Page<HistoryEntry>;
});

guarded!(ReceiptStore, "receipts" {
    write claim(key: &ReceiptKey, fingerprint: &Fingerprint, lease: Lease, now: Timestamp) -> Claim;
    write settle(receipt: &Receipt) -> ();
    write release(key: &ReceiptKey, lease: Lease) -> ();
    write prune(now: Timestamp) -> u64;
});

guarded!(KeyStore, "keys" {
    read keys() -> Vec<WrappedKey>;
    write add_first(key: &WrappedKey) -> ();
    write add_next(key: &WrappedKey, after: &str) -> ();
    write retire(kid: &str) -> bool;
});
