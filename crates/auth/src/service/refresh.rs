//! Getting the next pair of tokens.

use jiff::SignedDuration;

use super::Auth;
use super::events::event;
use super::login::{Tokens, Visit, grant};
use crate::token::refresh::RefreshToken;
use crate::{
    AuthError, Next, Refreshed, RevocationReason, Rotation, SecurityEventKind, Session, SessionId,
    Unproven,
};

/// What a refresh token gets that was made here and presented while its session lived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renewal {
    /// The token that is now the session's current one, whether it was made for this call or for
    /// one before whose reply was missed.
    Renewed,
    /// Nothing: the session has ended meanwhile.
    Refused,
    /// Nothing, and the session has to end: two hold its tokens.
    Reused,
}

impl Renewal {
    /// Decides by what the store made of the token, and by nothing else.
    fn of(rotation: &Rotation, next: &Next, retry_window: SignedDuration) -> Self {
        match rotation {
            Rotation::Rotated(_) => Self::Renewed,
            Rotation::Superseded(session) if session.revoked.is_some() => Self::Refused,
            Rotation::Superseded(session) if is_retry(session, next, retry_window) => Self::Renewed,
            Rotation::Superseded(_) => Self::Reused,
        }
    }
}

/// Whether the session's current token is the presented one's successor, made a moment ago for
/// the same device. Calls that name no device are taken to come from the same one.
fn is_retry(session: &Session, next: &Next, window: SignedDuration) -> bool {
    session.current_hash == next.hash
        && next.at.duration_since(session.rotated_at) <= window
        && session.rotated_by == next.device
}

impl Auth {
    /// The session of a refresh token that was made here, also when it no longer counts. No store
    /// is asked, and nothing is proven by it but that the token is no garbage.
    pub fn session_of(&self, token: &str) -> Option<SessionId> {
        let token = RefreshToken::parse(token, self.parts.keyring.refresh_mac())?;
        Some(token.session())
    }

    /// Replaces a refresh token (RFC 9700 §4.14.2). The token just replaced gets the same
    /// successor again within [`Policy::retry_window`](crate::Policy::retry_window), for the same
    /// device; any other token of the family ends the session and fails with
    /// [`Unproven::RefreshTokenReused`]. What is malformed, unknown, expired or revoked fails with
    /// [`Unproven::InvalidRefreshToken`]; garbage does so before any store is asked.
    pub async fn refresh(&self, token: &str, visit: &Visit<'_>) -> Result<Tokens, AuthError> {
        let refreshed = self.renewed(token, visit).await;
        let outcome = match &refreshed {
            Ok((outcome, _)) => Some(*outcome),
            Err(AuthError::Unproven(Unproven::RefreshTokenReused)) => Some(Refreshed::Reused),
            Err(AuthError::Unproven(_)) => Some(Refreshed::Refused),
            // Nobody knows what it would have got.
            Err(_) => None,
        };
        if let Some(outcome) = outcome {
            self.observer.refreshed(outcome);
        }
        refreshed.map(|(_, tokens)| tokens)
    }

    async fn renewed(
        &self,
        token: &str,
        visit: &Visit<'_>,
    ) -> Result<(Refreshed, Tokens), AuthError> {
        let mac = self.parts.keyring.refresh_mac();
        let presented = RefreshToken::parse(token, mac).ok_or(Unproven::InvalidRefreshToken)?;
        let standing = self.parts.sessions.standing(presented.session(), visit.at).await?;
        let actor = standing.and_then(|standing| standing.actor());
        let role = actor.ok_or(Unproven::InvalidRefreshToken)?.role;

        let successor = presented.successor(mac);
        let next = self.next(&successor, visit);
        let (id, hash) = (presented.session(), presented.hash());
        let rotation = self.parts.sessions.rotate(id, &hash, &next).await?;
        let rotation = rotation.ok_or(Unproven::InvalidRefreshToken)?;
        let session = rotation.session();
        match Renewal::of(&rotation, &next, self.parts.policy.retry_window) {
            Renewal::Renewed => {
                let outcome = match &rotation {
                    Rotation::Rotated(_) => Refreshed::Rotated,
                    Rotation::Superseded(_) => Refreshed::Repeated,
                };
                Ok((outcome, self.tokens(&grant(session, role), &successor, visit.at)?))
            }
            Renewal::Refused => Err(Unproven::InvalidRefreshToken.into()),
            Renewal::Reused => Err(self.end_reused(session, visit).await),
        }
    }

    fn next(&self, successor: &RefreshToken, visit: &Visit<'_>) -> Next {
        Next {
            hash: successor.hash(),
            at: visit.at,
            device: self.known_device(visit.device_token).map(|device| device.name()),
            idle_expires_at: visit.at + self.parts.policy.refresh_idle,
        }
    }

    async fn end_reused(&self, session: &Session, visit: &Visit<'_>) -> AuthError {
        let reason = RevocationReason::TokenReused;
        if let Err(error) = self.parts.sessions.revoke(session.id, reason, visit.at).await {
            return error.into();
        }
        let kind = SecurityEventKind::RefreshTokenReused;
        match self.note(event(kind, Some(session.account), Some(session.id), visit)).await {
            Ok(()) => Unproven::RefreshTokenReused.into(),
            Err(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod model;
