//! Cases: applications are listed, and found when their time is over.

use std::slice;

use gacp_store::{Order, PageRequest, Role};
use jiff::SignedDuration;

use super::CertificationFixture;
use super::sample::{TO_SCHEDULED, later, owner_of, staff, taken};
use crate::{Application, ApplicationFilter, ApplicationId, Status, Step};

async fn three(store: &CertificationFixture) -> Vec<Application> {
    let mut kept = Vec::new();
    for serial in 1..=3 {
        kept.push(store.kept(&format!("ไร่ที่ {serial}"), serial, 1).await);
    }
    kept
}

fn ids<'a>(applications: impl IntoIterator<Item = &'a Application>) -> Vec<ApplicationId> {
    applications.into_iter().map(Application::id).collect()
}

async fn listed(store: &CertificationFixture, filter: ApplicationFilter) -> Vec<ApplicationId> {
    let page = store.applications.list(&filter, &PageRequest::first(50)).await.unwrap();
    assert_eq!(page.next, None);
    ids(&page.items)
}

/// Pages neither overlap nor leave anything out, also when something is opened meanwhile.
pub async fn applications_are_listed_newest_first_page_by_page(store: CertificationFixture) {
    let kept = three(&store).await;
    let (filter, first) = (ApplicationFilter::default(), PageRequest::first(2));

    let newest = store.applications.list(&filter, &first).await.unwrap();
    store.kept("ไร่ที่ 4", 4, 0).await;
    let rest = store.applications.list(&filter, &first.after(newest.next.unwrap())).await.unwrap();

    let read = [ids(&newest.items), ids(&rest.items)].concat();
    assert_eq!(read, ids(kept.iter().rev()));
    assert_eq!(rest.next, None);
}

/// Whoever reads on from the last change meets every later one.
pub async fn a_sync_of_applications_loses_no_change(store: CertificationFixture) {
    let kept = three(&store).await;
    let withdrawn = taken(&kept[0], Step::Withdraw, owner_of(&kept[0]));
    store.try_replace(&withdrawn).await.unwrap();
    let order = Order::ChangedSince(kept[0].updated_at());
    let request = PageRequest { order, after: None, limit: 2 };
    let filter = ApplicationFilter::default();

    let first = store.applications.list(&filter, &request).await.unwrap();
    let next = request.after(first.next.unwrap());
    let second = store.applications.list(&filter, &next).await.unwrap();

    let read = [first.items, second.items].concat();
    assert_eq!(read, [kept[1].clone(), kept[2].clone(), withdrawn]);
}

/// Each part of a filter counts by itself, and all of them together.
pub async fn application_lists_hold_what_was_asked_for(store: CertificationFixture) {
    let kept = three(&store).await;
    let scheduled = store.kept("ไร่ที่ 9", 9, TO_SCHEDULED).await;
    let all = ApplicationFilter::default();
    let inspector = Some(staff(Role::Inspector).id);

    let own = ApplicationFilter { owner: Some(kept[1].owner()), ..all };
    assert_eq!(listed(&store, own).await, [kept[1].id()]);
    let farm = ApplicationFilter { farm: Some(kept[2].farm()), ..all };
    assert_eq!(listed(&store, farm).await, [kept[2].id()]);
    let status = ApplicationFilter { status: Some(Status::AwaitingDocumentFee), ..all };
    assert_eq!(listed(&store, status).await, ids(kept.iter().rev()));
    let assigned = ApplicationFilter { assignee: inspector, ..all };
    assert_eq!(listed(&store, assigned).await, [scheduled.id()]);
    let overdue = ApplicationFilter { overdue_at: kept[0].deadline(), ..all };
    assert_eq!(listed(&store, overdue).await, ids(kept.iter().rev()));
    let both = ApplicationFilter { assignee: inspector, ..own };
    assert_eq!(listed(&store, both).await, []);
}

/// Only deadlines that end an application count, from the moment that they name.
pub async fn what_is_past_its_deadline_is_found_longest_first(store: CertificationFixture) {
    let draft = store.kept("ไร่ที่ 1", 1, 0).await;
    let unpaid = store.kept("ไร่ที่ 2", 2, 1).await;
    let under_review = store.kept("ไร่ที่ 3", 3, 2).await;
    let (earlier, last) = (unpaid.deadline().unwrap(), draft.deadline().unwrap());
    let moment = SignedDuration::from_millis(1);
    let past = async |now, limit| store.applications.past_deadline(now, limit).await.unwrap();

    assert_eq!(past(earlier - moment, 10).await, []);
    assert_eq!(past(earlier, 10).await, slice::from_ref(&unpaid));
    assert_eq!(past(last, 10).await, [unpaid.clone(), draft.clone()]);
    assert_eq!(past(last, 1).await, slice::from_ref(&unpaid));
    assert!(under_review.deadline().unwrap() < last, "it is late, too, but does not end");
    let ended = unpaid.lapsed(later(&draft).max(last)).unwrap().application;
    store.try_replace(&ended).await.unwrap();
    assert_eq!(past(last, 10).await, [draft]);
}
