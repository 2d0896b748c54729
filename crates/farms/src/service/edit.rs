//! What owners do to their farms: describe them anew, and give them up.

use gacp_store::{Attempt, HistoryEntry, Submitted, Target};

use super::{Farms, again_when_lost, only_owner};
use crate::draft::FarmPatch;
use crate::{Farm, FarmError, FarmId, FarmStatus, Obstacle};

impl Farms {
    /// Describes a farm anew; what was approved goes back to review. A patch that changes
    /// nothing writes nothing. Fails with [`FarmError::NotEditable`], [`FarmError::NameTaken`].
    pub async fn revise(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
        patch: Submitted<FarmPatch>,
    ) -> Result<Farm, FarmError> {
        again_when_lost(&target.expected, || self.revise_once(attempt, target, patch.clone())).await
    }

    async fn revise_once(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
        patch: Submitted<FarmPatch>,
    ) -> Result<Farm, FarmError> {
        let farm = self.get(attempt.by, target.id).await?;
        only_owner(attempt.by)?;
        target.expected.check(farm.revision())?;
        let revised = farm.clone().revised(patch?, attempt.at)?;
        let fields = revised.differences(&farm);
        if fields.is_empty() {
            return Ok(farm);
        }
        let entry = attempt.entry(farm.subject(), "revised").touching(fields);
        let entry = entry_of_edit(entry, farm.status(), revised.status());
        self.save(attempt, revised, entry).await
    }

    /// Gives a farm up; its name is free again. Fails with [`FarmError::NotEditable`] when an
    /// application or a certificate relies on it, or when it is archived already.
    pub async fn archive(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
    ) -> Result<Farm, FarmError> {
        again_when_lost(&target.expected, || self.archive_once(attempt, target)).await
    }

    async fn archive_once(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
    ) -> Result<Farm, FarmError> {
        let farm = self.get(attempt.by, target.id).await?;
        only_owner(attempt.by)?;
        target.expected.check(farm.revision())?;
        let from = farm.status();
        let archived = farm.archived(attempt.at)?;
        // Asked after the farm was read: an application made since then took the farm's next
        // revision in its own transaction, and the replacement below is stale.
        if self.obligations.has_live_work(target.id, attempt.at).await? {
            return Err(FarmError::NotEditable(Obstacle::LiveWork));
        }
        let entry = attempt.entry(archived.subject(), "archived");
        let entry = entry.moved(from.as_str(), archived.status().as_str());
        self.save(attempt, archived, entry).await
    }
}

/// An edit says from where to where only when it moved the farm.
pub(super) fn entry_of_edit(entry: HistoryEntry, from: FarmStatus, to: FarmStatus) -> HistoryEntry {
    if from == to { entry } else { entry.moved(from.as_str(), to.as_str()) }
}
