//! The queries that ask about one record, by the kind of the record.

use gacp_auth::{AccountFilter, AccountStatus, EVENT_RETENTION, EventFilter, LONGEST_WINDOW};
use gacp_certifications::{ApplicationFilter, CertificateFilter, CertificateStatus, Status};
use gacp_farms::{Bounds, Crop, FarmFilter, FarmStatus};
use gacp_store::{PageRequest, Role, Subject, SubjectKind};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use super::{Example, PAGE, changing, equal, finding, id, pages, removing, says};
use crate::applications::rows::booked_for;
use crate::document::moment;
use crate::reading::by_id;
use crate::{
    accounts, applications, certificates, events, farms, guesses, history, keys, obligations,
    receipts, sessions,
};

/// Half the side of a box in which farms are looked for, in degrees: some tens of kilometres.
const FARMS_AROUND: f64 = 0.75;

/// Half the side of a box in which plots are looked for, in degrees.
const PLOTS_AROUND: f64 = 0.01;

/// So many days before their end certificates are asked for.
const SOON: u16 = 90;

pub(super) fn of_account(account: &Document) -> Option<Vec<Example>> {
    let role: Role = account.get_str("role").ok()?.parse().ok()?;
    let status = [AccountStatus::Active, AccountStatus::Disabled]
        .into_iter()
        .find(|status| says(account, "status", status.as_str()))?;
    let everybody = AccountFilter::default();
    let lists = [
        AccountFilter { role: Some(role), status: Some(status) },
        AccountFilter { role: Some(role), ..everybody },
        AccountFilter { status: Some(status), ..everybody },
        everybody,
    ];
    let mut examples = vec![
        equal(accounts::BY_ID, account, &["_id"]),
        equal(accounts::BY_EMAIL, account, &["email"]),
    ];
    let ids = account.get_array("nationalIds").ok().and_then(|ids| ids.first().cloned());
    let ids = ids.as_ref().and_then(Bson::as_str).map(|id| [id.to_owned(), String::new()]);
    examples.extend(ids.map(|ids| finding(accounts::by_national_id(&ids))));
    if account.contains_key("phone") {
        examples.push(equal(accounts::PHONE_TAKEN, account, &["phone"]));
    }
    examples.extend(pages(lists.iter().map(accounts::listing)));
    Some(examples)
}

pub(super) fn of_session(session: &Document) -> Option<Vec<Example>> {
    let account = id(session, "account")?.into();
    let id = id(session, "_id")?;
    let end = Timestamp::from_microsecond(session.get_i64("endsAt").ok()?).ok()?;
    // Just before the session ended, or ends.
    let now = end - SignedDuration::from_micros(1);
    let others = sessions::all_live(account, None);
    Some(vec![
        equal(sessions::BY_ID, session, &["_id"]),
        finding(sessions::live(account, now)),
        changing(sessions::ALL_LIVE, others),
        removing(sessions::BY_END, sessions::ended_by(end)),
        Example {
            query: sessions::STANDING,
            command: doc! {
                "aggregate": sessions::STANDING.collection,
                "pipeline": sessions::joined(id.into()),
                "cursor": {},
            },
        },
    ])
}

pub(super) fn of_guesses(bucket: &Document) -> Option<Vec<Example>> {
    let began_at = bucket.get("beganAt").and_then(moment)?;
    let seen = doc! { "seenAt": { "$lte": bucket.get("seenAt")? } };
    Some(vec![
        equal(guesses::BY_KEY, bucket, &["_id"]),
        removing(guesses::BY_AGE, guesses::forgotten(began_at + LONGEST_WINDOW)),
        removing(guesses::FORGOTTEN, seen),
    ])
}

pub(super) fn of_event(event: &Document) -> Option<Vec<Example>> {
    let account = Some(id(event, "account")?.into());
    let (made_at, _) = id(event, "_id")?.get_timestamp()?.to_unix();
    let made_at = Timestamp::from_second(i64::try_from(made_at).ok()?).ok()?;
    let of = |account, logins| {
        finding(events::newest(&EventFilter { account, logins }, &PageRequest::first(PAGE)))
    };
    Some(vec![
        of(None, false),
        of(account, false),
        of(account, true),
        removing(events::OLD, events::old(made_at + EVENT_RETENTION)),
    ])
}

