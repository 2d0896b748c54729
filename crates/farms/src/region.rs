//! Parts of the map in which farms are looked for.

use std::sync::Arc;

use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo::{BoundingRect, Coord, LineString};
use thiserror::Error;

use crate::boundary::region_lines;
use crate::point::WORLD;
use crate::{Bounds, Point, RegionDraft, THAILAND};

/// Stores look so much further than a region or a circle reaches (about 10 cm): more than what
/// rounding can hide, less than what costs anything.
pub(crate) const MARGIN: f64 = 0.000_001;

/// A box or polygons on the map, edges included. A clone is another handle to the same region.
///
/// Lines are straight in longitude and latitude (RFC 7946 §3.1.1), and on which side of them a
/// place lies is decided exactly ([`robust` predicates](geo::kernels::RobustKernel)): every store
/// that asks [`contains`](Self::contains) finds the same farms.
#[derive(Debug, Clone, PartialEq)]
pub struct Region(Arc<Shape>);

#[derive(Debug, PartialEq)]
enum Shape {
    Box(Bounds),
    Polygons(Vec<Polygon>),
}

#[derive(Debug, PartialEq)]
struct Polygon {
    bounds: Bounds,
    /// The exterior, then the holes.
    rings: Vec<LineString>,
}

/// Longitudes or latitudes are out of range or in the wrong order, or the polygons are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a region")]
pub struct NotARegion;

impl Region {
    /// The region in a box. Fails when its west lies east of its east (nothing in Thailand lies
    /// across the antimeridian), its south north of its north, or a corner nowhere.
    pub fn of_box(bounds: Bounds) -> Result<Self, NotARegion> {
        let Bounds { west, south, east, north } = bounds;
        let somewhere = [west, east].iter().all(|lon| WORLD.spans_lon(*lon))
            && [south, north].iter().all(|lat| WORLD.spans_lat(*lat));
        let ordered = west <= east && south <= north;
        (somewhere && ordered).then(|| Self(Arc::new(Shape::Box(bounds)))).ok_or(NotARegion)
    }

    /// Whether the place lies in the region or on one of its edges, those of holes included.
    pub fn contains(&self, place: Point) -> bool {
        match self.0.as_ref() {
            Shape::Box(bounds) => bounds.contains(place),
            Shape::Polygons(polygons) => polygons.iter().any(|polygon| polygon.contains(place)),
        }
    }

    /// Where stores look for the places that it [`contains`](Self::contains): the box around it, a
    /// little enlarged, as far as farms can lie there. Nothing when none can.
    pub fn search_box(&self) -> Option<Bounds> {
        let around = match self.0.as_ref() {
            Shape::Box(bounds) => Some(*bounds),
            Shape::Polygons(polygons) => {
                polygons.iter().map(|polygon| polygon.bounds).reduce(|a, b| a.joined(&b))
            }
        };
        around?.enlarged(MARGIN).common(&THAILAND)
    }
}

impl TryFrom<RegionDraft> for Region {
    type Error = NotARegion;

    /// The polygons of a draft. Fails when the draft breaks its rules.
    fn try_from(draft: RegionDraft) -> Result<Self, NotARegion> {
        let drawn = region_lines(&draft).map_err(|_faults| NotARegion)?;
        let polygons = drawn.into_iter().map(Polygon::new).collect::<Option<_>>();
        Ok(Self(Arc::new(Shape::Polygons(polygons.ok_or(NotARegion)?))))
    }
}

impl Polygon {
    fn new(rings: Vec<LineString>) -> Option<Self> {
        let rect = rings.first()?.bounding_rect()?;
        let (south_west, north_east) = (rect.min(), rect.max());
        let bounds = Bounds {
            west: south_west.x,
            south: south_west.y,
            east: north_east.x,
            north: north_east.y,
        };
        Some(Self { bounds, rings })
    }

    fn contains(&self, place: Point) -> bool {
        let at = Coord { x: place.lon(), y: place.lat() };
        let position = |ring: &LineString| coord_pos_relative_to_ring(at, ring);
        let Some((exterior, holes)) = self.rings.split_first() else { return false };
        self.bounds.contains(place)
            && position(exterior) != CoordPos::Outside
            && holes.iter().all(|hole| position(hole) != CoordPos::Inside)
    }
}

#[cfg(test)]
mod tests;
