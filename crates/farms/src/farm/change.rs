//! How farms come to be and change. Every change takes the next revision.

use gacp_store::{AccountId, Revision, Violations};
use garde::Valid;
use jiff::Timestamp;

use super::{Farm, FarmId};
use crate::draft::{AreaDraft, FarmDraft, FarmPatch, PlotDraft, PlotPatch};
use crate::name::clean;
use crate::{
    Address, Area, Boundary, FarmAction, FarmError, FarmStatus, GeometryDraft, Obstacle, Plot,
    PlotId, Point, PointDraft,
};

/// The most plots that a farm may have: far more than any has, few enough to be read at once.
pub const MAX_PLOTS: usize = 200;

/// The most positions that all plots of a farm may have together: a farm is one record, and
/// 100 000 positions are about 4 MiB of it.
pub const MAX_FARM_POSITIONS: usize = 100_000;

impl Farm {
    /// Turns a checked draft into a farm. There is no other way to make a new one.
    pub fn register(
        id: FarmId,
        owner: AccountId,
        draft: Valid<FarmDraft>,
        now: Timestamp,
    ) -> Result<Self, Violations> {
        let draft = draft.into_inner();
        Ok(Self {
            id,
            owner,
            name: clean(&draft.name),
            farm_type: draft.farm_type,
            address: Address::of(&draft.address),
            location: point(draft.location)?,
            declared_area: area(draft.declared_area)?,
            plots: Vec::new(),
            status: FarmStatus::Draft,
            revision: Revision::FIRST,
            created_at: now,
            updated_at: now,
        })
    }

    /// The next state, in which nothing differs: for those who rely on the farm as they read it.
    #[must_use]
    pub fn bumped(mut self, now: Timestamp) -> Self {
        self.revision = self.revision.next();
        self.updated_at = now;
        self
    }

    /// Describes the farm anew. Fails with [`FarmError::NotEditable`].
    pub fn revised(mut self, patch: Valid<FarmPatch>, now: Timestamp) -> Result<Self, FarmError> {
        let patch = patch.into_inner();
        self.status = self.status_after_edit()?;
        if let Some(name) = patch.name {
            self.name = clean(&name);
        }
        if let Some(address) = patch.address {
            self.address = self.address.patched(&address);
        }
        if let Some(location) = patch.location {
            self.location = point(location)?;
        }
        if let Some(declared) = patch.declared_area {
            self.declared_area = area(declared)?;
        }
        self.farm_type = patch.farm_type.unwrap_or(self.farm_type);
        Ok(self.bumped(now))
    }

    /// The names of the fields in which the two differ, as clients know them.
    pub(crate) fn differences(&self, other: &Self) -> Vec<&'static str> {
        let fields = [
            (self.name != other.name, "name"),
            (self.farm_type != other.farm_type, "farmType"),
            (self.address != other.address, "address"),
            (self.location != other.location, "location"),
            (self.declared_area != other.declared_area, "declaredArea"),
        ];
        fields.into_iter().filter_map(|(differs, name)| differs.then_some(name)).collect()
    }

    /// Adds a plot. Fails with [`FarmError::NotEditable`].
    pub fn with_plot(mut self, plot: Plot, now: Timestamp) -> Result<Self, FarmError> {
        self.status = self.status_after_edit()?;
        self.plots.push(plot);
        self.within_bounds()?;
        Ok(self.bumped(now))
    }

    /// Replaces a plot by one of the same id. Fails with [`FarmError::NotFound`] when there is
    /// none, with [`FarmError::NotEditable`].
    pub fn with_plot_revised(mut self, plot: Plot, now: Timestamp) -> Result<Self, FarmError> {
        self.status = self.status_after_edit()?;
        let place = self.plots.iter_mut().find(|known| known.id == plot.id);
        *place.ok_or(FarmError::NotFound)? = plot;
        self.within_bounds()?;
        Ok(self.bumped(now))
    }

    /// Removes a plot. Fails with [`FarmError::NotFound`] when there is none, with
    /// [`FarmError::NotEditable`].
    pub fn without_plot(mut self, id: PlotId, now: Timestamp) -> Result<Self, FarmError> {
        self.plot(id).ok_or(FarmError::NotFound)?;
        self.status = self.status_after_edit()?;
        self.plots.retain(|plot| plot.id != id);
        Ok(self.bumped(now))
    }

    /// Takes an action. Fails with [`FarmError::WrongStatus`] when it leads nowhere from here;
    /// what it offers instead are the actions of the same party.
    pub fn acted(mut self, action: FarmAction, now: Timestamp) -> Result<Self, FarmError> {
        let Some(status) = self.status.after(action) else {
            let possible = self.status.actions().into_iter();
            let allowed = possible.filter(|other| other.party() == action.party()).collect();
            return Err(FarmError::WrongStatus { action, allowed });
        };
        self.status = status;
        Ok(self.bumped(now))
    }

    /// Keeps the farm for the record only. Fails with [`FarmError::NotEditable`] when it is
    /// archived already.
    pub fn archived(mut self, now: Timestamp) -> Result<Self, FarmError> {
        if self.status == FarmStatus::Archived {
            return Err(FarmError::NotEditable(Obstacle::Status(self.status)));
        }
        self.status = FarmStatus::Archived;
        Ok(self.bumped(now))
    }

    /// Where a change by the owner would lead. Fails with [`FarmError::NotEditable`].
    pub(crate) fn status_after_edit(&self) -> Result<FarmStatus, FarmError> {
        let refused = FarmError::NotEditable(Obstacle::Status(self.status));
        self.status.after_edit().ok_or(refused)
    }

    fn within_bounds(&self) -> Result<(), FarmError> {
        let positions: usize = self.plots.iter().map(|plot| plot.boundary.positions()).sum();
        let fits = self.plots.len() <= MAX_PLOTS && positions <= MAX_FARM_POSITIONS;
        fits.then_some(()).ok_or(FarmError::NotEditable(Obstacle::Full))
    }
}

