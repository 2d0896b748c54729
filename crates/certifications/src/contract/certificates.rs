//! Cases: certificates, and what they and applications mean for farms.

use std::sync::Arc;

use gacp_store::{Lease, PageRequest, RECEIPT_LEASE, Receipt};
use jiff::{SignedDuration, Timestamp};

use super::races::{RACERS, race, winners};
use super::sample::{BODY, KEY, at, later, owner, owner_of, replying, ruling, taken};
use super::{CertificationFixture, is_stale};
use crate::{Certificate, CertificateFilter, CertificateNumber, CertificateStatus, Step, history};

const MOMENT: SignedDuration = SignedDuration::from_millis(1);

async fn issued(store: &CertificationFixture, serial: u32, now: Timestamp) -> Certificate {
    store.issued(serial, now).await
}

fn revoked(certificate: &Certificate, now: Timestamp) -> Certificate {
    certificate.clone().revoked("พบสารตกค้างเกินเกณฑ์".to_owned(), now)
}

async fn listed(store: &CertificationFixture, filter: CertificateFilter) -> Vec<CertificateNumber> {
    let page = store.certificates.list(&filter, &PageRequest::first(50)).await.unwrap();
    assert_eq!(page.next, None);
    page.items.iter().map(Certificate::number).collect()
}

/// Another farmer's certificate is as good as absent.
pub async fn a_certificate_is_found_for_its_holder_only(store: CertificationFixture) {
    let kept = issued(&store, 1, at(0)).await;
    let number = kept.number();

    let own = store.certificates.find(&number, Some(kept.holder())).await.unwrap();
    let foreign = store.certificates.find(&number, Some(owner())).await.unwrap();
    let absent = CertificateNumber::new(2026, 2).unwrap();
    let absent = store.certificates.find(&absent, None).await.unwrap();

    assert_eq!((own, foreign, absent), (Some(kept), None, None));
}

/// The reason comes back, and history has both.
pub async fn a_revoked_certificate_is_found_as_it_is(store: CertificationFixture) {
    let kept = issued(&store, 1, at(0)).await;
    let revoked = revoked(&kept, at(60));

    store.certificates.replace(&revoked, &ruling(&revoked, "revoke")).await.unwrap();

    let found = store.certificates.find(&kept.number(), None).await.unwrap();
    assert_eq!(found, Some(revoked));
    assert_eq!(store.told(history::of_certificate(kept.id())).await, ["revoke", "issued"]);
}

/// A certificate that changed meanwhile, or that is not there, is not replaced.
pub async fn a_stale_certificate_is_not_replaced(store: CertificationFixture) {
    let kept = issued(&store, 1, at(0)).await;
    let first = revoked(&kept, at(60));
    let second = revoked(&kept, at(61));
    store.certificates.replace(&first, &ruling(&first, "revoke")).await.unwrap();

    let outcome = store.certificates.replace(&second, &ruling(&second, "revoke")).await;

    assert!(is_stale(&outcome), "{outcome:?}");
    assert_eq!(store.certificates.find(&kept.number(), None).await.unwrap(), Some(first));
    assert_eq!(store.told(history::of_certificate(kept.id())).await.len(), 2);
}

/// A request that was slower than its lease revokes nothing.
pub async fn a_certificate_whose_lease_is_lost_is_not_changed(store: CertificationFixture) {
    let kept = issued(&store, 1, at(0)).await;
    let revoked = revoked(&kept, at(60));
    store.receipts.claim(&KEY, &BODY, Lease(1), at(0)).await.unwrap();
    store.receipts.claim(&KEY, &BODY, Lease(2), at(0) + RECEIPT_LEASE).await.unwrap();

    let late = replying(ruling(&revoked, "revoke"), Lease(1));
    let outcome = store.certificates.replace(&revoked, &late).await;

    assert_eq!(outcome.unwrap_err().duplicate_key(), Some(Receipt::LOST_LEASE));
    assert_eq!(store.certificates.find(&kept.number(), None).await.unwrap(), Some(kept));
}

/// Revoked comes before expired; a certificate holds through its last day.
pub async fn certificates_are_listed_by_what_they_are_worth(store: CertificationFixture) {
    let valid = issued(&store, 1, at(0)).await;
    let taken_back = issued(&store, 2, at(0)).await;
    let revoked = revoked(&taken_back, at(60));
    store.certificates.replace(&revoked, &ruling(&revoked, "revoke")).await.unwrap();
    let end = valid.term().end();
    let worth =
        |status, now| CertificateFilter { status: Some(status), ..CertificateFilter::at(now) };

    assert_eq!(listed(&store, worth(CertificateStatus::Valid, at(60))).await, [valid.number()]);
    assert_eq!(listed(&store, worth(CertificateStatus::Revoked, at(60))).await, [revoked.number()]);
    assert_eq!(listed(&store, worth(CertificateStatus::Revoked, at(60) - MOMENT)).await, []);
    assert_eq!(
        listed(&store, worth(CertificateStatus::Valid, end - MOMENT)).await,
        [valid.number()]
    );
    assert_eq!(listed(&store, worth(CertificateStatus::Valid, end)).await, []);
    assert_eq!(listed(&store, worth(CertificateStatus::Expired, end)).await, [valid.number()]);
    assert_eq!(listed(&store, worth(CertificateStatus::Expired, end - MOMENT)).await, []);
}

