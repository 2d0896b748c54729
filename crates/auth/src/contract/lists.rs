//! How every [`AccountStore`](crate::AccountStore) must list accounts.

use gacp_store::{Order, PageRequest, Role, Violations};

use super::sample::{self, later, now};
use super::{AuthFixture, create, renamed, replace};
use crate::{Account, AccountFilter, AccountPatch, AccountStatus};

async fn pages(
    fixture: &AuthFixture,
    filter: AccountFilter,
    first: PageRequest,
) -> Vec<Vec<Account>> {
    let (mut request, mut pages) = (first, Vec::new());
    loop {
        let page = fixture.accounts.list(&filter, &request).await.unwrap();
        pages.push(page.items);
        let Some(cursor) = page.next else { return pages };
        request = request.after(cursor);
    }
}

/// Newest first, each account once, and no empty page at the end.
pub async fn a_list_goes_on_where_the_last_page_ended(fixture: AuthFixture) {
    let accounts: Vec<_> = (0..4).map(sample::farmer).collect();
    for account in &accounts {
        create(&fixture, account).await;
    }

    let read = pages(&fixture, AccountFilter::default(), PageRequest::first(2)).await;

    let newest_first: Vec<_> = accounts.into_iter().rev().collect();
    let expected: Vec<_> = newest_first.chunks(2).map(<[_]>::to_vec).collect();
    assert_eq!(read, expected);
}

/// By time of change, then id: accounts changed in one moment are told apart.
pub async fn a_list_of_changes_loses_nothing(fixture: AuthFixture) {
    let accounts: Vec<_> = (0..5).map(sample::farmer).collect();
    for account in &accounts {
        create(&fixture, account).await;
    }
    let mut changed = Vec::new();
    for account in accounts.iter().take(3) {
        let revised = renamed(account, "ก");
        replace(&fixture, &revised).await.unwrap();
        changed.push(revised);
    }

    let since =
        |moment| PageRequest { order: Order::ChangedSince(moment), ..PageRequest::first(2) };
    let recent = pages(&fixture, AccountFilter::default(), since(later(1))).await;
    let all = pages(&fixture, AccountFilter::default(), since(now())).await;

    assert_eq!(recent.concat(), changed);
    let unchanged: Vec<_> = accounts.into_iter().skip(3).collect();
    assert_eq!(all.concat(), [unchanged, changed].concat());
}

/// Role and status narrow a list, alone and together, and pages count what is in it.
pub async fn a_list_holds_what_its_filter_admits(fixture: AuthFixture) {
    let inspectors: Vec<_> = (0..3).map(|number| sample::staff(number, Role::Inspector)).collect();
    for account in inspectors.iter().chain([&sample::farmer(1), &sample::staff(9, Role::Admin)]) {
        create(&fixture, account).await;
    }
    let [first, second, third] = inspectors.as_slice() else { unreachable!("three were made") };
    let patch = AccountPatch { role: None, status: Some(AccountStatus::Disabled) };
    let disabled = second.clone().changed(Violations::check(patch).unwrap(), later(1));
    replace(&fixture, &disabled).await.unwrap();

    let list =
        |role, status| pages(&fixture, AccountFilter { role, status }, PageRequest::first(1));
    let of_role = list(Some(Role::Inspector), None).await.concat();
    let of_status = list(None, Some(AccountStatus::Disabled)).await.concat();
    let of_both = list(Some(Role::Inspector), Some(AccountStatus::Active)).await.concat();
    let of_none = list(Some(Role::Approver), None).await.concat();

    assert_eq!(of_role, [third.clone(), disabled.clone(), first.clone()]);
    assert_eq!(of_status, [disabled]);
    assert_eq!(of_both, [third.clone(), first.clone()]);
    assert_eq!(of_none, []);
}