impl Plot {
    /// Turns a checked draft into a plot that overlaps nothing yet.
    pub fn draw(id: PlotId, draft: Valid<PlotDraft>) -> Result<Self, Violations> {
        let draft = draft.into_inner();
        let boundary = boundary(&draft.boundary)?;
        Ok(Self {
            id,
            name: clean(&draft.name),
            crop: draft.crop,
            method: draft.method.as_deref().map(clean),
            area_m2: boundary.area_m2(),
            boundary,
            declared_area: draft.declared_area.map(area).transpose()?,
            overlaps: Vec::new(),
        })
    }

    /// The plot after a checked patch. What it overlaps has to be found again when the boundary
    /// is another one.
    pub fn redrawn(mut self, patch: Valid<PlotPatch>) -> Result<Self, Violations> {
        let patch = patch.into_inner();
        if let Some(name) = patch.name {
            self.name = clean(&name);
        }
        self.crop = patch.crop.unwrap_or(self.crop);
        self.method = patch.method.map_ref(|method| clean(method)).over(self.method.as_ref());
        if let Some(drawn) = patch.boundary {
            self.boundary = boundary(&drawn)?;
            self.area_m2 = self.boundary.area_m2();
        }
        let declared = patch.declared_area.over(None).map(area).transpose()?;
        if !matches!(patch.declared_area, crate::Patch::Keep) {
            self.declared_area = declared;
        }
        Ok(self)
    }

    /// The same plot with the plots of others in which more than a little of it lies.
    #[must_use]
    pub fn overlapping(mut self, others: Vec<PlotId>) -> Self {
        self.overlaps = others;
        self
    }

    /// The names of the fields in which the two differ, as clients know them.
    pub(crate) fn differences(&self, other: &Self) -> Vec<&'static str> {
        let fields = [
            (self.name != other.name, "name"),
            (self.crop != other.crop, "crop"),
            (self.method != other.method, "method"),
            (self.boundary != other.boundary, "boundary"),
            (self.declared_area != other.declared_area, "declaredArea"),
        ];
        fields.into_iter().filter_map(|(differs, name)| differs.then_some(name)).collect()
    }
}

fn point(draft: PointDraft) -> Result<Point, Violations> {
    draft.try_into().map_err(|_outside| Violations::one("/location", "out-of-range"))
}

fn area(draft: AreaDraft) -> Result<Area, Violations> {
    draft.try_into().map_err(|_outside| Violations::one("/declaredArea/value", "out-of-range"))
}

fn boundary(draft: &GeometryDraft) -> Result<Boundary, Violations> {
    Boundary::draw(draft).map_err(|_faults| Violations::one("/boundary", "invalid-format"))
}
