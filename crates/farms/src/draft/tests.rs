use gacp_store::Violations;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;

fn farm() -> Value {
    json!({
        "name": "ไร่น้ำผึ้ง",
        "farmType": "OUTDOOR",
        "address": {
            "houseNo": "99/1", "moo": "4", "tambon": "สุเทพ", "amphoe": "เมืองเชียงใหม่",
            "changwat": "เชียงใหม่", "postalCode": "50200",
        },
        "location": {"type": "Point", "coordinates": [98.95, 18.8]},
        "declaredArea": {"value": 12.5, "unit": "rai"},
    })
}

fn plot() -> Value {
    let ring = json!([[98.95, 18.8], [98.96, 18.8], [98.96, 18.81], [98.95, 18.81], [98.95, 18.8]]);
    json!({
        "name": "แปลง 1", "crop": "black-galingale",
        "boundary": {"type": "Polygon", "coordinates": [ring]},
    })
}

/// The draft with one value replaced, as `pointer code` lines.
fn told<T>(mut draft: Value, pointer: &str, value: Value) -> Vec<String>
where
    T: DeserializeOwned + Validate,
    T::Context: Default,
{
    *draft.pointer_mut(pointer).unwrap() = value;
    let outcome = Violations::check(serde_json::from_value::<T>(draft).unwrap());
    let found = outcome.err().map(Violations::into_vec).unwrap_or_default();
    found.iter().map(|violation| format!("{} {}", violation.pointer, violation.code)).collect()
}

#[test]
fn a_farm_as_the_contract_shows_it_is_accepted() {
    assert_eq!(told::<FarmDraft>(farm(), "/name", json!("ไ".repeat(120))), [""; 0]);
}

#[test]
fn every_field_of_a_farm_has_its_rule() {
    let cases = [
        ("/name", json!(""), "too-short"),
        ("/name", json!("\u{00A0} "), "too-short"),
        ("/name", json!("ไ".repeat(121)), "too-long"),
        ("/name", json!("ไร่\nทอง"), "invalid-format"),
        ("/address/houseNo", json!(" "), "too-short"),
        ("/address/moo", json!(""), "too-short"),
        ("/address/tambon", json!("ต".repeat(101)), "too-long"),
        ("/address/changwat", json!(""), "too-short"),
        ("/address/postalCode", json!("5020"), "invalid-format"),
        ("/address/postalCode", json!("๕๐๒๐๐"), "invalid-format"),
        ("/location/type", json!("Polygon"), "invalid-format"),
        ("/declaredArea/value", json!(0), "out-of-range"),
        ("/declaredArea/value", json!(625_001), "out-of-range"),
    ];
    for (pointer, value, code) in cases {
        let expected = format!("{pointer} {code}");
        assert_eq!(told::<FarmDraft>(farm(), pointer, value.clone()), [expected], "{value}");
    }
}

#[test]
fn a_location_outside_of_thailand_names_the_wrong_number() {
    let at = |coordinates| told::<FarmDraft>(farm(), "/location/coordinates", coordinates);

    assert_eq!(at(json!([97.29, 18.8])), ["/location/coordinates/0 out-of-range"]);
    assert_eq!(at(json!([98.9, 20.51])), ["/location/coordinates/1 out-of-range"]);
    assert_eq!(at(json!([18.8, 98.9])).len(), 2);
    assert_eq!(at(json!([98.9])), ["/location/coordinates invalid-format"]);
    assert_eq!(at(json!([98.9, 18.8, 310.0])), [""; 0]);
}

#[test]
fn a_wrong_position_is_named_by_its_pointer() {
    let at = |pointer: &str, value| told::<PlotDraft>(plot(), pointer, value);

    let open = at("/boundary/coordinates/0/4", json!([98.955, 18.805]));
    let bow_tie = at(
        "/boundary/coordinates/0",
        json!([[98.95, 18.8], [98.96, 18.81], [98.96, 18.8], [98.95, 18.81], [98.95, 18.8]]),
    );

    assert_eq!(open, ["/boundary/coordinates/0/4 invalid-format"]);
    assert_eq!(bow_tie, ["/boundary/coordinates/0/2 invalid-format"]);
    assert_eq!(at("/boundary/type", json!("Point")), ["/boundary/type invalid-format"]);
}

#[test]
fn a_note_says_something_and_not_too_much() {
    let said = |text: &str| told::<NoteDraft>(json!({"comment": ""}), "/comment", json!(text));

    assert_eq!(said("โฉนดไม่ตรง\nกรุณาแนบใหม่"), [""; 0]);
    assert_eq!(said(" \n"), ["/comment too-short"]);
    assert_eq!(said(&"ก".repeat(2001)), ["/comment too-long"]);
}

#[test]
fn a_patch_tells_null_from_nothing_and_checks_what_it_sets() {
    let patch: PlotPatch = serde_json::from_value(json!({"method": null})).unwrap();
    let set = json!({"declaredArea": {"value": 1.0, "unit": "rai"}, "method": "x"});

    assert_eq!((patch.method, patch.name), (Patch::Clear, None));
    assert!(matches!(patch.declared_area, Patch::Keep));
    let wrong = told::<PlotPatch>(set.clone(), "/declaredArea/value", json!(-1.0));
    assert_eq!(wrong, ["/declaredArea/value out-of-range"]);
    assert_eq!(told::<PlotPatch>(set, "/method", json!("")), ["/method too-short"]);
}

#[test]
fn a_field_that_is_unknown_is_refused() {
    let mut with_owner = farm();
    with_owner["ownerId"] = json!("x");

    assert!(serde_json::from_value::<FarmDraft>(with_owner).is_err());
}
