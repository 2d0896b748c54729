//! How every [`SessionStore`](crate::SessionStore) must join sessions with their accounts.

use gacp_store::Role;
use jiff::Timestamp;

use super::sample::{self, later, now};
use super::{AuthFixture, LOGGED_OUT, change_account, disable, found, open, opened};
use crate::{AccountPatch, AccountStatus, RevocationReason, Revoked, Session, Standing};

/// Whose it is, what he may do, and in which state the account is.
pub async fn a_standing_joins_session_and_account(fixture: AuthFixture) {
    let (account, session) = opened(&fixture, 1).await;

    let standing = fixture.sessions.standing(session.id, now()).await.unwrap();

    let expected = Standing {
        account: account.id(),
        role: Role::Farmer,
        status: AccountStatus::Active,
        account_revision: account.revision(),
        session_live: true,
    };
    assert_eq!(standing, Some(expected));
}

async fn is_live(fixture: &AuthFixture, session: &Session, at: Timestamp) -> bool {
    fixture.sessions.standing(session.id, at).await.unwrap().unwrap().session_live
}

/// A session lives until the earlier of its two ends, or until it is ended; an expired one is
/// still found.
pub async fn a_standing_sees_the_end_of_a_session(fixture: AuthFixture) {
    let (account, session) = opened(&fixture, 1).await;
    let old = Session { absolute_expires_at: later(60), ..sample::session(&account, 1) };
    open(&fixture, &old).await.unwrap();

    assert!(is_live(&fixture, &session, later(3599)).await);
    assert!(!is_live(&fixture, &session, later(3600)).await);
    assert!(is_live(&fixture, &old, later(59)).await);
    assert!(!is_live(&fixture, &old, later(60)).await);
    fixture.sessions.revoke(session.id, LOGGED_OUT, later(2)).await.unwrap();
    assert!(!is_live(&fixture, &session, later(2)).await);
}

/// The next reading sees another role or status, and the number of the account's new state.
pub async fn a_standing_sees_a_change_of_the_account(fixture: AuthFixture) {
    let (account, session) = opened(&fixture, 1).await;
    let standing = || fixture.sessions.standing(session.id, later(6));

    let patch = AccountPatch { role: Some(Role::Reviewer), status: None };
    let promoted = change_account(&fixture, &account, patch).await;
    let after_promotion = standing().await.unwrap().unwrap();
    let disabled = disable(&fixture, &promoted).await;
    let after_disabling = standing().await.unwrap().unwrap();

    assert_eq!(after_promotion.role, Role::Reviewer);
    assert_eq!(after_promotion.account_revision, promoted.revision());
    assert!(after_promotion.session_live);
    assert_eq!(after_disabling.status, AccountStatus::Disabled);
    assert_eq!(after_disabling.account_revision, disabled.revision());
}

/// An account that is enabled again starts without sessions.
pub async fn disabling_an_account_ends_its_sessions_for_good(fixture: AuthFixture) {
    let (account, session) = opened(&fixture, 1).await;
    let (_, other) = opened(&fixture, 2).await;

    let disabled = disable(&fixture, &account).await;
    let patch = AccountPatch { role: None, status: Some(AccountStatus::Active) };
    change_account(&fixture, &disabled, patch).await;

    let reason = RevocationReason::AccountDisabled;
    let revoked = Some(Revoked { at: later(5), reason });
    assert_eq!(found(&fixture, &session).await.revoked, revoked);
    assert!(!is_live(&fixture, &session, later(6)).await);
    assert_eq!(found(&fixture, &other).await, other);
}
