//! `/api/farms/{id}/plots`: the plots of a farm. They carry the farm's version.

use actix_web::web::{Data, Path};
use gacp_farms::{Farm, Farms, Plot, PlotDraft, PlotId, PlotPatch};
use gacp_store::Actor;

use crate::access;
use crate::http::describe::Operation;
use crate::http::problem::Code;
use crate::http::reply::{created, no_content, ok};
use crate::http::{ApiError, Body, Call, Caller, IfMatch, Options, Reply, Routes, aside};
use crate::routes::farms::{path_of, target};
use crate::views::PlotView;

fn added(plot: &Plot, farm: &Farm, to: Actor) -> Reply {
    let location = format!("{}/plots/{}", path_of(farm), plot.id());
    created(&location, farm.revision(), &PlotView::of(plot, to))
}

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("farms", summary)
    }
    Routes::new()
        .on(&access::ADD_PLOT, Options::plain().large_json().idempotent(), add)
        .says(|| {
            op("Adds a plot; its geodesic area is computed.")
                .optional_if_match()
                .takes::<PlotDraft>()
                .returns::<PlotView>(201, "The plot.")
                .refuses(&[Code::FarmNotEditable])
        })
        .on(&access::REVISE_PLOT, Options::plain().large_json(), revise)
        .says(|| {
            op("Changes a plot.")
                .if_match()
                .takes::<PlotPatch>()
                .returns::<PlotView>(200, "The plot.")
                .refuses(&[Code::FarmNotEditable])
        })
        .on(&access::REMOVE_PLOT, Options::plain(), remove)
        .says(|| {
            op("Takes a plot off a farm.")
                .if_match()
                .returns_nothing(204, "The plot is gone.")
                .refuses(&[Code::FarmNotEditable])
        })
}

/// `POST /api/farms/{id}/plots`: adds a plot.
async fn add(
    (call, caller): (Call, Caller),
    (id, expected): (Path<String>, IfMatch),
    body: Body<PlotDraft>,
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    let target = target(&id, expected);
    aside(async move || {
        // Plots stand in the order in which they were added.
        let answer = |farm: &Farm| match farm.plots().last() {
            Some(plot) => added(plot, farm, caller.actor),
            None => no_content(),
        };
        call.run(caller.actor, answer, async |attempt| {
            farms.add_plot(attempt, &target, body.0).await
        })
        .await
    })
    .await
}

/// `PATCH /api/farms/{id}/plots/{plotId}`: changes a plot.
async fn revise(
    (call, caller): (Call, Caller),
    (path, expected): (Path<(String, String)>, IfMatch),
    body: Body<PlotPatch>,
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    let (id, plot) = path.into_inner();
    let (target, plot) = (target(&id, expected), PlotId::parse_or_absent(&plot));
    aside(async move || {
        let answer = |farm: &Farm| match farm.plot(plot) {
            Some(plot) => ok(farm.revision(), &PlotView::of(plot, caller.actor)),
            None => no_content(),
        };
        call.run(caller.actor, answer, async |attempt| {
            farms.revise_plot(attempt, &target, plot, body.0).await
        })
        .await
    })
    .await
}

/// `DELETE /api/farms/{id}/plots/{plotId}`: takes a plot off a farm.
async fn remove(
    (call, caller): (Call, Caller),
    (path, expected): (Path<(String, String)>, IfMatch),
    farms: Data<Farms>,
) -> Result<Reply, ApiError> {
    let (id, plot) = path.into_inner();
    let (target, plot) = (target(&id, expected), PlotId::parse_or_absent(&plot));
    let answer = |_: &Farm| no_content();
    call.run(caller.actor, answer, async |attempt| farms.remove_plot(attempt, &target, plot).await)
        .await
}