/// Days count from today; neither revoked nor expired certificates are about to expire.
pub async fn certificates_are_listed_by_how_long_they_hold(store: CertificationFixture) {
    let day = SignedDuration::from_hours(24);
    let early = issued(&store, 1, at(0)).await;
    let late = issued(&store, 2, at(0) + day * 10).await;
    let gone = issued(&store, 3, at(0)).await;
    let revoked = revoked(&gone, at(60));
    store.certificates.replace(&revoked, &ruling(&revoked, "revoke")).await.unwrap();
    let last_day = early.term().end() - MOMENT;
    let within = |days, now| CertificateFilter {
        expiring_within_days: Some(days),
        ..CertificateFilter::at(now)
    };

    assert_eq!(listed(&store, within(0, last_day)).await, [early.number()]);
    assert_eq!(listed(&store, within(0, last_day - day)).await, []);
    assert_eq!(listed(&store, within(1, last_day - day)).await, [early.number()]);
    assert_eq!(listed(&store, within(10, last_day)).await, [late.number(), early.number()]);
    assert_eq!(listed(&store, within(10, last_day + MOMENT)).await, [late.number()]);
}

/// Holder and farm narrow the list; pages continue where the last one ended.
pub async fn certificates_are_listed_newest_first_page_by_page(store: CertificationFixture) {
    let mut kept = Vec::new();
    for serial in 1..=3 {
        kept.push(issued(&store, serial, at(i64::from(serial))).await);
    }
    let (all, first) = (CertificateFilter::at(at(90)), PageRequest::first(2));

    let newest = store.certificates.list(&all, &first).await.unwrap();
    let rest = store.certificates.list(&all, &first.after(newest.next.unwrap())).await.unwrap();

    let read = [newest.items, rest.items].concat();
    kept.reverse();
    assert_eq!(read, kept);
    let own = CertificateFilter { owner: Some(kept[0].holder()), ..all };
    assert_eq!(listed(&store, own).await, [kept[0].number()]);
    let farm = CertificateFilter { farm: Some(kept[1].farm()), ..all };
    assert_eq!(listed(&store, farm).await, [kept[1].number()]);
}

/// A farm is bound from the opening of an application to its end, recorded or not.
pub async fn a_live_application_binds_its_farm(store: CertificationFixture) {
    let draft = store.kept("ไร่ขมิ้นทอง", 1, 0).await;
    let end = draft.deadline().unwrap();
    let binds = async |now| store.obligations.has_live_work(draft.farm(), now).await.unwrap();

    assert!(binds(later(&draft)).await);
    assert!(binds(end - MOMENT).await);
    assert!(!binds(end).await, "it has ended, though nothing has recorded that yet");
    let withdrawn = taken(&draft, Step::Withdraw, owner_of(&draft));
    store.try_replace(&withdrawn).await.unwrap();
    assert!(!binds(later(&draft)).await);
    let other = store.farm("ไร่ขิงงาม").await;
    assert!(!store.obligations.has_live_work(other.id(), later(&draft)).await.unwrap());
}

/// A farm is bound by a certificate until it expires or is revoked.
pub async fn a_certificate_binds_its_farm_while_it_is_valid(store: CertificationFixture) {
    let kept = issued(&store, 1, at(0)).await;
    let binds = async |now| store.obligations.has_live_work(kept.farm(), now).await.unwrap();

    assert!(binds(at(90)).await);
    assert!(binds(kept.term().end() - MOMENT).await);
    assert!(!binds(kept.term().end()).await);
    let revoked = revoked(&kept, at(60));
    store.certificates.replace(&revoked, &ruling(&revoked, "revoke")).await.unwrap();
    assert!(!binds(at(90)).await);
}

/// 32 revocations of one certificate at once: one is written, the others are stale.
pub async fn of_many_revocations_one_wins(store: CertificationFixture) {
    let kept = issued(&store, 1, at(0)).await;

    let outcomes = race(|racer| {
        let certificates = Arc::clone(&store.certificates);
        let ruled = kept.clone().revoked(format!("เหตุผลที่ {racer}"), at(60));
        async move { certificates.replace(&ruled, &ruling(&ruled, "revoke")).await }
    })
    .await;

    let winner = outcomes.iter().position(Result::is_ok).unwrap();
    let found = store.certificates.find(&kept.number(), None).await.unwrap().unwrap();
    assert_eq!(outcomes.len(), RACERS);
    assert_eq!(winners(&outcomes, is_stale), 1);
    assert_eq!(found.revocation().unwrap().reason, format!("เหตุผลที่ {winner}"));
}
