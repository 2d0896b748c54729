//! How much of one boundary lies in another.

use geo::{Area, BooleanOps, LineString, Polygon};
use proptest::prelude::*;

use super::*;

#[test]
fn overlap_is_the_fraction_of_the_first() {
    let small = polygon(&[square(0.0, 0.0, 1.0)]).unwrap();
    let large = polygon(&[square(0.9, 0.0, 10.0)]).unwrap();
    let apart = polygon(&[square(1.0, 1.5, 1.0)]).unwrap();

    assert!((small.overlap_with(&large) - 0.1).abs() < 0.002);
    assert!((large.overlap_with(&small) - 0.001).abs() < 0.000_1);
    assert!(small.overlap_with(&apart).abs() < 1e-9);
    assert!((small.overlap_with(&small) - 1.0).abs() < 1e-9);
    assert!(small.may_lie_in(&large, 0.09) && !small.may_lie_in(&large, 0.11));
}

#[test]
fn a_hole_is_not_overlapped() {
    let ring_road = polygon(&[square(0.0, 0.0, 9.0), square(1.0, 1.0, 7.0)]).unwrap();
    let island = polygon(&[square(2.0, 2.0, 1.0)]).unwrap();

    assert!(island.overlap_with(&ring_road).abs() < 1e-9);
}

#[test]
fn two_combs_that_cross_everywhere_are_compared_all_the_same() {
    let one = comb(10_000);
    let other: Vec<_> = one.iter().map(|[x, y]| [WEST + (y - SOUTH), SOUTH + (x - WEST)]).collect();
    let (one, other) = (polygon(&[one]).unwrap(), polygon(&[other]).unwrap());

    let overlap = one.overlap_with(&other);

    assert!((0.0..1.0).contains(&overlap), "{overlap}");
}

proptest! {
    #[test]
    fn the_overlap_of_two_stars_is_that_of_their_polygons(
        one in prop::collection::vec(5.0_f64..50.0, 3..40),
        other in prop::collection::vec(5.0_f64..50.0, 3..40),
        shift in 0.0_f64..60.0,
    ) {
        let (one, other) = (star(&one, 100.0), star(&other, 100.0 + shift));
        let planar = |line: &Vec<[f64; 2]>| Polygon::new(LineString::from(line.clone()), vec![]);
        let shared = planar(&one).intersection(&planar(&other)).unsigned_area();
        let expected = shared / planar(&one).unsigned_area();

        let found = polygon(&[one]).unwrap().overlap_with(&polygon(&[other]).unwrap());

        prop_assert!((found - expected).abs() < 0.002, "{} {}", found, expected);
    }
}
