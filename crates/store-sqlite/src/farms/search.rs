//! Farms by where they lie: an R*Tree of their locations, and lists and circles read from it.
//!
//! What the tree finds is only near what is wanted. `gacp-farms` decides, from the exact places,
//! so that every store finds the same farms in the same order.

use gacp_farms::{Around, Bounds, Farm, FarmFilter, FarmId, NearPage, NearRequest, Point, Region};
use gacp_store::{Cursor, Page, PageRequest, page_of};
use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params, params_from_iter};
use uuid::Uuid;

use super::{TABLE, wanted};
use crate::document::{moment, record};
use crate::engine::Failure;
use crate::engine::errors::Impossible;
use crate::listing::Listing;

/// What is read of a farm until it is known to be on the page: documents can be large.
const COLUMNS: &str = "farms.id, updated_at, lon, lat";

/// So many farms in a box are sorted faster than a list is walked until it comes to them.
const FEW: i64 = 1_000;

/// Counts the farms in a box (rounded outwards), but no further than a limit.
pub(crate) const COUNT: &str = "\
    SELECT count(*) FROM (SELECT 1 FROM farm_points \
    WHERE west <= ? AND east >= ? AND south <= ? AND north >= ? LIMIT ?)";

/// Brings the stored place of a farm in line with its document.
pub(super) fn write(transaction: &Transaction<'_>, farm: &Farm) -> Result<(), Failure> {
    let (lon, lat) = (farm.location().lon(), farm.location().lat());
    let moved: Option<i64> = transaction
        .prepare_cached(
            "INSERT INTO farm_places (farm_id, lon, lat) VALUES (?, ?, ?) \
             ON CONFLICT (farm_id) DO UPDATE SET lon = excluded.lon, lat = excluded.lat \
             WHERE lon <> excluded.lon OR lat <> excluded.lat RETURNING place",
        )?
        .query_map(params![farm.id().uuid(), lon, lat], |row| row.get(0))?
        .next()
        .transpose()?;
    if let Some(place) = moved {
        transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO farm_points (place, west, east, south, north) \
                 VALUES (?, ?, ?, ?, ?)",
            )?
            .execute(params![place, lon, lon, lat, lat])?;
    }
    Ok(())
}

/// A page of the farms in a region that a filter wants.
pub(super) fn list(
    connection: &Connection,
    (filter, region): (&FarmFilter, &Region),
    page: &PageRequest,
) -> Result<Page<Farm>, Failure> {
    let Some(bounds) = region.search_box() else {
        return Ok(Page { items: Vec::new(), next: None });
    };
    // Every statement sees the same state.
    let snapshot = connection.unchecked_transaction()?;
    let found = if is_crowded(&snapshot, filter, &bounds)? {
        let candidates = walking(filter, &bounds).ordered(page);
        let limit = page.limit.saturating_add(1);
        Page::cut(within(&snapshot, &candidates, region, limit)?, page.limit, Candidate::cursor)
    } else {
        let candidates = in_box(filter, &bounds);
        let found = within(&snapshot, &candidates, region, usize::MAX)?;
        page_of(found.into_iter(), page, Candidate::cursor)
    };
    let ids = found.items.iter().map(|candidate| candidate.id);
    Ok(Page { items: read(&snapshot, ids)?, next: found.next })
}

/// A page of the farms within a circle that a filter wants, the nearest first.
pub(super) fn near(
    connection: &Connection,
    filter: &FarmFilter,
    around: &Around,
    page: &NearRequest,
) -> Result<NearPage, Failure> {
    let snapshot = connection.unchecked_transaction()?;
    let mut picked = page.pick(std::iter::empty());
    for circle in circles(filter, around, page) {
        let Some(bounds) = search_box(filter, &circle) else { continue };
        let candidates = match filter.owner {
            Some(_) => walking(filter, &bounds),
            None => in_box(filter, &bounds),
        };
        let found = match &filter.region {
            Some(region) => within(&snapshot, &candidates, region, usize::MAX)?,
            None => all(&snapshot, &candidates)?,
        };
        let distant = found.iter().filter_map(|at| circle.nearness(at.id.into(), at.place));
        picked = page.pick(distant);
        if picked.has_next() {
            break;
        }
    }
    let farms = read(&snapshot, picked.ids().map(FarmId::uuid))?;
    Ok(picked.page(farms))
}

