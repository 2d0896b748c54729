//! Where plots lie, kept in step with the farms' documents.
//!
//! What is indexed on the sphere is the box of a plot, not its boundary: ports ask for boxes, and
//! MongoDB refuses boundaries that are legal here (rings that touch in a point), which a farmer
//! would meet as a failure of the server. Its edges are the shortest lines on the sphere, which
//! run poleward of the parallels, so boxes are enlarged by as much: whatever is found is tested
//! again, and nothing is missed.

use std::collections::HashMap;

use gacp_farms::{Bounds, Farm, FarmId, FarmStatus, Plot, PlotOutline, THAILAND};
use gacp_keys::sha256;
use gacp_store::{AccountId, StoreError};
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use crate::Mongo;
use crate::catalogue::Query;
use crate::document::{bytes, document, field, parse, stored_bytes, stored_uuid, uuid};
use crate::errors::{Failure, Unwritable};
use crate::reading::{Find, current};
use crate::transaction::Transaction;

const PLOTS: &str = "plots";

pub(crate) const OF_FARM: Query =
    Query { name: "plots of a farm", collection: PLOTS, index: "plots_farm" };

pub(crate) const MEETING: Query =
    Query { name: "plots that meet a box", collection: PLOTS, index: "plots_bounds" };

/// By how many degrees a great circle leaves a parallel, at most, per square degree of longitude:
/// w² · sin φ · cos φ / 8 with w in radians, and sin φ · cos φ ≤ ½.
const BULGE: f64 = std::f64::consts::PI / 180.0 / 16.0;

/// About a metre, in degrees: more than any rounding, on the server or here.
const A_METRE: f64 = 0.000_01;

/// What is stored of a farm's plots: by id, a digest of what they are.
pub(super) type Digests = HashMap<Uuid, Vec<u8>>;

/// Adds the plots of a new farm.
pub(super) fn add(transaction: Transaction, farm: &Farm) -> Result<Transaction, StoreError> {
    bring_in_line(transaction, farm, &Digests::new())
}

/// Brings the stored plots of a farm in line with its document. Plots that are as they were are
/// left alone: a farm can hold megabytes of boundaries, and most changes concern none of them.
/// Those of an archived farm go for good: nothing leads out of the archive.
pub(super) fn bring_in_line(
    transaction: Transaction,
    farm: &Farm,
    stored: &Digests,
) -> Result<Transaction, StoreError> {
    let plots = match farm.status() {
        FarmStatus::Archived => &[],
        _ => farm.plots(),
    };
    let mut gone: Vec<Uuid> = stored.keys().copied().collect();
    let mut added = Vec::new();
    for plot in plots {
        let digest = digest(plot)?;
        if stored.get(&plot.id().uuid()) == Some(&digest) {
            gone.retain(|id| *id != plot.id().uuid());
        } else {
            added.push(placed(farm, plot, digest)?);
        }
    }
    let gone: Vec<Bson> = gone.into_iter().map(uuid).collect();
    let transaction = if gone.is_empty() {
        transaction
    } else {
        transaction.delete_all(PLOTS, doc! { "_id": { "$in": gone } })
    };
    Ok(transaction.insert(PLOTS, added))
}

impl Mongo {
    /// What is stored of a farm's plots.
    pub(super) async fn plots_of(&self, farm: FarmId) -> Result<Digests, StoreError> {
        let (mongo, find) = (self.clone(), of_farm(farm));
        self.detached(async move {
            let plots = mongo.documents(find).await?;
            let digest = |value: &Bson| stored_bytes(value).map(<[u8]>::to_vec);
            let digests = plots.iter().map(|plot| {
                Ok((field(PLOTS, plot, "_id", stored_uuid)?, field(PLOTS, plot, "digest", digest)?))
            });
            digests.collect()
        })
        .await
    }

    /// At most `limit` plots of other owners whose box meets another.
    pub(super) async fn plots_meeting(
        &self,
        owner: AccountId,
        bounds: &Bounds,
        limit: usize,
    ) -> Result<Vec<PlotOutline>, Failure> {
        let mut found = Vec::new();
        let Some(find) = meeting(owner, bounds) else { return Ok(found) };
        let mut cursor = self.cursor(find).await?;
        while found.len() < limit && cursor.advance().await? {
            let plot = outline(current(&cursor)?)?;
            if plot.boundary.bounds().intersects(bounds) {
                found.push(plot);
            }
        }
        Ok(found)
    }
}

pub(crate) fn of_farm(farm: FarmId) -> Find {
    Find::by(&OF_FARM, doc! { "farm": uuid(farm.uuid()) }).only(doc! { "digest": 1 })
}

/// The plots of others whose enlarged box meets this one, enlarged; nothing far from Thailand,
/// where no plot lies and a box may span more than half of the sphere.
pub(crate) fn meeting(owner: AccountId, bounds: &Bounds) -> Option<Find> {
    let within = bounds.common(&THAILAND)?;
    let filter = doc! {
        "bounds": { "$geoIntersects": { "$geometry": enlarged(&within) } },
        "owner": { "$ne": uuid(owner.uuid()) },
    };
    Some(Find::by(&MEETING, filter).only(doc! { "farm": 1, "owner": 1, "boundary": 1 }))
}

fn placed(farm: &Farm, plot: &Plot, digest: Vec<u8>) -> Result<Document, StoreError> {
    Ok(doc! {
        "_id": uuid(plot.id().uuid()),
        "farm": uuid(farm.id().uuid()),
        "owner": uuid(farm.owner().uuid()),
        "crop": plot.crop().as_str(),
        "bounds": enlarged(&plot.boundary().bounds()),
        "boundary": document(plot.boundary())?,
        "digest": bytes(digest),
    })
}

/// Tells whether a stored plot is this one, crop and boundary.
fn digest(plot: &Plot) -> Result<Vec<u8>, StoreError> {
    let whole = serde_json::to_vec(&(plot.crop(), plot.boundary()));
    let whole = whole.map_err(|_content| StoreError::from(Unwritable))?;
    Ok(sha256(&whole).to_vec())
}

/// A box as a GeoJSON polygon that holds all of it, its edges taken as shortest lines.
pub(crate) fn enlarged(bounds: &Bounds) -> Document {
    let width = bounds.east - bounds.west + 2.0 * A_METRE;
    let margin = BULGE * width * width + A_METRE;
    let (west, east) = (bounds.west - A_METRE, bounds.east + A_METRE);
    let (south, north) = (bounds.south - margin, bounds.north + margin);
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    let ring: Vec<Bson> = ring.into_iter().map(|position| Bson::from(position.to_vec())).collect();
    doc! { "type": "Polygon", "coordinates": [ring] }
}

fn outline(stored: Document) -> Result<PlotOutline, Failure> {
    Ok(PlotOutline {
        plot: field(PLOTS, &stored, "_id", stored_uuid)?.into(),
        farm: field(PLOTS, &stored, "farm", stored_uuid)?.into(),
        owner: field(PLOTS, &stored, "owner", stored_uuid)?.into(),
        boundary: parse(PLOTS, "boundary", stored)?,
    })
}
