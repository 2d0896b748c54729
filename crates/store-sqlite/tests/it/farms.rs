use std::sync::Arc;

use gacp_farms::contract::{FarmFixture, sample};
use gacp_farms::{Bounds, FarmFilter, FarmStore};
use gacp_store::{PageRequest, StoreError};
use rusqlite::Connection;

use crate::scratch::{Scratch, fresh};

gacp_farms::farm_store_contract!(async {
    let store = Arc::new(fresh());
    FarmFixture { farms: store.clone(), history: store.clone(), receipts: store }
});

#[tokio::test]
async fn a_box_beside_a_plot_by_less_than_the_tree_can_tell_does_not_meet_it() {
    let store = fresh();
    let farm = sample::farm_with_plots(sample::owner(), "บ้านสวน");
    store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
    let plot = farm.plots()[0].boundary().bounds();
    // The tree keeps 32 bits: at 98° east it cannot tell 0.000001° apart.
    let beside = Bounds { west: plot.west - 0.001, east: plot.west - 0.000_001, ..plot };

    let touching = store
        .plots_of_others(sample::owner(), &Bounds { east: plot.west, ..beside }, 9)
        .await
        .unwrap();
    let missing = store.plots_of_others(sample::owner(), &beside, 9).await.unwrap();

    assert_eq!((touching.len(), missing.len()), (1, 0));
}

#[tokio::test]
async fn a_farm_that_is_none_any_more_is_named_and_not_shown() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let farm = sample::farm(sample::owner(), "บ้านสวน");
    store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
    let file = Connection::open(&scratch.path).unwrap();
    let break_it = "UPDATE farms SET doc = json_set(doc, '$.location.coordinates[0]', 13.4)";
    file.execute(break_it, ()).unwrap();

    let found = FarmStore::find(&store, farm.id(), None).await;
    let listed = store.list(&FarmFilter::default(), &PageRequest::first(9)).await;

    let told = format!("farms {} does not parse at `location`: not a legal value", farm.id());
    for error in [found.err(), listed.err()] {
        let Some(StoreError::Corrupt(source)) = error else { panic!("{error:?}") };
        assert_eq!(source.to_string(), told);
    }
}
