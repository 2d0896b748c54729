//! Farms: what is true of them, and the only ways to make or change one.

mod change;
#[cfg(test)]
mod tests;

use gacp_store::{AccountId, Cursor, Revision, Subject, SubjectKind, id_type};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::change::{MAX_FARM_POSITIONS, MAX_PLOTS};
use crate::name::{name_key, names};
use crate::{Address, Area, FarmStatus, Flag, Plot, PlotId, Point};

id_type! {
    /// A farm.
    FarmId
}

/// How the plants of a farm grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FarmType {
    /// Under the open sky.
    Outdoor,
    /// Under glass or film.
    Greenhouse,
    /// Under lamps.
    Indoor,
    /// In more than one of these ways.
    Mixed,
}

names!(FarmType {
    Outdoor => "OUTDOOR",
    Greenhouse => "GREENHOUSE",
    Indoor => "INDOOR",
    Mixed => "MIXED",
});

/// A farm that may be certified, with its plots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "`farm_type` is what clients and papers call it")]
pub struct Farm {
    id: FarmId,
    owner: AccountId,
    name: String,
    farm_type: FarmType,
    address: Address,
    location: Point,
    declared_area: Area,
    plots: Vec<Plot>,
    status: FarmStatus,
    revision: Revision,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Farm {
    /// The name of the unique key that two farms of one owner and name would share.
    pub const NAME_TAKEN: &'static str = "farm-name";

    /// Which farm it is.
    pub fn id(&self) -> FarmId {
        self.id
    }

    /// Who holds it.
    pub fn owner(&self) -> AccountId {
        self.owner
    }

    /// What its owner calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What makes its name the same as another one: case and spaces do not count.
    pub fn name_key(&self) -> String {
        name_key(&self.name)
    }

    /// Its province in the form in which provinces are compared.
    pub fn province_key(&self) -> String {
        name_key(&self.address.changwat)
    }

    /// How its plants grow.
    pub fn farm_type(&self) -> FarmType {
        self.farm_type
    }

    /// Where it is reached.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Where it lies.
    pub fn location(&self) -> Point {
        self.location
    }

    /// How large it is by its papers.
    pub fn declared_area(&self) -> Area {
        self.declared_area
    }

    /// How large its plots are together, in m².
    pub fn plotted_area_m2(&self) -> f64 {
        self.plots.iter().map(Plot::area_m2).sum()
    }

    /// Its plots, in the order in which they were added.
    pub fn plots(&self) -> &[Plot] {
        &self.plots
    }

    /// One of its plots.
    pub fn plot(&self, id: PlotId) -> Option<&Plot> {
        self.plots.iter().find(|plot| plot.id == id)
    }

    /// What somebody should look at on the farm as a whole: the plots together are not as large
    /// as was declared. Plots have flags of their own.
    pub fn flags(&self) -> Vec<Flag> {
        let gap = self.declared_area.differs_from(self.plotted_area_m2());
        if gap && !self.plots.is_empty() { vec![Flag::AreaGap] } else { Vec::new() }
    }

    /// Where it stands.
    pub fn status(&self) -> FarmStatus {
        self.status
    }

    /// The number of its state.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// When it was registered.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When it was last changed.
    pub fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    /// Its position in lists.
    pub fn cursor(&self) -> Cursor {
        Cursor { id: self.id.uuid(), updated_at: self.updated_at }
    }

    /// What its history is filed under.
    pub fn subject(&self) -> Subject {
        subject_of(self.id)
    }
}

/// What the history of a farm is filed under.
pub(crate) fn subject_of(id: FarmId) -> Subject {
    Subject { kind: SubjectKind::Farm, id: id.uuid() }
}
