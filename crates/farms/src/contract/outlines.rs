//! Cases: plots by where they lie.

use super::FarmFixture;
use super::sample::{at, change, farm, farm_with_plots, owner, plot, square};
use crate::{Bounds, Crop, Farm, Plot, PlotOutline};

async fn inserted(store: &FarmFixture, farm: Farm) -> Farm {
    store.farms.insert(&farm, &change(&farm, "registered")).await.unwrap();
    farm
}

async fn replaced(store: &FarmFixture, farm: Farm) -> Farm {
    store.farms.replace(&farm, &change(&farm, "revised")).await.unwrap();
    farm
}

async fn near(store: &FarmFixture, west: f64, south: f64) -> Vec<PlotOutline> {
    let bounds = Bounds { west, south, east: west + 0.001, north: south + 0.001 };
    store.farms.plots_of_others(owner(), &bounds, 10).await.unwrap()
}

/// The outline says whose plot it is, and exactly where.
pub async fn a_plot_is_found_where_it_lies(store: FarmFixture) {
    let kept = inserted(&store, farm_with_plots(owner(), "บ้านสวน")).await;
    let turmeric = kept.plots().first().unwrap();
    let expected = PlotOutline {
        plot: turmeric.id(),
        farm: kept.id(),
        owner: kept.owner(),
        boundary: turmeric.boundary().clone(),
    };

    let overlapping = near(&store, 98.9525, 18.8025).await;
    let touching = near(&store, 98.9510, 18.8010).await;
    let (east, north) =
        (near(&store, 98.9560, 18.8025).await, near(&store, 98.9525, 18.8100).await);

    assert_eq!(overlapping, [expected]);
    assert_eq!(touching.len(), 1, "boxes that share a corner intersect");
    assert_eq!((east, north), (vec![], vec![]));
}

/// The places follow the plots.
pub async fn a_plot_is_found_until_it_moves_or_goes(store: FarmFixture) {
    let bare = inserted(&store, farm(owner(), "บ้านสวน")).await;
    let drawn = plot("แปลง", Crop::Ginger, square(98.5, 18.5, 0.001));
    let id = drawn.id();
    let farm = replaced(&store, bare.with_plot(drawn, at(1)).unwrap()).await;
    let added = near(&store, 98.5, 18.5).await.len();
    let moved = moved_to(farm.plot(id).unwrap(), square(99.5, 17.5, 0.001));
    let farm = replaced(&store, farm.with_plot_revised(moved, at(2)).unwrap()).await;
    let after_move = (near(&store, 98.5, 18.5).await.len(), near(&store, 99.5, 17.5).await.len());

    replaced(&store, farm.without_plot(id, at(3)).unwrap()).await;

    assert_eq!((added, after_move), (1, (0, 1)));
    assert_eq!(near(&store, 99.5, 17.5).await, []);
}

fn moved_to(plot: &Plot, boundary: crate::GeometryDraft) -> Plot {
    let patch = crate::PlotPatch { boundary: Some(boundary), ..crate::PlotPatch::default() };
    plot.clone().redrawn(gacp_store::Violations::check(patch).unwrap()).unwrap()
}

/// A farm that was given up takes up no land.
pub async fn plots_of_archived_farms_are_not_found(store: FarmFixture) {
    let kept = inserted(&store, farm_with_plots(owner(), "บ้านสวน")).await;
    let before = near(&store, 98.9525, 18.8025).await.len();

    replaced(&store, kept.archived(at(5)).unwrap()).await;

    assert_eq!((before, near(&store, 98.9525, 18.8025).await.len()), (1, 0));
}

/// The caller says how many neighbours it can look at.
pub async fn at_most_so_many_plots_are_found(store: FarmFixture) {
    for _ in 0..3 {
        inserted(&store, farm_with_plots(owner(), "บ้านสวน")).await;
    }
    let bounds = Bounds { west: 98.0, south: 18.0, east: 99.0, north: 19.0 };

    let all = store.farms.plots_of_others(owner(), &bounds, 10).await.unwrap();
    let some = store.farms.plots_of_others(owner(), &bounds, 4).await.unwrap();

    assert_eq!((all.len(), some.len()), (6, 4));
}

/// Whoever looks for neighbours is not told of himself, however many plots he has.
pub async fn an_owners_own_plots_are_not_those_of_others(store: FarmFixture) {
    let kept = inserted(&store, farm_with_plots(owner(), "บ้านสวน")).await;
    let bounds = Bounds { west: 98.0, south: 18.0, east: 99.0, north: 19.0 };

    let of_others = store.farms.plots_of_others(kept.owner(), &bounds, 10).await.unwrap();

    assert_eq!(of_others, vec![]);
}
