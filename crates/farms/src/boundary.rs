//! Where a plot ends: GeoJSON polygons in normal form (RFC 7946 §3.1.6).

mod crossing;
mod measure;
mod overlap;
mod reading;
mod rules;
#[cfg(test)]
mod tests;

use geo::LineString;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub(crate) use self::reading::Fault;
pub use self::rules::MAX_POSITIONS;
use crate::point::WORLD;
use crate::{Bounds, GeometryDraft, RegionDraft, THAILAND};

/// Longitude and latitude in degrees.
pub(crate) type Position = [f64; 2];

/// A closed line: the first position is the last one too.
pub(crate) type Ring = Vec<Position>;

/// The exterior ring, then the holes.
pub(crate) type Rings = Vec<Ring>;

/// A polygon or several, as GeoJSON writes them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "coordinates")]
pub(crate) enum Geometry {
    /// One polygon.
    Polygon(Rings),
    /// Several polygons.
    MultiPolygon(Vec<Rings>),
}

impl Geometry {
    /// Its polygons, one or several.
    pub(crate) fn polygons(&self) -> &[Rings] {
        match self {
            Self::Polygon(rings) => std::slice::from_ref(rings),
            Self::MultiPolygon(polygons) => polygons,
        }
    }

    fn polygons_mut(&mut self) -> &mut [Rings] {
        match self {
            Self::Polygon(rings) => std::slice::from_mut(rings),
            Self::MultiPolygon(polygons) => polygons,
        }
    }
}

/// The rings of each polygon of a region, anywhere on the map; or everything that is wrong.
pub(crate) fn region_lines(draft: &RegionDraft) -> Result<Vec<Vec<LineString>>, Vec<Fault>> {
    let geometry = reading::read(&draft.r#type, &draft.coordinates)?;
    let faults = rules::polygon_faults(&geometry, &WORLD);
    let lines = || geometry.polygons().iter().map(measure::lines).collect();
    if faults.is_empty() { Ok(lines()) } else { Err(faults) }
}

/// The boundary of a plot; GeoJSON `Polygon` or `MultiPolygon` when written.
///
/// Every ring is closed and simple, lies in Thailand and is wound by the right-hand rule:
/// exteriors counter-clockwise, holes clockwise. A stored boundary is read back without repeating
/// the search for crossings, which is done once, when it is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Geometry")]
pub struct Boundary(Geometry);

/// The polygons are not the boundary of anything in Thailand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a boundary")]
pub struct NotABoundary;

impl Boundary {
    /// The boundary that a draft describes, in normal form; or everything that is wrong with it.
    pub(crate) fn draw(draft: &GeometryDraft) -> Result<Self, Vec<Fault>> {
        let geometry = reading::read(&draft.r#type, &draft.coordinates)?;
        let faults = rules::faults(&geometry);
        if faults.is_empty() { Ok(Self(measure::normalised(geometry))) } else { Err(faults) }
    }

    /// The box around it.
    pub fn bounds(&self) -> Bounds {
        measure::bounds(&self.0)
    }

    /// Its area on the WGS 84 ellipsoid, in m², to the square decimetre.
    pub fn area_m2(&self) -> f64 {
        measure::geodesic_area(&self.0)
    }

    /// How much of it lies in the other one, from 0 to 1, to ± 0.002.
    pub fn overlap_with(&self, other: &Self) -> f64 {
        overlap::fraction(&self.0, &other.0)
    }

    /// Whether more than this fraction of it can lie in the other one, by their boxes alone.
    pub(crate) fn may_lie_in(&self, other: &Self, fraction: f64) -> bool {
        overlap::at_most(&self.0, &other.0) > fraction
    }

    /// How many positions it has.
    pub fn positions(&self) -> usize {
        self.0.polygons().iter().flatten().map(Vec::len).sum()
    }
}

impl TryFrom<Geometry> for Boundary {
    type Error = NotABoundary;

    fn try_from(geometry: Geometry) -> Result<Self, NotABoundary> {
        rules::shape_faults(&geometry, &THAILAND)
            .is_empty()
            .then_some(Self(geometry))
            .ok_or(NotABoundary)
    }
}
