//! Who is refused what, and in which order.

use gacp_store::Precondition;

use super::*;
use crate::{FarmPatch, Obstacle, PlotId, PlotPatch};

fn invalid() -> Violations {
    Violations::one("/name", "too-short")
}

/// What became of a call, in one word.
fn told<T>(outcome: &Result<T, FarmError>) -> &'static str {
    match outcome {
        Ok(_) => "done",
        Err(FarmError::NotFound) => "not-found",
        Err(FarmError::Forbidden) => "forbidden",
        Err(FarmError::Precondition(Precondition::Required)) => "required",
        Err(FarmError::Precondition(Precondition::Stale)) => "stale",
        Err(FarmError::Invalid(_)) => "invalid",
        Err(FarmError::NameTaken) => "name-taken",
        Err(FarmError::NotEditable(Obstacle::Status(_))) => "status",
        Err(FarmError::NotEditable(Obstacle::LiveWork)) => "live-work",
        Err(FarmError::NotEditable(Obstacle::Full)) => "full",
        Err(FarmError::WrongStatus { .. }) => "wrong-status",
        Err(FarmError::Store(_)) => "store",
    }
}

/// Every call that changes a farm, with everything wrong with it that can be wrong, as far as
/// the expectation and the actor allow.
async fn every_change(
    office: &Office,
    who: Actor,
    farm: &Farm,
    expected: Expected,
) -> Vec<&'static str> {
    let (attempt, target) = (by(who, 2), on(farm.id(), expected));
    let plot = farm.plots().first().map_or_else(|| PlotId::at(at(0)), crate::Plot::id);
    let farms = &office.farms;
    vec![
        told(&farms.revise(&attempt, &target, Err(invalid())).await),
        told(&farms.add_plot(&attempt, &target, Err(invalid())).await),
        told(&farms.revise_plot(&attempt, &target, plot, Err(invalid())).await),
        told(&farms.act(&attempt, &target, FarmAction::Submit, Err(invalid())).await),
        told(&farms.remove_plot(&attempt, &target, plot).await),
        told(&farms.archive(&attempt, &target).await),
    ]
}

#[tokio::test]
async fn refusals_come_in_one_order() {
    let (office, somchai) = (Office::open(), actor(Role::Farmer));
    let farm = office.farm(somchai, "บ้านสวน").await;
    let farm = office.plot(somchai, &farm, square(98.95, 18.8, 0.001)).await;
    let old = || Expected::OneOf(vec![Revision::FIRST]);
    let (malee, reviewer) = (actor(Role::Farmer), actor(Role::Reviewer));

    let foreign = every_change(&office, malee, &farm, Expected::Unsaid).await;
    let staff = every_change(&office, reviewer, &farm, Expected::Unsaid).await;
    let unsaid = every_change(&office, somchai, &farm, Expected::Unsaid).await;
    let stale = every_change(&office, somchai, &farm, old()).await;
    let now = seen(&farm).expected;
    let said = every_change(&office, somchai, &farm, now).await;

    assert_eq!(foreign, ["not-found"; 6]);
    assert_eq!(staff, ["forbidden"; 6]);
    let add_plot_may_leave_it_unsaid = "invalid";
    assert_eq!(
        unsaid,
        ["required", add_plot_may_leave_it_unsaid, "required", "required", "required", "required"]
    );
    assert_eq!(stale, ["stale"; 6]);
    // The removal took a revision, so the archive is stale.
    assert_eq!(said, ["invalid", "invalid", "invalid", "invalid", "done", "stale"]);
}

#[tokio::test]
async fn what_is_invalid_comes_before_what_is_in_conflict() {
    let (office, somchai) = (Office::open(), actor(Role::Farmer));
    let farm = office.farm(somchai, "บ้านสวน").await;
    let farm = office.act(somchai, &farm, FarmAction::Submit).await;
    let (attempt, target) = (by(somchai, 3), seen(&farm));
    let other_name =
        FarmPatch { name: Some("บ้านไร่".to_owned()), ..FarmPatch::default() };

    let wrong = office.farms.revise(&attempt, &target, Err(invalid())).await;
    let right = office.farms.revise(&attempt, &target, Violations::check(other_name)).await;
    let again = office.farms.act(&attempt, &target, FarmAction::Submit, note(None)).await;

    assert_eq!((told(&wrong), told(&right), told(&again)), ("invalid", "status", "wrong-status"));
}

