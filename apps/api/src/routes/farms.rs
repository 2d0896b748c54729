//! `/api/farms`: farms, and what is done to them.

use std::str::FromStr;

use actix_web::web::{Data, Path};
use gacp_farms::{
    Bounds, Crop, Farm, FarmAction, FarmDraft, FarmFilter, FarmId, FarmPatch, FarmStatus, Farms,
    NoteDraft, Region,
};
use gacp_store::{Actor, Target};
use garde::Validate;
use serde::Deserialize;

use crate::http::describe::Operation;
use crate::http::problem::Code;
use crate::http::reply::{created, ok};
use crate::http::{
    ApiError, Body, Call, Caller, Filter, IfMatch, List, Options, Pairs, Reply, Routes, checked,
};
use crate::routes::{NoFilter, Paging, Sync};
use crate::views::{FarmView, HistoryView};
use crate::{access, caching};

/// Which farms are wanted.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct FarmQuery {
    /// In this status.
    #[param(inline)]
    #[garde(skip)]
    status: Option<FarmStatus>,
    /// In this province (changwat).
    #[garde(skip)]
    province: Option<String>,
    /// With a plot of this crop.
    #[param(inline)]
    #[garde(skip)]
    crop: Option<Crop>,
    /// With this in its name.
    #[garde(skip)]
    q: Option<String>,
    /// With its location in this box, edges included: west, south, east, north in degrees.
    #[garde(inner(custom(is_box)))]
    #[param(value_type = Option<String>, example = "98.8,18.6,99.2,19.0")]
    bbox: Option<Vec<f64>>,
    /// `-id`, newest first, is the only order beside `updatedSince`.
    #[param(inline)]
    #[garde(skip)]
    sort: Option<FarmSort>,
}

/// The order of a list of farms.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
enum FarmSort {
    /// Newest first.
    #[serde(rename = "-id")]
    NewestFirst,
}

impl Filter for FarmQuery {
    const SYNC: bool = true;

    fn read(pairs: &Pairs) -> Result<Self, ApiError> {
        checked(pairs)
    }
}

impl FarmQuery {
    fn filter(&self) -> FarmFilter {
        // The one order that can be named is the one that lists have.
        let Self { status, province, crop, q, bbox, sort: None | Some(FarmSort::NewestFirst) } =
            self;
        FarmFilter {
            owner: None,
            status: *status,
            province: province.clone(),
            crop: *crop,
            q: q.clone(),
            // What is no box was refused when the query was read.
            region: bbox.as_deref().and_then(|corners| region_of(corners).ok()),
        }
    }
}

fn is_box(corners: &[f64], (): &()) -> garde::Result {
    region_of(corners).map(drop).map_err(garde::Error::new)
}

/// The region in a box by its corners; or the code of what is wrong with it.
fn region_of(corners: &[f64]) -> Result<Region, &'static str> {
    let &[west, south, east, north] = corners else { return Err("invalid-format") };
    let region = Region::of_box(Bounds { west, south, east, north });
    region.map_err(|_nowhere| "out-of-range")
}

/// The address of a farm.
pub(crate) fn path_of(farm: &Farm) -> String {
    format!("/api/farms/{}", farm.id())
}

/// A farm that a request changes, in the state that it names.
pub(crate) fn target(id: &str, expected: IfMatch) -> Target<FarmId> {
    Target { id: FarmId::parse_or_absent(id), expected: expected.0 }
}

fn shown(to: Actor) -> impl Fn(&Farm) -> Reply {
    move |farm| ok(farm.revision(), &FarmView::of(farm, to))
}

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("farms", summary)
    }
    Routes::new()
        .on(&access::REGISTER_FARM, Options::plain().json().idempotent(), register)
        .says(|| {
            op("Registers a farm in the caller's name.")
                .takes::<FarmDraft>()
                .returns::<FarmView>(201, "The farm.")
                .refuses(&[Code::FarmNameTaken])
        })
        .on(&access::LIST_FARMS, Options::plain().lists::<FarmQuery>(), list)
        .says(|| {
            op("A farmer's own farms, everybody's for staff.")
                .query::<FarmQuery>()
                .query::<Sync>()
                .query::<Paging>()
                .returns_page::<FarmView>("A page of farms.")
        })
        .on(&access::SHOW_FARM, Options::plain().kept(&caching::FARM), show)
        .says(|| op("One farm with its plots.").returns::<FarmView>(200, "The farm."))
        .on(&access::REVISE_FARM, Options::plain().json(), revise)
        .says(|| {
            op("Changes what was said of a farm.")
                .if_match()
                .takes::<FarmPatch>()
                .returns::<FarmView>(200, "The farm.")
                .refuses(&[Code::FarmNameTaken, Code::FarmNotEditable])
        })
        .on(&access::ARCHIVE_FARM, Options::plain(), archive)
        .says(|| {
            op("Archives a farm on which nothing depends.")
                .if_match()
                .returns::<FarmView>(200, "The farm as it is kept.")
                .refuses(&[Code::FarmNotEditable, Code::FarmHasLiveWork])
        })
}

