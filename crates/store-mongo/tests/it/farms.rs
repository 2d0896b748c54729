use std::sync::Arc;

use gacp_farms::contract::{FarmFixture, sample};
use gacp_farms::{Bounds, FarmFilter, FarmStore};
use gacp_store::{PageRequest, StoreError};
use mongodb::bson::{Document, doc};

use crate::scratch::{Scratch, fresh};

gacp_farms::farm_store_contract!(async {
    let store = Arc::new(fresh().await);
    FarmFixture { farms: store.clone(), history: store.clone(), receipts: store }
});

#[tokio::test]
async fn a_box_beside_a_plot_does_not_meet_it() {
    let store = fresh().await;
    let farm = sample::farm_with_plots(sample::owner(), "บ้านสวน");
    store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
    let plot = farm.plots()[0].boundary().bounds();
    // Less than the boxes in the index are enlarged by.
    let beside = Bounds { west: plot.west - 0.001, east: plot.west - 0.000_001, ..plot };

    let touching = store
        .plots_of_others(sample::owner(), &Bounds { east: plot.west, ..beside }, 9)
        .await
        .unwrap();
    let missing = store.plots_of_others(sample::owner(), &beside, 9).await.unwrap();

    assert_eq!((touching.len(), missing.len()), (1, 0));
}

#[tokio::test]
async fn a_plot_at_the_edge_of_a_box_as_wide_as_the_country_is_found() {
    let store = fresh().await;
    let farm = sample::farm(sample::owner(), "บ้านสวน");
    let (west, south) = (101.5, 12.0);
    let plot = sample::plot("แปลง", gacp_farms::Crop::Ginger, sample::square(west, south, 0.001));
    let farm = farm.with_plot(plot, sample::at(1)).unwrap();
    store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
    // Between the corners the shortest line along an edge runs 2 km north of it.
    let wide = Bounds { west: 97.5, east: 105.5, south: 5.7, north: 20.0 };
    let boxes = [
        Bounds { south, ..wide },
        Bounds { south: south + 0.0009, ..wide },
        Bounds { north: south, ..wide },
        Bounds { north: south + 0.0001, ..wide },
    ];

    for bounds in boxes {
        let found = store.plots_of_others(sample::owner(), &bounds, 9).await.unwrap();

        assert_eq!(found.len(), 1, "{bounds:?}");
    }
}

#[tokio::test]
async fn a_farm_that_is_none_any_more_is_named_and_not_shown() {
    let scratch = Scratch::new().await;
    let store = &scratch.store;
    let farm = sample::farm(sample::owner(), "บ้านสวน");
    store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
    let abroad = doc! { "$set": { "doc.location.coordinates.0": 13.4 } };
    scratch.collection("farms").update_one(Document::new(), abroad).await.unwrap();

    let found = FarmStore::find(store, farm.id(), None).await;
    let listed = store.list(&FarmFilter::default(), &PageRequest::first(9)).await;

    let told = format!("farms {} does not parse at `location`: not a legal value", farm.id());
    for error in [found.err(), listed.err()] {
        let Some(StoreError::Corrupt(source)) = error else { panic!("{error:?}") };
        assert_eq!(source.to_string(), told);
        assert!(source.source().is_none());
    }
}

#[tokio::test]
async fn a_change_that_leaves_the_plots_alone_writes_none_of_them() {
    let scratch = Scratch::new().await;
    let store = &scratch.store;
    let farm = sample::farm_with_plots(sample::owner(), "บ้านสวน");
    store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
    let plots = scratch.collection("plots");
    plots.update_many(Document::new(), doc! { "$set": { "untouched": true } }).await.unwrap();
    let renamed = sample::renamed(&farm, "ไร่ทอง", sample::at(5));

    store.replace(&renamed, &sample::change(&renamed, "revised")).await.unwrap();

    assert_eq!(plots.count_documents(doc! { "untouched": true }).await.unwrap(), 2);
}
