//! Farms: the use cases.

mod edit;
mod plots;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use gacp_store::{
    AccountId, Actor, Attempt, Expected, HistoryEntry, HistoryStore, Page, PageRequest,
    Precondition, Role, StoreError, Submitted, Target, Violations,
};

use crate::draft::{FarmDraft, NoteDraft};
use crate::farm::subject_of;
use crate::name::clean;
use crate::{
    Around, Farm, FarmAction, FarmError, FarmFilter, FarmId, FarmObligations, FarmStore, NearPage,
    NearRequest,
};

/// So often a change is tried again that named no state of the farm and lost a race: as many
/// changes of one farm at one moment are answered.
const RACES: usize = 32;

/// What the product can do with farms, and the rules it keeps while doing so.
///
/// Refusals come in one order: [`FarmError::NotFound`], [`FarmError::Forbidden`],
/// [`FarmError::Precondition`], [`FarmError::Invalid`], then conflicts.
#[derive(Clone)]
pub struct Farms {
    store: Arc<dyn FarmStore>,
    history: Arc<dyn HistoryStore>,
    obligations: Arc<dyn FarmObligations>,
}

impl Farms {
    /// The use cases over these stores.
    pub fn new(
        store: Arc<dyn FarmStore>,
        history: Arc<dyn HistoryStore>,
        obligations: Arc<dyn FarmObligations>,
    ) -> Self {
        Self { store, history, obligations }
    }

    /// Registers a farm in the caller's name; for farmers. Fails with [`FarmError::NameTaken`].
    pub async fn register(
        &self,
        attempt: &Attempt<'_, Farm>,
        draft: Submitted<FarmDraft>,
    ) -> Result<Farm, FarmError> {
        if attempt.by.role != Role::Farmer {
            return Err(FarmError::Forbidden);
        }
        let id = FarmId::at(attempt.at);
        let farm = Farm::register(id, attempt.by.id, draft?, attempt.at)?;
        let mut entry = attempt.entry(farm.subject(), "registered");
        entry.to = Some(farm.status().as_str().to_owned());
        let change = attempt.change(vec![entry], &farm);
        self.store.insert(&farm, &change).await.map_err(refusal)?;
        Ok(farm)
    }

    /// One farm, for its owner and for staff.
    pub async fn get(&self, by: Actor, id: FarmId) -> Result<Farm, FarmError> {
        self.store.find(id, visible_to(by)).await?.ok_or(FarmError::NotFound)
    }

    /// A page of farms: a farmer's own, for staff everybody's.
    pub async fn list(
        &self,
        by: Actor,
        filter: FarmFilter,
        page: &PageRequest,
    ) -> Result<Page<Farm>, FarmError> {
        let owner = visible_to(by).or(filter.owner);
        Ok(self.store.list(&FarmFilter { owner, ..filter }, page).await?)
    }

    /// A page of farms around a place, the nearest first: a farmer's own, for staff everybody's.
    pub async fn near(
        &self,
        by: Actor,
        filter: FarmFilter,
        around: &Around,
        page: &NearRequest,
    ) -> Result<NearPage, FarmError> {
        let owner = visible_to(by).or(filter.owner);
        Ok(self.store.near(&FarmFilter { owner, ..filter }, around, page).await?)
    }

    /// What happened to a farm, newest first, for its owner and for staff.
    pub async fn history(
        &self,
        by: Actor,
        id: FarmId,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>, FarmError> {
        self.get(by, id).await?;
        Ok(self.history.history(subject_of(id), page).await?)
    }

    /// Takes an action. Fails with [`FarmError::WrongStatus`] when it leads nowhere from the
    /// farm's status, with [`FarmError::Invalid`] when it has to be explained and is not.
    pub async fn act(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
        action: FarmAction,
        note: Submitted<NoteDraft>,
    ) -> Result<Farm, FarmError> {
        again_when_lost(&target.expected, || self.act_once(attempt, target, action, note.clone()))
            .await
    }

    async fn act_once(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
        action: FarmAction,
        note: Submitted<NoteDraft>,
    ) -> Result<Farm, FarmError> {
        let farm = self.get(attempt.by, target.id).await?;
        if !action.party().includes(attempt.by.role) {
            return Err(FarmError::Forbidden);
        }
        target.expected.check(farm.revision())?;
        let comment = note?.into_inner().comment.as_deref().map(clean);
        if comment.is_none() && action.needs_comment() {
            return Err(Violations::one("/comment", "required").into());
        }
        let from = farm.status();
        let farm = farm.acted(action, attempt.at)?;
        let entry = attempt.entry(farm.subject(), action.as_str());
        let entry = entry.moved(from.as_str(), farm.status().as_str()).saying(comment);
        self.save(attempt, farm, entry).await
    }

    /// Writes a changed farm. Fails with [`StoreError::Stale`] when it lost a race.
    async fn save(
        &self,
        attempt: &Attempt<'_, Farm>,
        farm: Farm,
        entry: HistoryEntry,
    ) -> Result<Farm, FarmError> {
        let change = attempt.change(vec![entry], &farm);
        self.store.replace(&farm, &change).await.map_err(refusal)?;
        Ok(farm)
    }
}

/// Whose farms somebody may see: a farmer his own, staff everybody's.
fn visible_to(by: Actor) -> Option<AccountId> {
    (!by.role.is_staff()).then_some(by.id)
}

/// Whoever sees a farm and is no farmer may not change it. The only farmer who sees it owns it.
fn only_owner(by: Actor) -> Result<(), FarmError> {
    if by.role.is_staff() { Err(FarmError::Forbidden) } else { Ok(()) }
}

fn refusal(error: StoreError) -> FarmError {
    match error.duplicate_key() {
        Some(Farm::NAME_TAKEN) => FarmError::NameTaken,
        Some(_) | None => FarmError::Store(error),
    }
}

/// Runs a change until it has not lost a race. Who named the state that he means has lost for
/// good; who did not means the farm as it is by now.
async fn again_when_lost<F, Run>(expected: &Expected, run: F) -> Result<Farm, FarmError>
where
    F: Fn() -> Run + Send + Sync,
    Run: Future<Output = Result<Farm, FarmError>> + Send,
{
    for _ in 0..RACES {
        match run().await {
            Err(FarmError::Store(StoreError::Stale)) => {}
            outcome => return outcome,
        }
        if let Expected::OneOf(_) = expected {
            return Err(Precondition::Stale.into());
        }
    }
    Err(StoreError::Stale.into())
}
