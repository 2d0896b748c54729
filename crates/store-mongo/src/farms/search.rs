//! Farms by where they lie: candidates from a box, by the index on the sphere or by the lists'.
//!
//! What MongoDB finds is only near what is wanted. `gacp-farms` decides, from the exact places, so
//! that every store finds the same farms in the same order.

use std::pin::pin;

use gacp_farms::{Around, Bounds, Farm, FarmFilter, FarmId, NearPage, NearRequest, Point, Region};
use gacp_store::{Cursor, Page, PageRequest, page_of};
use jiff::Timestamp;
use mongodb::ClientSession;
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use super::{FARMS, listing, places};
use crate::Mongo;
use crate::catalogue::Query;
use crate::connect::max_time;
use crate::document::{field, moment, parse, read, stored_uuid, uuid};
use crate::errors::Failure;
use crate::reading::Find;

/// So many farms in a box are sorted at once, however few there are in all.
const FEW: u64 = 1_000;

pub(crate) const IN_BOX: Query =
    Query { name: "farms in a box", collection: FARMS, index: "farms_location" };

pub(crate) const BY_IDS: Query =
    Query { name: "farms by their ids", collection: FARMS, index: "_id_" };

impl Mongo {
    /// A page of the farms in a region that a filter wants.
    pub(super) async fn farms_in(
        &self,
        (filter, region): (&FarmFilter, &Region),
        page: &PageRequest,
    ) -> Result<Page<Farm>, Failure> {
        let Some(bounds) = region.search_box() else {
            return Ok(Page { items: Vec::new(), next: None });
        };
        let mut snapshot = self.snapshot().await?;
        let inside = |candidate: &Candidate| region.contains(candidate.place);
        let limit = page.limit.saturating_add(1);
        let crowded = self.is_crowded(&mut snapshot, (filter, &bounds), limit).await?;
        let found = if crowded {
            let candidates = walking(filter, &bounds, page);
            let found = self.candidates(&mut snapshot, candidates, inside, limit).await?;
            Page::cut(found, page.limit, Candidate::cursor)
        } else {
            let candidates = in_box(filter, &bounds);
            let found = self.candidates(&mut snapshot, candidates, inside, usize::MAX).await?;
            page_of(found.into_iter(), page, Candidate::cursor)
        };
        let ids = found.items.iter().map(|candidate| candidate.id).collect();
        Ok(Page { items: self.farms(&mut snapshot, ids).await?, next: found.next })
    }

    /// A page of the farms within a circle that a filter wants, the nearest first.
    pub(super) async fn farms_near(
        &self,
        filter: &FarmFilter,
        around: &Around,
        page: &NearRequest,
    ) -> Result<NearPage, Failure> {
        let mut snapshot = self.snapshot().await?;
        let mut picked = page.pick(std::iter::empty());
        for circle in circles(filter, around, page) {
            let Some(bounds) = search_box(filter, &circle) else { continue };
            let candidates = match filter.owner {
                Some(_) => walking(filter, &bounds, &PageRequest::first(usize::MAX)),
                None => in_box(filter, &bounds),
            };
            let inside = |candidate: &Candidate| {
                filter.region.as_ref().is_none_or(|region| region.contains(candidate.place))
            };
            let found = self.candidates(&mut snapshot, candidates, inside, usize::MAX).await?;
            let distant = found.iter().filter_map(|at| circle.nearness(at.id.into(), at.place));
            picked = page.pick(distant);
            if picked.has_next() {
                break;
            }
        }
        let ids = picked.ids().map(FarmId::uuid).collect();
        let farms = self.farms(&mut snapshot, ids).await?;
        Ok(picked.page(farms))
    }

    /// A session in which every find sees the same state.
    async fn snapshot(&self) -> Result<ClientSession, Failure> {
        Ok(self.client.start_session().snapshot(true).await?)
    }

    /// Whether a list is walked: one owner's farms are few, and of many farms in a box the list
    /// soon comes to some.
    async fn is_crowded(
        &self,
        snapshot: &mut ClientSession,
        (filter, bounds): (&FarmFilter, &Bounds),
        limit: usize,
    ) -> Result<bool, Failure> {
        if filter.owner.is_some() {
            return Ok(true);
        }
        let farms = self.collection(FARMS);
        let all = farms.estimated_document_count().max_time(max_time()).await?;
        let few = few_of(all, u64::try_from(limit).unwrap_or(u64::MAX));
        let count = farms.count_documents(on_sphere(bounds)).limit(few + 1).max_time(max_time());
        Ok(count.session(snapshot).await? > few)
    }

