//! Case: a thousand random searches by place.

use std::f64::consts::TAU;

use gacp_store::{Order, PageRequest};
use geo::{Distance as _, Geodesic};
use serde_json::json;

use super::FarmFixture;
use super::sample::{Chance, at, boxed, change, farm_of, moved, owner, placed};
use crate::{
    Around, Farm, FarmFilter, FarmId, FarmStatus, NearRequest, Point, Region, RegionDraft,
};

/// So many farms; more of them would only make the looking through slower.
const FARMS: usize = 240;
/// So many searches of each of the three kinds.
const SEARCHES: usize = 400;

type Ring = Vec<[f64; 2]>;

/// Every search, page by page, finds what looking through all farms finds, in the same order.
pub async fn searches_by_place_find_what_looking_through_all_farms_finds(store: FarmFixture) {
    let mut chance = Chance::new(20_260_105);
    let farms = scattered(&store, &mut chance).await;
    let (mut in_boxes, mut in_shapes, mut in_circles) = (0, 0, 0);

    for _ in 0..SEARCHES {
        let filter = filtered(&mut chance, &farms);
        let (region, corners) = any_box(&mut chance);
        let boxed = FarmFilter { region: Some(region), ..filter.clone() };
        let expected = matching(&farms, &filter, |place| in_box(corners, place));
        in_boxes += assert_listed(&store, &boxed, &mut chance, &expected).await;

        let polygons = any_polygons(&mut chance);
        let draft = RegionDraft { r#type: "MultiPolygon".to_owned(), coordinates: json!(polygons) };
        let drawn = FarmFilter { region: Some(draft.try_into().unwrap()), ..filter.clone() };
        let expected = matching(&farms, &filter, |place| in_polygons(&polygons, place));
        in_shapes += assert_listed(&store, &drawn, &mut chance, &expected).await;

        let around = any_circle(&mut chance, &farms);
        in_circles += assert_near(&store, &filter, around, &mut chance, &farms).await;
    }

    let found = [in_boxes, in_shapes, in_circles];
    assert!(
        found.iter().all(|found| *found > SEARCHES),
        "hardly anything was looked for: {found:?}"
    );
}

/// Farms all over Thailand, many of them on a grid of quarter degrees, some of them moved.
async fn scattered(store: &FarmFixture, chance: &mut Chance) -> Vec<Farm> {
    let owners = [owner(), owner(), owner()];
    let mut farms = Vec::new();
    for (number, second) in (0..FARMS).zip(0..) {
        let owner = *chance.one_of(&owners);
        let [lon, lat] = any_place(chance);
        let mut farm = farm_of(owner, placed(&format!("ไร่ {number}"), lon, lat), at(second));
        store.farms.insert(&farm, &change(&farm, "registered")).await.unwrap();
        if chance.of_100(30) {
            let [lon, lat] = any_place(chance);
            farm = moved(&farm, lon, lat, at(1_000 + i64::from(chance.up_to(100))));
            store.farms.replace(&farm, &change(&farm, "revised")).await.unwrap();
        }
        if chance.of_100(10) {
            farm = farm.archived(at(2_000)).unwrap();
            store.farms.replace(&farm, &change(&farm, "archived")).await.unwrap();
        }
        farms.push(farm);
    }
    farms
}

fn any_place(chance: &mut Chance) -> [f64; 2] {
    let place = match chance.up_to(3) {
        // Some close together, so that short radii find several.
        0 => [chance.between(98.95, 98.96), chance.between(18.75, 18.76)],
        1 => [chance.between(97.5, 105.5), chance.between(5.75, 20.25)],
        _ => {
            let quarters = |value: f64| (value * 4.0).round() / 4.0;
            [quarters(chance.between(97.5, 105.5)), quarters(chance.between(5.75, 20.25))]
        }
    };
    place.map(|degrees| (degrees * 1e7).round() / 1e7)
}

fn filtered(chance: &mut Chance, farms: &[Farm]) -> FarmFilter {
    let owner = chance.of_100(20).then(|| chance.one_of(farms).owner());
    let status = chance.of_100(20).then_some(FarmStatus::Draft);
    let q = chance.of_100(20).then(|| "1".to_owned());
    FarmFilter { owner, status, q, ..FarmFilter::default() }
}

/// A box on the grid, so that farms lie on its edges, or one that is not.
fn any_box(chance: &mut Chance) -> (Region, [f64; 4]) {
    let [a, b] = [any_place(chance), any_place(chance)];
    let corners = [a[0].min(b[0]), a[1].min(b[1]), a[0].max(b[0]), a[1].max(b[1])];
    let [west, south, east, north] = corners;
    (boxed(west, south, east, north), corners)
}

/// One or two stars around different meridians, with a smaller star as a hole in some.
fn any_polygons(chance: &mut Chance) -> Vec<Vec<Ring>> {
    let mut polygons = Vec::new();
    for west in [97.5, 101.6].into_iter().take(1 + usize::from(chance.of_100(40))) {
        let (lon, lat) = (west + chance.between(1.9, 2.1), chance.between(8.0, 18.0));
        let reach = if chance.of_100(50) { chance.between(0.01, 1.8) } else { 1.8 };
        let mut rings = vec![star(chance, [lon, lat], reach / 2.0, reach)];
        if chance.of_100(50) {
            rings.push(star(chance, [lon, lat], reach / 8.0, reach / 3.0));
        }
        polygons.push(rings);
    }
    polygons
}

/// A ring around a centre, with one corner in each of many directions; tall enough for Thailand.
fn star(chance: &mut Chance, [lon, lat]: [f64; 2], least: f64, most: f64) -> Ring {
    let corners = 8 + chance.up_to(40);
    let mut ring: Ring = (0..corners)
        .map(|corner| {
            let angle = f64::from(corner) / f64::from(corners) * TAU;
            let radius = chance.between(least, most);
            [lon + radius * angle.cos(), lat + 3.0 * radius * angle.sin()]
        })
        .collect();
    ring.extend(ring.first().copied());
    ring
}

/// Around a farm or anywhere near, from a metre to as far as it goes.
fn any_circle(chance: &mut Chance, farms: &[Farm]) -> Around {
    let [lon, lat] = if chance.of_100(50) {
        let location = chance.one_of(farms).location();
        [location.lon(), location.lat()]
    } else {
        [chance.between(95.0, 108.0), chance.between(3.0, 23.0)]
    };
    let radius_m = chance.between(0.0, 200_000_f64.ln()).exp().clamp(1.0, 200_000.0);
    Around::new(lon, lat, radius_m).unwrap()
}

/// The farms that a naive look at each of them finds.
fn matching(farms: &[Farm], filter: &FarmFilter, lies_in: impl Fn(Point) -> bool) -> Vec<Farm> {
    let wanted = farms.iter().filter(|farm| filter.matches(farm) && lies_in(farm.location()));
    wanted.cloned().collect()
}

fn in_box([west, south, east, north]: [f64; 4], place: Point) -> bool {
    let (lon, lat) = (place.lon(), place.lat());
    lon >= west && lon <= east && lat >= south && lat <= north
}

/// A line from the place eastwards crosses an odd number of edges, holes' edges included.
fn in_polygons(polygons: &[Vec<Ring>], place: Point) -> bool {
    let rings = polygons.iter().flatten();
    let edges = rings.flat_map(|ring| ring.iter().zip(ring.iter().skip(1)));
    let crossed = edges.filter(|([x1, y1], [x2, y2])| {
        let (lon, lat) = (place.lon(), place.lat());
        (*y1 > lat) != (*y2 > lat) && lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1)
    });
    crossed.count() % 2 == 1
}

