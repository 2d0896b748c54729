//! What farms need from outside.

use async_trait::async_trait;
use gacp_store::{AccountId, Change, Page, PageRequest, StoreError};
use jiff::Timestamp;

use crate::name::name_key;
use crate::{
    Around, Boundary, Bounds, Crop, Farm, FarmId, FarmStatus, NearPage, NearRequest, PlotId, Region,
};

/// Which farms are wanted; what is not said does not matter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FarmFilter {
    /// Held by this account.
    pub owner: Option<AccountId>,
    /// In this status; every status, archived included, when not said.
    pub status: Option<FarmStatus>,
    /// In this province, by [`Farm::province_key`].
    pub province: Option<String>,
    /// With at least one plot of this crop.
    pub crop: Option<Crop>,
    /// With this text in their name, by [`Farm::name_key`].
    pub q: Option<String>,
    /// With their [`location`](Farm::location) in this region.
    pub region: Option<Region>,
}

impl FarmFilter {
    /// Whether a farm is wanted; every adapter must agree with it.
    pub fn matches(&self, farm: &Farm) -> bool {
        self.owner.is_none_or(|owner| farm.owner() == owner)
            && self.status.is_none_or(|status| farm.status() == status)
            && self.province_key().is_none_or(|key| farm.province_key() == key)
            && self.crop.is_none_or(|crop| farm.plots().iter().any(|plot| plot.crop() == crop))
            && self.q_key().is_none_or(|key| farm.name_key().contains(&key))
            && self.region.as_ref().is_none_or(|region| region.contains(farm.location()))
    }

    /// The province in the form in which it is compared.
    pub fn province_key(&self) -> Option<String> {
        self.province.as_deref().map(name_key)
    }

    /// The text to look for, in the form in which it is compared.
    pub fn q_key(&self) -> Option<String> {
        self.q.as_deref().map(name_key)
    }
}

/// Whose plot lies where.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotOutline {
    /// Which plot.
    pub plot: PlotId,
    /// Of which farm.
    pub farm: FarmId,
    /// Held by whom.
    pub owner: AccountId,
    /// Where it ends.
    pub boundary: Boundary,
}

/// Where farms are kept, with their history. Every implementation passes the contract suite of
/// this crate (feature `contract`).
#[async_trait]
pub trait FarmStore: Send + Sync {
    /// Adds a farm. Fails with [`StoreError::Duplicate`] ([`Farm::NAME_TAKEN`]) when its owner
    /// has another farm of that [`name_key`](Farm::name_key) that is not archived.
    async fn insert(&self, farm: &Farm, change: &Change) -> Result<(), StoreError>;

    /// Replaces the state before [`Farm::revision`]. Fails with [`StoreError::Stale`] when the
    /// stored farm is in another one, with [`StoreError::Duplicate`] as in
    /// [`insert`](Self::insert).
    async fn replace(&self, farm: &Farm, change: &Change) -> Result<(), StoreError>;

    /// Finds a farm; with an owner, only if it is that owner's.
    async fn find(&self, id: FarmId, owner: Option<AccountId>) -> Result<Option<Farm>, StoreError>;

    /// Reads a page of the farms that [`FarmFilter::matches`].
    ///
    /// A region is looked for by its [`search_box`](Region::search_box); what is found there is
    /// wanted only if the region [`contains`](Region::contains) it.
    async fn list(&self, filter: &FarmFilter, page: &PageRequest)
    -> Result<Page<Farm>, StoreError>;

    /// Reads a page of the farms that [`FarmFilter::matches`] and that lie at most
    /// [`Around::radius_m`] from a place, in the order of [`Nearness`](crate::Nearness).
    ///
    /// They are looked for by [`Around::search_box`]; [`Around::distance_to`] says how far away
    /// they are and [`NearRequest::pick`] which of them are on the page, in every store alike.
    async fn near(
        &self,
        filter: &FarmFilter,
        around: &Around,
        page: &NearRequest,
    ) -> Result<NearPage, StoreError>;

    /// At most `limit` plots whose box intersects `bounds`, of farms that are not archived and are
    /// held by somebody else than `owner`.
    async fn plots_of_others(
        &self,
        owner: AccountId,
        bounds: &Bounds,
        limit: usize,
    ) -> Result<Vec<PlotOutline>, StoreError>;
}

/// What binds a farm: kept by those who certify it.
#[async_trait]
pub trait FarmObligations: Send + Sync {
    /// Whether an application is under way for the farm, or a certificate on it counts.
    async fn has_live_work(&self, farm: FarmId, now: Timestamp) -> Result<bool, StoreError>;
}
