//! Whom a bearer token stands for.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use gacp_auth::{Auth, AuthError, Claimed, SessionId, Unproven};
use gacp_cache::{Entry, Key, Loaded, Policy, ReadThrough, Reply, Scope, Tags};
use gacp_store::{Actor, Role, StoreError};
use gacp_store_guarded::Refused;
use gacp_store_invalidating::tags;
use jiff::Timestamp;

use crate::http::{ApiError, Authenticate, Caller};

/// That a session lives is kept for so long. It ends earlier with whatever ends the session or
/// changes the account, and it is never longer than an access token outlives its session.
const KEPT: Policy = Policy::fresh_for(Duration::from_secs(30));

/// So many sessions' roles are remembered, of about 50 bytes each.
const FOUND: usize = 16_384;

/// The session behind a token and its account, as they are at this moment: read, or known to be
/// what they were when they were read.
///
/// Where what is known is kept elsewhere, the roles that were found last are kept here: asking
/// takes a round trip, in which the reply that is asked for can be looked for as well.
pub(super) struct Sessions {
    auth: Auth,
    known: Option<Known>,
    found: Option<quick_cache::sync::Cache<SessionId, Role>>,
}

/// What is known of sessions.
pub(super) struct Known {
    pub(super) standings: ReadThrough<Arc<AuthError>>,
    /// Whether one must ask another process for it.
    pub(super) is_elsewhere: bool,
}

impl Sessions {
    pub(super) fn new(auth: Auth, known: Option<Known>) -> Self {
        let is_elsewhere = known.as_ref().is_some_and(|known| known.is_elsewhere);
        let found = is_elsewhere.then(|| quick_cache::sync::Cache::new(FOUND));
        Self { auth, known, found }
    }

    /// Notes what role was found.
    fn note(&self, session: SessionId, role: Role) {
        if let Some(found) = &self.found
            && found.get(&session) != Some(role)
        {
            found.insert(session, role);
        }
    }

    async fn role(&self, claimed: Claimed, now: Timestamp) -> Result<Role, ApiError> {
        let Some(known) = &self.known else { return self.read(claimed, now).await };
        let (account, session) = (claimed.account, claimed.session);
        let (whose, id) = (account.to_string(), session.to_string());
        let key = Key::of("session", "GET", Scope::User(&whose)).path("id", &id).key();
        let tags = Tags::of([tags::account(account), tags::session(session)]);
        let load = || {
            let auth = self.auth.clone();
            async move { loaded(auth.caller(claimed, now).await.map(|caller| caller.actor.role)) }
        };
        let served = known.standings.serve(key, &tags, &KEPT, load).await;
        match served.map_err(|aborted| ApiError::Internal(aborted.into()))?.reply {
            Reply::Entry(entry) => role(&entry),
            Reply::Other(error) => Err(refused(again(&error))),
        }
    }

    async fn read(&self, claimed: Claimed, now: Timestamp) -> Result<Role, ApiError> {
        let caller = self.auth.caller(claimed, now).await.map_err(refused)?;
        Ok(caller.actor.role)
    }
}

fn loaded(role: Result<Role, AuthError>) -> Loaded<Arc<AuthError>> {
    match role.map(|role| Entry::hashed("text/plain", role.as_str())) {
        Ok(Ok(entry)) => Loaded::Keep(entry),
        Ok(Err(none)) => Loaded::Failed(Arc::new(StoreError::Corrupt(none.into()).into())),
        Err(error) => Loaded::Pass(Arc::new(error)),
    }
}

/// What all are told who asked at the moment. An outage is one for each of them: nobody asks again
/// what has just not been answered.
fn again(error: &Arc<AuthError>) -> AuthError {
    let source = || Box::new(Arc::clone(error));
    let store = match &**error {
        AuthError::Unproven(why) => return (*why).into(),
        AuthError::Store(store @ StoreError::Unavailable(_)) => Refused::behind(store)
            .map_or_else(|| StoreError::Unavailable(source()), StoreError::from),
        AuthError::Store(StoreError::Contended(_)) => StoreError::Contended(source()),
        _ => StoreError::Corrupt(source()),
    };
    store.into()
}

fn role(entry: &Entry) -> Result<Role, ApiError> {
    let text = std::str::from_utf8(entry.body()).unwrap_or_default();
    text.parse().map_err(|unknown: gacp_store::UnknownRole| ApiError::Internal(unknown.into()))
}

fn refused(error: AuthError) -> ApiError {
    match error {
        AuthError::Unproven(Unproven::Unauthenticated) => {
            ApiError::Unauthenticated { presented: true }
        }
        other => other.into(),
    }
}

#[async_trait]
impl Authenticate for Sessions {
    fn claimed(&self, bearer: &str, now: Timestamp) -> Result<Claimed, ApiError> {
        self.auth.claimed(bearer, now).map_err(refused)
    }

    async fn caller(&self, claimed: Claimed, now: Timestamp) -> Result<Caller, ApiError> {
        let role = self.role(claimed, now).await?;
        self.note(claimed.session, role);
        Ok(Caller { actor: Actor { id: claimed.account, role }, session: claimed.session.uuid() })
    }

    fn expected(&self, claimed: &Claimed) -> Option<Actor> {
        let role = self.found.as_ref()?.get(&claimed.session)?;
        Some(Actor { id: claimed.account, role })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(error: StoreError) -> Arc<AuthError> {
        Arc::new(error.into())
    }

    #[test]
    fn all_who_asked_are_told_the_same() {
        let ended = Arc::new(AuthError::from(Unproven::Unauthenticated));
        let gone = store(StoreError::Unavailable("gone".into()));
        let shed = store(Refused::Crowded.into());
        let torn = store(StoreError::Corrupt("torn".into()));

        for _ in 0..2 {
            assert!(matches!(again(&ended), AuthError::Unproven(Unproven::Unauthenticated)));
            assert!(matches!(again(&gone), AuthError::Store(StoreError::Unavailable(_))));
            assert!(matches!(again(&torn), AuthError::Store(StoreError::Corrupt(_))));
            let AuthError::Store(shed) = again(&shed) else { panic!("it is a store's") };
            assert_eq!(Refused::behind(&shed), Some(Refused::Crowded));
        }
    }
}
