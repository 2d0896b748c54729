//! What every [`AccountStore`](crate::AccountStore) must write beside an account.

use gacp_store::{Change, Claim, RECEIPT_LEASE, Receipt, Revision, StoreError};

use super::sample::{self, later, now};
use super::{AuthFixture, change, claim, create, history, receipt, renamed, replace};
use crate::Account;

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
