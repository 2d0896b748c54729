//! Farms from registration on.

use proptest::prelude::*;
use tokio::sync::Barrier;

use super::*;
use crate::{FarmPatch, FarmStatus, Flag, PlotPatch, TRANSITIONS};

#[tokio::test]
async fn a_farm_is_registered_reviewed_suspended_and_reinstated() {
    let (office, somchai) = (Office::open(), actor(Role::Farmer));
    let (reviewer, approver) = (actor(Role::Reviewer), actor(Role::Approver));
    let mut farm = office.farm(somchai, "บ้านสวน").await;
    farm = office.act(somchai, &farm, FarmAction::Submit).await;
    for action in [FarmAction::StartReview, FarmAction::Approve] {
        farm = office.act(reviewer, &farm, action).await;
    }
    for action in [FarmAction::Suspend, FarmAction::Reinstate] {
        farm = office.act(approver, &farm, action).await;
    }

    let story = office.story(somchai, &farm).await;

    let expected = [
        "registered >draft ",
        "submit draft>pending-review ",
        "start-review pending-review>under-review ",
        "approve under-review>approved ",
        "suspend approved>suspended ",
        "reinstate suspended>approved ",
    ];
    assert_eq!(story, expected);
    assert_eq!(farm.revision().get(), 6);
}

#[tokio::test]
async fn every_change_is_told_and_an_approved_farm_goes_back_to_review() {
    let (office, somchai, approver) = (Office::open(), actor(Role::Farmer), actor(Role::Approver));
    let farm = office.farm(somchai, "บ้านสวน").await;
    let farm = office.plot(somchai, &farm, square(98.95, 18.8, 0.001)).await;
    let plot = farm.plots()[0].id();
    let farm = office.act(somchai, &farm, FarmAction::Submit).await;
    let farm = office.act(approver, &farm, FarmAction::Approve).await;
    let patch = PlotPatch { crop: Some(Crop::Plai), ..PlotPatch::default() };
    let farms = &office.farms;
    let patch = Violations::check(patch);
    let farm = farms.revise_plot(&by(somchai, 2), &seen(&farm), plot, patch).await.unwrap();
    let farm = office.act(approver, &farm, FarmAction::Reject).await;
    let farm = farms.remove_plot(&by(somchai, 3), &seen(&farm), plot).await.unwrap();
    let patch =
        FarmPatch { name: Some("บ้านไร่".to_owned()), ..FarmPatch::default() };
    let patch = Violations::check(patch);
    let farm = farms.revise(&by(somchai, 4), &seen(&farm), patch).await.unwrap();
    let farm = farms.archive(&by(somchai, 5), &seen(&farm)).await.unwrap();

    let story = office.story(approver, &farm).await;

    let expected = [
        "registered >draft ",
        "plot-added > ",
        "submit draft>pending-review ",
        "approve pending-review>approved ",
        "plot-revised approved>pending-review crop",
        "reject pending-review>rejected ",
        "plot-removed > ",
        "revised > name",
        "archived rejected>archived ",
    ];
    assert_eq!(story, expected);
}

#[tokio::test]
async fn a_patch_that_changes_nothing_writes_nothing() {
    let (office, somchai, approver) = (Office::open(), actor(Role::Farmer), actor(Role::Approver));
    let farm = office.farm(somchai, "บ้านสวน").await;
    let farm = office.plot(somchai, &farm, square(98.95, 18.8, 0.001)).await;
    let farm = office.act(somchai, &farm, FarmAction::Submit).await;
    let farm = office.act(approver, &farm, FarmAction::Approve).await;
    let same_name =
        FarmPatch { name: Some(" บ้านสวน".to_owned()), ..FarmPatch::default() };
    let same_place =
        PlotPatch { boundary: Some(square(98.95, 18.8, 0.001)), ..PlotPatch::default() };
    let (attempt, plot) = (by(somchai, 2), farm.plots()[0].id());

    let one = office.farms.revise(&attempt, &seen(&farm), Violations::check(same_name)).await;
    let same_place = Violations::check(same_place);
    let other = office.farms.revise_plot(&attempt, &seen(&farm), plot, same_place).await;

    assert_eq!((one.unwrap(), other.unwrap()), (farm.clone(), farm.clone()));
    assert_eq!(office.story(somchai, &farm).await.len(), 4);
}

