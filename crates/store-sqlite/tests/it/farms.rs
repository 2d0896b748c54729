use std::sync::Arc;

use gacp_farms::contract::{FarmFixture, sample};
use gacp_farms::{Bounds, FarmFilter, FarmStore, RegionDraft};
use gacp_store::{PageRequest, StoreError};
use rusqlite::Connection;
use serde_json::json;

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

#[tokio::test]
async fn farms_that_were_stored_before_their_places_were_are_found_to_the_last_bit() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let mut chance = sample::Chance::new(42);
    let mut farms = Vec::new();
    for _ in 0..200 {
        let (lon, lat) = (chance.between(97.3, 105.7), chance.between(5.6, 20.5));
        let farm = sample::farm_at(sample::owner(), lon, lat, sample::at(0));
        store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
        farms.push(farm);
    }
    store.close().await.unwrap();
    let file = Connection::open(&scratch.path).unwrap();
    let step_back = "DROP INDEX keys_followed; ALTER TABLE keys DROP COLUMN follows; \
                     ALTER TABLE keys DROP COLUMN active_from; \
                     DROP INDEX history_by_actor; ALTER TABLE history DROP COLUMN actor_id; \
                     DROP TABLE security_events; DROP TABLE guesses; DROP TABLE farm_points; \
                     DROP TABLE farm_places; DROP INDEX sessions_by_end; \
                     PRAGMA user_version = 5;";
    file.execute_batch(step_back).unwrap();
    drop(file);

    let store = scratch.open();

    for farm in farms {
        let (lon, lat) = (farm.location().lon(), farm.location().lat());
        let region = Some(sample::boxed(lon, lat, lon, lat));
        let filter = FarmFilter { region, ..FarmFilter::default() };
        let found = store.list(&filter, &PageRequest::first(2)).await.unwrap();
        assert_eq!(found.items, [farm]);
    }
}

#[tokio::test]
async fn a_crowded_box_is_read_as_any_other() {
    let store = fresh();
    let mut writes = tokio::task::JoinSet::new();
    for number in 0..1_500 {
        let (lon, lat) = (98.0 + f64::from(number) / 1_000.0, 18.75);
        let farm = sample::farm_at(sample::owner(), lon, lat, sample::at(i64::from(number % 7)));
        let store = store.clone();
        writes.spawn(async move {
            store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
            farm
        });
    }
    let mut farms = writes.join_all().await;
    farms.sort_by_key(|farm| std::cmp::Reverse(farm.id()));
    // A slope through the middle of the box.
    let ring = [[98.0, 18.0], [99.5, 18.0], [98.0, 19.5], [98.0, 18.0]];
    let draft = RegionDraft { r#type: "Polygon".to_owned(), coordinates: json!([ring]) };
    let filter = FarmFilter { region: Some(draft.try_into().unwrap()), ..FarmFilter::default() };
    farms.retain(|farm| farm.location().lon() <= 98.75);

    let (mut page, mut read) = (PageRequest::first(100), Vec::new());
    loop {
        let found = store.list(&filter, &page).await.unwrap();
        read.extend(found.items);
        let Some(next) = found.next else { break };
        page = page.after(next);
    }

    assert_eq!((read.len(), read), (751, farms));
}

#[tokio::test]
async fn a_place_that_is_none_any_more_is_reported() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let farm = sample::farm(sample::owner(), "บ้านสวน");
    store.insert(&farm, &sample::change(&farm, "registered")).await.unwrap();
    let file = Connection::open(&scratch.path).unwrap();
    file.execute("UPDATE farm_places SET lat = 51.5", ()).unwrap();

    let region = Some(sample::boxed(98.0, 18.0, 99.0, 19.0));
    let filter = FarmFilter { region, ..FarmFilter::default() };
    let found = store.list(&filter, &PageRequest::first(9)).await;

    let Err(StoreError::Corrupt(source)) = found else { panic!("{found:?}") };
    assert_eq!(source.to_string(), "farm_places.lon, lat holds an impossible value");
}