/// How many farms a list found, all pages together: those that it should.
async fn assert_listed(
    store: &FarmFixture,
    filter: &FarmFilter,
    chance: &mut Chance,
    expected: &[Farm],
) -> usize {
    let mut expected = expected.to_vec();
    let order = if chance.of_100(30) {
        let since = at(i64::from(chance.up_to(1_000)));
        expected.retain(|farm| farm.updated_at() >= since);
        expected.sort_by_key(|farm| (farm.updated_at(), farm.id()));
        Order::ChangedSince(since)
    } else {
        expected.sort_by_key(|farm| std::cmp::Reverse(farm.id()));
        Order::NewestFirst
    };
    let limit = 1 + usize::from(chance.up_to(40));
    let (mut page, mut read) = (PageRequest { order, after: None, limit }, Vec::new());
    loop {
        let found = store.farms.list(filter, &page).await.unwrap();
        assert!(found.items.len() <= limit);
        read.extend(found.items.iter().map(Farm::id));
        let Some(next) = found.next else { break };
        page = page.after(next);
    }
    let expected: Vec<FarmId> = expected.iter().map(Farm::id).collect();
    assert_eq!(read, expected, "{filter:?}, {order:?}, {limit}");
    read.len()
}

/// How many farms were found around a place: those that should be, nearest first.
async fn assert_near(
    store: &FarmFixture,
    filter: &FarmFilter,
    around: Around,
    chance: &mut Chance,
    farms: &[Farm],
) -> usize {
    let here = geo::Point::new(around.lon(), around.lat());
    let away = |farm: &Farm| {
        let place = farm.location();
        let metres = Geodesic.distance(here, geo::Point::new(place.lon(), place.lat()));
        (metres * 1000.0).round() / 1000.0
    };
    let wanted = farms.iter().filter(|farm| filter.matches(farm));
    let mut expected: Vec<(f64, FarmId)> = wanted.map(|farm| (away(farm), farm.id())).collect();
    expected.retain(|(metres, _)| *metres <= around.radius_m());
    expected.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let limit = 1 + usize::from(chance.up_to(40));
    let (mut request, mut read) = (NearRequest::first(limit), Vec::new());
    loop {
        let page = store.farms.near(filter, &around, &request).await.unwrap();
        assert!(page.items.len() <= limit);
        read.extend(page.items.iter().map(|near| (near.distance.metres(), near.farm.id())));
        let Some(next) = page.next else { break };
        request = request.after(next);
    }
    assert_eq!(read, expected, "{filter:?}, {around:?}, {limit}");
    read.len()
}

/// Keeps the geometry of [`any_polygons`] honest: no search may be for polygons that are none.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_polygons_of_random_searches_are_regions() {
        let mut chance = Chance::new(7);
        let holes = (0..200).filter(|_| {
            let polygons = any_polygons(&mut chance);
            let coordinates = json!(polygons);
            let draft = RegionDraft { r#type: "MultiPolygon".to_owned(), coordinates };
            assert!(Region::try_from(draft).is_ok(), "{polygons:?}");
            polygons.iter().any(|rings| rings.len() > 1)
        });

        assert!(holes.count() > 50);
    }
}
