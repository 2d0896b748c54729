//! What every [`AccountStore`](crate::AccountStore) must write beside an account.

use std::sync::Arc;

use gacp_store::{Change, Claim, RECEIPT_LEASE, Receipt, Revision, StoreError};

use super::sample::{self, later, now};
use super::{
    AuthFixture, at_once, change, change_account, claim, create, found, history, opened, receipt,
    renamed, replace,
};
use crate::{Account, AccountPatch, AccountStatus, Ending, RevocationReason, Revoked};

/// Each entry of a change is read again as it was written, newest first.
pub async fn a_change_is_written_with_its_history(fixture: AuthFixture) {
    let account = sample::farmer(1);
    let created = change(&account, "register");
    let revised = renamed(&account, "ก");
    let replaced = {
        let mut change = change(&revised, "change-role");
        let more = change.entries.first().cloned().unwrap();
        let more = gacp_store::HistoryEntry {
            id: gacp_store::fresh_uuid(later(1)),
            action: "disable".to_owned(),
            ..more.moved("active", "disabled").touching(["status"])
        };
        change.entries.push(more);
        change
    };

    fixture.accounts.create(&account, &created).await.unwrap();
    fixture.accounts.replace(&revised, &replaced).await.unwrap();

    let written: Vec<_> = created.entries.into_iter().chain(replaced.entries).rev().collect();
    assert_eq!(history(&fixture, &account).await, written);
}

/// What did not happen has no history.
pub async fn a_refused_change_writes_no_history(fixture: AuthFixture) {
    let (first, second) = (sample::farmer(1), sample::farmer_with_email(2, "farmer1@example.org"));
    create(&fixture, &first).await;

    fixture.accounts.create(&second, &change(&second, "register")).await.unwrap_err();
    let ahead = renamed(&renamed(&first, "ก"), "ข");
    replace(&fixture, &ahead).await.unwrap_err();

    assert_eq!(history(&fixture, &second).await, []);
    assert_eq!(history(&fixture, &first).await.len(), 1);
}

/// The reply to a request stands beside what the request changed.
pub async fn a_change_is_written_with_its_receipt(fixture: AuthFixture) {
    let account = sample::farmer(1);
    assert_eq!(claim(&fixture, 1, now()).await, Claim::Granted);
    let change = Change { receipt: Some(receipt(1)), ..change(&account, "register") };

    fixture.accounts.create(&account, &change).await.unwrap();

    assert_eq!(claim(&fixture, 2, now()).await, Claim::Answered(receipt(1).reply));
}

/// A run whose key was taken over changes nothing, writes no history and leaves the key alone.
pub async fn a_change_whose_lease_is_lost_writes_nothing(fixture: AuthFixture) {
    let account = sample::farmer(1);
    create(&fixture, &account).await;
    claim(&fixture, 1, now()).await;
    claim(&fixture, 2, now() + RECEIPT_LEASE).await;
    let (absent, revised) = (sample::farmer(2), renamed(&account, "ก"));
    let lost = |account, action| Change { receipt: Some(receipt(1)), ..change(account, action) };

    let created = fixture.accounts.create(&absent, &lost(&absent, "register")).await;
    let replaced = fixture.accounts.replace(&revised, &lost(&revised, "revise-profile")).await;

    for outcome in [created, replaced] {
        let key = outcome.as_ref().err().and_then(StoreError::duplicate_key);
        assert_eq!(key, Some(Receipt::LOST_LEASE), "{outcome:?}");
    }
    assert_eq!(fixture.accounts.find(absent.id()).await.unwrap(), None);
    let kept = fixture.accounts.find(account.id()).await.unwrap();
    assert_eq!(kept.as_ref().map(Account::revision), Some(Revision::FIRST));
    assert_eq!(history(&fixture, &account).await.len(), 1);
    assert_eq!(history(&fixture, &absent).await, []);
    assert_eq!(claim(&fixture, 3, now() + RECEIPT_LEASE).await, Claim::Running);
}

/// A new password and the end of every other session are one step.
pub async fn a_changed_account_ends_the_sessions_that_it_names(fixture: AuthFixture) {
    let (account, kept) = opened(&fixture, 1).await;
    let (_, others) = opened(&fixture, 2).await;
    let ended = sample::session(&account, 1);
    fixture.sessions.open(&ended).await.unwrap();
    let changed = account.with_password(sample::other_hash("other"), later(3));
    let ending = Ending { except: Some(kept.id), reason: RevocationReason::PasswordChanged };

    let written = change(&changed, "change-password");
    fixture.accounts.replace_and_end(&changed, &ending, &written).await.unwrap();

    assert_eq!(fixture.accounts.find(changed.id()).await.unwrap(), Some(changed.clone()));
    let reason = RevocationReason::PasswordChanged;
    assert_eq!(found(&fixture, &ended).await.revoked, Some(Revoked { at: later(3), reason }));
    assert_eq!(found(&fixture, &kept).await.revoked, None);
    assert_eq!(found(&fixture, &others).await.revoked, None);
    assert_eq!(history(&fixture, &changed).await.len(), 2);
}

/// A change that comes too late ends no session.
pub async fn a_stale_change_ends_no_session(fixture: AuthFixture) {
    let (account, session) = opened(&fixture, 1).await;
    replace(&fixture, &renamed(&account, "มาลี สุขใจ")).await.unwrap();
    let stale = account.with_password(sample::other_hash("other"), later(3));
    let ending = Ending { except: None, reason: RevocationReason::PasswordChanged };

    let outcome =
        fixture.accounts.replace_and_end(&stale, &ending, &change(&stale, "change-password")).await;

    assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
    assert_eq!(found(&fixture, &session).await.revoked, None);
}

/// Another hash of the same password is no new state, and never replaces another password's.
pub async fn a_hash_is_replaced_while_it_is_the_accounts(fixture: AuthFixture) {
    let account = sample::farmer(1);
    create(&fixture, &account).await;
    let (old, new, late) =
        (account.password(), sample::other_hash("new"), sample::other_hash("late"));

    fixture.accounts.rehash(account.id(), old, &new).await.unwrap();
    fixture.accounts.rehash(account.id(), old, &late).await.unwrap();
    fixture.accounts.rehash(sample::farmer(9).id(), old, &late).await.unwrap();

    let stored = fixture.accounts.find(account.id()).await.unwrap();
    assert_eq!(stored, Some(account.rehashed(new)));
}

/// Of a rehash and a change of the account neither is lost.
pub async fn of_a_rehash_and_a_change_at_once_both_stay(fixture: AuthFixture) {
    let account = sample::farmer(1);
    create(&fixture, &account).await;
    let fixture = Arc::new(fixture);

    at_once(|number| {
        let (fixture, account) = (Arc::clone(&fixture), account.clone());
        async move {
            let new = sample::other_hash("new");
            if number == 0 {
                let disabled = AccountPatch { role: None, status: Some(AccountStatus::Disabled) };
                // A change that was read before the rehash is stale, or carries the old hash back:
                // either way the account stays disabled and one of the two hashes is its.
                change_account(&fixture, &account, disabled).await;
            } else {
                fixture.accounts.rehash(account.id(), account.password(), &new).await.unwrap();
            }
        }
    })
    .await;

    let stored = fixture.accounts.find(account.id()).await.unwrap().unwrap();
    assert!(!stored.is_active());
    let hashes = [account.password().clone(), sample::other_hash("new")];
    assert!(hashes.contains(stored.password()));
}
