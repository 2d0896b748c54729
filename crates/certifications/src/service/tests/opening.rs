use gacp_farms::{Crop, FarmAction};
use gacp_store::fresh_uuid;

use super::*;
use crate::{ApplicationPatch, Forbidden};

#[tokio::test]
async fn a_draft_has_a_number_a_deadline_and_its_standard() {
    let office = Office::open().await;
    let farm = office.farm("ไร่ขมิ้นทอง").await;

    let draft = office.apply(holder(&farm), form(&farm)).await.unwrap();

    let application = &draft.application;
    assert_eq!(application.number(), crate::ApplicationNumber::new(2026, 1).unwrap());
    assert_eq!(*application.standard(), standard().reference());
    assert_eq!(application.status(), Status::Draft);
    assert_eq!(application.deadline(), Some("2026-02-04T17:00:00Z".parse().unwrap()));
    assert_eq!(office.farm_now(farm.id()).await.revision(), farm.revision().next());
    assert_eq!(office.told(farm.subject()).await, ["registered", "application-opened"]);
}

#[tokio::test]
async fn only_farmers_apply() {
    let office = Office::open().await;
    let farm = office.farm("ไร่ขมิ้นทอง").await;

    for role in Role::ALL.into_iter().filter(|role| role.is_staff()) {
        let outcome = office.apply(Actor { id: farm.owner(), role }, form(&farm)).await;
        assert_eq!(forbidden_by(outcome), Forbidden::Role);
    }
}

#[tokio::test]
async fn a_foreign_farm_is_as_good_as_absent() {
    let office = Office::open().await;
    let farm = office.farm("ไร่ขมิ้นทอง").await;
    let mut absent = form(&farm);
    absent["farmId"] = json!(fresh_uuid(office.now));

    let foreign = office.apply(stranger(), form(&farm)).await;
    let unknown = office.apply(holder(&farm), absent).await;

    assert_eq!(wrong(foreign), at_pointer("/farmId", "invalid-format"));
    assert_eq!(wrong(unknown), at_pointer("/farmId", "invalid-format"));
}

#[tokio::test]
async fn plots_are_of_the_farm_and_named_once() {
    let office = Office::open().await;
    let (farm, other) = (office.farm("ไร่ขมิ้นทอง").await, office.farm("ไร่ขิงงาม").await);
    let (own, foreign) = (farm.plots()[0].id(), other.plots()[0].id());
    let mut mixed = form(&farm);
    mixed["plotIds"] = json!([own, foreign, own]);

    let outcome = office.apply(holder(&farm), mixed).await;

    let expected = [("/plotIds/1", "invalid-format"), ("/plotIds/2", "not-unique")];
    assert_eq!(wrong(outcome), expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
}

#[tokio::test]
async fn crops_rotate_so_that_any_can_be_applied_for() {
    let office = Office::open().await;
    let farm = office.farm("ไร่ขมิ้นทอง").await;
    assert!(farm.plots().iter().all(|plot| plot.crop() != Crop::Ginger));
    let mut cultivated = form(&farm);
    cultivated["scope"]["crops"] = json!(["turmeric", "ginger"]);

    let draft = office.apply(holder(&farm), cultivated).await.unwrap();

    assert_eq!(draft.application.scope().crops(), [Crop::Turmeric, Crop::Ginger]);
}

#[tokio::test]
async fn an_unknown_standard_is_refused() {
    let office = Office::open().await;
    let farm = office.farm("ไร่ขมิ้นทอง").await;
    let mut unknown = form(&farm);
    unknown["standard"] = json!("eu-gacp");

    let outcome = office.apply(holder(&farm), unknown).await;

    assert_eq!(wrong(outcome), at_pointer("/standard", "invalid-format"));
}

#[tokio::test]
async fn a_suspended_farm_is_not_applied_for() {
    let office = Office::open().await;
    let approved = approved_farm(owner(), "ไร่ขมิ้นทอง");
    let suspended = approved.acted(FarmAction::Suspend, at(10)).unwrap();
    office.keep_farm(&suspended).await;

    let outcome = office.apply(holder(&suspended), form(&suspended)).await;

    assert_eq!(conflict(outcome), Conflict::FarmNotEligible);
}

#[tokio::test]
async fn a_farm_has_one_live_application_for_a_standard() {
    let office = Office::open().await;
    let farm = office.farm("ไร่ขมิ้นทอง").await;
    let first = office.apply(holder(&farm), form(&farm)).await.unwrap();

    let second = office.apply(holder(&farm), form(&farm)).await;
    office.act(&first, holder(&farm), Action::Withdraw, json!({})).await.unwrap();
    let third = office.apply(holder(&farm), form(&farm)).await.unwrap();

    assert_eq!(conflict(second), Conflict::ApplicationExists);
    assert_eq!(third.application.number().serial(), 2, "a refusal takes no number");
}

#[tokio::test]
async fn a_draft_whose_time_is_over_is_in_nobodys_way() {
    let mut office = Office::open().await;
    let farm = office.farm("ไร่ขมิ้นทอง").await;
    office.apply(holder(&farm), form(&farm)).await.unwrap();
    office.pass(32);

    let second = office.apply(holder(&farm), form(&farm)).await;

    assert!(second.is_ok(), "{second:?}");
}

#[tokio::test]
async fn what_was_submitted_is_not_revised() {
    let office = Office::open().await;
    let submitted = office.at_status(Status::AwaitingDocumentFee).await;
    let target = Target { id: submitted.application.id(), expected: Expected::Any };
    let patch =
        || Violations::check(ApplicationPatch { plot_ids: None, scope: None, purpose: None });

    let owner = office.desk.revise(&office.by(farmer(&submitted)), &target, patch()).await;
    let reviewer = office.desk.revise(&office.by(staff(Role::Reviewer)), &target, patch()).await;

    assert_eq!(allowed_after(owner), [Action::Withdraw]);
    assert_eq!(forbidden_by(reviewer), Forbidden::NotOwner);
}

#[tokio::test]
async fn a_patch_keeps_the_rules_of_a_draft() {
    let office = Office::open().await;
    let draft = office.draft("ไร่ขมิ้นทอง").await;
    let other = office.farm("ไร่ขิงงาม").await;
    let target = Target { id: draft.application.id(), expected: Expected::Any };
    let patch = json!({ "plotIds": [other.plots()[0].id()] });
    let patch = Violations::check(serde_json::from_value(patch).unwrap());

    let outcome = office.desk.revise(&office.by(farmer(&draft)), &target, patch).await;

    assert_eq!(wrong(outcome), at_pointer("/plotIds/0", "invalid-format"));
}
