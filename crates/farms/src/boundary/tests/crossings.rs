//! Lines that meet where they should not.

use geo::{LineString, Polygon, Validation};
use proptest::prelude::*;

use super::*;

#[test]
fn a_crossing_is_blamed_on_the_later_line() {
    let bow_tie = ring(&[(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)]);
    let late = ring(&[(0., 0.), (4., 0.), (4., 4.), (2., 4.), (2., -1.), (-1., -1.)]);

    assert_eq!(told(polygon(&[bow_tie])), ["coordinates/0/2 invalid-format"]);
    assert_eq!(told(polygon(&[late])), ["coordinates/0/3 invalid-format"]);
}

#[test]
fn spikes_touches_and_lines_drawn_twice_are_crossings() {
    let spike = ring(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (4.0, 6.0), (4.0, 4.0), (0.0, 4.0)]);
    let eight = ring(&[(0.0, 0.0), (2.0, 2.0), (4.0, 0.0), (4.0, 4.0), (2.0, 2.0), (0.0, 4.0)]);
    let on_line = ring(&[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 0.0), (0.0, 4.0)]);
    let flat = ring(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]);
    let there_and_back = ring(&[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (1.0, 0.0)]);

    for bad in [spike, eight, on_line, flat, there_and_back] {
        assert_eq!(told(polygon(slice::from_ref(&bad))).len(), 1, "{bad:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// On a coarse grid rings touch, double back and cross all the time.
    #[test]
    fn the_sweep_finds_a_fault_exactly_where_a_comparison_of_all_lines_does(
        corners in prop::collection::vec((0_i8..6, 0_i8..6), 3..12)
    ) {
        let corners: Vec<_> = corners.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect();
        // Whole numbers: scaled to degrees, what is collinear here would not stay so.
        let line = corners.iter().chain(corners.first()).map(|&(x, y)| [x, y]).collect();
        let drawn = Geometry::Polygon(vec![line]);

        let found = crossing::first(&drawn).is_some();

        prop_assert_eq!(found, !is_simple(&corners));
    }

    /// Random stars around a centre never cross themselves, in whatever order they are wound.
    #[test]
    fn a_star_is_a_boundary(radii in prop::collection::vec(1.0_f64..50.0, 3..60), reverse: bool) {
        let mut line = star(&radii, 100.0);
        if reverse {
            line.reverse();
        }

        let drawn = polygon(slice::from_ref(&line));

        let planar = Polygon::new(LineString::from(line), vec![]);
        prop_assert!(planar.is_valid());
        prop_assert!(drawn.is_ok(), "{:?}", drawn);
    }
}

/// The rule, written down directly: no two lines share a point, but neighbours their corner.
fn is_simple(corners: &[(f64, f64)]) -> bool {
    let mut corners = corners.to_vec();
    corners.dedup();
    while corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    let count = corners.len();
    let line = |n: usize| geo::Line::new(corners[n % count], corners[(n + 1) % count]);
    let pairs = (0..count).flat_map(|i| (i + 1..count).map(move |j| (i, j)));
    let free = |(i, j): (usize, usize)| {
        use geo::line_intersection::{LineIntersection, line_intersection};
        let adjacent = j == i + 1 || (i == 0 && j == count - 1);
        match line_intersection(line(i), line(j)) {
            None => true,
            Some(LineIntersection::SinglePoint { .. }) => adjacent,
            Some(LineIntersection::Collinear { intersection }) => {
                adjacent && intersection.start == intersection.end
            }
        }
    };
    count > 2 && pairs.clone().all(free)
}
