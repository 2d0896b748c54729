//! Normal form and size of polygons.

use geo::{Area as _, Coord, GeodesicArea, LineString, MultiPolygon, Polygon};

use super::{Geometry, Ring, Rings};
use crate::Bounds;

/// The same polygons without repeated positions, wound by the right-hand rule (RFC 7946 §3.1.6).
pub(super) fn normalised(mut geometry: Geometry) -> Geometry {
    for rings in geometry.polygons_mut() {
        for (index, ring) in rings.iter_mut().enumerate() {
            ring.dedup();
            let is_exterior = index == 0;
            if (doubled_area(ring) > 0.0) != is_exterior {
                ring.reverse();
            }
        }
    }
    geometry
}

/// Twice the planar area of a ring in square degrees, positive when counter-clockwise.
fn doubled_area(ring: &Ring) -> f64 {
    let Some(&[lon, lat]) = ring.first() else { return 0.0 };
    // Seen from the first corner: degrees are far larger than a plot, and would swallow its area.
    let seen = ring.iter().map(|[x, y]| (x - lon, y - lat));
    seen.clone().zip(seen.skip(1)).map(|((x1, y1), (x2, y2))| x1 * y2 - x2 * y1).sum()
}

/// The area on the WGS 84 ellipsoid, in m² (Karney 2013, doi:10.1007/s00190-012-0578-z), to the
/// square decimetre.
pub(super) fn geodesic_area(geometry: &Geometry) -> f64 {
    (planar(geometry).geodesic_area_unsigned() * 100.0).round() / 100.0
}

/// The area on the plane, in square degrees.
pub(super) fn planar_area(geometry: &Geometry) -> f64 {
    planar(geometry).unsigned_area()
}

/// The box around all positions.
pub(super) fn bounds(geometry: &Geometry) -> Bounds {
    let nowhere = Bounds {
        west: f64::INFINITY,
        south: f64::INFINITY,
        east: f64::NEG_INFINITY,
        north: f64::NEG_INFINITY,
    };
    let positions = geometry.polygons().iter().flatten().flatten();
    positions.fold(nowhere, |bounds, &[lon, lat]| Bounds {
        west: bounds.west.min(lon),
        south: bounds.south.min(lat),
        east: bounds.east.max(lon),
        north: bounds.north.max(lat),
    })
}

/// The rings of one polygon as lines.
pub(super) fn lines(rings: &Rings) -> Vec<LineString> {
    let line = |ring: &Ring| LineString::new(ring.iter().map(|&at| Coord::from(at)).collect());
    rings.iter().map(line).collect()
}

fn planar(geometry: &Geometry) -> MultiPolygon {
    let polygon = |rings: &Rings| {
        let mut lines = lines(rings).into_iter();
        let exterior = lines.next().unwrap_or_else(|| LineString::new(Vec::new()));
        Polygon::new(exterior, lines.collect())
    };
    MultiPolygon::new(geometry.polygons().iter().map(polygon).collect())
}
