//! `/api/certifications`: applications, from draft to decision.

use std::str::FromStr;

use actix_web::web::{Data, Path};
use gacp_certifications::{
    Action, ActionDraft, AnswersDraft, Application, ApplicationDraft, ApplicationFilter,
    ApplicationId, ApplicationPatch, Certifications, Dossier, PaymentDraft, Recorded, Status,
};
use gacp_farms::FarmId;
use gacp_store::{AccountId, Revision, Target};
use jiff::Timestamp;
use serde::Deserialize;

use crate::http::describe::Operation;
use crate::http::problem::Code;
use crate::http::reply::{created, ok};
use crate::http::{ApiError, Body, Call, Caller, Filter, IfMatch, List, Options, Reply, Routes};
use crate::routes::{NoFilter, Paging, Sync};
use crate::views::{ApplicationView, HistoryView, PaymentView};
use crate::{access, caching};

/// Which applications are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ApplicationQuery {
    /// In this state.
    #[param(inline)]
    status: Option<Status>,
    /// For this farm.
    farm_id: Option<String>,
    /// With this inspector named.
    assignee: Option<String>,
    /// `true`: past their time limit.
    overdue: Option<bool>,
}

impl Filter for ApplicationQuery {
    const SYNC: bool = true;
}

impl ApplicationQuery {
    fn filter(&self, now: Timestamp) -> ApplicationFilter {
        ApplicationFilter {
            owner: None,
            status: self.status,
            farm: self.farm_id.as_deref().map(FarmId::parse_or_absent),
            assignee: self.assignee.as_deref().map(AccountId::parse_or_absent),
            overdue_at: self.overdue.unwrap_or_default().then_some(now),
        }
    }
}

fn shown(dossier: &Dossier) -> Reply {
    ok(dossier.application.revision(), &ApplicationView::of(dossier))
}

fn target(id: &str, expected: IfMatch) -> Target<ApplicationId> {
    Target { id: ApplicationId::parse_or_absent(id), expected: expected.0 }
}

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("certifications", summary)
    }
    Routes::new()
        .on(&access::OPEN_APPLICATION, Options::plain().json().idempotent(), open)
        .says(|| {
            op("Opens an application for plots of a farm.")
                .takes::<ApplicationDraft>()
                .returns::<ApplicationView>(201, "The application.")
                .refuses(&[Code::ApplicationExists, Code::FarmNotEligible])
        })
        .on(
            &access::LIST_APPLICATIONS,
            Options::plain().lists::<ApplicationQuery>().kept(&caching::APPLICATIONS),
            list,
        )
        .says(|| {
            op("A farmer's own applications, everybody's for staff.")
                .query::<ApplicationQuery>()
                .query::<Sync>()
                .query::<Paging>()
                .returns_page::<ApplicationView>("A page of applications.")
        })
        .on(&access::SHOW_APPLICATION, Options::plain().kept(&caching::APPLICATION), show)
        .says(|| {
            op("One application, and what its reader may do.")
                .returns::<ApplicationView>(200, "The application.")
        })
        .on(&access::REVISE_APPLICATION, Options::plain().json(), revise)
        .says(|| {
            op("Changes plots, scope or purpose, in draft and revision-requested.")
                .if_match()
                .takes::<ApplicationPatch>()
                .returns::<ApplicationView>(200, "The application.")
                .refuses(&[Code::InvalidTransition])
        })
        .on(&access::ACT_ON_APPLICATION, Options::plain().optional_json().idempotent(), act)
        .says(|| {
            op("Moves an application along.")
                .explains(gacp_certifications::render_workflow())
                .if_match()
                .takes::<ActionDraft>()
                .returns::<ApplicationView>(200, "The application.")
                .refuses(&[Code::InvalidTransition, Code::FarmNotEligible])
                .refuses(&[Code::InspectionIncomplete, Code::NotPassed, Code::InspectorBooked])
        })
        .on(&access::SHOW_APPLICATION_HISTORY, Options::plain().lists::<NoFilter>(), history)
        .says(|| {
            op("What happened to an application, newest first.")
                .query::<Paging>()
                .returns_page::<HistoryView>("A page of entries.")
        })
}

