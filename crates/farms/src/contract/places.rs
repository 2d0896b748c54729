//! Cases: farms by where they lie.

use gacp_store::{Order, PageRequest};
use serde_json::json;

use super::FarmFixture;
use super::sample::{at, boxed, change, draft, farm_at, farm_with_plots, moved, owner};
use crate::{
    Around, Crop, Distance, Farm, FarmFilter, FarmId, FarmStatus, NearRequest, Nearness, Region,
    RegionDraft,
};

async fn inserted(store: &FarmFixture, farm: Farm) -> FarmId {
    store.farms.insert(&farm, &change(&farm, "registered")).await.unwrap();
    farm.id()
}

async fn at_place(store: &FarmFixture, lon: f64, lat: f64) -> FarmId {
    inserted(store, farm_at(owner(), lon, lat, at(0))).await
}

fn within(region: Region) -> FarmFilter {
    FarmFilter { region: Some(region), ..FarmFilter::default() }
}

fn polygon(rings: &[&[[f64; 2]]]) -> Region {
    let draft = RegionDraft { r#type: "Polygon".to_owned(), coordinates: json!(rings) };
    draft.try_into().unwrap()
}

fn ids(farms: &[Farm]) -> Vec<FarmId> {
    farms.iter().map(Farm::id).collect()
}

async fn listed(store: &FarmFixture, filter: &FarmFilter) -> Vec<FarmId> {
    ids(&store.farms.list(filter, &PageRequest::first(50)).await.unwrap().items)
}

async fn nearest(store: &FarmFixture, filter: &FarmFilter, around: Around) -> Vec<FarmId> {
    let page = store.farms.near(filter, &around, &NearRequest::first(50)).await.unwrap();
    page.items.iter().map(|near| near.farm.id()).collect()
}

/// What lies on an edge or a corner of a box lies in it, what lies beside it by the least
/// difference does not.
pub async fn a_box_holds_what_lies_on_its_edges(store: FarmFixture) {
    let inside = at_place(&store, 98.95, 18.75).await;
    let on_edge = at_place(&store, 99.1, 18.75).await;
    let on_corner = at_place(&store, 98.8, 18.7).await;
    at_place(&store, 99.1_f64.next_up(), 18.75).await;
    at_place(&store, 98.95, 18.7_f64.next_down()).await;

    let found = listed(&store, &within(boxed(98.8, 18.7, 99.1, 18.9))).await;
    let one_place = listed(&store, &within(boxed(98.95, 18.75, 98.95, 18.75))).await;
    let nowhere = listed(&store, &within(boxed(2.0, 48.0, 3.0, 49.0))).await;

    assert_eq!(found, [on_corner, on_edge, inside]);
    assert_eq!((one_place, nowhere), (vec![inside], vec![]));
}

/// A hole is not in its polygon, its edge is; edges are straight in degrees.
pub async fn a_polygon_does_not_hold_what_lies_in_its_holes(store: FarmFixture) {
    let exterior = [[98.0, 18.0], [100.0, 18.0], [98.0, 20.0], [98.0, 18.0]];
    let hole = [[98.25, 18.25], [98.75, 18.25], [98.75, 18.75], [98.25, 18.75], [98.25, 18.25]];
    let inside = at_place(&store, 98.125, 18.5).await;
    at_place(&store, 98.5, 18.5).await;
    let on_hole = at_place(&store, 98.75, 18.5).await;
    let on_slope = at_place(&store, 99.0, 19.0).await;
    at_place(&store, 99.0_f64.next_up(), 19.0).await;
    let corner = at_place(&store, 98.0, 20.0).await;

    let found = listed(&store, &within(polygon(&[&exterior, &hole]))).await;

    assert_eq!(found, [corner, on_slope, on_hole, inside]);
}

/// Each of several polygons holds its own.
pub async fn several_polygons_are_one_region(store: FarmFixture) {
    let square = |west: f64| {
        let east = west + 0.5;
        json!([[[west, 18.0], [east, 18.0], [east, 18.5], [west, 18.5], [west, 18.0]]])
    };
    let first = at_place(&store, 98.25, 18.25).await;
    at_place(&store, 98.75, 18.25).await;
    let second = at_place(&store, 99.25, 18.25).await;
    let coordinates = json!([square(99.0), square(98.0)]);
    let both = RegionDraft { r#type: "MultiPolygon".to_owned(), coordinates };

    let found = listed(&store, &within(both.try_into().unwrap())).await;

    assert_eq!(found, [second, first]);
}

/// A region narrows the other filters, and they it.
pub async fn a_region_and_the_other_filters_narrow_each_other(store: FarmFixture) {
    let somchai = owner();
    let wanted = inserted(&store, farm_with_plots(somchai, "ไร่ทอง")).await;
    inserted(&store, farm_with_plots(somchai, "ไร่เงิน")).await;
    inserted(&store, farm_with_plots(owner(), "ไร่ทอง")).await;
    inserted(&store, farm_at(somchai, 98.9525, 18.8025, at(0))).await;
    let around = Around::new(98.9525, 18.8025, 10.0).unwrap();
    let filter = |region| FarmFilter {
        owner: Some(somchai),
        status: Some(FarmStatus::Draft),
        province: Some("เชียงใหม่".to_owned()),
        crop: Some(Crop::Cannabis),
        q: Some("ทอง".to_owned()),
        region: Some(region),
    };
    let (here, there) = (boxed(98.0, 18.0, 99.0, 19.0), boxed(100.0, 18.0, 101.0, 19.0));

    assert_eq!(listed(&store, &filter(here.clone())).await, [wanted]);
    assert_eq!(nearest(&store, &filter(here), around).await, [wanted]);
    assert_eq!(listed(&store, &filter(there.clone())).await, []);
    assert_eq!(nearest(&store, &filter(there), around).await, []);
}

/// Pages of a region continue like those of any list, in both orders.
pub async fn a_region_is_read_page_by_page(store: FarmFixture) {
    let mut farms = Vec::new();
    for second in 0..5 {
        let farm = farm_at(owner(), 98.5, 18.5, at(second));
        at_place(&store, 101.0, 18.5).await;
        inserted(&store, farm.clone()).await;
        farms.push(farm);
    }
    let first = moved(&farms.remove(0), 98.6, 18.6, at(20));
    store.farms.replace(&first, &change(&first, "revised")).await.unwrap();
    farms.push(first);
    let filter = within(boxed(98.0, 18.0, 99.0, 19.0));

    for order in [Order::NewestFirst, Order::ChangedSince(at(2))] {
        let mut page = PageRequest { order, after: None, limit: 2 };
        let mut read = Vec::new();
        while let found = store.farms.list(&filter, &page).await.unwrap()
            && let Some(next) = found.next
        {
            assert_eq!(found.items.len(), 2);
            read.extend(ids(&found.items));
            page = page.after(next);
        }
        read.extend(ids(&store.farms.list(&filter, &page).await.unwrap().items));

        let mut expected = ids(&farms);
        match order {
            Order::NewestFirst => expected.sort_by(|a, b| b.cmp(a)),
            Order::ChangedSince(_) => drop(expected.remove(0)),
        }
        assert_eq!(read, expected, "{order:?}");
    }
}

/// A farm is found where it lies now, its place in the lists unchanged, also when it is archived.
pub async fn a_farm_is_found_where_it_has_moved_to(store: FarmFixture) {
    let farm = farm_at(owner(), 98.5, 18.5, at(0));
    let id = inserted(&store, farm.clone()).await;
    let around = Around::new(100.5, 15.5, 1.0).unwrap();
    let found = async || {
        let mut found = Vec::new();
        for (west, south) in [(98.0, 18.0), (98.0, 15.0), (100.0, 15.0)] {
            let filter = within(boxed(west, south, west + 1.0, south + 1.0));
            found.push(listed(&store, &filter).await.len());
        }
        found
    };

    let first = found().await;
    let farm = moved(&farm, 98.5, 15.5, at(1));
    store.farms.replace(&farm, &change(&farm, "revised")).await.unwrap();
    let southwards = found().await;
    let farm = moved(&farm, 100.5, 15.5, at(2));
    store.farms.replace(&farm, &change(&farm, "revised")).await.unwrap();
    let eastwards = found().await;
    let farm = farm.archived(at(3)).unwrap();
    store.farms.replace(&farm, &change(&farm, "archived")).await.unwrap();

    assert_eq!([first, southwards, eastwards], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
    assert_eq!(found().await, [0, 0, 1]);
    assert_eq!(nearest(&store, &FarmFilter::default(), around).await, [id]);
}

/// The distance is that of the ellipsoid; the radius itself still counts.
pub async fn the_nearest_farms_come_first_with_their_distance(store: FarmFixture) {
    // The distances by the integral along the meridian, and by Vincenty's formulae (1975).
    let far = at_place(&store, 99.95, 18.75).await;
    let here = at_place(&store, 98.95, 18.75).await;
    let north = at_place(&store, 98.95, 19.0).await;
    at_place(&store, 100.95, 18.75).await;
    let around = |radius_m| Around::new(98.95, 18.75, radius_m).unwrap();
    let everything = FarmFilter::default();
    let request = NearRequest::first(9);

    let page = store.farms.near(&everything, &around(150_000.0), &request).await.unwrap();
    let found: Vec<_> =
        page.items.iter().map(|near| (near.farm.id(), near.distance.metres())).collect();
    let (_, metres) = *found.last().unwrap();
    let exactly = nearest(&store, &everything, around(metres)).await;
    let less = nearest(&store, &everything, around(metres - 0.001)).await;

    assert_eq!(found, [(here, 0.0), (north, 27_672.645), (far, 105_448.116)]);
    assert_eq!((page.next, exactly, less), (None, vec![here, north, far], vec![here, north]));
}

/// Farms at one distance come by their ids, and pages continue in the middle of them.
pub async fn the_nearest_farms_are_read_page_by_page(store: FarmFixture) {
    let mut expected = Vec::new();
    for place in [98.95, 98.96, 98.97] {
        for second in 0..3 {
            let id = inserted(&store, farm_at(owner(), place, 18.75, at(second))).await;
            expected.push(id);
        }
    }
    let around = Around::new(98.95, 18.75, 5_000.0).unwrap();
    let (mut request, mut read, everything) =
        (NearRequest::first(2), Vec::new(), FarmFilter::default());

    loop {
        let page = store.farms.near(&everything, &around, &request).await.unwrap();
        read.extend(page.items.iter().map(|near| near.farm.id()));
        let Some(next) = page.next else { break };
        assert_eq!(page.items.len(), 2);
        request = request.after(next);
    }

    assert_eq!(read, expected);
}

/// A position in the list is a distance and an id; neither has to be there any more.
pub async fn a_list_of_the_nearest_continues_behind_what_is_gone(store: FarmFixture) {
    let here = at_place(&store, 98.95, 18.75).await;
    let north = at_place(&store, 98.95, 18.76).await;
    let around = Around::new(98.95, 18.75, 5_000.0).unwrap();
    let behind = |millimetres, id| NearRequest {
        after: Some(Nearness { distance: Distance::of_millimetres(millimetres), id }),
        limit: 1,
    };
    let read = async |request: NearRequest| {
        let page = store.farms.near(&FarmFilter::default(), &around, &request).await.unwrap();
        assert_eq!(page.next, None);
        page.items.first().map(|near| near.farm.id())
    };

    assert_eq!(read(behind(0, here)).await, Some(north));
    assert_eq!(read(behind(500, north)).await, Some(north));
    assert_eq!(read(behind(4_999_999, here)).await, None);
}

/// Whole records are read back, not what the search needs of them.
pub async fn what_is_found_by_its_place_is_the_whole_farm(store: FarmFixture) {
    let farm = farm_with_plots(owner(), draft("บ้านสวน").name.as_str());
    inserted(&store, farm.clone()).await;
    let around = Around::new(98.9525, 18.8025, 10.0).unwrap();
    let region = boxed(98.0, 18.0, 99.0, 19.0);

    let list = store.farms.list(&within(region), &PageRequest::first(1)).await.unwrap();
    let near = store.farms.near(&FarmFilter::default(), &around, &NearRequest::first(1)).await;

    assert_eq!(list.items, std::slice::from_ref(&farm));
    assert_eq!(near.unwrap().items.first().map(|near| &near.farm), Some(&farm));
}
