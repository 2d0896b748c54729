use gacp_store::Violations;
use serde_json::json;

use super::*;
use crate::contract::sample::{at, farm, farm_with_plots, owner, plot, square};
use crate::{
    AddressPatch, AreaDraft, AreaUnit, Crop, FarmAction, FarmError, FarmPatch, Obstacle, Patch,
    PlotPatch,
};

fn patched(farm: &Farm, patch: FarmPatch) -> Farm {
    farm.clone().revised(Violations::check(patch).unwrap(), at(9)).unwrap()
}

#[test]
fn a_registered_farm_is_a_draft_with_clean_texts() {
    // U+0E33 stays as it is under NFC; U+0065 U+0301 becomes one letter.
    let new = farm(owner(), "  Cafe\u{0301} ไร่น้ำผึ้ง ");

    assert_eq!(new.name(), "Café ไร่น้ำผึ้ง");
    assert_eq!((new.status(), new.revision()), (FarmStatus::Draft, Revision::FIRST));
    assert_eq!((new.created_at(), new.updated_at()), (at(0), at(0)));
    assert!((new.declared_area().square_metres() - 20_000.0).abs() < 1e-9);
}

#[test]
fn a_patch_changes_what_it_names_and_takes_the_next_revision() {
    let known = farm(owner(), "บ้านสวน");
    let address = AddressPatch {
        moo: Patch::Clear,
        soi: Patch::Set(" สุขใจ ".to_owned()),
        tambon: Some("ช้างเผือก".to_owned()),
        ..AddressPatch::default()
    };

    let revised = patched(&known, FarmPatch { address: Some(address), ..FarmPatch::default() });

    let expected = Address {
        moo: None,
        soi: Some("สุขใจ".to_owned()),
        tambon: "ช้างเผือก".to_owned(),
        ..known.address().clone()
    };
    assert_eq!(revised.address(), &expected);
    assert_eq!(revised.differences(&known), ["address"]);
    assert_eq!((revised.revision(), revised.updated_at()), (known.revision().next(), at(9)));
    assert_eq!(revised.name(), known.name());
}

#[test]
fn a_farm_is_stored_and_read_back_as_it_is() {
    let known = farm_with_plots(owner(), "บ้านสวน");

    let stored = serde_json::to_string(&known).unwrap();

    assert_eq!(serde_json::from_str::<Farm>(&stored).unwrap(), known);
    assert!(stored.contains(r#""declaredArea":{"value":12.5,"unit":"rai"}"#), "{stored}");
    let abroad = stored.replace("98.9525", "9.9525");
    assert!(serde_json::from_str::<Farm>(&abroad).is_err());
}

#[test]
fn only_drafts_rejected_and_approved_farms_are_the_owners_to_change() {
    let known = farm_with_plots(owner(), "บ้านสวน");
    for status in FarmStatus::ALL {
        let mut standing = known.clone();
        standing.status = status;

        let outcome = standing.with_plot(plot("ใหม่", Crop::Plai, square(99.0, 18.0, 0.001)), at(9));

        let expected = match status {
            FarmStatus::Draft | FarmStatus::Rejected => Some(status),
            FarmStatus::Approved => Some(FarmStatus::PendingReview),
            _ => None,
        };
        assert_eq!(outcome.ok().map(|farm| farm.status()), expected, "{status:?}");
    }
}

#[test]
fn what_is_offered_instead_of_an_action_is_the_same_partys() {
    let approved = crate::contract::sample::approved_farm(owner(), "บ้านสวน");

    let Err(FarmError::WrongStatus { action, allowed }) =
        approved.acted(FarmAction::StartReview, at(9))
    else {
        panic!("an approved farm is not up for review");
    };

    assert_eq!((action, allowed), (FarmAction::StartReview, vec![FarmAction::Suspend]));
}

#[test]
fn a_farm_is_archived_once() {
    let archived = farm(owner(), "บ้านสวน").archived(at(1)).unwrap();

    let again = archived.archived(at(2));

    let status = Obstacle::Status(FarmStatus::Archived);
    assert!(matches!(again, Err(FarmError::NotEditable(obstacle)) if obstacle == status));
}

#[test]
fn plots_that_differ_from_the_declared_area_are_flagged_on_the_farm() {
    let bare = farm(owner(), "บ้านสวน");
    let planted = farm_with_plots(owner(), "บ้านไร่");
    let m2 = AreaDraft { value: planted.plotted_area_m2(), unit: AreaUnit::M2 };
    let right = patched(&planted, FarmPatch { declared_area: Some(m2), ..FarmPatch::default() });

    assert_eq!((bare.flags(), planted.flags()), (vec![], vec![Flag::AreaGap]));
    assert_eq!(right.flags(), []);
}

#[test]
fn a_plot_that_differs_from_its_declared_area_is_flagged() {
    let drawn = plot("แปลง", Crop::Plai, square(98.95, 18.8, 0.001));
    let declaring = |m2: f64| {
        let declared_area = Patch::Set(AreaDraft { value: m2, unit: AreaUnit::M2 });
        let patch = PlotPatch { declared_area, ..PlotPatch::default() };
        drawn.clone().redrawn(Violations::check(patch).unwrap()).unwrap().flags()
    };

    assert_eq!(drawn.flags(), []);
    assert_eq!(declaring(drawn.area_m2() * 1.02), []);
    assert_eq!(declaring(drawn.area_m2() * 1.10), [Flag::AreaGap]);
}

#[test]
fn a_redrawn_plot_keeps_its_id_and_measures_itself_anew() {
    let drawn = plot("แปลง", Crop::Plai, square(98.95, 18.8, 0.001));
    let patch: PlotPatch =
        serde_json::from_value(json!({"method": null, "crop": "kratom"})).unwrap();
    let wider = PlotPatch { boundary: Some(square(98.95, 18.8, 0.002)), ..patch };

    let redrawn = drawn.clone().redrawn(Violations::check(wider).unwrap()).unwrap();

    assert_eq!((redrawn.id(), redrawn.method()), (drawn.id(), None));
    assert_eq!(redrawn.differences(&drawn), ["crop", "method", "boundary"]);
    assert!((redrawn.area_m2() / drawn.area_m2() - 4.0).abs() < 1e-3);
}

#[test]
fn a_farm_has_at_most_200_plots() {
    let drawn = plot("แปลง", Crop::Plai, square(98.95, 18.8, 0.001));
    let full = (0..MAX_PLOTS).try_fold(farm(owner(), "บ้านสวน"), |farm, _| {
        farm.with_plot(drawn.clone(), at(1))
    });

    let outcome = full.unwrap().with_plot(drawn, at(2));

    assert!(matches!(outcome, Err(FarmError::NotEditable(Obstacle::Full))));
}
