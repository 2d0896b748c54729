//! Plots: what grows where.

use gacp_store::id_type;
use serde::{Deserialize, Serialize};

use crate::name::names;
use crate::{Area, Boundary, Crop};

id_type! {
    /// A plot of a farm.
    PlotId
}

/// What somebody should look at before believing what was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Flag {
    /// Declared and measured area differ by more than 5 % of the declared one.
    AreaGap,
    /// More than 5 % of the plot lies in a plot of another owner.
    OverlapsOtherPlot,
}

names!(Flag { AreaGap => "area-gap", OverlapsOtherPlot => "overlaps-other-plot" });

/// A piece of land with one crop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plot {
    pub(crate) id: PlotId,
    pub(crate) name: String,
    pub(crate) crop: Crop,
    pub(crate) method: Option<String>,
    pub(crate) boundary: Boundary,
    pub(crate) area_m2: f64,
    pub(crate) declared_area: Option<Area>,
    pub(crate) overlaps: Vec<PlotId>,
}

impl Plot {
    /// Which plot it is.
    pub fn id(&self) -> PlotId {
        self.id
    }

    /// What its owner calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What grows on it.
    pub fn crop(&self) -> Crop {
        self.crop
    }

    /// How it is cultivated, in the owner's words.
    pub fn method(&self) -> Option<&str> {
        self.method.as_deref()
    }

    /// Where it ends.
    pub fn boundary(&self) -> &Boundary {
        &self.boundary
    }

    /// Its area on the ellipsoid, in m², computed from the boundary.
    pub fn area_m2(&self) -> f64 {
        self.area_m2
    }

    /// The area that its owner declared for it, if any.
    pub fn declared_area(&self) -> Option<Area> {
        self.declared_area
    }

    /// Plots of other owners in which more than 5 % of it lies. For staff: a farmer learns only
    /// that there are some, from [`flags`](Self::flags).
    pub fn overlaps(&self) -> &[PlotId] {
        &self.overlaps
    }

    /// What somebody should look at.
    pub fn flags(&self) -> Vec<Flag> {
        let gap = self.declared_area.is_some_and(|area| area.differs_from(self.area_m2));
        let overlap = !self.overlaps.is_empty();
        let raised = [(gap, Flag::AreaGap), (overlap, Flag::OverlapsOtherPlot)];
        raised.into_iter().filter_map(|(raised, flag)| raised.then_some(flag)).collect()
    }
}