    /// The first candidates that lie where they are wanted.
    async fn candidates(
        &self,
        snapshot: &mut ClientSession,
        find: Find,
        wanted: impl Fn(&Candidate) -> bool + Send,
        limit: usize,
    ) -> Result<Vec<Candidate>, Failure> {
        let mut found = Vec::new();
        let find = find.only(doc! { "updatedAt": 1, "location": 1 });
        let mut cursor = pin!(self.session_cursor(snapshot, find).await?);
        while found.len() < limit && cursor.advance(snapshot).await? {
            let candidate = Candidate::read(Document::try_from(cursor.current())?)?;
            if wanted(&candidate) {
                found.push(candidate);
            }
        }
        Ok(found)
    }

    /// The farms themselves, in this order.
    async fn farms(
        &self,
        snapshot: &mut ClientSession,
        ids: Vec<Uuid>,
    ) -> Result<Vec<Farm>, Failure> {
        let mut farms: Vec<Farm> = Vec::with_capacity(ids.len());
        if ids.is_empty() {
            return Ok(farms);
        }
        let mut cursor = self.session_cursor(snapshot, by_ids(&ids)).await?;
        while cursor.advance(snapshot).await? {
            farms.push(read(FARMS, "doc", cursor.current())?);
        }
        farms.sort_by_key(|farm| ids.iter().position(|id| *id == farm.id().uuid()));
        Ok(farms)
    }
}

/// How many farms in a box are sorted faster than a list of `all` is walked until it comes to
/// `limit` of them: of n in the box, each is read, or all ÷ n × limit of the list.
fn few_of(all: u64, limit: u64) -> u64 {
    all.saturating_mul(limit).isqrt().clamp(FEW, i64::MAX.unsigned_abs() - 1)
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

/// Farms in a box by the index on the sphere, in no order.
pub(crate) fn in_box(filter: &FarmFilter, bounds: &Bounds) -> Find {
    listing(filter).when(on_sphere(bounds)).when(by_degrees(bounds)).in_no_order(&IN_BOX)
}

/// Farms in a box by the lists' indexes, in an order that they have.
pub(crate) fn walking(filter: &FarmFilter, bounds: &Bounds, page: &PageRequest) -> Find {
    listing(filter).when(by_degrees(bounds)).ordered(page)
}

pub(crate) fn by_ids(ids: &[Uuid]) -> Find {
    let ids: Vec<Bson> = ids.iter().copied().map(uuid).collect();
    Find::by(&BY_IDS, doc! { "_id": { "$in": ids } })
}

fn by_degrees(bounds: &Bounds) -> Document {
    let Bounds { west, south, east, north } = *bounds;
    doc! {
        "location.coordinates.0": { "$gte": west, "$lte": east },
        "location.coordinates.1": { "$gte": south, "$lte": north },
    }
}

fn on_sphere(bounds: &Bounds) -> Document {
    doc! { "location": { "$geoWithin": { "$geometry": places::enlarged(bounds) } } }
}

/// What is known of a farm before its document is read.
#[derive(Debug)]
struct Candidate {
    id: Uuid,
    updated_at: Timestamp,
    place: Point,
}

impl Candidate {
    fn read(stored: Document) -> Result<Self, Failure> {
        Ok(Self {
            id: field(FARMS, &stored, "_id", stored_uuid)?,
            updated_at: field(FARMS, &stored, "updatedAt", moment)?,
            place: parse(FARMS, "location", stored)?,
        })
    }

    fn cursor(&self) -> Cursor {
        Cursor { id: self.id, updated_at: self.updated_at }
    }
}

#[cfg(test)]
mod tests {
    use super::few_of;

    #[test]
    fn the_more_farms_there_are_in_all_the_more_of_a_box_are_sorted() {
        let few = [0, 10_000, 10_000_000, u64::MAX].map(|all| few_of(all, 21));

        assert_eq!(few, [1_000, 1_000, 14_491, 4_294_967_295]);
    }
}
