use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::contract::sample::boxed;

fn drawn(kind: &str, coordinates: Value) -> Result<Region, NotARegion> {
    RegionDraft { r#type: kind.to_owned(), coordinates }.try_into()
}

fn place(lon: f64, lat: f64) -> Point {
    Point::new(lon, lat).unwrap()
}

#[test]
fn boxes_that_are_turned_round_or_lie_nowhere_are_refused() {
    let at = |west, south, east, north| Region::of_box(Bounds { west, south, east, north });

    assert!(at(-180.0, -90.0, 180.0, 90.0).is_ok());
    for refused in [
        at(100.0, 15.0, 99.0, 16.0),
        at(99.0, 16.0, 100.0, 15.0),
        at(99.0, 15.0, 180.1, 16.0),
        at(99.0, -90.1, 100.0, 16.0),
        at(f64::NAN, 15.0, 100.0, 16.0),
        at(99.0, 15.0, f64::INFINITY, 16.0),
    ] {
        assert_eq!(refused, Err(NotARegion));
    }
}

#[test]
fn a_region_is_drawn_anywhere_and_in_any_size() {
    let asia = json!([[[60.0, -10.0], [150.0, -10.0], [150.0, 55.0], [60.0, 55.0], [60.0, -10.0]]]);
    let bow_tie = json!([[[98.0, 18.0], [99.0, 19.0], [99.0, 18.0], [98.0, 19.0], [98.0, 18.0]]]);
    let beyond = json!([[[98.0, 18.0], [181.0, 18.0], [99.0, 19.0], [98.0, 18.0]]]);

    assert!(drawn("Polygon", asia).unwrap().contains(place(100.5, 13.75)));
    assert_eq!(drawn("Polygon", bow_tie), Err(NotARegion));
    assert_eq!(drawn("Polygon", beyond), Err(NotARegion));
    assert_eq!(drawn("Point", json!([98.0, 18.0])), Err(NotARegion));
}

#[test]
fn stores_look_no_further_than_farms_can_lie() {
    let (here, whole, abroad) = (
        boxed(98.0, 18.0, 99.0, 19.0).search_box().unwrap(),
        boxed(-180.0, -90.0, 180.0, 90.0).search_box(),
        boxed(2.0, 48.0, 3.0, 49.0).search_box(),
    );

    assert!(here.west < 98.0 && here.east > 99.0 && here.south < 18.0 && here.north > 19.0);
    assert_eq!((whole, abroad), (Some(THAILAND), None));
}

#[test]
fn ten_thousand_positions_are_looked_through_in_no_time() {
    let count = 9_999_u32;
    let corner = |n: u32| {
        let angle = f64::from(n) / f64::from(count) * std::f64::consts::TAU;
        let radius = if n.is_multiple_of(2) { 1.0 } else { 0.9 };
        [100.0 + radius * angle.cos(), 15.0 + radius * angle.sin()]
    };
    let ring: Vec<[f64; 2]> = (0..count).chain([0]).map(corner).collect();
    let region = drawn("Polygon", json!([ring])).unwrap();

    let inside = (0..1_000).filter(|n| region.contains(place(99.0 + f64::from(*n) / 500.0, 15.0)));

    assert!((850..=1_000).contains(&inside.count()));
}

proptest! {
    #[test]
    fn a_box_and_the_polygon_along_it_are_the_same_region(
        west in 97.3..101.0, south in 5.6..13.0, wide in 0.001..4.0, tall in 0.001..7.0,
        lon in 97.3..105.7, lat in 5.6..20.5, on_edge in any::<[bool; 2]>(),
    ) {
        let (east, north) = (west + wide, south + tall);
        let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
        let polygon = drawn("Polygon", json!([ring])).unwrap();
        let lon = if on_edge[0] { east } else { lon };
        let lat = if on_edge[1] { south } else { lat };

        let region = boxed(west, south, east, north);

        prop_assert_eq!(region.contains(place(lon, lat)), polygon.contains(place(lon, lat)));
        if region.contains(place(lon, lat)) {
            prop_assert!(region.search_box().unwrap().contains(place(lon, lat)));
        }
    }
}
