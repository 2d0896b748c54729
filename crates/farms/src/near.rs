//! Farms by how far they are from a place.

use std::collections::HashMap;
use std::iter::successors;

use geo::{Distance as _, Geodesic};
use thiserror::Error;

use crate::point::WORLD;
use crate::region::MARGIN;
use crate::{Bounds, Farm, FarmId, Point, THAILAND};

/// The least radius within which farms are looked for, in metres: a phone's position is no better.
pub const MIN_RADIUS_M: f64 = 1.0;

/// The greatest radius within which farms are looked for, in metres (product rule).
pub const MAX_RADIUS_M: f64 = 200_000.0;

/// The first circle that is looked through, in metres: a village.
const FIRST_RADIUS_M: f64 = 1_000.0;

/// The equatorial radius of WGS 84, in metres.
const EQUATORIAL_RADIUS_M: f64 = 6_378_137.0;

/// One degree of latitude where it is shortest: at the equator of WGS 84, in metres.
const SHORTEST_DEGREE_M: f64 = 110_574.0;

/// Everything within a radius of a place on WGS 84; the place may lie anywhere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Around {
    lon: f64,
    lat: f64,
    radius_m: f64,
}

/// The place lies nowhere, or the radius is not one of 1 m to 200 km.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a circle on the map")]
pub struct NotAround;

/// How far away something is: whole millimetres, so that it is the same in every store and in
/// every cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Distance {
    millimetres: u32,
}

/// Where a farm stands in a list of the nearest: by its distance, then by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nearness {
    /// How far away it is.
    pub distance: Distance,
    /// Which farm it is.
    pub id: FarmId,
}

/// Which page of the nearest farms is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NearRequest {
    /// Where the previous page ended; nothing for the first.
    pub after: Option<Nearness>,
    /// At most so many farms.
    pub limit: usize,
}

/// The farms on a page, before they are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    places: Vec<Nearness>,
    next: Option<Nearness>,
}

/// A farm, and how far away it is.
#[derive(Debug, Clone, PartialEq)]
pub struct NearFarm {
    /// The farm.
    pub farm: Farm,
    /// How far away it is.
    pub distance: Distance,
}

/// One page of the nearest farms.
#[derive(Debug, Clone, PartialEq)]
pub struct NearPage {
    /// The farms, the nearest first.
    pub items: Vec<NearFarm>,
    /// Where the next page starts; nothing on the last.
    pub next: Option<Nearness>,
}

impl Around {
    /// The circle around a longitude and a latitude, in degrees. Fails when they are out of
    /// range, or the radius is not between [`MIN_RADIUS_M`] and [`MAX_RADIUS_M`].
    pub fn new(lon: f64, lat: f64, radius_m: f64) -> Result<Self, NotAround> {
        let somewhere = WORLD.spans_lon(lon) && WORLD.spans_lat(lat);
        let fits = (MIN_RADIUS_M..=MAX_RADIUS_M).contains(&radius_m);
        (somewhere && fits).then_some(Self { lon, lat, radius_m }).ok_or(NotAround)
    }

    /// The longitude of its middle, in degrees.
    pub fn lon(&self) -> f64 {
        self.lon
    }

    /// The latitude of its middle, in degrees.
    pub fn lat(&self) -> f64 {
        self.lat
    }

    /// Its radius, in metres.
    pub fn radius_m(&self) -> f64 {
        self.radius_m
    }

    /// How far from its middle a place is: the shortest way on the ellipsoid (Karney 2013,
    /// doi:10.1007/s00190-012-0578-z), to the millimetre. Nothing for a place beyond the radius.
    pub fn distance_to(&self, place: Point) -> Option<Distance> {
        let here = geo::Point::new(self.lon, self.lat);
        let metres = Geodesic.distance(here, geo::Point::new(place.lon(), place.lat()));
        let millimetres = (metres * 1000.0).round();
        (millimetres / 1000.0 <= self.radius_m).then(|| Distance::rounded(millimetres))
    }

