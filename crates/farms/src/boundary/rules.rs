//! What makes polygons a boundary.

use geo::LineString;
use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};

use super::reading::Fault;
use super::{Geometry, Position, Ring, crossing, measure};
use crate::{Bounds, THAILAND};

/// The most positions that a boundary may have, over all its rings (product rule).
pub const MAX_POSITIONS: usize = 10_000;

/// So many faults are reported at most: enough to see what is wrong, also when every single
/// position is (longitude and latitude swapped).
pub(super) const MAX_FAULTS: usize = 100;

/// A closed triangle: three corners and the first one again (RFC 7946 §3.1.6).
const MIN_RING: usize = 4;

/// Less than this is a slip of the finger, not a plot; it also keeps ratios of areas defined.
const MIN_AREA_M2: f64 = 1.0;

/// Everything that keeps polygons from being a boundary.
pub(super) fn faults(geometry: &Geometry) -> Vec<Fault> {
    let faults = polygon_faults(geometry, &THAILAND);
    if faults.is_empty()
        && measure::geodesic_area(&measure::normalised(geometry.clone())) < MIN_AREA_M2
    {
        return vec![Fault::at(Vec::new(), "out-of-range")];
    }
    faults
}

/// Everything that is wrong with polygons that must lie within a box, of whatever size; the costly
/// rules only once the cheap ones hold.
pub(super) fn polygon_faults(geometry: &Geometry, within: &Bounds) -> Vec<Fault> {
    let shape = shape_faults(geometry, within);
    if !shape.is_empty() {
        return shape;
    }
    if let Some(place) = crossing::first(geometry) {
        return vec![Fault::at(path(geometry, place), "invalid-format")];
    }
    nesting_faults(geometry)
}

/// What can be seen in one pass over the positions: how many, closed, within the box.
pub(super) fn shape_faults(geometry: &Geometry, within: &Bounds) -> Vec<Fault> {
    let count: usize = geometry.polygons().iter().flatten().map(Vec::len).sum();
    if count > MAX_POSITIONS {
        return vec![Fault::at(Vec::new(), "too-long")];
    }
    if geometry.polygons().iter().any(Vec::is_empty) || count == 0 {
        return vec![Fault::at(Vec::new(), "too-short")];
    }
    rings(geometry)
        .flat_map(|(place, ring)| ring_faults(&path(geometry, place), ring, within))
        .take(MAX_FAULTS)
        .collect()
}

fn ring_faults(path: &[usize], ring: &Ring, within: &Bounds) -> Vec<Fault> {
    let last = ring.len().saturating_sub(1);
    let inside = |more: &[usize]| [path, more].concat();
    let mut faults = Vec::new();
    if ring.len() < MIN_RING {
        faults.push(Fault::at(inside(&[]), "too-short"));
    } else if ring.first() != ring.last() {
        faults.push(Fault::at(inside(&[last]), "invalid-format"));
    }
    for (index, &[lon, lat]) in ring.iter().enumerate() {
        if !within.spans_lon(lon) {
            faults.push(Fault::at(inside(&[index, 0]), "out-of-range"));
        }
        if !within.spans_lat(lat) {
            faults.push(Fault::at(inside(&[index, 1]), "out-of-range"));
        }
    }
    faults
}

/// Rings that neither cross nor touch lie inside one another as a whole or not at all, so one
/// position tells: holes lie in their polygon and not in each other, polygons not in each other.
fn nesting_faults(geometry: &Geometry) -> Vec<Fault> {
    let lines: Vec<Vec<LineString>> = geometry.polygons().iter().map(measure::lines).collect();
    let misplaced = rings(geometry).filter(|(place, ring)| {
        let Some(&corner) = ring.first() else { return false };
        let Place { polygon, ring, .. } = *place;
        if ring == 0 {
            let others = lines.iter().enumerate().filter(|(other, _)| *other != polygon);
            others.map(|(_, rings)| rings).any(|rings| depth(rings, corner) == 1)
        } else {
            let Some(own) = lines.get(polygon) else { return false };
            let others = own.iter().enumerate().filter(|(other, _)| *other != ring);
            others.filter(|(_, line)| is_inside(line, corner)).map(|(other, _)| other).ne([0])
        }
    });
    let faults = misplaced.map(|(place, _)| Fault::at(path(geometry, place), "invalid-format"));
    faults.take(MAX_FAULTS).collect()
}

/// In how many rings of a polygon the position lies: 1 is in it, 2 is in one of its holes.
fn depth(rings: &[LineString], position: Position) -> usize {
    rings.iter().filter(|ring| is_inside(ring, position)).count()
}

fn is_inside(ring: &LineString, position: Position) -> bool {
    coord_pos_relative_to_ring(position.into(), ring) == CoordPos::Inside
}

/// Which ring of which polygon, and which of its positions, if it is about one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) polygon: usize,
    pub(super) ring: usize,
    pub(super) position: Option<usize>,
}

/// Every ring, with its place.
pub(super) fn rings(geometry: &Geometry) -> impl Iterator<Item = (Place, &Ring)> {
    geometry.polygons().iter().enumerate().flat_map(|(polygon, rings)| {
        let places = rings.iter().enumerate();
        places.map(move |(ring, line)| (Place { polygon, ring, position: None }, line))
    })
}

/// A place as indexes into the coordinates.
fn path(geometry: &Geometry, place: Place) -> Vec<usize> {
    let polygon = match geometry {
        Geometry::Polygon(_) => None,
        Geometry::MultiPolygon(_) => Some(place.polygon),
    };
    polygon.into_iter().chain([place.ring]).chain(place.position).collect()
}
