//! Farms and the places of their plots.

use async_trait::async_trait;
use gacp_farms::{
    Around, Bounds, Crop, Farm, FarmFilter, FarmId, FarmStatus, FarmStore, NearPage, NearRequest,
    PlotOutline,
};
use gacp_store::{AccountId, Change, Page, PageRequest, StoreError};
use mongodb::bson::{Document, doc};

use crate::Mongo;
use crate::catalogue::Query;
use crate::document::{Row, document, uuid, version};
use crate::listing::{Listing, Lists, Way};
use crate::reading::by_id;
use crate::transaction::{STALE, Transaction};

pub(crate) mod places;
pub(crate) mod search;

pub(crate) const FARMS: &str = "farms";

const fn query(name: &'static str, index: &'static str) -> Query {
    Query { name, collection: FARMS, index }
}

pub(crate) const BY_ID: Query = query("farm by id", "_id_");

/// What keeps an owner's names apart: the server's own look when one is written.
pub(crate) const NAME_TAKEN: Query = query("farm of an owner with a name", "farms_name");

pub(crate) static LISTS: Lists = Lists {
    narrowed: &[
        Way {
            fields: &["owner", "status"],
            newest: query("farms of an owner and status", "farms_owner_status"),
            changed: query("farms of an owner and status, changed", "farms_owner_status_changed"),
        },
        Way {
            fields: &["owner"],
            newest: query("farms of an owner", "farms_owner"),
            changed: query("farms of an owner, changed", "farms_owner_changed"),
        },
        Way {
            fields: &["province", "status"],
            newest: query("farms of a province and status", "farms_province_status"),
            changed: query(
                "farms of a province and status, changed",
                "farms_province_status_changed",
            ),
        },
        Way {
            fields: &["status"],
            newest: query("farms of a status", "farms_status"),
            changed: query("farms of a status, changed", "farms_status_changed"),
        },
        Way {
            fields: &["province"],
            newest: query("farms of a province", "farms_province"),
            changed: query("farms of a province, changed", "farms_province_changed"),
        },
        Way {
            fields: &["crops"],
            newest: query("farms with a crop", "farms_crop"),
            changed: query("farms with a crop, changed", "farms_crop_changed"),
        },
    ],
    all: Way {
        fields: &[],
        newest: query("farms", "_id_"),
        changed: query("farms, changed", "farms_changed"),
    },
};

#[async_trait]
impl FarmStore for Mongo {
    async fn insert(&self, farm: &Farm, change: &Change) -> Result<(), StoreError> {
        let inserted = Transaction::default().insert(FARMS, vec![row(farm)?.into_document()]);
        let placed = places::add(inserted, farm)?;
        self.commit(placed.record(change)?).await.map(drop)
    }

    async fn replace(&self, farm: &Farm, change: &Change) -> Result<(), StoreError> {
        let former = doc! {
            "_id": uuid(farm.id().uuid()),
            "version": version(farm.revision().previous()),
        };
        let update = (former, row(farm)?.into_update());
        let replaced = Transaction::default().update(FARMS, update, STALE);
        // Read before the transaction: the plots of a state change only with that state, and the
        // transaction comes to nothing when the farm is in another one.
        let stored = self.plots_of(farm.id()).await?;
        let placed = places::bring_in_line(replaced, farm, &stored)?;
        self.commit(placed.record(change)?).await.map(drop)
    }

    async fn find(&self, id: FarmId, owner: Option<AccountId>) -> Result<Option<Farm>, StoreError> {
        self.record(by_id(&BY_ID, id.uuid(), owner)).await
    }

    async fn list(
        &self,
        filter: &FarmFilter,
        page: &PageRequest,
    ) -> Result<Page<Farm>, StoreError> {
        let Some(region) = filter.region.clone() else {
            return self.page(listing(filter), page, Farm::cursor).await;
        };
        let (mongo, filter, page) = (self.clone(), filter.clone(), *page);
        self.detached(async move { mongo.farms_in((&filter, &region), &page).await }).await
    }

    async fn near(
        &self,
        filter: &FarmFilter,
        around: &Around,
        page: &NearRequest,
    ) -> Result<NearPage, StoreError> {
        let (mongo, filter) = (self.clone(), filter.clone());
        let (around, page) = (*around, *page);
        self.detached(async move { mongo.farms_near(&filter, &around, &page).await }).await
    }

    async fn plots_of_others(
        &self,
        owner: AccountId,
        bounds: &Bounds,
        limit: usize,
    ) -> Result<Vec<PlotOutline>, StoreError> {
        let (mongo, bounds) = (self.clone(), *bounds);
        self.detached(async move { mongo.plots_meeting(owner, &bounds, limit).await }).await
    }
}

/// The farms that a filter wants, as [`FarmFilter::matches`] says, wherever they lie.
pub(crate) fn listing(filter: &FarmFilter) -> Listing {
    Listing::of(&LISTS)
        .by("owner", filter.owner.map(|owner| uuid(owner.uuid())))
        .by("status", filter.status.map(FarmStatus::as_str))
        .by("province", filter.province_key())
        .by("crops", filter.crop.map(Crop::as_str))
        .when_some(filter.q_key().map(|text| named(&text)))
}

/// The condition of farms with a text in their name, letter by letter: no pattern.
fn named(text: &str) -> Document {
    let position = doc! { "$indexOfBytes": ["$name", { "$literal": text }] };
    doc! { "$expr": { "$gte": [position, 0] } }
}

fn row(farm: &Farm) -> Result<Row, StoreError> {
    let mut crops: Vec<&str> = farm.plots().iter().map(|plot| plot.crop().as_str()).collect();
    crops.sort_unstable();
    crops.dedup();
    Ok(Row::of(farm.id().uuid(), farm)?
        .with("owner", uuid(farm.owner().uuid()))
        .with("name", farm.name_key())
        .with("province", farm.province_key())
        .with("status", farm.status().as_str())
        // An archived farm gives its name back.
        .with("archived", farm.status() == FarmStatus::Archived)
        .with("crops", crops)
        .with("location", document(&farm.location())?)
        .at(farm.revision(), farm.updated_at()))
}
