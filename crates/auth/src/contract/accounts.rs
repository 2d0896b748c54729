//! What every [`AccountStore`](crate::AccountStore) must do.

use std::sync::Arc;

use gacp_store::{Role, StoreError, Violations};

use super::sample::{self, later};
use super::{AuthFixture, at_once, change, create, history, renamed, replace};
use crate::{Account, AccountPatch, AccountStatus, AddressDraft, Email, ProfilePatch, unique};

fn reached_by(account: &Account, phone: &str) -> Account {
    let patch = ProfilePatch { phone: Some(phone.to_owned()), ..ProfilePatch::default() };
    account.clone().revised(Violations::check(patch).unwrap(), later(1)).unwrap()
}

async fn refused_as(fixture: &AuthFixture, account: &Account, key: &str) {
    let outcome = fixture.accounts.create(account, &change(account, "register")).await;
    let found = outcome.as_ref().err().and_then(StoreError::duplicate_key);
    assert_eq!(found, Some(key), "{outcome:?}");
    assert_eq!(fixture.accounts.find(account.id()).await.unwrap(), None);
}

/// Every field comes back, Thai text and microseconds included; what was not given stays absent.
pub async fn an_account_is_kept_whole(fixture: AuthFixture) {
    for account in [sample::farmer(1), sample::staff(1, Role::Inspector)] {
        create(&fixture, &account).await;

        let found = fixture.accounts.find(account.id()).await.unwrap();

        assert_eq!(found, Some(account));
    }
}

/// By e-mail address in any spelling, and by every value of the blind index.
pub async fn an_account_is_found_by_each_of_its_names(fixture: AuthFixture) {
    let account = sample::farmer(1);
    create(&fixture, &account).await;
    create(&fixture, &sample::farmer(2)).await;

    let email = Email::parse("Farmer1@Example.ORG").unwrap();
    assert_eq!(fixture.accounts.find_by_email(&email).await.unwrap(), Some(account.clone()));
    for values in [["new-1", "none"], ["none", "old-1"], ["new-1", "old-1"]] {
        let found = fixture.accounts.find_by_national_id(&values.map(str::to_owned)).await;
        assert_eq!(found.unwrap(), Some(account.clone()), "{values:?}");
    }
}

/// Absence is no error, whichever way one looks.
pub async fn an_absent_account_is_not_found(fixture: AuthFixture) {
    create(&fixture, &sample::farmer(1)).await;
    let absent = sample::farmer(2);

    assert_eq!(fixture.accounts.find(absent.id()).await.unwrap(), None);
    assert_eq!(fixture.accounts.find_by_email(absent.email()).await.unwrap(), None);
    let values = ["new-", "new-2"].map(str::to_owned);
    assert_eq!(fixture.accounts.find_by_national_id(&values).await.unwrap(), None);
    assert_eq!(fixture.accounts.find_by_national_id(&[]).await.unwrap(), None);
}

/// One account per e-mail address.
pub async fn a_taken_email_is_refused(fixture: AuthFixture) {
    create(&fixture, &sample::farmer(1)).await;

    let second = sample::farmer_with_email(2, "FARMER1@example.org");

    refused_as(&fixture, &second, unique::EMAIL).await;
}

/// One account per value of the blind index: while keys change, any overlap counts.
pub async fn a_taken_national_id_is_refused(fixture: AuthFixture) {
    create(&fixture, &sample::farmer(1)).await;
    for (number, index) in [(2, ["new-1", "old-2"]), (3, ["new-3", "old-1"]), (4, ["old-1", "x"])] {
        let other = sample::farmer_with_index(number, &index);
        refused_as(&fixture, &other, unique::NATIONAL_ID).await;
    }
}

/// One account per telephone number, however it was written.
pub async fn a_taken_phone_is_refused(fixture: AuthFixture) {
    create(&fixture, &sample::farmer(1)).await;

    refused_as(&fixture, &sample::farmer_with_phone(2, "08-0000-0001"), unique::PHONE).await;
}

/// What is not there is not unique.
pub async fn accounts_without_phone_and_national_id_do_not_collide(fixture: AuthFixture) {
    let (first, second) = (sample::staff(1, Role::Admin), sample::staff(2, Role::Admin));
    create(&fixture, &first).await;

    create(&fixture, &second).await;

    assert_eq!(fixture.accounts.find(second.id()).await.unwrap(), Some(second));
}

/// Every field that can change has changed afterwards.
pub async fn a_replaced_account_is_kept_whole(fixture: AuthFixture) {
    let account = sample::farmer(1);
    create(&fixture, &account).await;
    let patch = ProfilePatch {
        full_name: Some("สมหญิง แก้วใส".to_owned()),
        phone: Some("053-123-456".to_owned()),
        address: Some(AddressDraft {
            house_no: "7".to_owned(),
            moo: None,
            soi: Some("สุขใจ 3".to_owned()),
            road: None,
            tambon: "ปากช่อง".to_owned(),
            amphoe: "ปากช่อง".to_owned(),
            changwat: "นครราชสีมา".to_owned(),
            postal_code: "30130".to_owned(),
        }),
    };
    let revised = account.revised(Violations::check(patch).unwrap(), later(1)).unwrap();
    let patch = AccountPatch { role: Some(Role::Finance), status: Some(AccountStatus::Disabled) };
    let changed = revised.clone().changed(Violations::check(patch).unwrap(), later(2));

    replace(&fixture, &revised).await.unwrap();
    replace(&fixture, &changed).await.unwrap();

    assert_eq!(fixture.accounts.find(changed.id()).await.unwrap(), Some(changed));
}

