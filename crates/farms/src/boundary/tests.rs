mod crossings;
mod overlaps;

use std::slice;

use serde_json::{Value, json};

use super::*;

/// A corner of a field near Chiang Mai.
const WEST: f64 = 98.95;
const SOUTH: f64 = 18.80;

/// Corners in metre-like steps (0.001°) from the south-west, the ring closed.
fn ring(corners: &[(f64, f64)]) -> Vec<[f64; 2]> {
    let at = |&(x, y): &(f64, f64)| [WEST + x * 0.001, SOUTH + y * 0.001];
    corners.iter().chain(corners.first()).map(at).collect()
}

fn square(x: f64, y: f64, side: f64) -> Vec<[f64; 2]> {
    ring(&[(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
}

/// A comb of long parallel teeth: every box meets every other, no lines do.
fn comb(positions: u32) -> Vec<[f64; 2]> {
    let teeth = (0..positions - 3).map(|n| {
        let (x, y) = if n % 2 == 0 { (0.0, 0.0) } else { (50.0, 50.0) };
        (x + f64::from(n) * 0.01, y)
    });
    let corners: Vec<_> = teeth.chain([(200.0, 100.0), (-100.0, 100.0)]).collect();
    ring(&corners)
}

/// A ring around a centre, one corner in each direction.
fn star(radii: &[f64], centre: f64) -> Vec<[f64; 2]> {
    let count = f64::from(u32::try_from(radii.len()).unwrap());
    let corners = (0_u32..).zip(radii).map(|(index, radius)| {
        let angle = f64::from(index) / count * std::f64::consts::TAU;
        (centre + radius * angle.cos(), 100.0 + radius * angle.sin())
    });
    ring(&corners.collect::<Vec<_>>())
}

fn draft(kind: &str, coordinates: Value) -> GeometryDraft {
    GeometryDraft { r#type: kind.to_owned(), coordinates }
}

fn polygon(rings: &[Vec<[f64; 2]>]) -> Result<Boundary, Vec<Fault>> {
    Boundary::draw(&draft("Polygon", json!(rings)))
}

fn multi_polygon(polygons: &[&[Vec<[f64; 2]>]]) -> Result<Boundary, Vec<Fault>> {
    Boundary::draw(&draft("MultiPolygon", json!(polygons)))
}

/// Faults as `coordinates/0/3 invalid-format`.
fn told(outcome: Result<Boundary, Vec<Fault>>) -> Vec<String> {
    let line = |fault: Fault| {
        let at = fault.at.iter().fold(fault.member.to_owned(), |at, index| format!("{at}/{index}"));
        format!("{at} {}", fault.code)
    };
    outcome.err().unwrap_or_default().into_iter().map(line).collect()
}

/// The area between two parallels and two meridians in closed form: Snyder, Map Projections – A
/// Working Manual (USGS PP 1395), eq. 3-12, with WGS 84's a and f. A 0.001° square has geodesics,
/// not a parallel, in the north and south; at 18.8° that shifts less than 0.01 m².
fn quadrangle_m2(south: f64, north: f64, width: f64) -> f64 {
    let (a, f) = (6_378_137.0_f64, 1.0 / 298.257_223_563);
    let e2: f64 = f * (2.0 - f);
    let e = e2.sqrt();
    let q = |lat: f64| {
        let s = lat.to_radians().sin();
        let log = ((1.0 - e * s) / (1.0 + e * s)).ln();
        (1.0 - e2) * (s / (1.0 - e2 * s * s) - log / (2.0 * e))
    };
    a * a * width.to_radians() * (q(north) - q(south)) / 2.0
}

#[test]
fn the_area_is_that_of_the_ellipsoid() {
    let drawn = polygon(&[square(0.0, 0.0, 1.0)]).unwrap();

    let expected = quadrangle_m2(SOUTH, SOUTH + 0.001, 0.001);

    assert!((expected - 11_668.0).abs() < 2.0, "{expected}");
    assert!((drawn.area_m2() - expected).abs() < 0.02, "{} {expected}", drawn.area_m2());
}

#[test]
fn a_hole_is_not_part_of_the_area_however_it_is_wound() {
    let (outer, hole) = (square(0.0, 0.0, 4.0), square(1.0, 1.0, 2.0));
    let solid = polygon(slice::from_ref(&outer)).unwrap().area_m2();
    let reversed: Vec<_> = hole.iter().rev().copied().collect();

    let (one, other) =
        (polygon(&[outer.clone(), hole]).unwrap(), polygon(&[outer, reversed]).unwrap());

    assert!((one.area_m2() / solid - 0.75).abs() < 1e-4);
    assert_eq!(one, other);
}

#[test]
fn rings_are_wound_by_the_right_hand_rule_and_repeated_positions_go() {
    let mut clockwise = square(0.0, 0.0, 4.0);
    clockwise.reverse();
    let doubled: Vec<_> = clockwise.iter().flat_map(|&corner| [corner, corner]).collect();
    let hole = square(1.0, 1.0, 1.0);

    let drawn = polygon(&[doubled, hole.clone()]).unwrap();

    let turned: Vec<_> = hole.into_iter().rev().collect();
    let expected = json!({"type": "Polygon", "coordinates": [square(0.0, 0.0, 4.0), turned]});
    assert_eq!(serde_json::to_value(&drawn).unwrap(), expected);
}

#[test]
fn a_boundary_is_geojson_that_reads_back_to_the_last_bit() {
    let odd = ring(&[(0.123_456_789_012_3, 0.0), (1.0 / 3.0, 0.7), (0.0, 1.0 / 7.0)]);
    let drawn = multi_polygon(&[&[odd], &[square(5.0, 5.0, 1.0)]]).unwrap();

    let text = serde_json::to_string(&drawn).unwrap();

    assert_eq!(serde_json::from_str::<Boundary>(&text).unwrap(), drawn);
    assert!(text.starts_with(r#"{"type":"MultiPolygon","coordinates":[[[[98.95"#), "{text}");
}

#[test]
fn a_stored_boundary_that_is_open_or_abroad_is_not_read() {
    let open = json!({"type": "Polygon", "coordinates": [[[99.0, 18.0], [99.1, 18.0], [99.1, 18.1], [99.0, 18.1]]]});
    let abroad = json!({"type": "Polygon", "coordinates": [[[9.0, 18.0], [9.1, 18.0], [9.1, 18.1], [9.0, 18.0]]]});

    assert!(serde_json::from_value::<Boundary>(open).is_err());
    assert!(serde_json::from_value::<Boundary>(abroad).is_err());
}

#[test]
fn heights_are_left_out() {
    let flat = polygon(&[square(0.0, 0.0, 1.0)]).unwrap();
    let high: Vec<_> = square(0.0, 0.0, 1.0).into_iter().map(|[x, y]| [x, y, 310.5]).collect();

    assert_eq!(Boundary::draw(&draft("Polygon", json!([high]))).unwrap(), flat);
}

#[test]
fn every_place_that_is_no_position_is_named() {
    let coordinates = json!([[[98.95, 18.8], [98.96, "18.8"], [98.96], 7, [98.95, 18.8]], {}]);

    let faults = told(Boundary::draw(&draft("Polygon", coordinates)));

    let expected = [
        "coordinates/0/1/1 wrong-type",
        "coordinates/0/2 invalid-format",
        "coordinates/0/3 wrong-type",
        "coordinates/1 wrong-type",
    ];
    assert_eq!(faults, expected);
}

#[test]
fn a_geometry_of_another_kind_or_depth_is_refused() {
    let flat = draft("MultiPolygon", json!([square(0.0, 0.0, 1.0)]));

    assert_eq!(told(Boundary::draw(&draft("Point", json!([99.0, 18.0])))), ["type invalid-format"]);
    assert_eq!(told(Boundary::draw(&draft("", json!([])))), ["type required"]);
    assert_eq!(told(Boundary::draw(&draft("Polygon", json!([])))), ["coordinates too-short"]);
    assert_eq!(told(Boundary::draw(&draft("Polygon", json!([[]])))), ["coordinates/0 too-short"]);
    assert_eq!(told(Boundary::draw(&draft("Polygon", Value::Null))), ["coordinates required"]);
    assert_eq!(told(Boundary::draw(&flat)).len(), 10, "two numbers in each of five positions");
}

#[test]
fn a_ring_is_closed_and_has_four_positions() {
    let mut open = square(0.0, 0.0, 1.0);
    open.pop();
    let line = ring(&[(0.0, 0.0), (1.0, 1.0)]);

    assert_eq!(told(polygon(&[open])), ["coordinates/0/3 invalid-format"]);
    assert_eq!(told(multi_polygon(&[&[line]])), ["coordinates/0/0 too-short"]);
}

#[test]
fn positions_outside_of_thailand_are_named_up_to_a_bound() {
    let mut strays = square(0.0, 0.0, 1.0);
    (strays[1][0], strays[2][1]) = (105.71, 5.59);
    let swapped: Vec<_> =
        (0..60).map(|n| [18.0, 99.0 + f64::from(n) / 100.0]).chain([[18.0, 99.0]]).collect();

    let expected = ["coordinates/0/1/0 out-of-range", "coordinates/0/2/1 out-of-range"];
    assert_eq!(told(polygon(&[strays])), expected);
    assert_eq!(told(polygon(&[swapped])).len(), 100);
}

#[test]
fn the_edge_of_thailand_is_in_thailand() {
    let edge = vec![[97.3, 5.6], [97.31, 5.6], [97.31, 5.61], [97.3, 5.61], [97.3, 5.6]];

    assert_eq!(told(polygon(&[edge])), [""; 0]);
}

#[test]
fn holes_lie_inside_and_apart() {
    let outer = square(0.0, 0.0, 9.0);
    let (good, inner) = (square(1.0, 1.0, 4.0), square(2.0, 2.0, 1.0));
    let (outside, across) = (square(20.0, 0.0, 1.0), square(8.0, 8.0, 4.0));

    let with = |holes: &[&Vec<[f64; 2]>]| {
        let rings: Vec<_> = [&outer].into_iter().chain(holes.iter().copied()).cloned().collect();
        told(polygon(&rings))
    };

    assert_eq!(with(&[&good]), [""; 0]);
    assert_eq!(with(&[&good, &outside]), ["coordinates/2 invalid-format"]);
    assert_eq!(with(&[&good, &inner]), ["coordinates/2 invalid-format"]);
    assert_eq!(with(&[&good, &across]).len(), 1);
    assert_eq!(with(&[&outer]).len(), 1);
}

#[test]
fn polygons_lie_apart_but_one_may_lie_in_a_hole_of_another() {
    let (field, pond) = (square(0.0, 0.0, 9.0), square(1.0, 1.0, 7.0));
    let (island, far) = (square(3.0, 3.0, 1.0), square(20.0, 0.0, 1.0));

    let in_hole = multi_polygon(&[&[field.clone(), pond], slice::from_ref(&island), &[far]]);
    let in_field = multi_polygon(&[slice::from_ref(&field), &[island]]);
    let beside = multi_polygon(&[&[field], &[square(9.0, 0.0, 2.0)]]);

    assert_eq!(told(in_hole), [""; 0]);
    assert_eq!(told(in_field), ["coordinates/1/0 invalid-format"]);
    assert_eq!(told(beside).len(), 1, "a shared edge is a touch");
}

#[test]
fn a_boundary_around_less_than_a_square_metre_is_refused() {
    assert_eq!(told(polygon(&[square(0.0, 0.0, 0.005)])), ["coordinates out-of-range"]);
    assert_eq!(told(polygon(&[square(0.0, 0.0, 0.02)])), [""; 0]);
}

#[test]
fn ten_thousand_positions_are_accepted_and_one_more_is_not() {
    let limit = u32::try_from(MAX_POSITIONS).unwrap();

    let (full, over) = (polygon(&[comb(limit)]), polygon(&[comb(limit + 1)]));

    assert_eq!(full.unwrap().positions(), MAX_POSITIONS);
    assert_eq!(told(over), ["coordinates too-long"]);
}
