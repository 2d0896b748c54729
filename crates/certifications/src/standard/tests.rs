use std::collections::BTreeSet;

use gacp_farms::Crop;
use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::scope::{PartUsed, ScopeDraft};

const FILE: &str = include_str!("../../standards/thai-gacp-2026-1.json");

fn file() -> Value {
    serde_json::from_str(FILE).unwrap()
}

fn thai_gacp() -> Standard {
    Standards::bundled().unwrap().current("thai-gacp").unwrap().clone()
}

fn scope(crop: Crop, activities: &[Activity]) -> Scope {
    let draft = ScopeDraft {
        crops: vec![crop],
        parts_used: vec![PartUsed::Other],
        activities: activities.to_vec(),
    };
    Scope::try_from(draft).unwrap()
}

/// The ids of the categories of which nothing applies to a scope.
fn dropped(standard: &Standard, scope: &Scope) -> Vec<String> {
    let empty = |one: &&Category| one.applicable(scope).next().is_none();
    standard.categories().iter().filter(empty).map(|one| one.id.clone()).collect()
}

/// The file with the value at a pointer replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut file = file();
    *file.pointer_mut(pointer).unwrap() = value;
    file
}

/// Pointers and codes of everything that is wrong with a file.
fn problems(file: &Value) -> Vec<(String, String)> {
    match Standards::parse(&file.to_string()) {
        Err(StandardError::Invalid(found)) => {
            found.into_vec().into_iter().map(|one| (one.pointer, one.code)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_bundled_standard_has_the_fourteen_categories_of_the_manual() {
    let standard = thai_gacp();

    let ids: Vec<_> = standard.categories().iter().map(|one| one.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "quality-assurance",
            "hygiene",
            "documentation",
            "equipment",
            "site",
            "water",
            "fertiliser",
            "seed-propagation",
            "cultivation",
            "harvest",
            "processing",
            "facility",
            "packaging",
            "storage",
        ]
    );
    assert!(standard.criteria().count() >= 66);
}

#[test]
fn the_bundled_standard_has_the_terms_of_the_manual() {
    let standard = thai_gacp();

    let days = standard.deadlines();
    assert_eq!((days.draft, days.document_fee, days.review), (30, 7, 14));
    assert_eq!((days.revision, days.inspection_fee, days.corrective_action), (30, 14, 90));
    assert_eq!((standard.validity_years(), standard.surveillance_months()), (3, 12));
    assert_eq!(standard.maximum_revisions(), 2);
    let today = date(2026, 1, 5);
    assert_eq!(standard.fees().document_review.satang_on(today), 500_000);
    assert_eq!(standard.fees().inspection.satang_on(today), 2_500_000);
}

#[test]
fn no_two_criteria_of_the_bundled_standard_ask_the_same() {
    let standard = thai_gacp();

    let thai: BTreeSet<_> = standard.criteria().map(|one| &one.title.th).collect();
    let english: BTreeSet<_> = standard.criteria().map(|one| &one.title.en).collect();
    let all = standard.criteria().count();
    assert_eq!((thai.len(), english.len()), (all, all));
}

#[test]
fn a_category_drops_out_only_where_a_farm_does_nothing_of_the_kind() {
    let standard = thai_gacp();

    for crop in Crop::ALL {
        let dropped = |activities| dropped(&standard, &scope(crop, activities));
        assert_eq!(dropped(&[Activity::Cultivation]), ["processing"], "{crop:?}");
        assert_eq!(
            dropped(&[Activity::Collection]),
            ["fertiliser", "seed-propagation", "cultivation", "processing"],
            "{crop:?}"
        );
        assert_eq!(
            dropped(&[Activity::Processing]),
            ["site", "fertiliser", "seed-propagation", "cultivation", "harvest"],
            "{crop:?}"
        );
        assert_eq!(dropped(&Activity::ALL), Vec::<String>::new(), "{crop:?}");
    }
}

#[test]
fn what_is_asked_of_cannabis_alone_is_asked_of_no_other_crop() {
    let standard = thai_gacp();
    let (cannabis, ginger) =
        (scope(Crop::Cannabis, &Activity::ALL), scope(Crop::Ginger, &Activity::ALL));

    for id in ["qa-cannabinoids", "documentation-cannabis-ledger", "site-cannabis-security"] {
        let applies_to = &standard.criterion(id).unwrap().applies_to;
        assert!(applies_to.covers(&cannabis) && !applies_to.covers(&ginger), "{id}");
    }
    let rhizomes = &standard.criterion("seed-rhizomes").unwrap().applies_to;
    assert!(rhizomes.covers(&ginger) && !rhizomes.covers(&cannabis));
}

#[test]
fn one_crop_and_one_activity_of_a_scope_are_enough() {
    let applies_to = AppliesTo {
        crops: vec![Crop::Cannabis, Crop::Kratom],
        activities: vec![Activity::Processing],
    };

    let grower = scope(Crop::Cannabis, &[Activity::Cultivation, Activity::Collection]);
    let both = scope(Crop::Kratom, &[Activity::Cultivation, Activity::Processing]);

    assert!(applies_to.covers(&both));
    assert!(!applies_to.covers(&grower));
}

#[test]
fn a_list_that_the_file_leaves_out_is_shown_in_full() {
    let standard = thai_gacp();

    let shown = serde_json::to_value(&standard).unwrap();

    let everything = json!({
        "crops": ["cannabis", "turmeric", "ginger", "black-galingale", "plai", "kratom", "other"],
        "activities": ["cultivation", "collection", "processing"],
    });
    assert_eq!(shown["categories"][0]["criteria"][0]["appliesTo"], everything);
    let security = serde_json::to_value(standard.criterion("qa-cannabinoids").unwrap()).unwrap();
    assert_eq!(
        security["appliesTo"],
        json!({ "crops": ["cannabis"], "activities": everything["activities"] })
    );
}

#[test]
fn a_standard_is_shown_in_the_form_of_the_contract() {
    let shown = serde_json::to_value(thai_gacp()).unwrap();

    assert_eq!((&shown["id"], &shown["version"]), (&json!("thai-gacp"), &json!("2026-1")));
    assert!(shown["title"]["th"].is_string() && shown["title"]["en"].is_string());
    assert_eq!(shown["validityYears"], 3);
    assert_eq!(shown["fees"]["inspection"], file()["fees"]["inspection"]);
    let category = &shown["categories"][5];
    assert_eq!(
        (&category["id"], &category["weight"], &category["minimum"]),
        (&json!("water"), &json!(8), &json!(75))
    );
    let mut criterion = category["criteria"][0].clone();
    criterion.as_object_mut().unwrap().retain(|_, value| value.is_string());
    assert_eq!(
        criterion,
        json!({ "id": "water-source", "obligation": "mandatory", "severity": "major" })
    );
}

#[test]
fn a_fee_holds_from_its_day_until_the_next_one() {
    let fee = |from, amount_satang| DatedFee { from, amount_satang };
    let fees = [fee(date(2026, 1, 1), 100), fee(date(2026, 7, 1), 200), fee(date(2027, 1, 1), 300)];

    let schedule = FeeSchedule::of(&fees).unwrap();

    let on = |day| schedule.satang_on(day);
    assert_eq!((on(date(2026, 6, 30)), on(date(2026, 7, 1))), (100, 200));
    assert_eq!((on(date(2026, 12, 31)), on(date(2099, 1, 1))), (200, 300));
    assert_eq!(on(date(2025, 1, 1)), 100, "the first amount holds before its day, too");
}

#[test]
fn the_newest_version_is_the_current_one() {
    let version = |text: &str| Standards::parse(&with("/version", json!(text)).to_string());

    let standards = version("2026-10").unwrap().with(version("2026-9").unwrap()).unwrap();
    let standards = standards.with(version("2025-99").unwrap()).unwrap();

    let versions: Vec<_> = standards.iter().map(Standard::version).collect();
    assert_eq!(versions, ["2025-99", "2026-9", "2026-10"]);
    assert_eq!(standards.current("thai-gacp").unwrap().version(), "2026-10");
    let older = standards.get("thai-gacp", "2026-9").unwrap();
    assert_eq!(standards.of_reference(&older.reference()), Some(older));
    assert_eq!(standards.get("thai-gacp", "2026-1"), None);
    assert_eq!(standards.current("eu-gacp"), None);
}

#[test]
fn one_version_cannot_have_two_files() {
    let (one, other) = (Standards::parse(FILE).unwrap(), Standards::parse(FILE).unwrap());

    let outcome = one.with(other);

    assert_eq!(outcome.unwrap_err().to_string(), "there are two files of thai-gacp 2026-1");
}

#[test]
fn a_field_that_no_standard_has_is_refused() {
    let mut misspelt = file();
    misspelt["categories"][0]["criteria"][0]["aplliesTo"] = json!({ "crops": ["cannabis"] });

    let outcome = Standards::parse(&misspelt.to_string());

    assert!(matches!(outcome, Err(StandardError::Unreadable(_))), "{outcome:?}");
}

#[test]
fn a_crop_that_does_not_exist_is_refused() {
    let mut unknown = file();
    unknown["categories"][0]["criteria"][0]["appliesTo"] = json!({ "crops": ["hemp"] });

    let outcome = Standards::parse(&unknown.to_string());

    assert!(matches!(outcome, Err(StandardError::Unreadable(_))), "{outcome:?}");
}

/// Puts each value at its pointer and expects one problem, there.
fn each_is_refused(cases: &[(&str, Value, &str)]) {
    for (pointer, value, code) in cases {
        let found = problems(&with(pointer, value.clone()));
        assert_eq!(found, [((*pointer).to_owned(), (*code).to_owned())], "{pointer} = {value}");
    }
}

#[test]
fn names_and_versions_have_their_form() {
    each_is_refused(&[
        ("/id", json!("Thai_GACP"), "invalid-format"),
        ("/id", json!("thai--gacp"), "invalid-format"),
        ("/version", json!("2026-01"), "invalid-format"),
        ("/version", json!("2026"), "invalid-format"),
        ("/version", json!("2026-"), "invalid-format"),
        ("/version", json!("+026-1"), "invalid-format"),
        ("/version", json!("2026-99999"), "invalid-format"),
        ("/categories/0/id", json!("Quality"), "invalid-format"),
        ("/categories/1/id", json!("quality-assurance"), "not-unique"),
    ]);
}

#[test]
fn titles_are_there_in_both_languages() {
    each_is_refused(&[
        ("/title/th", json!(" "), "required"),
        ("/title/en", json!(""), "required"),
        ("/title/th", json!("Thai GACP"), "wrong-language"),
        ("/title/en", json!("มาตรฐาน"), "wrong-language"),
        ("/categories/2/title/en", json!("น้ำ"), "wrong-language"),
        ("/categories/2/criteria/1/title/th", json!("Water"), "wrong-language"),
        ("/categories/0/source", json!(""), "required"),
        ("/sources", json!([]), "required"),
        ("/sources/1", json!(""), "required"),
    ]);
}

#[test]
fn numbers_keep_within_their_bounds() {
    each_is_refused(&[
        ("/validityYears", json!(11), "out-of-range"),
        ("/surveillanceMonths", json!(0), "out-of-range"),
        ("/surveillanceMonths", json!(37), "out-of-range"),
        ("/deadlines/review", json!(0), "out-of-range"),
        ("/deadlines/correctiveAction", json!(367), "out-of-range"),
        ("/categories/0/minimum", json!(101), "out-of-range"),
        ("/categories/0/criteria", json!([]), "too-short"),
    ]);
}

#[test]
fn fees_are_there_and_in_order() {
    let fee = |from: &str, amount: u64| json!({ "from": from, "amountSatang": amount });
    let newest_first = json!([fee("2026-02-01", 1), fee("2026-01-01", 2)]);
    let same_day = json!([fee("2026-01-01", 1), fee("2026-01-01", 2)]);

    each_is_refused(&[
        ("/fees/inspection", json!([]), "required"),
        ("/fees/inspection", json!([fee("2026-01-01", 0)]), "out-of-range"),
        ("/fees/documentReview", newest_first, "not-sorted"),
        ("/fees/documentReview", same_day, "not-sorted"),
    ]);
}

#[test]
fn weights_sum_to_a_hundred() {
    for weight in [7, 9, u32::MAX] {
        let found = problems(&with("/categories/0/weight", json!(weight)));

        assert_eq!(found, [("/categories".to_owned(), "weights-not-100".to_owned())], "{weight}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let mut file = file();
    file["title"]["en"] = json!("");
    file["categories"][0]["id"] = json!("Quality");
    file["categories"][0]["criteria"][0]["severity"] = json!("observation");
    file["categories"][0]["criteria"][0]["appliesTo"] =
        json!({ "crops": [], "activities": ["processing", "processing"] });
    file["categories"][3]["criteria"][0]["id"] = json!("qa-specification");
    file["fees"]["inspection"] = json!([]);

    let expected = [
        ("/title/en", "required"),
        ("/categories/0/id", "invalid-format"),
        ("/categories/0/criteria/0/severity", "out-of-range"),
        ("/categories/0/criteria/0/appliesTo/crops", "too-short"),
        ("/categories/0/criteria/0/appliesTo/activities", "not-unique"),
        ("/categories/3/criteria/0/id", "not-unique"),
        ("/fees/inspection", "required"),
    ];
    let expected = expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned()));
    assert_eq!(problems(&file), expected);
}

#[test]
fn a_weightless_category_is_refused() {
    let mut file = file();
    file["categories"][0]["weight"] = json!(0);
    file["categories"][1]["weight"] = json!(15);

    assert_eq!(problems(&file), [("/categories/0/weight".to_owned(), "out-of-range".to_owned())]);
}

#[test]
fn what_is_recommended_cannot_stop_a_certificate() {
    for severity in ["major", "critical"] {
        let mut file = file();
        file["categories"][0]["criteria"][0]["obligation"] = json!("recommended");
        file["categories"][0]["criteria"][0]["severity"] = json!(severity);

        let found = problems(&file);

        let pointer = "/categories/0/criteria/0/severity".to_owned();
        assert_eq!(found, [(pointer, "out-of-range".to_owned())], "{severity}");
    }
}

#[test]
fn a_category_of_more_than_64_criteria_is_refused() {
    let mut file = file();
    let template = file["categories"][0]["criteria"][0].clone();
    let criteria = (0..65).map(|index| {
        let mut criterion = template.clone();
        criterion["id"] = json!(format!("many-{index}"));
        criterion
    });
    file["categories"][0]["criteria"] = criteria.collect();

    let pointer = "/categories/0/criteria".to_owned();
    assert_eq!(problems(&file), [(pointer, "too-long".to_owned())]);
}