/// A number that its holder changed can be another's.
pub async fn what_a_replaced_account_gave_up_is_free(fixture: AuthFixture) {
    let account = sample::farmer(1);
    create(&fixture, &account).await;
    replace(&fixture, &reached_by(&account, "0899999999")).await.unwrap();

    let second = sample::farmer_with_phone(2, "+66800000001");
    create(&fixture, &second).await;

    assert_eq!(fixture.accounts.find(second.id()).await.unwrap(), Some(second));
    refused_as(&fixture, &sample::farmer_with_phone(3, "0899999999"), unique::PHONE).await;
}

/// A replacement keeps to the unique keys too, and one that loses changes nothing.
pub async fn a_replacement_cannot_take_what_another_account_holds(fixture: AuthFixture) {
    let (first, second) = (sample::farmer(1), sample::farmer(2));
    create(&fixture, &first).await;
    create(&fixture, &second).await;

    let outcome = replace(&fixture, &reached_by(&second, "+66800000001")).await;

    let found = outcome.as_ref().err().and_then(StoreError::duplicate_key);
    assert_eq!(found, Some(unique::PHONE), "{outcome:?}");
    assert_eq!(fixture.accounts.find(second.id()).await.unwrap(), Some(second));
}

/// Two readers change the same account: the second write loses, and says so. So does a change of
/// an account that is not there.
pub async fn a_stale_replacement_is_refused(fixture: AuthFixture) {
    let account = sample::farmer(1);
    create(&fixture, &account).await;
    let (first, second) = (renamed(&account, "ก"), renamed(&account, "ข"));
    replace(&fixture, &first).await.unwrap();

    let stale = replace(&fixture, &second).await;
    let ahead = replace(&fixture, &renamed(&renamed(&first, "ค"), "ง")).await;
    let absent = replace(&fixture, &renamed(&sample::farmer(2), "จ")).await;

    for outcome in [stale, ahead, absent] {
        assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
    }
    assert_eq!(fixture.accounts.find(account.id()).await.unwrap(), Some(first));
}

/// 32 registrations with one e-mail address at once: one account is there, whole.
pub async fn of_many_accounts_with_one_email_one_is_created(fixture: AuthFixture) {
    let email = Email::parse("somchai@example.org").unwrap();
    let created =
        of_many(&fixture, |number| sample::farmer_with_email(number, "somchai@example.org"));

    let (created, refusals) = created.await;

    assert_eq!(refusals, [unique::EMAIL; 31]);
    let found = fixture.accounts.find_by_email(&email).await.unwrap();
    assert_eq!(found.as_ref(), created.first());
}

/// 32 registrations with one national ID at once: one account is there, whole.
pub async fn of_many_accounts_with_one_national_id_one_is_created(fixture: AuthFixture) {
    let created =
        of_many(&fixture, |number| sample::farmer_with_index(number, &["same", "same-old"]));

    let (created, refusals) = created.await;

    assert_eq!(refusals, [unique::NATIONAL_ID; 31]);
    let found = fixture.accounts.find_by_national_id(&["same".to_owned()]).await.unwrap();
    assert_eq!(found.as_ref(), created.first());
}

async fn of_many(
    fixture: &AuthFixture,
    sample: fn(u32) -> Account,
) -> (Vec<Account>, Vec<&'static str>) {
    let outcomes = at_once(|number| {
        let (store, account) = (Arc::clone(&fixture.accounts), sample(number));
        async move {
            let outcome = store.create(&account, &change(&account, "register")).await;
            outcome.map(|()| account)
        }
    });
    let (mut created, mut refusals) = (Vec::new(), Vec::new());
    for outcome in outcomes.await {
        match outcome {
            Ok(account) => created.push(account),
            Err(error) => refusals.push(error.duplicate_key().unwrap()),
        }
    }
    (created, refusals)
}

/// 32 changes of one state at once: one is kept, with its history alone.
pub async fn of_many_replacements_one_wins(fixture: AuthFixture) {
    let account = sample::farmer(1);
    create(&fixture, &account).await;

    let outcomes = at_once(|number| {
        let store = Arc::clone(&fixture.accounts);
        let revised = renamed(&account, &format!("ชื่อ {number}"));
        async move {
            let outcome = store.replace(&revised, &change(&revised, "revise-profile")).await;
            outcome.map(|()| revised)
        }
    });

    let (won, lost): (Vec<_>, Vec<_>) = outcomes.await.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 31));
    assert!(lost.iter().all(|outcome| matches!(outcome, Err(StoreError::Stale))), "{lost:?}");
    let kept = fixture.accounts.find(account.id()).await.unwrap();
    assert_eq!(kept.as_ref(), won.first().and_then(|outcome| outcome.as_ref().ok()));
    assert_eq!(history(&fixture, &account).await.len(), 2);
}
