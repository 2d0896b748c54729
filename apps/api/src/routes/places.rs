//! `/api/farms/near` and `/api/farms/search`: farms by where they lie.

use actix_web::web::Data;
use gacp_farms::{
    Around, Crop, FarmFilter, FarmStatus, Farms, MAX_RADIUS_M, MIN_RADIUS_M, NearRequest, Region,
    RegionDraft,
};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::access;
use crate::http::describe::Operation;
use crate::http::problem::Code;
use crate::http::{
    ApiError, Body, Caller, Filter, List, Options, Pairs, Posted, Reply, Routes, aside, checked,
};
use crate::routes::Paging;
use crate::views::{FarmView, NearFarmView};

/// Around which place, and which of the farms there.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NearQuery {
    /// Longitude in degrees, WGS 84.
    #[garde(range(min = -180.0, max = 180.0))]
    #[param(example = 98.9612)]
    lon: f64,
    /// Latitude in degrees, WGS 84.
    #[garde(range(min = -90.0, max = 90.0))]
    #[param(example = 18.7405)]
    lat: f64,
    /// Not further away than so many metres; at most 200 km.
    #[garde(range(min = MIN_RADIUS_M, max = MAX_RADIUS_M))]
    #[param(example = 5000.0)]
    radius_m: f64,
    /// In this status.
    #[garde(skip)]
    #[param(inline)]
    status: Option<FarmStatus>,
    /// In this province (changwat).
    #[garde(skip)]
    province: Option<String>,
    /// With a plot of this crop.
    #[garde(skip)]
    #[param(inline)]
    crop: Option<Crop>,
    /// With this in its name.
    #[garde(skip)]
    q: Option<String>,
}

impl Filter for NearQuery {
    const SYNC: bool = false;

    fn read(pairs: &Pairs) -> Result<Self, ApiError> {
        checked(pairs)
    }
}

impl NearQuery {
    fn around(&self) -> Result<Around, ApiError> {
        let around = Around::new(self.lon, self.lat, self.radius_m);
        around.map_err(|_refused_before| ApiError::query("", "out-of-range"))
    }

    fn filter(&self) -> FarmFilter {
        let Self { lon: _, lat: _, radius_m: _, status, province, crop, q } = self;
        FarmFilter {
            owner: None,
            status: *status,
            province: province.clone(),
            crop: *crop,
            q: q.clone(),
            region: None,
        }
    }
}

/// In which polygons, which of the farms there, and which page of them.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FarmSearch {
    /// With their location in these polygons, edges included.
    #[garde(dive)]
    within: RegionDraft,
    /// In this status.
    #[garde(skip)]
    #[schema(inline)]
    status: Option<FarmStatus>,
    /// In this province (changwat).
    #[garde(skip)]
    province: Option<String>,
    /// With a plot of this crop.
    #[garde(skip)]
    #[schema(inline)]
    crop: Option<Crop>,
    /// With this in their name.
    #[garde(skip)]
    q: Option<String>,
    /// 1 to 100, by default 20.
    #[garde(inner(range(min = 1, max = 100)))]
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `page.next` of the page before; everything else as it was there.
    #[garde(skip)]
    cursor: Option<String>,
}

impl FarmSearch {
    /// Everything that decides what is found.
    fn filters(&self) -> impl Serialize {
        (&self.within, self.status, &self.province, self.crop, &self.q)
    }

    fn filter(self) -> Result<FarmFilter, ApiError> {
        let Self { within, status, province, crop, q, limit: _, cursor: _ } = self;
        let region = Region::try_from(within);
        let region = region.map_err(|refused_before| ApiError::Internal(refused_before.into()))?;
        Ok(FarmFilter { owner: None, status, province, crop, q, region: Some(region) })
    }
}

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("farms", summary)
    }
    Routes::new()
        .on(&access::FIND_FARMS_NEAR, Options::plain().lists_by::<NearQuery, NearRequest>(), near)
        .says(|| {
            op("Farms around a place, the nearest first.")
                .explains(
                    "Distances are geodesic, to the millimetre; farms at the same distance come \
                     by their ids."
                        .to_owned(),
                )
                .query::<NearQuery>()
                .query::<Paging>()
                .returns_page::<NearFarmView>("A page of farms with their distances.")
        })
        .on(&access::SEARCH_FARMS, Options::plain().large_json(), search)
        .says(|| {
            op("Farms in a polygon, the newest first.")
                .explains(
                    "Lines are straight in longitude and latitude; what lies on an edge, that of \
                     a hole too, lies inside. The next page is asked for with the same body and \
                     its `cursor`."
                        .to_owned(),
                )
                .takes::<FarmSearch>()
                .returns_page::<FarmView>("A page of farms.")
                .refuses(&[Code::InvalidCursor])
        })
}

/// `GET /api/farms/near`: farms around a place, the nearest first.
async fn near(
    list: List<NearQuery, NearRequest>,
    caller: Caller,
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    let (filter, around) = (list.filter.filter(), list.filter.around()?);
    let page = farms.near(caller.actor, filter, &around, &list.page).await?;
    Ok(list.reply(page, |near| NearFarmView::of(&near, caller.actor)))
}

/// `POST /api/farms/search`: farms in a polygon, the newest first.
async fn search(
    list: Posted,
    caller: Caller,
    body: Body<FarmSearch>,
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    aside(async move || {
        let search = body.0?.into_inner();
        let list = list.page(&search.filters(), (search.limit, search.cursor.as_deref()))?;
        let page = farms.list(caller.actor, search.filter()?, &list.page).await?;
        Ok(list.reply(page, |farm| FarmView::of(&farm, caller.actor)))
    })
    .await
}