#[tokio::test]
async fn only_farmers_register_and_see_their_own() {
    let office = Office::open();
    let (somchai, malee) = (actor(Role::Farmer), actor(Role::Farmer));
    let farm = office.farm(somchai, "บ้านสวน").await;
    let page = PageRequest::first(10);
    let asking_for_somchai = || FarmFilter { owner: Some(somchai.id), ..FarmFilter::default() };

    for role in Role::ALL.into_iter().filter(|role| role.is_staff()) {
        let staff = actor(role);
        let register = office.farms.register(&by(staff, 0), Violations::check(draft("x"))).await;
        let list = office.farms.list(staff, asking_for_somchai(), &page).await.unwrap();
        assert_eq!((told(&register), list.items.len()), ("forbidden", 1));
        assert_eq!(told(&office.farms.get(staff, farm.id()).await), "done");
        assert_eq!(told(&office.farms.history(staff, farm.id(), &page).await), "done");
    }
    let list = office.farms.list(malee, asking_for_somchai(), &page).await.unwrap();
    assert_eq!(list.items, []);
    assert_eq!(told(&office.farms.get(malee, farm.id()).await), "not-found");
    assert_eq!(told(&office.farms.history(malee, farm.id(), &page).await), "not-found");
}

#[tokio::test]
async fn a_name_is_taken_when_registering_and_when_renaming() {
    let (office, somchai) = (Office::open(), actor(Role::Farmer));
    office.farm(somchai, "Baan Suan").await;
    let second = office.farm(somchai, "บ้านไร่").await;
    let same = FarmPatch { name: Some("BAANSUAN".to_owned()), ..FarmPatch::default() };

    let new = office.farms.register(&by(somchai, 1), Violations::check(draft(" baan suan"))).await;
    let renamed =
        office.farms.revise(&by(somchai, 1), &seen(&second), Violations::check(same)).await;

    assert_eq!((told(&new), told(&renamed)), ("name-taken", "name-taken"));
}

#[tokio::test]
async fn rejections_and_suspensions_are_explained() {
    let (office, somchai) = (Office::open(), actor(Role::Farmer));
    let approver = actor(Role::Approver);
    let farm = office.farm(somchai, "บ้านสวน").await;
    let farm = office.act(somchai, &farm, FarmAction::Submit).await;
    let reject = |said| {
        let (farms, target) = (office.farms.clone(), seen(&farm));
        async move { farms.act(&by(approver, 2), &target, FarmAction::Reject, said).await }
    };

    let silent = reject(note(None)).await;
    let explained = reject(note(Some(" โฉนดไม่ตรงกับแปลง "))).await;

    let Err(FarmError::Invalid(violations)) = silent else { panic!("{silent:?}") };
    assert_eq!(violations, Violations::one("/comment", "required"));
    assert_eq!(told(&explained), "done");
    let entries =
        office.farms.history(somchai, farm.id(), &PageRequest::first(1)).await.unwrap().items;
    assert_eq!(entries[0].comment.as_deref(), Some("โฉนดไม่ตรงกับแปลง"));
}

#[tokio::test]
async fn a_farm_that_others_rely_on_is_not_archived() {
    let (office, somchai) = (Office::open(), actor(Role::Farmer));
    let farm = office.farm(somchai, "บ้านสวน").await;
    let busy = office.with_live_work_on(farm.id());

    let outcome = busy.archive(&by(somchai, 1), &seen(&farm)).await;

    assert_eq!(told(&outcome), "live-work");
    assert_eq!(told(&office.farms.archive(&by(somchai, 1), &seen(&farm)).await), "done");
}

#[tokio::test]
async fn a_plot_that_is_not_on_the_farm_is_not_found() {
    let (office, somchai) = (Office::open(), actor(Role::Farmer));
    let farm = office.farm(somchai, "บ้านสวน").await;
    let unknown = PlotId::at(at(0));
    let patch = Violations::check(PlotPatch::default());

    let revised = office.farms.revise_plot(&by(somchai, 1), &seen(&farm), unknown, patch).await;
    let removed = office.farms.remove_plot(&by(somchai, 1), &seen(&farm), unknown).await;

    assert_eq!((told(&revised), told(&removed)), ("not-found", "not-found"));
}