#[tokio::test]
async fn a_plot_in_another_owners_plot_is_flagged_with_its_id() {
    let (office, somchai, malee) = (Office::open(), actor(Role::Farmer), actor(Role::Farmer));
    let first = office.farm(malee, "สวนมาลี").await;
    let first = office.plot(malee, &first, square(98.950, 18.8, 0.001)).await;
    let farm = office.farm(somchai, "บ้านสวน").await;

    let farm = office.plot(somchai, &farm, square(98.9509, 18.8, 0.001)).await;
    let farm = office.plot(somchai, &farm, square(98.95096, 18.8, 0.001)).await;

    let [overlapping, beside] = farm.plots() else { panic!("two plots") };
    assert_eq!(overlapping.overlaps(), [first.plots()[0].id()], "a tenth of it");
    assert_eq!(overlapping.flags(), [Flag::OverlapsOtherPlot]);
    assert_eq!(beside.overlaps(), [], "a twenty-fifth of it, and a plot of the same owner");
}

#[tokio::test]
async fn a_plot_that_moves_away_overlaps_no_longer() {
    let (office, somchai, malee) = (Office::open(), actor(Role::Farmer), actor(Role::Farmer));
    let first = office.farm(malee, "สวนมาลี").await;
    office.plot(malee, &first, square(98.950, 18.8, 0.001)).await;
    let farm = office.farm(somchai, "บ้านสวน").await;
    let farm = office.plot(somchai, &farm, square(98.950, 18.8, 0.001)).await;
    let flagged = farm.plots()[0].flags();
    let away = PlotPatch { boundary: Some(square(98.96, 18.8, 0.001)), ..PlotPatch::default() };
    let (plot, away) = (farm.plots()[0].id(), Violations::check(away));

    let farm = office.farms.revise_plot(&by(somchai, 2), &seen(&farm), plot, away).await.unwrap();

    assert_eq!((flagged, farm.plots()[0].flags()), (vec![Flag::OverlapsOtherPlot], vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plots_added_at_one_moment_are_all_kept() {
    let (office, somchai) = (Office::open(), actor(Role::Farmer));
    let farm = office.farm(somchai, "บ้านสวน").await;
    let barrier = Arc::new(Barrier::new(32));
    let tasks: Vec<_> = (0..32_u32)
        .map(|n| {
            let (farms, barrier, id) = (office.farms.clone(), Arc::clone(&barrier), farm.id());
            let boundary = square(98.9 + f64::from(n) * 0.002, 18.8, 0.001);
            tokio::spawn(async move {
                barrier.wait().await;
                let target = on(id, Expected::Unsaid);
                farms.add_plot(&by(somchai, 1), &target, plot_draft(boundary)).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }

    let kept = office.farms.get(somchai, farm.id()).await.unwrap();

    assert_eq!((kept.plots().len(), kept.revision().get()), (32, 33));
}

/// A step of a random life: who does what, and whether he says something.
fn step() -> impl Strategy<Value = (Role, FarmAction, bool)> {
    (
        prop::sample::select(&Role::ALL[..]),
        prop::sample::select(&FarmAction::ALL[..]),
        any::<bool>(),
    )
}

proptest! {
    #[test]
    fn no_life_of_a_farm_leaves_the_table_or_skips_a_guard(
        steps in prop::collection::vec(step(), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(live(steps))?;
    }
}

async fn live(steps: Vec<(Role, FarmAction, bool)>) -> Result<(), TestCaseError> {
    let (office, somchai) = (Office::open(), actor(Role::Farmer));
    let mut farm = office.farm(somchai, "บ้านสวน").await;
    for (role, action, speaks) in steps {
        let who = if role == Role::Farmer { somchai } else { actor(role) };
        let said = note(speaks.then_some("เหตุผล"));
        let outcome = office.farms.act(&by(who, 1), &seen(&farm), action, said).await;
        let owns = role == Role::Farmer;
        let decides = matches!(role, Role::Reviewer | Role::Approver);
        let may = if action == FarmAction::Submit { owns } else { decides };
        let silent = !speaks && matches!(action, FarmAction::Reject | FarmAction::Suspend);
        let line =
            TRANSITIONS.iter().find(|line| line.action == action && line.from == farm.status());
        match outcome {
            Ok(next) => {
                prop_assert!(may && !silent);
                prop_assert_eq!(Some(next.status()), line.map(|line| line.to));
                prop_assert_eq!(next.revision(), farm.revision().next());
                farm = next;
            }
            Err(FarmError::Forbidden) => prop_assert!(!may),
            Err(FarmError::Invalid(_)) => prop_assert!(may && silent),
            Err(FarmError::WrongStatus { allowed, .. }) => {
                prop_assert!(may && !silent && line.is_none());
                prop_assert!(allowed.iter().all(|other| farm.status().after(*other).is_some()));
            }
            Err(other) => prop_assert!(false, "{:?}", other),
        }
        prop_assert_ne!(farm.status(), FarmStatus::Archived);
    }
    Ok(())
}
