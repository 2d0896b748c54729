//! The reference adapter: farms in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use gacp_store::{
    AccountId, Change, MemoryLedger, Page, PageRequest, Revision, StoreError, page_of,
};
use jiff::Timestamp;

use crate::{
    Around, Bounds, Farm, FarmFilter, FarmId, FarmObligations, FarmStatus, FarmStore, NearPage,
    NearRequest, Plot, PlotOutline,
};

/// Farms in memory; their history and receipts go to the ledger that it shares with others.
#[derive(Debug, Default)]
pub struct MemoryFarms {
    farms: Mutex<BTreeMap<FarmId, Farm>>,
    ledger: Arc<MemoryLedger>,
}

impl MemoryFarms {
    /// No farms yet; what changes them is written to `ledger`.
    pub fn new(ledger: Arc<MemoryLedger>) -> Self {
        Self { farms: Mutex::default(), ledger }
    }

    /// Takes the farm's next revision if it is still in the one that was read. Fails with
    /// [`StoreError::Stale`].
    pub fn bump(&self, id: FarmId, from: Revision, now: Timestamp) -> Result<(), StoreError> {
        self.bump_with(id, from, now, || Ok(()))
    }

    /// Like [`bump`](Self::bump), together with something else that is written while the farm is
    /// locked: both happen or neither.
    pub fn bump_with(
        &self,
        id: FarmId,
        from: Revision,
        now: Timestamp,
        write: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut farms = self.lock();
        let farm = farms.get_mut(&id).filter(|farm| farm.revision() == from);
        let farm = farm.ok_or(StoreError::Stale)?;
        write()?;
        *farm = farm.clone().bumped(now);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<FarmId, Farm>> {
        // Every change under the lock is a single insert: nothing is left half done.
        self.farms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refuse_taken_name(farms: &BTreeMap<FarmId, Farm>, farm: &Farm) -> Result<(), StoreError> {
    let key = farm.name_key();
    let taken = farm.status() != FarmStatus::Archived
        && farms.values().any(|other| {
            other.id() != farm.id()
                && other.owner() == farm.owner()
                && other.status() != FarmStatus::Archived
                && other.name_key() == key
        });
    if taken { Err(StoreError::Duplicate { key: Farm::NAME_TAKEN }) } else { Ok(()) }
}

#[async_trait]
impl FarmStore for MemoryFarms {
    async fn insert(&self, farm: &Farm, change: &Change) -> Result<(), StoreError> {
        let mut farms = self.lock();
        refuse_taken_name(&farms, farm)?;
        self.ledger.append(change)?;
        farms.insert(farm.id(), farm.clone());
        Ok(())
    }

    async fn replace(&self, farm: &Farm, change: &Change) -> Result<(), StoreError> {
        let mut farms = self.lock();
        let stored = farms.get(&farm.id()).map(Farm::revision);
        if stored != Some(farm.revision().previous()) {
            return Err(StoreError::Stale);
        }
        refuse_taken_name(&farms, farm)?;
        self.ledger.append(change)?;
        farms.insert(farm.id(), farm.clone());
        Ok(())
    }

    async fn find(&self, id: FarmId, owner: Option<AccountId>) -> Result<Option<Farm>, StoreError> {
        let farms = self.lock();
        let found = farms.get(&id).filter(|farm| owner.is_none_or(|owner| farm.owner() == owner));
        Ok(found.cloned())
    }

    async fn list(
        &self,
        filter: &FarmFilter,
        page: &PageRequest,
    ) -> Result<Page<Farm>, StoreError> {
        let farms = self.lock();
        let wanted = farms.values().filter(|farm| filter.matches(farm));
        Ok(page_of(wanted, page, |farm| farm.cursor()).map(Farm::clone))
    }

    async fn near(
        &self,
        filter: &FarmFilter,
        around: &Around,
        page: &NearRequest,
    ) -> Result<NearPage, StoreError> {
        let farms = self.lock();
        let wanted = farms.values().filter(|farm| filter.matches(farm));
        let picked =
            page.pick(wanted.filter_map(|farm| around.nearness(farm.id(), farm.location())));
        let farms = picked.ids().filter_map(|id| farms.get(&id).cloned()).collect();
        Ok(picked.page(farms))
    }

    async fn plots_of_others(
        &self,
        owner: AccountId,
        bounds: &Bounds,
        limit: usize,
    ) -> Result<Vec<PlotOutline>, StoreError> {
        let farms = self.lock();
        let kept = farms.values().filter(|farm| farm.status() != FarmStatus::Archived);
        let others = kept.filter(|farm| farm.owner() != owner);
        let plots = others.flat_map(|farm| farm.plots().iter().map(move |plot| (farm, plot)));
        let near = plots.filter(|(_, plot)| plot.boundary().bounds().intersects(bounds));
        Ok(near.take(limit).map(|(farm, plot)| outline(farm, plot)).collect())
    }
}

fn outline(farm: &Farm, plot: &Plot) -> PlotOutline {
    PlotOutline {
        plot: plot.id(),
        farm: farm.id(),
        owner: farm.owner(),
        boundary: plot.boundary().clone(),
    }
}

/// Nothing binds any farm: where nobody certifies.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObligations;

#[async_trait]
impl FarmObligations for NoObligations {
    async fn has_live_work(&self, _: FarmId, _: Timestamp) -> Result<bool, StoreError> {
        Ok(false)
    }
}
