//! Farms, where they lie, and the places of their plots.

use async_trait::async_trait;
use gacp_farms::{
    Around, Bounds, Farm, FarmFilter, FarmId, FarmStore, NearPage, NearRequest, PlotOutline,
};
use gacp_store::{AccountId, Change, Page, PageRequest, StoreError};
use rusqlite::{Connection, Transaction, params};

use crate::Sqlite;
use crate::document::{document, micros, not_stale, record, version};
use crate::engine::Failure;
use crate::history;
use crate::listing::Listing;

mod places;
pub(crate) mod search;

#[cfg(test)]
pub(crate) use places::WITHIN;

const TABLE: &str = "farms";

#[async_trait]
impl FarmStore for Sqlite {
    async fn insert(&self, farm: &Farm, change: &Change) -> Result<(), StoreError> {
        let (farm, change) = (farm.clone(), change.clone());
        self.store
            .write(move |transaction| {
                insert(transaction, &farm)?;
                places::write(transaction, &farm)?;
                search::write(transaction, &farm)?;
                history::record(transaction, &change)
            })
            .await
    }

    async fn replace(&self, farm: &Farm, change: &Change) -> Result<(), StoreError> {
        let (farm, change) = (farm.clone(), change.clone());
        self.store
            .write(move |transaction| {
                replace(transaction, &farm)?;
                places::write(transaction, &farm)?;
                search::write(transaction, &farm)?;
                history::record(transaction, &change)
            })
            .await
    }

    async fn find(&self, id: FarmId, owner: Option<AccountId>) -> Result<Option<Farm>, StoreError> {
        let found: Option<Farm> = self
            .store
            .read(move |connection| {
                let query = ("SELECT id, doc FROM farms WHERE id = ?", [id.uuid()]);
                record(connection, TABLE, query)
            })
            .await?;
        Ok(found.filter(|farm| owner.is_none_or(|owner| farm.owner() == owner)))
    }

    async fn list(
        &self,
        filter: &FarmFilter,
        page: &PageRequest,
    ) -> Result<Page<Farm>, StoreError> {
        let (filter, page) = (filter.clone(), *page);
        let list = move |connection: &Connection| match &filter.region {
            Some(region) => search::list(connection, (&filter, region), &page),
            None => listing(&filter).page(&page).read(connection, &page, Farm::cursor),
        };
        self.store.read(list).await
    }

    async fn near(
        &self,
        filter: &FarmFilter,
        around: &Around,
        page: &NearRequest,
    ) -> Result<NearPage, StoreError> {
        let (filter, around, page) = (filter.clone(), *around, *page);
        let near = move |connection: &Connection| search::near(connection, &filter, &around, &page);
        self.store.read(near).await
    }

    async fn plots_of_others(
        &self,
        owner: AccountId,
        bounds: &Bounds,
        limit: usize,
    ) -> Result<Vec<PlotOutline>, StoreError> {
        let bounds = *bounds;
        let within =
            move |connection: &Connection| places::within(connection, owner, &bounds, limit);
        self.store.read(within).await
    }
}

fn insert(transaction: &Transaction<'_>, farm: &Farm) -> Result<(), Failure> {
    transaction
        .prepare_cached(
            "INSERT INTO farms \
             (id, owner_id, name_key, province_key, status, version, updated_at, doc) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            farm.id().uuid(),
            farm.owner().uuid(),
            farm.name_key(),
            farm.province_key(),
            farm.status().as_str(),
            version(farm.revision()),
            micros(farm.updated_at()),
            document(farm)?,
        ])?;
    Ok(())
}

fn replace(transaction: &Transaction<'_>, farm: &Farm) -> Result<(), Failure> {
    let replaced = transaction
        .prepare_cached(
            "UPDATE farms SET owner_id = ?, name_key = ?, province_key = ?, status = ?, \
             version = ?, updated_at = ?, doc = ? WHERE id = ? AND version = ?",
        )?
        .execute(params![
            farm.owner().uuid(),
            farm.name_key(),
            farm.province_key(),
            farm.status().as_str(),
            version(farm.revision()),
            micros(farm.updated_at()),
            document(farm)?,
            farm.id().uuid(),
            version(farm.revision().previous()),
        ])?;
    not_stale(replaced)
}

/// The farms that a filter wants, as [`FarmFilter::matches`] says, wherever they lie.
pub(crate) fn listing(filter: &FarmFilter) -> Listing {
    wanted(Listing::of(TABLE), filter)
}

/// Only the farms that a filter wants, wherever they lie.
fn wanted(listing: Listing, filter: &FarmFilter) -> Listing {
    let crop = "EXISTS (SELECT 1 FROM plots WHERE plots.farm_id = farms.id AND crop = ?)";
    listing
        .by("owner_id", filter.owner.map(|owner| owner.uuid().into_bytes().to_vec()))
        .by("status", filter.status.map(|status| status.as_str().to_owned()))
        .by("province_key", filter.province_key())
        .when_some(crop, filter.crop.map(|crop| crop.as_str().to_owned()))
        .when_some("instr(name_key, ?) > 0", filter.q_key())
}