/// The table of the routes by which a farm moves along.
pub(crate) fn life_routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("farms", summary)
    }
    Routes::new()
        .on(&access::ACT_ON_FARM, Options::plain().optional_json().idempotent(), act)
        .says(|| {
            op("Moves a farm along: submit, start-review, approve, reject, suspend, reinstate.")
                .if_match()
                .takes::<NoteDraft>()
                .returns::<FarmView>(200, "The farm.")
                .refuses(&[Code::InvalidTransition])
        })
        .on(&access::SHOW_FARM_HISTORY, Options::plain().lists::<NoFilter>(), history)
        .says(|| {
            op("What happened to a farm, newest first.")
                .query::<Paging>()
                .returns_page::<HistoryView>("A page of entries.")
        })
}

/// `POST /api/farms`: registers a farm in the caller's name.
async fn register(
    (call, caller): (Call, Caller),
    body: Body<FarmDraft>,
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    let answer =
        |farm: &Farm| created(&path_of(farm), farm.revision(), &FarmView::of(farm, caller.actor));
    call.run(caller.actor, answer, async |attempt| farms.register(attempt, body.0).await).await
}

/// `GET /api/farms`: a farmer's own farms, everybody's for staff.
async fn list(
    list: List<FarmQuery>,
    caller: Caller,
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    let page = farms.list(caller.actor, list.filter.filter(), &list.page).await?;
    Ok(list.reply(page, |farm| FarmView::of(&farm, caller.actor)))
}

/// `GET /api/farms/{id}`: one farm with its plots.
async fn show(caller: Caller, id: Path<String>, farms: Data<Farms>) -> Result<Reply, ApiError> {
    let farm = farms.get(caller.actor, FarmId::parse_or_absent(&id)).await?;
    Ok(shown(caller.actor)(&farm))
}

/// `PATCH /api/farms/{id}`: changes what was said of a farm.
async fn revise(
    (call, caller): (Call, Caller),
    (id, expected): (Path<String>, IfMatch),
    body: Body<FarmPatch>,
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    let target = target(&id, expected);
    call.run(caller.actor, shown(caller.actor), async |attempt| {
        farms.revise(attempt, &target, body.0).await
    })
    .await
}

/// `DELETE /api/farms/{id}`: archives a farm.
async fn archive(
    (call, caller): (Call, Caller),
    (id, expected): (Path<String>, IfMatch),
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    let target = target(&id, expected);
    call.run(caller.actor, shown(caller.actor), async |attempt| {
        farms.archive(attempt, &target).await
    })
    .await
}

/// `POST /api/farms/{id}/actions/{action}`: moves a farm along.
async fn act(
    (call, caller): (Call, Caller),
    (path, expected): (Path<(String, String)>, IfMatch),
    body: Body<NoteDraft>,
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    let (id, action) = path.into_inner();
    let action = FarmAction::from_str(&action).map_err(|_unknown| ApiError::NotFound)?;
    let target = target(&id, expected);
    call.run(caller.actor, shown(caller.actor), async |attempt| {
        farms.act(attempt, &target, action, body.0).await
    })
    .await
}

/// `GET /api/farms/{id}/history`: what happened to a farm, newest first.
async fn history(
    list: List<NoFilter>,
    caller: Caller,
    id: Path<String>,
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    let id = FarmId::parse_or_absent(&id);
    let page = farms.history(caller.actor, id, &list.page).await?;
    Ok(list.reply(page, HistoryView::from))
}