    /// Where a farm at this place stands in the list; nothing beyond the radius.
    pub fn nearness(&self, id: FarmId, place: Point) -> Option<Nearness> {
        self.distance_to(place).map(|distance| Nearness { distance, id })
    }

    /// Where stores look for what lies within the radius: a box around the circle, a little
    /// enlarged, as far as farms can lie there. Nothing when none can.
    pub fn search_box(&self) -> Option<Bounds> {
        let tall = self.radius_m / SHORTEST_DEGREE_M + MARGIN;
        let (south, north) = (self.lat - tall, self.lat + tall);
        // A degree of longitude is shortest where the circle is nearest to a pole, and there it is
        // longer than on a sphere as wide as the equator. No farm lies anywhere near the poles.
        let narrowest = south.abs().max(north.abs()).min(89.0).to_radians().cos();
        let wide = (self.radius_m / (EQUATORIAL_RADIUS_M * narrowest)).to_degrees() + MARGIN;
        let (west, east) = (self.lon - wide, self.lon + wide);
        Bounds { west, south, east, north }.common(&THAILAND)
    }

    /// Circles around the same middle, each twice as wide as the one before, the last this one.
    /// Whoever picks the page behind `after` from one of them after the other finds it in the
    /// first whose page has a next one, and need not look at everything in the widest.
    pub fn widening(&self, after: Option<Nearness>) -> impl Iterator<Item = Self> {
        let (widest, lon, lat) = (self.radius_m, self.lon, self.lat);
        let reached = after.map_or(0.0, |after| after.distance.metres());
        let radii = successors(Some((reached * 2.0).max(FIRST_RADIUS_M)), move |radius| {
            (*radius < widest).then_some(radius * 2.0)
        });
        radii.map(move |radius| Self { lon, lat, radius_m: radius.min(widest) })
    }
}

impl Distance {
    /// So many millimetres.
    pub fn of_millimetres(millimetres: u32) -> Self {
        Self { millimetres }
    }

    /// The distance in millimetres.
    pub fn millimetres(self) -> u32 {
        self.millimetres
    }

    /// The distance in metres.
    pub fn metres(self) -> f64 {
        f64::from(self.millimetres) / 1000.0
    }

    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, not negative, and at most 200 km: a twentieth of what fits"
    )]
    fn rounded(millimetres: f64) -> Self {
        Self { millimetres: millimetres as u32 }
    }
}

impl NearRequest {
    /// The first page.
    pub fn first(limit: usize) -> Self {
        Self { after: None, limit }
    }

    /// The same list, from the end of the previous page.
    #[must_use]
    pub fn after(self, last: Nearness) -> Self {
        Self { after: Some(last), ..self }
    }

    /// Which of the candidates, in any order, are on this page.
    pub fn pick(&self, candidates: impl Iterator<Item = Nearness>) -> Picked {
        let reached = |place: &Nearness| self.after.is_none_or(|after| *place > after);
        let mut places: Vec<Nearness> = candidates.filter(reached).collect();
        places.sort_unstable();
        let more = places.len() > self.limit;
        places.truncate(self.limit);
        let next = if more { places.last().copied() } else { None };
        Picked { places, next }
    }
}

impl Picked {
    /// Whether farms lie behind this page, among the candidates.
    pub fn has_next(&self) -> bool {
        self.next.is_some()
    }

    /// The farms to read, the nearest first.
    pub fn ids(&self) -> impl Iterator<Item = FarmId> {
        self.places.iter().map(|place| place.id)
    }

    /// The page, once its farms were read, in any order. One that has gone in the meantime is
    /// left out.
    pub fn page(self, farms: Vec<Farm>) -> NearPage {
        let mut farms: HashMap<FarmId, Farm> =
            farms.into_iter().map(|farm| (farm.id(), farm)).collect();
        let read =
            |Nearness { distance, id }| Some(NearFarm { farm: farms.remove(&id)?, distance });
        NearPage { items: self.places.into_iter().filter_map(read).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests;
