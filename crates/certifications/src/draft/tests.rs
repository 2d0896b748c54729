use gacp_store::{Violations, fresh_uuid};
use serde_json::json;

use super::*;
use crate::contract::sample::at;
use crate::{Action, InspectionMode, Slot, Step};

fn codes(found: &Violations) -> Vec<(&str, &str)> {
    found.iter().map(|one| (one.pointer.as_str(), one.code.as_str())).collect()
}

fn read(action: Action, form: serde_json::Value) -> Result<Wish, Violations> {
    let draft: ActionDraft = serde_json::from_value(form).unwrap();
    Violations::check(draft)?.into_inner().read(action)
}

fn refused(action: Action, form: serde_json::Value) -> Vec<(String, String)> {
    let found = read(action, form).unwrap_err();
    codes(&found).into_iter().map(|(at, code)| (at.to_owned(), code.to_owned())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect()
}

#[test]
fn everything_wrong_with_an_application_is_said_at_once() {
    let draft: ApplicationDraft = serde_json::from_value(json!({
        "farmId": "ไร่", "plotIds": [fresh_uuid(at(0)), "no"], "standard": "",
        "requestType": "renewal", "purpose": "domestic",
        "scope": { "crops": [], "partsUsed": ["leaf"], "activities": ["cultivation"] },
    }))
    .unwrap();

    let found = Violations::check(draft).unwrap_err();

    assert_eq!(
        codes(&found),
        [
            ("/farmId", "invalid-format"),
            ("/plotIds/1", "invalid-format"),
            ("/requestType", "invalid-format"),
            ("/scope/crops", "too-short"),
            ("/standard", "too-short"),
        ]
    );
}

#[test]
fn an_application_covers_a_plot() {
    let patch: ApplicationPatch = serde_json::from_value(json!({ "plotIds": [] })).unwrap();
    let unknown: ApplicationPatch = serde_json::from_value(json!({ "plotIds": ["x"] })).unwrap();

    let none = Violations::check(patch).unwrap_err();
    let malformed = Violations::check(unknown).unwrap_err();

    assert_eq!(codes(&none), [("/plotIds", "too-short")]);
    assert_eq!(codes(&malformed), [("/plotIds/0", "invalid-format")]);
}

#[test]
fn a_payment_has_an_amount_and_a_reference() {
    let draft = |satang: u64, gateway_ref: &str| PaymentDraft {
        kind: FeeKind::Inspection,
        amount_satang: satang,
        gateway_ref: gateway_ref.to_owned(),
    };

    let nothing = Violations::check(draft(0, "")).unwrap_err();
    let too_much = Violations::check(draft(MOST_SATANG + 1, &"ก".repeat(101))).unwrap_err();
    let blank = Violations::check(draft(1, "  ")).unwrap_err();

    assert_eq!(codes(&nothing), [("/amountSatang", "out-of-range"), ("/gatewayRef", "too-short")]);
    assert_eq!(codes(&too_much), [("/amountSatang", "out-of-range"), ("/gatewayRef", "too-long")]);
    assert_eq!(codes(&blank), [("/gatewayRef", "required")]);
    assert!(Violations::check(draft(MOST_SATANG, &"ก".repeat(100))).is_ok());
}

#[test]
fn what_must_be_explained_is_explained() {
    for action in [Action::Reject, Action::RequestRevision] {
        assert_eq!(refused(action, json!({})), pairs(&[("/comment", "required")]));
        assert_eq!(refused(action, json!({ "comment": " " })), pairs(&[("/comment", "required")]));
        assert!(read(action, json!({ "comment": "ขาดผังแปลง" })).is_ok());
    }
    assert_eq!(read(Action::Withdraw, json!({})), Ok(Wish::Take(Step::Withdraw)));
    assert_eq!(read(Action::Approve, json!({ "comment": "ผ่าน" })), Ok(Wish::Certify));
}

#[test]
fn a_field_of_another_action_is_unknown() {
    let form = json!({ "inspectorId": fresh_uuid(at(0)), "mode": "video", "summary": "ครบ" });

    assert_eq!(
        refused(Action::Submit, form.clone()),
        pairs(&[
            ("/inspectorId", "unknown-field"),
            ("/mode", "unknown-field"),
            ("/summary", "unknown-field")
        ])
    );
    assert_eq!(
        refused(Action::Reschedule, form),
        pairs(&[
            ("/inspectorId", "unknown-field"),
            ("/startsAt", "required"),
            ("/endsAt", "required"),
            ("/summary", "unknown-field")
        ])
    );
}

#[test]
fn an_inspection_has_an_inspector_and_a_slot() {
    let form = |starts: &str, ends: &str| json!({ "inspectorId": "x", "startsAt": starts, "endsAt": ends, "mode": "on-site" });
    let inspector = ("/inspectorId", "invalid-format");

    assert_eq!(
        refused(Action::ScheduleInspection, form("tomorrow", "2026-03-01 at ten")),
        pairs(&[inspector, ("/startsAt", "invalid-format"), ("/endsAt", "invalid-format")])
    );
    assert_eq!(
        refused(Action::ScheduleInspection, form("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z")),
        pairs(&[inspector, ("/endsAt", "out-of-range")])
    );
    assert_eq!(
        refused(Action::ScheduleInspection, form("2026-03-01T00:00:00Z", "2026-03-01T12:00:01Z")),
        pairs(&[inspector, ("/endsAt", "out-of-range")])
    );
}

#[test]
fn a_slot_may_be_said_in_bangkok_time() {
    let form = json!({
        "startsAt": "2026-03-01T09:00:00+07:00", "endsAt": "2026-03-01T11:30:00+07:00",
        "mode": "hybrid",
    });

    let wish = read(Action::Reschedule, form).unwrap();

    let Wish::Take(Step::Reschedule(slot, _)) = wish else { panic!("{wish:?}") };
    assert_eq!(slot.starts_at(), "2026-03-01T02:00:00Z".parse().unwrap());
    assert_eq!(slot.units().count(), 5);
}

#[test]
fn a_slot_begins_and_ends_at_any_time_even_in_the_past() {
    let (starts, ends) = ("1999-12-31T23:50:07Z", "2000-01-01T00:10:00Z");
    let form = json!({ "startsAt": starts, "endsAt": ends, "mode": "video" });

    let wish = read(Action::Reschedule, form).unwrap();

    let slot = Slot::new(starts.parse().unwrap(), ends.parse().unwrap()).unwrap();
    assert_eq!(wish, Wish::Take(Step::Reschedule(slot, InspectionMode::Video)));
}

#[test]
fn a_summary_is_said_within_its_length() {
    let summary = |text: String| json!({ "summary": text });

    assert_eq!(refused(Action::CompleteInspection, json!({})), pairs(&[("/summary", "required")]));
    assert_eq!(
        refused(Action::CompleteInspection, summary("ก".repeat(4_001))),
        pairs(&[("/summary", "too-long")])
    );
    assert!(read(Action::CompleteInspection, summary("ก".repeat(4_000))).is_ok());
}

#[test]
fn a_revocation_has_a_reason() {
    let empty = Violations::check(RevocationDraft { reason: String::new() }).unwrap_err();
    let long = Violations::check(RevocationDraft { reason: "ก".repeat(2_001) }).unwrap_err();

    assert_eq!(codes(&empty), [("/reason", "too-short")]);
    assert_eq!(codes(&long), [("/reason", "too-long")]);
}