/// The table of the routes by which inspectors and finance write.
pub(crate) fn desk_routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("certifications", summary)
    }
    Routes::new()
        .on(&access::RECORD_ANSWERS, Options::plain().json().idempotent(), answer)
        .says(|| {
            op("Records a whole or partial checklist.")
                .takes::<AnswersDraft>()
                .returns::<ApplicationView>(200, "The application.")
                .refuses(&[Code::InvalidTransition])
        })
        .on(&access::RECORD_PAYMENT, Options::plain().json().idempotent(), pay)
        .says(|| {
            op("Records money that came in.")
                .takes::<PaymentDraft>()
                .returns::<PaymentView>(201, "The payment.")
                .returns::<PaymentView>(200, "The payment, recorded before.")
                .refuses(&[Code::PaymentReferenceTaken])
        })
}

/// `POST /api/certifications`: opens an application.
async fn open(
    (call, caller): (Call, Caller),
    body: Body<ApplicationDraft>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let answer = |dossier: &Dossier| {
        let application = &dossier.application;
        let location = format!("/api/certifications/{}", application.id());
        created(&location, application.revision(), &ApplicationView::of(dossier))
    };
    call.run(caller.actor, answer, async |attempt| certifications.open(attempt, body.0).await).await
}

/// `GET /api/certifications`: a farmer's own applications, everybody's for staff.
async fn list(
    list: List<ApplicationQuery>,
    (call, caller): (Call, Caller),
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let filter = list.filter.filter(call.at);
    let listing = certifications.list(caller.actor, &filter, &list.page, call.at).await?;
    let until = next_deadline(&listing.page.items, call.at);
    let view = |application| ApplicationView::row(&application, listing.reading, call.at);
    Ok(list.reply(listing.page, view).good_until(until))
}

/// When time alone next changes what is said of one of these applications.
fn next_deadline<'a>(
    applications: impl IntoIterator<Item = &'a Application>,
    now: Timestamp,
) -> Option<Timestamp> {
    let deadlines = applications.into_iter().filter_map(Application::deadline);
    deadlines.filter(|deadline| *deadline > now).min()
}

/// `GET /api/certifications/{id}`: one application, and what its reader may do.
async fn show(
    (call, caller): (Call, Caller),
    id: Path<String>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let id = ApplicationId::parse_or_absent(&id);
    let dossier = certifications.get(caller.actor, id, call.at).await?;
    Ok(shown(&dossier).good_until(next_deadline([&dossier.application], call.at)))
}

/// `PATCH /api/certifications/{id}`: changes plots, scope or purpose.
async fn revise(
    (call, caller): (Call, Caller),
    (id, expected): (Path<String>, IfMatch),
    body: Body<ApplicationPatch>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let target = target(&id, expected);
    call.run(caller.actor, shown, async |attempt| {
        certifications.revise(attempt, &target, body.0).await
    })
    .await
}

/// `POST /api/certifications/{id}/actions/{action}`: moves an application along.
async fn act(
    (call, caller): (Call, Caller),
    (path, expected): (Path<(String, String)>, IfMatch),
    body: Body<ActionDraft>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let (id, action) = path.into_inner();
    let action = Action::from_str(&action).map_err(|_unknown| ApiError::NotFound)?;
    let target = target(&id, expected);
    call.run(caller.actor, shown, async |attempt| {
        certifications.act(attempt, &target, action, body.0).await
    })
    .await
}

/// `POST /api/certifications/{id}/inspection/answers`: records what an inspector found.
async fn answer(
    (call, caller): (Call, Caller),
    id: Path<String>,
    body: Body<AnswersDraft>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let id = ApplicationId::parse_or_absent(&id);
    call.run(caller.actor, shown, async |attempt| certifications.answer(attempt, id, body.0).await)
        .await
}

/// `POST /api/certifications/{id}/payments`: records money that came in.
async fn pay(
    (call, caller): (Call, Caller),
    id: Path<String>,
    body: Body<PaymentDraft>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let id = ApplicationId::parse_or_absent(&id);
    // A payment never changes, and is seen with its application.
    let location = format!("/api/certifications/{id}");
    let answer = |recorded: &Recorded| match recorded {
        Recorded::Now(payment) => created(&location, Revision::FIRST, &PaymentView::from(payment)),
        Recorded::Before(payment) => ok(Revision::FIRST, &PaymentView::from(payment)),
    };
    call.run(caller.actor, answer, async |attempt| {
        certifications.record_payment(attempt, id, body.0).await
    })
    .await
}

/// `GET /api/certifications/{id}/history`: what happened to an application, newest first.
async fn history(
    list: List<NoFilter>,
    (call, caller): (Call, Caller),
    id: Path<String>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let id = ApplicationId::parse_or_absent(&id);
    let page = certifications.history(caller.actor, id, &list.page, call.at).await?;
    Ok(list.reply(page, HistoryView::from))
}
