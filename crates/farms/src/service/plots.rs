//! What owners do to the plots of their farms.

use gacp_store::{Attempt, StoreError, Submitted, Target};

use super::edit::entry_of_edit;
use super::{Farms, again_when_lost, only_owner};
use crate::draft::{PlotDraft, PlotPatch};
use crate::{Farm, FarmError, FarmId, Plot, PlotId};

/// Above this fraction of a plot an overlap is no matter of two surveys any more (product rule).
const OVERLAP: f64 = 0.05;

/// So many plots around a new one are read, the owner's own included.
const NEIGHBOURS: usize = 500;

/// So many of them are compared with it. A comparison of two boundaries of 10 000 positions takes
/// milliseconds; where boxes of more plots overlap, these tell that there is a dispute.
const COMPARED: usize = 64;

/// So many overlaps are kept with a plot; staff need to see whom to ask, not all of a quarrel.
const MAX_OVERLAPS: usize = 20;

impl Farms {
    /// Adds a plot; it is the last one of the farm that comes back. Whoever does not say which
    /// state of the farm he means adds it to the farm as it is. What was approved goes back to
    /// review. Fails with [`FarmError::NotEditable`].
    pub async fn add_plot(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
        draft: Submitted<PlotDraft>,
    ) -> Result<Farm, FarmError> {
        again_when_lost(&target.expected, || self.add_plot_once(attempt, target, draft.clone()))
            .await
    }

    async fn add_plot_once(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
        draft: Submitted<PlotDraft>,
    ) -> Result<Farm, FarmError> {
        let farm = self.get(attempt.by, target.id).await?;
        only_owner(attempt.by)?;
        target.expected.check_if_said(farm.revision())?;
        let draft = draft?;
        let from = farm.status();
        farm.status_after_edit()?;
        let plot = Plot::draw(PlotId::at(attempt.at), draft)?;
        let overlaps = self.overlaps(&farm, &plot).await?;
        let farm = farm.with_plot(plot.overlapping(overlaps), attempt.at)?;
        let entry = attempt.entry(farm.subject(), "plot-added");
        let entry = entry_of_edit(entry, from, farm.status());
        self.save(attempt, farm, entry).await
    }

    /// Describes a plot anew; what was approved goes back to review. A patch that changes nothing
    /// writes nothing. Fails with [`FarmError::NotEditable`].
    pub async fn revise_plot(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
        plot: PlotId,
        patch: Submitted<PlotPatch>,
    ) -> Result<Farm, FarmError> {
        let run = || self.revise_plot_once(attempt, target, plot, patch.clone());
        again_when_lost(&target.expected, run).await
    }

    async fn revise_plot_once(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
        plot: PlotId,
        patch: Submitted<PlotPatch>,
    ) -> Result<Farm, FarmError> {
        let farm = self.get(attempt.by, target.id).await?;
        let known = farm.plot(plot).ok_or(FarmError::NotFound)?.clone();
        only_owner(attempt.by)?;
        target.expected.check(farm.revision())?;
        let patch = patch?;
        farm.status_after_edit()?;
        let mut revised = known.clone().redrawn(patch)?;
        let fields = revised.differences(&known);
        if fields.is_empty() {
            return Ok(farm);
        }
        if revised.boundary() != known.boundary() {
            let overlaps = self.overlaps(&farm, &revised).await?;
            revised = revised.overlapping(overlaps);
        }
        let from = farm.status();
        let farm = farm.with_plot_revised(revised, attempt.at)?;
        let entry = attempt.entry(farm.subject(), "plot-revised").touching(fields);
        let entry = entry_of_edit(entry, from, farm.status());
        self.save(attempt, farm, entry).await
    }

    /// Removes a plot; what was approved goes back to review. Fails with
    /// [`FarmError::NotEditable`].
    pub async fn remove_plot(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
        plot: PlotId,
    ) -> Result<Farm, FarmError> {
        again_when_lost(&target.expected, || self.remove_plot_once(attempt, target, plot)).await
    }

    async fn remove_plot_once(
        &self,
        attempt: &Attempt<'_, Farm>,
        target: &Target<FarmId>,
        plot: PlotId,
    ) -> Result<Farm, FarmError> {
        let farm = self.get(attempt.by, target.id).await?;
        farm.plot(plot).ok_or(FarmError::NotFound)?;
        only_owner(attempt.by)?;
        target.expected.check(farm.revision())?;
        let from = farm.status();
        let farm = farm.without_plot(plot, attempt.at)?;
        let entry = attempt.entry(farm.subject(), "plot-removed");
        let entry = entry_of_edit(entry, from, farm.status());
        self.save(attempt, farm, entry).await
    }

    /// The plots of other owners in which more than a little of this one lies.
    async fn overlaps(&self, farm: &Farm, plot: &Plot) -> Result<Vec<PlotId>, StoreError> {
        let mine = plot.boundary();
        let near = self.store.plots_of_others(farm.owner(), &mine.bounds(), NEIGHBOURS).await?;
        let compared = near.into_iter().filter(|other| mine.may_lie_in(&other.boundary, OVERLAP));
        let overlapping =
            compared.take(COMPARED).filter(|other| mine.overlap_with(&other.boundary) > OVERLAP);
        Ok(overlapping.map(|other| other.plot).take(MAX_OVERLAPS).collect())
    }
}
