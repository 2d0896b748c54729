use gacp_store::fresh_uuid;
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn place(lon: f64, lat: f64) -> Point {
    Point::new(lon, lat).unwrap()
}

#[test]
fn circles_that_lie_nowhere_or_are_too_large_are_refused() {
    for (lon, lat, radius_m) in [
        (180.1, 15.0, 100.0),
        (100.0, -90.1, 100.0),
        (f64::NAN, 15.0, 100.0),
        (100.0, 15.0, 0.9),
        (100.0, 15.0, 200_000.1),
        (100.0, 15.0, f64::NAN),
    ] {
        assert_eq!(Around::new(lon, lat, radius_m), Err(NotAround), "{lon} {lat} {radius_m}");
    }
    for (lon, lat, radius_m) in [(-180.0, 90.0, 1.0), (180.0, -90.0, 200_000.0)] {
        assert!(Around::new(lon, lat, radius_m).is_ok());
    }
}

/// Along a meridian by its integral, across country by Vincenty's formulae (1975).
#[test]
fn distances_are_those_of_the_ellipsoid_to_the_millimetre() {
    let around = Around::new(100.0, 15.0, 200_000.0).unwrap();

    let north = around.distance_to(place(100.0, 16.0)).unwrap();
    let beyond = around.distance_to(place(100.0, 17.0));

    let bangkok = Around::new(100.5, 13.75, 200_000.0).unwrap();
    let across = bangkok.distance_to(place(99.0, 14.5)).unwrap();

    assert_eq!((north.millimetres(), north.metres()), (110_653_644, 110_653.644));
    assert_eq!((across.metres(), beyond), (181_981.374, None));
    assert_eq!(around.distance_to(place(100.0, 15.0)), Some(Distance::of_millimetres(0)));
}

#[test]
fn nothing_is_looked_for_where_no_farm_can_lie() {
    let boxed = |lon, lat| Around::new(lon, lat, 200_000.0).unwrap().search_box();

    assert_eq!((boxed(0.0, 51.5), boxed(-180.0, 15.0), boxed(100.0, 90.0)), (None, None, None));
    assert_eq!(boxed(100.0, -90.0), None);
    assert!(boxed(96.0, 15.0).is_some(), "the middle may lie abroad");
}

#[test]
fn circles_widen_until_they_are_the_one_that_was_asked_for() {
    let radii = |radius_m, after: Option<u32>| -> Vec<f64> {
        let id = FarmId::from(fresh_uuid(Timestamp::UNIX_EPOCH));
        let after = after.map(|mm| Nearness { distance: Distance::of_millimetres(mm), id });
        let around = Around::new(100.0, 15.0, radius_m).unwrap();
        around.widening(after).map(|circle| circle.radius_m()).collect()
    };

    assert_eq!(radii(5_000.0, None), [1_000.0, 2_000.0, 4_000.0, 5_000.0]);
    assert_eq!(radii(5_000.0, Some(1_500_000)), [3_000.0, 5_000.0]);
    assert_eq!(radii(500.0, Some(499_000)), [500.0]);
}

#[test]
fn a_page_is_cut_by_distance_and_then_by_id() {
    let id = || FarmId::from(fresh_uuid(Timestamp::UNIX_EPOCH));
    let (a, b, c) = (id(), id(), id());
    let at = |millimetres, id| Nearness { distance: Distance::of_millimetres(millimetres), id };
    let candidates = [at(5, c), at(5, a), at(9, a), at(5, b), at(1, c)];

    let first = NearRequest::first(2).pick(candidates.into_iter());
    let second = NearRequest::first(9).after(at(5, a)).pick(candidates.into_iter());

    assert_eq!(first, Picked { places: vec![at(1, c), at(5, a)], next: Some(at(5, a)) });
    assert_eq!(second, Picked { places: vec![at(5, b), at(5, c), at(9, a)], next: None });
}

proptest! {
    #[test]
    fn what_lies_within_the_radius_is_looked_for(
        lon in 93.0..110.0, lat in 3.0..23.0, log_radius in 0.0..12.2,
        bearing in 0.0..360.0, fraction in 0.9..1.0,
    ) {
        use geo::Destination as _;
        let radius_m = f64::exp(log_radius).clamp(MIN_RADIUS_M, MAX_RADIUS_M);
        let around = Around::new(lon, lat, radius_m).unwrap();
        let end = Geodesic.destination(geo::Point::new(lon, lat), bearing, radius_m * fraction);
        if let Ok(place) = Point::new(end.x(), end.y()) && around.distance_to(place).is_some() {
            prop_assert!(around.search_box().unwrap().contains(place));
        }
    }
}
