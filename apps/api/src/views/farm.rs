//! Farms and plots as clients see them.

use gacp_farms::{
    Address, Area, Boundary, Crop, Farm, FarmStatus, FarmType, Flag, GeometryDraft, NearFarm, Plot,
    Point, PointDraft,
};
use gacp_store::Actor;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A farm with its plots.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FarmView {
    #[schema(format = Uuid)]
    id: String,
    #[schema(format = Uuid)]
    owner_id: String,
    name: String,
    farm_type: FarmType,
    address: Address,
    #[schema(value_type = PointDraft)]
    location: Point,
    declared_area: Area,
    declared_area_m2: f64,
    /// The geodesic area of all plots together, in m².
    plotted_area_m2: f64,
    flags: Vec<Flag>,
    plots: Vec<PlotView>,
    status: FarmStatus,
    version: u64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// A plot of a farm.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlotView {
    #[schema(format = Uuid)]
    id: String,
    name: String,
    crop: Crop,
    method: Option<String>,
    #[schema(value_type = GeometryDraft)]
    boundary: Boundary,
    /// The geodesic area on WGS 84, in m².
    area_m2: f64,
    declared_area: Option<Area>,
    flags: Vec<Flag>,
    /// The plots of other owners in which it lies; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    overlaps: Option<Vec<String>>,
}

/// A farm, and how far away it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NearFarmView {
    #[serde(flatten)]
    farm: FarmView,
    /// The geodesic distance on WGS 84, in m, to the millimetre.
    distance_m: f64,
}

impl NearFarmView {
    /// The farm as this reader may see it.
    pub(crate) fn of(near: &NearFarm, reader: Actor) -> Self {
        Self { farm: FarmView::of(&near.farm, reader), distance_m: near.distance.metres() }
    }
}

impl FarmView {
    /// The farm as this reader may see it.
    pub(crate) fn of(farm: &Farm, reader: Actor) -> Self {
        Self {
            id: farm.id().to_string(),
            owner_id: farm.owner().to_string(),
            name: farm.name().to_owned(),
            farm_type: farm.farm_type(),
            address: farm.address().clone(),
            location: farm.location(),
            declared_area: farm.declared_area(),
            declared_area_m2: farm.declared_area().square_metres(),
            plotted_area_m2: farm.plotted_area_m2(),
            flags: farm.flags(),
            plots: farm.plots().iter().map(|plot| PlotView::of(plot, reader)).collect(),
            status: farm.status(),
            version: farm.revision().get(),
            created_at: farm.created_at(),
            updated_at: farm.updated_at(),
        }
    }
}

impl PlotView {
    /// The plot as this reader may see it.
    pub(crate) fn of(plot: &Plot, reader: Actor) -> Self {
        let overlaps = plot.overlaps().iter().map(ToString::to_string).collect();
        Self {
            id: plot.id().to_string(),
            name: plot.name().to_owned(),
            crop: plot.crop(),
            method: plot.method().map(str::to_owned),
            boundary: plot.boundary().clone(),
            area_m2: plot.area_m2(),
            declared_area: plot.declared_area(),
            flags: plot.flags(),
            overlaps: reader.role.is_staff().then_some(overlaps),
        }
    }
}