pub(super) fn of_farm(farm: &Document) -> Option<Vec<Example>> {
    let (id, owner) = (id(farm, "_id")?, id(farm, "owner")?.into());
    let status = FarmStatus::ALL.into_iter().find(|it| says(farm, "status", it.as_str()))?;
    let crop = farm.get_array("crops").ok()?.first().and_then(Bson::as_str).unwrap_or_default();
    let crop = Crop::ALL.into_iter().find(|it| it.as_str() == crop);
    let province = farm.get_str("province").ok()?.to_owned();
    let (owner, status, province) = (Some(owner), Some(status), Some(province));
    let all = FarmFilter::default();
    let lists = [
        FarmFilter { owner, status, ..all.clone() },
        FarmFilter { owner, ..all.clone() },
        FarmFilter { province: province.clone(), status, ..all.clone() },
        FarmFilter { status, ..all.clone() },
        FarmFilter { province, ..all.clone() },
        FarmFilter { crop, ..all.clone() },
        all.clone(),
    ];
    let around = around(farm.get_document("location").ok()?, FARMS_AROUND)?;
    let mut examples = vec![
        finding(by_id(&farms::BY_ID, id, owner)),
        equal(farms::NAME_TAKEN, farm, &["owner", "name", "archived"]),
        finding(farms::search::in_box(&all, &around)),
        finding(farms::search::by_ids(&[id])),
    ];
    examples.extend(pages(lists.iter().map(farms::listing)));
    Some(examples)
}

pub(super) fn of_plot(plot: &Document) -> Option<Vec<Example>> {
    let corner = plot.get_document("boundary").ok().and_then(first_position)?;
    let bounds = around(&doc! { "coordinates": corner }, PLOTS_AROUND)?;
    let nobody = Uuid::nil().into();
    let mut examples = vec![finding(farms::places::of_farm(id(plot, "farm")?.into()))];
    examples.extend(farms::places::meeting(nobody, &bounds).map(finding));
    Some(examples)
}

pub(super) fn of_application(application: &Document) -> Option<Vec<Example>> {
    let (id, owner) = (id(application, "_id")?, id(application, "owner")?.into());
    let farm = self::id(application, "farm")?.into();
    let status = application.get_str("status").ok()?;
    let status = Status::ALL.iter().copied().find(|it| it.as_str() == status);
    let owner = Some(owner);
    let all = ApplicationFilter::default();
    let lists = [
        ApplicationFilter { farm: Some(farm), ..all },
        ApplicationFilter { owner, status, ..all },
        ApplicationFilter { owner, ..all },
        ApplicationFilter { status, ..all },
        all,
    ];
    let mut examples = vec![finding(by_id(&applications::BY_ID, id, owner))];
    examples.extend(pages(lists.iter().map(applications::listing)));
    Some(examples)
}

pub(super) fn of_live_application(application: &Document) -> Option<Vec<Example>> {
    let farm = id(application, "farm")?.into();
    Some(vec![
        equal(applications::LIVE_TAKEN, application, &["owner", "farm", "standard", "live"]),
        finding(obligations::live_application(farm, Timestamp::UNIX_EPOCH)),
    ])
}

pub(super) fn of_assigned_application(application: &Document) -> Option<Vec<Example>> {
    let assignee = Some(id(application, "assignee")?.into());
    let filter = ApplicationFilter { assignee, ..ApplicationFilter::default() };
    Some(pages([applications::listing(&filter)]).collect())
}

pub(super) fn of_expiring_application(application: &Document) -> Option<Vec<Example>> {
    let passed = application.get("expiresAt").and_then(moment)?;
    let overdue = ApplicationFilter { overdue_at: Some(passed), ..ApplicationFilter::default() };
    let mut examples = vec![finding(applications::past_deadline(passed).limited(PAGE))];
    examples.extend(pages([applications::listing(&overdue)]));
    Some(examples)
}