/// Which circles to look through, one after the other. One owner's farms are few: all at once.
fn circles(filter: &FarmFilter, around: &Around, page: &NearRequest) -> Vec<Around> {
    if filter.owner.is_some() { vec![*around] } else { around.widening(page.after).collect() }
}

/// Where farms in a circle, and in the filter's region if it has one, can lie.
fn search_box(filter: &FarmFilter, circle: &Around) -> Option<Bounds> {
    let bounds = circle.search_box()?;
    match &filter.region {
        Some(region) => bounds.common(&region.search_box()?),
        None => Some(bounds),
    }
}

/// Whether a list is walked: one owner's farms are few, and of many farms in a box the list soon
/// comes to some.
fn is_crowded(
    connection: &Connection,
    filter: &FarmFilter,
    bounds: &Bounds,
) -> Result<bool, Failure> {
    if filter.owner.is_some() {
        return Ok(true);
    }
    let Bounds { west, south, east, north } = *bounds;
    let mut count = connection.prepare_cached(COUNT)?;
    let count: i64 =
        count.query_one(params![east, west, north, south, FEW + 1], |row| row.get(0))?;
    Ok(count > FEW)
}

/// Farms in a box by the tree, in no order.
pub(crate) fn in_box(filter: &FarmFilter, bounds: &Bounds) -> Listing {
    let Bounds { west, south, east, north } = *bounds;
    // A cross join keeps its order: the tree first.
    let source = "farm_points CROSS JOIN farm_places USING (place) \
                  CROSS JOIN farms ON farms.id = farm_id";
    let place = "west <= ? AND east >= ? AND south <= ? AND north >= ?";
    wanted(Listing::selecting(TABLE, COLUMNS, source), filter)
        .when(place, [east, west, north, south])
}

/// Farms in a box by the lists' indexes, in an order that they have.
pub(crate) fn walking(filter: &FarmFilter, bounds: &Bounds) -> Listing {
    let Bounds { west, south, east, north } = *bounds;
    let source = "farms CROSS JOIN farm_places ON farm_id = farms.id";
    let place = "lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?";
    wanted(Listing::selecting(TABLE, COLUMNS, source), filter)
        .when(place, [west, east, south, north])
}

/// What is known of a farm before its document is read.
#[derive(Debug)]
struct Candidate {
    id: Uuid,
    updated_at: Timestamp,
    place: Point,
}

impl Candidate {
    fn of(row: &Row<'_>) -> Result<Self, Failure> {
        let place = Point::new(row.get(2)?, row.get(3)?);
        let impossible = Impossible { table: "farm_places", column: "lon, lat" };
        Ok(Self {
            id: row.get(0)?,
            updated_at: moment(TABLE, "updated_at", row.get(1)?)?,
            place: place.map_err(|_abroad| impossible)?,
        })
    }

    fn cursor(&self) -> Cursor {
        Cursor { id: self.id, updated_at: self.updated_at }
    }
}

/// The first candidates that lie in a region.
fn within(
    connection: &Connection,
    listing: &Listing,
    region: &Region,
    limit: usize,
) -> Result<Vec<Candidate>, Failure> {
    let mut statement = connection.prepare_cached(listing.sql())?;
    let found = statement.query_and_then(params_from_iter(listing.params()), Candidate::of)?;
    let inside = found
        .filter(|found| found.as_ref().map_or(true, |farm| region.contains(farm.place)))
        .take(limit);
    inside.collect()
}

fn all(connection: &Connection, listing: &Listing) -> Result<Vec<Candidate>, Failure> {
    let mut statement = connection.prepare_cached(listing.sql())?;
    statement.query_and_then(params_from_iter(listing.params()), Candidate::of)?.collect()
}

/// The farms themselves, in this order.
fn read(connection: &Connection, ids: impl Iterator<Item = Uuid>) -> Result<Vec<Farm>, Failure> {
    let farm = |id| {
        record(connection, TABLE, ("SELECT id, doc FROM farms WHERE id = ?", [id])).transpose()
    };
    ids.filter_map(farm).collect()
}
