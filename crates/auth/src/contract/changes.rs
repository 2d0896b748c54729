//! What every [`AccountStore`](crate::AccountStore) must write beside an account.

use std::sync::Arc;

use gacp_store::{Change, Claim, PageRequest, RECEIPT_LEASE, Receipt, Revision, StoreError};

use super::sample::{self, later, now};
use super::{
    AuthFixture, at_once, change, change_account, claim, create, found, history, open, opened,
    receipt, renamed, replace,
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
    open(&fixture, &ended).await.unwrap();
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

/// The journal holds the entries of every record, newest first, page by page.
pub async fn a_journal_tells_what_happened_to_all_records(fixture: AuthFixture) {
    let mut entries = Vec::new();
    for number in 1..=5 {
        let account = sample::farmer(number);
        let registered = change(&account, "register");
        fixture.accounts.create(&account, &registered).await.unwrap();
        entries.extend(registered.entries);
    }
    entries.reverse();

    let mut request = PageRequest::first(2);
    let mut seen = Vec::new();
    loop {
        let page = fixture.history.journal(None, &request).await.unwrap();
        seen.extend(page.items);
        let Some(next) = page.next else { break };
        request = request.after(next);
    }

    assert_eq!(seen, entries);
}

/// The journal of one actor holds what he did, to whatever record; what nobody did is nobody's.
pub async fn a_journal_tells_what_somebody_did(fixture: AuthFixture) {
    let (one, other) = (sample::farmer(1), sample::farmer(2));
    create(&fixture, &one).await;
    create(&fixture, &other).await;
    let changed = renamed(&other, "ก");
    let mut by_one = change(&changed, "change-role");
    for (entry, by) in by_one.entries.iter_mut().zip([one.actor()]) {
        entry.by = Some(by);
    }
    fixture.accounts.replace(&changed, &by_one).await.unwrap();
    let again = renamed(&changed, "ข");
    let mut by_nobody = change(&again, "expire");
    by_nobody.entries.iter_mut().for_each(|entry| entry.by = None);
    fixture.accounts.replace(&again, &by_nobody).await.unwrap();

    let page = PageRequest::first(9);
    let did = fixture.history.journal(Some(one.id()), &page).await.unwrap().items;
    let all = fixture.history.journal(None, &page).await.unwrap().items;

    let actions: Vec<_> = did.iter().map(|entry| (entry.action.as_str(), entry.subject)).collect();
    assert_eq!(actions, [("change-role", other.subject()), ("register", one.subject())]);
    assert_eq!(all.len(), 4);
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