pub(super) fn of_booking(booking: &Document) -> Option<Vec<Example>> {
    Some(vec![
        removing(applications::BOOKED, booked_for(booking.get("application")?.clone())),
        equal(applications::SLOT_TAKEN, booking, &["inspector", "startsAt"]),
    ])
}

pub(super) fn of_certificate(certificate: &Document) -> Option<Vec<Example>> {
    let (farm, owner) = (id(certificate, "farm")?.into(), id(certificate, "holder")?.into());
    let last_day: Date = certificate.get_str("validUntil").ok()?.parse().ok()?;
    let soon = Span::new().days(i64::from(SOON) / 2);
    let before = last_day.checked_sub(soon).ok()?.at(0, 0, 0, 0);
    let before = TimeZone::UTC.to_timestamp(before).ok()?;
    let all = CertificateFilter::at(before);
    let ever = CertificateFilter::at(Timestamp::MAX);
    let lists = [
        CertificateFilter { farm: Some(farm), ..all },
        CertificateFilter { owner: Some(owner), ..all },
        CertificateFilter { status: Some(CertificateStatus::Revoked), ..ever },
        CertificateFilter { expiring_within_days: Some(SOON), ..all },
        all,
    ];
    let mut examples = vec![
        equal(certificates::BY_NUMBER, certificate, &["number"]),
        finding(obligations::valid_certificate(farm, Timestamp::UNIX_EPOCH)),
    ];
    examples.extend(pages(lists.iter().map(certificates::listing)));
    Some(examples)
}

pub(super) fn of_entry(entry: &Document) -> Option<Vec<Example>> {
    let kinds = [
        SubjectKind::Account,
        SubjectKind::Farm,
        SubjectKind::Application,
        SubjectKind::Certificate,
    ];
    let kind = kinds.into_iter().find(|kind| says(entry, "kind", kind.as_str()))?;
    let subject = Subject { kind, id: id(entry, "subject")? };
    let page = PageRequest::first(PAGE);
    let mut examples =
        vec![finding(history::of_subject(subject, &page)), finding(history::journal(None, &page))];
    examples.extend(id(entry, "by").map(|by| finding(history::journal(Some(by.into()), &page))));
    Some(examples)
}

pub(super) fn of_note(note: &Document) -> Option<Vec<Example>> {
    Some(vec![finding(history::notes_of([id(note, "_id")?].into_iter()))])
}

pub(super) fn of_receipt(receipt: &Document) -> Option<Vec<Example>> {
    let seen = doc! { "seenAt": { "$lte": receipt.get("seenAt")? } };
    Some(vec![
        equal(receipts::BY_KEY, receipt, &["_id"]),
        removing(receipts::BY_AGE, receipts::claimed_by(receipt.get_i64("claimedAt").ok()?)),
        removing(receipts::FORGOTTEN, seen),
    ])
}

pub(super) fn of_key(key: &Document) -> Option<Vec<Example>> {
    let first = keys::first_of(key.get_str("purpose").ok()?);
    let kid = key.get_str("_id").ok()?;
    Some(vec![
        finding(keys::oldest_first()),
        changing(keys::FIRST_OF_PURPOSE, first),
        changing(keys::FIRST_BY_NAME, keys::first_named(kid)),
        changing(keys::FOLLOWER, keys::following(kid)),
    ])
}

/// The first position of a GeoJSON polygon or multi-polygon.
fn first_position(geometry: &Document) -> Option<Vec<Bson>> {
    let mut positions = geometry.get_array("coordinates").ok()?;
    while let Some(Bson::Array(inner)) = positions.first() {
        if !matches!(inner.first(), Some(Bson::Array(_))) {
            return Some(inner.clone());
        }
        positions = inner;
    }
    None
}

/// The box around a GeoJSON point.
fn around(point: &Document, degrees: f64) -> Option<Bounds> {
    let mut position = point.get_array("coordinates").ok()?.iter().filter_map(Bson::as_f64);
    let (lon, lat) = (position.next()?, position.next()?);
    Some(Bounds {
        west: lon - degrees,
        south: lat - degrees,
        east: lon + degrees,
        north: lat + degrees,
    })
}
