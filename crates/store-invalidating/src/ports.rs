//! The ports: which of their methods write, and what.

use async_trait::async_trait;
use gacp_auth::{
    Account, AccountFilter, AccountStore, Email, Ending, Next, PasswordHash, RevocationReason,
    Rotation, SecurityEvent, Session, SessionId, SessionStore, Standing, TokenHash,
};
use gacp_cache::Tags;
use gacp_certifications::{
    Application, ApplicationFilter, ApplicationId, ApplicationStore, Certificate,
    CertificateFilter, CertificateNumber, CertificateStore, FarmClaim, Payment,
};
use gacp_farms::{
    Around, Bounds, Farm, FarmFilter, FarmId, FarmStore, NearPage, NearRequest, PlotOutline,
};
use gacp_store::{AccountId, Change, Page, PageRequest, StoreError};
use jiff::Timestamp;

use crate::writes::announced;
use crate::{Invalidating, tags};

/// A port of [`Invalidating`]: what is plain is handed on, what writes is so between a doubt and an
/// invalidation of its tags. A method that is missing here does not compile.
macro_rules! invalidating {
    ($port:ident {
        $(write $write:ident($($with:ident: $what:ty),*) -> $made:ty, $tags:expr;)+
        $(plain $read:ident($($by:ident: $of:ty),*) -> $found:ty;)+
    }) => {
        #[async_trait]
        impl<S: $port + ?Sized> $port for Invalidating<S> {
            $(async fn $write(&self, $($with: $what),*) -> Result<$made, StoreError> {
                let tags = $tags;
                announced(&self.writes, tags, self.store.$write($($with),*)).await
            })+
            $(async fn $read(&self, $($by: $of),*) -> Result<$found, StoreError> {
                self.store.$read($($by),*).await
            })+
        }
    };
}

invalidating!(AccountStore {
    write create(account: &Account, change: &Change) -> (),
        Tags::of([tags::account(account.id())]);
    write replace(account: &Account, change: &Change) -> (),
        Tags::of([tags::account(account.id())]);
    write replace_and_end(account: &Account, ending: &Ending, change: &Change) -> (),
        Tags::of([tags::account(account.id())]);
    // No reply shows a hash.
    plain rehash(id: AccountId, from: &PasswordHash, to: &PasswordHash) -> ();
    plain find(id: AccountId) -> Option<Account>;
    plain find_by_email(email: &Email) -> Option<Account>;
    plain find_by_national_id(values: &[String]) -> Option<Account>;
    plain list(filter: &AccountFilter, page: &PageRequest) -> Page<Account>;
});

invalidating!(SessionStore {
    // A login shows in the profile.
    write open(session: &Session, login: &SecurityEvent) -> (),
        Tags::of([tags::account(session.account)]);
    write revoke(id: SessionId, reason: RevocationReason, at: Timestamp) -> (),
        Tags::of([tags::session(id)]);
    write revoke_all(
        account: AccountId,
        except: Option<SessionId>,
        reason: RevocationReason,
        at: Timestamp
    ) -> u64,
        Tags::of([tags::account(account)]);
    // Whoever has a session has it as before.
    plain rotate(id: SessionId, presented: &TokenHash, next: &Next) -> Option<Rotation>;
    plain find(id: SessionId) -> Option<Session>;
    plain list_live(account: AccountId, now: Timestamp) -> Vec<Session>;
    plain standing(id: SessionId, now: Timestamp) -> Option<Standing>;
    plain last_login(account: AccountId) -> Option<Timestamp>;
    // Nobody is told of a session that has ended.
    plain prune(now: Timestamp) -> u64;
});

invalidating!(FarmStore {
    write insert(farm: &Farm, change: &Change) -> (), tags::writing_farm(farm.id(), farm.owner());
    write replace(farm: &Farm, change: &Change) -> (), tags::writing_farm(farm.id(), farm.owner());
    plain find(id: FarmId, owner: Option<AccountId>) -> Option<Farm>;
    plain list(filter: &FarmFilter, page: &PageRequest) -> Page<Farm>;
    plain near(filter: &FarmFilter, around: &Around, page: &NearRequest) -> NearPage;
    plain plots_of_others(owner: AccountId, bounds: &Bounds, limit: usize) -> Vec<PlotOutline>;
});

invalidating!(ApplicationStore {
    write open(application: &Application, farm: &FarmClaim, change: &Change) -> (),
        tags::of_opening(application);
    write replace(application: &Application, change: &Change) -> (),
        tags::writing_application(application.id(), application.owner());
    write issue(application: &Application, certificate: &Certificate, change: &Change) -> (),
        tags::of_issue(application, &certificate.number());
    write record_payment(application: &Application, payment: &Payment, change: &Change) -> (),
        tags::writing_application(application.id(), application.owner());
    plain find(id: ApplicationId, owner: Option<AccountId>) -> Option<Application>;
    plain list(filter: &ApplicationFilter, page: &PageRequest) -> Page<Application>;
    plain past_deadline(now: Timestamp, limit: usize) -> Vec<Application>;
    plain find_payment(gateway_ref: &str) -> Option<Payment>;
});

invalidating!(CertificateStore {
    write replace(certificate: &Certificate, change: &Change) -> (),
        Tags::of([tags::certificate(&certificate.number())]);
    plain find(number: &CertificateNumber, owner: Option<AccountId>) -> Option<Certificate>;
    plain list(filter: &CertificateFilter, page: &PageRequest) -> Page<Certificate>;
});
