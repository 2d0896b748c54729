//! Using and ending sessions.

use jiff::Timestamp;

use super::{Auth, Caller, Claimed};
use crate::token::access;
use crate::{AuthError, RevocationReason, Session, SessionId, Unproven};

impl Auth {
    /// Who asks. The token leads to the session; what its holder may do is read there and in the
    /// account, on every call. Fails with [`Unproven::Unauthenticated`].
    pub async fn authenticate(&self, bearer: &str, now: Timestamp) -> Result<Caller, AuthError> {
        self.caller(self.claimed(bearer, now)?, now).await
    }

    /// Whom a token is for. No store is asked, so this proves only that the token is genuine and
    /// timely: its session may have ended. Fails with [`Unproven::Unauthenticated`].
    pub fn claimed(&self, bearer: &str, now: Timestamp) -> Result<Claimed, AuthError> {
        let issued_by = (&self.parts.keyring, &self.parts.policy);
        let claims = access::read(&self.seen, issued_by, bearer, now);
        let claims = claims.ok_or(Unproven::Unauthenticated)?;
        Ok(Claimed { account: claims.sub, session: claims.sid })
    }

    /// Who asks, if the session of a genuine token lives and its account can be used. Fails with
    /// [`Unproven::Unauthenticated`].
    pub async fn caller(&self, claimed: Claimed, now: Timestamp) -> Result<Caller, AuthError> {
        let standing = self.parts.sessions.standing(claimed.session, now).await?;
        let actor = standing.and_then(|standing| standing.actor());
        let actor = actor.filter(|actor| actor.id == claimed.account);
        let actor = actor.ok_or(Unproven::Unauthenticated)?;
        Ok(Caller { actor, session: claimed.session })
    }

    /// Ends the caller's session.
    pub async fn log_out(&self, caller: &Caller, now: Timestamp) -> Result<(), AuthError> {
        let reason = RevocationReason::LoggedOut;
        Ok(self.parts.sessions.revoke(caller.session, reason, now).await?)
    }

    /// Ends every session of the caller's account, this one too; says how many.
    pub async fn log_out_everywhere(
        &self,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<u64, AuthError> {
        let reason = RevocationReason::EndedElsewhere;
        Ok(self.parts.sessions.revoke_all(caller.actor.id, None, reason, now).await?)
    }

    /// The caller's live sessions, newest first.
    pub async fn sessions(
        &self,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Vec<Session>, AuthError> {
        Ok(self.parts.sessions.list_live(caller.actor.id, now).await?)
    }

    /// Ends one of the caller's sessions. Somebody else's is as good as absent.
    pub async fn end_session(
        &self,
        caller: &Caller,
        id: SessionId,
        now: Timestamp,
    ) -> Result<(), AuthError> {
        let found = self.parts.sessions.find(id).await?;
        let own = found.filter(|session| session.account == caller.actor.id);
        let session = own.ok_or(AuthError::NotFound)?;
        let reason = RevocationReason::EndedElsewhere;
        Ok(self.parts.sessions.revoke(session.id, reason, now).await?)
    }
}
