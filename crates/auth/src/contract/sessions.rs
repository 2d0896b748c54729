//! What every [`SessionStore`](crate::SessionStore) must do.

use std::sync::Arc;

use gacp_store::{PageRequest, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::sample::{self, later, now, token};
use super::{AuthFixture, LOGGED_OUT, at_once, create, disable, found, open, opened};
use crate::{
    EventFilter, Next, RevocationReason, Revoked, Rotation, SESSION_RETENTION, SecurityEventKind,
    Session,
};

fn next(number: u8) -> Next {
    Next {
        hash: token(number),
        at: later(10),
        device: Some("device-2".to_owned()),
        idle_expires_at: later(10_000),
    }
}

/// Every field comes back; what was not given stays absent.
pub async fn a_session_is_kept_whole(fixture: AuthFixture) {
    let (account, session) = opened(&fixture, 1).await;
    let bare = Session {
        rotated_by: None,
        device: None,
        user_agent: None,
        previous_hash: Some(token(9)),
        generation: 3,
        ..sample::session(&account, 1)
    };
    open(&fixture, &bare).await.unwrap();

    assert_eq!(found(&fixture, &session).await, session);
    assert_eq!(found(&fixture, &bare).await, bare);
}

/// Absence is no error, whatever is tried.
pub async fn an_absent_session_is_not_found(fixture: AuthFixture) {
    let (account, _) = opened(&fixture, 1).await;
    let absent = sample::session(&account, 1);

    assert_eq!(fixture.sessions.find(absent.id).await.unwrap(), None);
    assert_eq!(fixture.sessions.rotate(absent.id, &token(0), &next(1)).await.unwrap(), None);
    assert_eq!(fixture.sessions.standing(absent.id, now()).await.unwrap(), None);
    fixture.sessions.revoke(absent.id, LOGGED_OUT, now()).await.unwrap();
    assert_eq!(fixture.sessions.find(absent.id).await.unwrap(), None);
}

/// The time of the last login is kept beside the account, whose state stays what it was.
pub async fn a_login_is_remembered_and_changes_no_account(fixture: AuthFixture) {
    let account = sample::farmer(1);
    create(&fixture, &account).await;
    let before = fixture.sessions.last_login(account.id()).await.unwrap();
    for seconds in [1, 7] {
        open(&fixture, &sample::session(&account, seconds)).await.unwrap();
    }

    let after = fixture.sessions.last_login(account.id()).await.unwrap();

    assert_eq!((before, after), (None, Some(later(7))));
    assert_eq!(fixture.accounts.find(account.id()).await.unwrap(), Some(account));
}

/// An account that was disabled while its password was checked gets no session, nor does one that
/// is not there.
pub async fn no_session_is_opened_for_an_account_that_cannot_be_used(fixture: AuthFixture) {
    let account = sample::farmer(1);
    create(&fixture, &account).await;
    disable(&fixture, &account).await;
    for account in [account, sample::farmer(2)] {
        let session = sample::session(&account, 0);

        let outcome = open(&fixture, &session).await;

        assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
        assert_eq!(fixture.sessions.find(session.id).await.unwrap(), None);
        assert_eq!(fixture.sessions.last_login(account.id()).await.unwrap(), None);
    }
}

/// A login and its event are there together, or neither is.
pub async fn a_session_is_opened_with_the_event_of_its_login(fixture: AuthFixture) {
    let (account, session) = opened(&fixture, 1).await;
    disable(&fixture, &account).await;
    assert!(open(&fixture, &sample::session(&account, 1)).await.is_err());

    let filter = EventFilter { account: Some(account.id()), logins: true };
    let events = fixture.events.events(&filter, &PageRequest::first(9)).await.unwrap().items;

    let noted: Vec<_> = events.iter().map(|event| (event.kind, event.session)).collect();
    assert_eq!(noted, [(SecurityEventKind::LoginSucceeded, Some(session.id))]);
}

/// The next token is current, the presented one previous, and the rest follows.
pub async fn a_rotation_gives_the_session_its_next_token(fixture: AuthFixture) {
    let (_, session) = opened(&fixture, 1).await;

    let rotation = fixture.sessions.rotate(session.id, &token(0), &next(1)).await.unwrap();

    let expected = Session {
        current_hash: token(1),
        previous_hash: Some(token(0)),
        generation: 1,
        rotated_at: later(10),
        rotated_by: Some("device-2".to_owned()),
        last_used_at: later(10),
        idle_expires_at: later(10_000),
        ..session
    };
    assert_eq!(rotation, Some(Rotation::Rotated(expected.clone())));
    assert_eq!(found(&fixture, &expected).await, expected);
}

/// Neither the token before nor one that never was rotates; the session is shown as it is.
pub async fn a_token_that_is_not_current_rotates_nothing(fixture: AuthFixture) {
    let (_, session) = opened(&fixture, 1).await;
    fixture.sessions.rotate(session.id, &token(0), &next(1)).await.unwrap();
    let before = found(&fixture, &session).await;
    for presented in [token(0), token(9)] {
        let rotation = fixture.sessions.rotate(session.id, &presented, &next(2)).await.unwrap();

        assert_eq!(rotation, Some(Rotation::Superseded(before.clone())));
        assert_eq!(found(&fixture, &session).await, before);
    }
}

/// Not even the current token rotates a session that has ended.
pub async fn an_ended_session_is_not_rotated(fixture: AuthFixture) {
    let (_, session) = opened(&fixture, 1).await;
    fixture.sessions.revoke(session.id, LOGGED_OUT, later(3)).await.unwrap();

    let rotation = fixture.sessions.rotate(session.id, &token(0), &next(1)).await.unwrap();

    let revoked = Some(Revoked { at: later(3), reason: LOGGED_OUT });
    let ended = Session { revoked, ..session };
    assert_eq!(rotation, Some(Rotation::Superseded(ended.clone())));
    assert_eq!(found(&fixture, &ended).await, ended);
}

/// 32 refreshes with one token at once: one rotates, all see the session that it made.
pub async fn of_many_rotations_with_one_token_one_rotates(fixture: AuthFixture) {
    let (_, session) = opened(&fixture, 1).await;

    let outcomes = at_once(|number| {
        let (store, id) = (Arc::clone(&fixture.sessions), session.id);
        let next = next(u8::try_from(number).unwrap() + 1);
        async move { store.rotate(id, &token(0), &next).await.unwrap().unwrap() }
    });

    let (mut rotated, mut superseded) = (Vec::new(), Vec::new());
    for outcome in outcomes.await {
        match outcome {
            Rotation::Rotated(session) => rotated.push(session),
            Rotation::Superseded(session) => superseded.push(session),
        }
    }
    let kept = found(&fixture, &session).await;
    assert_eq!(kept.generation, 1);
    assert_eq!(rotated, std::slice::from_ref(&kept));
    assert_eq!(superseded, vec![kept; 31]);
}

/// The first ending counts; ending again changes nothing.
pub async fn a_session_ends_once(fixture: AuthFixture) {
    let (account, session) = opened(&fixture, 1).await;
    fixture.sessions.revoke(session.id, LOGGED_OUT, later(3)).await.unwrap();

    let reason = RevocationReason::TokenReused;
    fixture.sessions.revoke(session.id, reason, later(4)).await.unwrap();
    let ended = fixture.sessions.revoke_all(account.id(), None, reason, later(5)).await.unwrap();

    let revoked = Some(Revoked { at: later(3), reason: LOGGED_OUT });
    assert_eq!((found(&fixture, &session).await.revoked, ended), (revoked, 0));
}

/// Refreshes and a logout at once: whichever comes first, the session has ended afterwards.
pub async fn of_a_rotation_and_an_ending_the_ending_stays(fixture: AuthFixture) {
    let (_, session) = opened(&fixture, 1).await;

    at_once(|number| {
        let (store, id) = (Arc::clone(&fixture.sessions), session.id);
        async move {
            if number % 2 == 0 {
                store.revoke(id, LOGGED_OUT, later(3)).await.unwrap();
            } else {
                store.rotate(id, &token(0), &next(1)).await.unwrap();
            }
        }
    })
    .await;

    let ended = found(&fixture, &session).await;
    assert_eq!(ended.revoked, Some(Revoked { at: later(3), reason: LOGGED_OUT }));
    let again = fixture.sessions.rotate(session.id, &ended.current_hash, &next(2)).await.unwrap();
    assert_eq!(again, Some(Rotation::Superseded(ended)));
}

/// Refreshes, one after another in many tasks, and a logout from everywhere: whenever it comes, no
/// token that was made before, meanwhile or after is worth anything afterwards.
pub async fn of_rotations_and_an_ending_of_all_the_ending_stays(fixture: AuthFixture) {
    let (account, session) = opened(&fixture, 1).await;
    let reason = RevocationReason::EndedElsewhere;

    at_once(|number| {
        let (store, id, account) = (Arc::clone(&fixture.sessions), session.id, account.id());
        async move {
            if number == 31 {
                store.revoke_all(account, None, reason, later(3)).await.unwrap();
                return;
            }
            for number in 0..8 {
                store.rotate(id, &token(number), &next(number + 1)).await.unwrap();
            }
        }
    })
    .await;

    let ended = found(&fixture, &session).await;
    assert_eq!(ended.revoked, Some(Revoked { at: later(3), reason }));
    for number in 0..=8 {
        let outcome = fixture.sessions.rotate(session.id, &token(number), &next(9)).await.unwrap();
        assert_eq!(outcome, Some(Rotation::Superseded(ended.clone())));
    }
    let standing = fixture.sessions.standing(session.id, later(11)).await.unwrap().unwrap();
    assert!(!standing.session_live);
}

/// Every session of the account but the named one, none of anybody else's; the number is said.
pub async fn ending_all_sessions_spares_the_named_one_and_other_accounts(fixture: AuthFixture) {
    let (account, first) = opened(&fixture, 1).await;
    let (second, third) = (sample::session(&account, 1), sample::session(&account, 2));
    let (_, other) = opened(&fixture, 2).await;
    for session in [&second, &third] {
        open(&fixture, session).await.unwrap();
    }

    let reason = RevocationReason::EndedElsewhere;
    let ended = fixture.sessions.revoke_all(account.id(), Some(second.id), reason, later(9));

    assert_eq!(ended.await.unwrap(), 2);
    let revoked = Some(Revoked { at: later(9), reason });
    assert_eq!(found(&fixture, &first).await.revoked, revoked);
    assert_eq!(found(&fixture, &third).await.revoked, revoked);
    assert_eq!(found(&fixture, &second).await, second);
    assert_eq!(found(&fixture, &other).await, other);
}

/// Ended ones, expired ones and other people's are not in the list.
pub async fn live_sessions_are_listed_newest_first(fixture: AuthFixture) {
    let (account, first) = opened(&fixture, 1).await;
    opened(&fixture, 2).await;
    let second = sample::session(&account, 1);
    let ended = sample::session(&account, 2);
    let idle = Session { idle_expires_at: later(60), ..sample::session(&account, 3) };
    let old = Session { absolute_expires_at: later(60), ..sample::session(&account, 4) };
    for session in [&second, &ended, &idle, &old] {
        open(&fixture, session).await.unwrap();
    }
    fixture.sessions.revoke(ended.id, LOGGED_OUT, later(5)).await.unwrap();

    let list = |at: Timestamp| fixture.sessions.list_live(account.id(), at);
    let before = list(later(59)).await.unwrap();
    let after = list(later(60)).await.unwrap();

    assert_eq!(before, [old, idle, second.clone(), first.clone()]);
    assert_eq!(after, [second, first]);
}

/// What ended by itself so long ago goes, and nothing else; pruning counts what it removes. When a
/// session was ended changes nothing, and the last login is remembered.
pub async fn sessions_that_ended_long_ago_are_forgotten(fixture: AuthFixture) {
    let (account, idle) = opened(&fixture, 1).await;
    let absolute = Session {
        absolute_expires_at: idle.ends_at() + SignedDuration::from_secs(1),
        idle_expires_at: idle.ends_at() + SignedDuration::from_secs(100),
        ..sample::session(&account, 2)
    };
    let longer = sample::session(&account, 60);
    for session in [&absolute, &longer] {
        open(&fixture, session).await.unwrap();
    }
    fixture.sessions.revoke(longer.id, LOGGED_OUT, now()).await.unwrap();
    let prune = |moment| fixture.sessions.prune(moment);
    let end = idle.ends_at() + SESSION_RETENTION;

    let early = prune(end - SignedDuration::from_secs(1)).await.unwrap();
    let first = prune(end).await.unwrap();
    let second = prune(end + SignedDuration::from_secs(1)).await.unwrap();

    assert_eq!((early, first, second), (0, 1, 1));
    for gone in [idle.id, absolute.id] {
        assert_eq!(fixture.sessions.find(gone).await.unwrap(), None);
        assert_eq!(fixture.sessions.standing(gone, now()).await.unwrap(), None);
    }
    assert!(found(&fixture, &longer).await.revoked.is_some());
    assert_eq!(prune(longer.ends_at() + SESSION_RETENTION).await.unwrap(), 1);
    assert_eq!(fixture.sessions.last_login(account.id()).await.unwrap(), Some(longer.created_at));
}
