//! Places on the map (WGS 84), and the box around Thailand.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::PointDraft;

/// The box in which everything must lie: Thailand, with a little of its neighbours.
pub const THAILAND: Bounds = Bounds { west: 97.3, south: 5.6, east: 105.7, north: 20.5 };

/// Every place there is.
pub(crate) const WORLD: Bounds = Bounds { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

/// A box of longitudes and latitudes, its edges included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The least longitude, in degrees.
    pub west: f64,
    /// The least latitude, in degrees.
    pub south: f64,
    /// The greatest longitude, in degrees.
    pub east: f64,
    /// The greatest latitude, in degrees.
    pub north: f64,
}

impl Bounds {
    /// Whether the two boxes have a point in common.
    pub fn intersects(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    /// The part that the two boxes have in common, if there is one.
    pub fn common(&self, other: &Self) -> Option<Self> {
        let common = Self {
            west: self.west.max(other.west),
            south: self.south.max(other.south),
            east: self.east.min(other.east),
            north: self.north.min(other.north),
        };
        self.intersects(other).then_some(common)
    }

    /// Whether the place lies in the box or on its edge.
    pub fn contains(&self, place: Point) -> bool {
        self.spans_lon(place.lon) && self.spans_lat(place.lat)
    }

    /// The box around both boxes.
    pub(crate) fn joined(&self, other: &Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// The box with so many degrees more on every side.
    pub(crate) fn enlarged(&self, degrees: f64) -> Self {
        Self {
            west: self.west - degrees,
            south: self.south - degrees,
            east: self.east + degrees,
            north: self.north + degrees,
        }
    }

    /// Whether the longitude lies in the box; NaN does not.
    pub(crate) fn spans_lon(&self, lon: f64) -> bool {
        (self.west..=self.east).contains(&lon)
    }

    /// Whether the latitude lies in the box; NaN does not.
    pub(crate) fn spans_lat(&self, lat: f64) -> bool {
        (self.south..=self.north).contains(&lat)
    }
}

/// A place in Thailand; GeoJSON `Point` when written.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "PointDraft", into = "PointDraft")]
pub struct Point {
    lon: f64,
    lat: f64,
}

/// The place does not lie in Thailand, or is no GeoJSON `Point`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a point in Thailand")]
pub struct NotInThailand;

impl Point {
    /// A place by longitude and latitude in degrees. Fails outside of [`THAILAND`].
    pub fn new(lon: f64, lat: f64) -> Result<Self, NotInThailand> {
        let inside = THAILAND.spans_lon(lon) && THAILAND.spans_lat(lat);
        inside.then_some(Self { lon, lat }).ok_or(NotInThailand)
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        self.lat
    }
}

impl TryFrom<PointDraft> for Point {
    type Error = NotInThailand;

    fn try_from(draft: PointDraft) -> Result<Self, NotInThailand> {
        match draft.coordinates.as_slice() {
            &[lon, lat] | &[lon, lat, _] if draft.r#type == "Point" => Self::new(lon, lat),
            _ => Err(NotInThailand),
        }
    }
}

impl From<Point> for PointDraft {
    fn from(point: Point) -> Self {
        Self { r#type: "Point".to_owned(), coordinates: vec![point.lon, point.lat] }
    }
}
