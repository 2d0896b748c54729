//! Noting security events, and reading one's own.

use gacp_store::{AccountId, PageRequest, StoreError};

use super::login::{Verdict, Visit, shortened};
use super::{Auth, Caller};
use crate::lockout::network_name;
use crate::{
    Account, AuthError, EventFilter, EventId, SecurityEvent, SecurityEventKind, SessionId,
};

/// So many of his latest logins somebody can look at.
const LOGINS_SHOWN: usize = 20;

impl Auth {
    /// The caller's latest logins, those that failed too; newest first, 20 at most.
    pub async fn login_history(&self, caller: &Caller) -> Result<Vec<SecurityEvent>, AuthError> {
        let filter = EventFilter { account: Some(caller.actor.id), logins: true };
        let page = PageRequest::first(LOGINS_SHOWN);
        Ok(self.parts.events.events(&filter, &page).await?.items)
    }

    pub(super) async fn note(&self, event: SecurityEvent) -> Result<(), StoreError> {
        self.observer.happened(event.kind);
        self.parts.events.append(&event).await
    }
}

/// An event of a visit, at an account that is there or not.
pub(super) fn event(
    kind: SecurityEventKind,
    account: Option<AccountId>,
    session: Option<SessionId>,
    visit: &Visit<'_>,
) -> SecurityEvent {
    SecurityEvent {
        id: EventId::at(visit.at),
        at: visit.at,
        kind,
        account,
        session,
        network: visit.address.map(network_name),
        user_agent: visit.user_agent.map(shortened),
        request_id: visit.request_id.map(ToOwned::to_owned),
    }
}

/// What a login comes to that opens no session.
pub(super) fn failed_login(verdict: &Verdict, account: Option<&Account>) -> SecurityEventKind {
    match (verdict, account) {
        (Verdict::Locked, _) => SecurityEventKind::LoginLocked,
        (Verdict::Right(_), _) => SecurityEventKind::LoginAccountDisabled,
        (Verdict::Wrong, Some(_)) => SecurityEventKind::LoginWrongPassword,
        (Verdict::Wrong, None) => SecurityEventKind::LoginUnknownAccount,
    }
}
