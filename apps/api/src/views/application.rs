//! Applications and payments as clients see them.

use gacp_certifications::{
    AnswerSheet, Application, Dossier, Fee, FeeKind, Inspection, InspectionMode, Offer, Payment,
    Purpose, Reading, RequestType, Scope, Score, StandardRef, Status,
};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An application. Finance sees number, status and fees alone.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApplicationView {
    #[schema(format = Uuid)]
    id: String,
    number: String,
    status: Status,
    fees: Vec<FeeView>,
    #[serde(flatten)]
    details: Option<Box<DetailsView>>,
    version: u64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// What finance does not see of an application.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DetailsView {
    #[schema(format = Uuid)]
    owner_id: String,
    #[schema(format = Uuid)]
    farm_id: String,
    plot_ids: Vec<String>,
    standard: StandardRef,
    request_type: RequestType,
    purpose: Purpose,
    scope: Scope,
    /// The first moment that is too late for the next step.
    #[schema(value_type = Option<String>, format = DateTime)]
    deadline: Option<Timestamp>,
    overdue: bool,
    revisions_requested: u32,
    inspection: Option<InspectionView>,
    score: Option<Score>,
    certificate_number: Option<String>,
    /// What its reader may do now; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<Vec<ActionView>>,
}

/// A fee of an application.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FeeView {
    kind: FeeKind,
    /// 1 THB = 100 satang.
    amount_satang: u64,
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<Timestamp>,
}

/// The inspection of an application.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InspectionView {
    #[schema(format = Uuid)]
    inspector_id: String,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Timestamp,
    mode: InspectionMode,
    answers: AnswerSheet,
    summary: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
}

/// An action, and why its reader cannot take it now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActionView {
    name: &'static str,
    allowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A payment that was recorded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaymentView {
    #[schema(format = Uuid)]
    id: String,
    kind: FeeKind,
    /// 1 THB = 100 satang.
    amount_satang: u64,
    gateway_ref: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
}

impl ApplicationView {
    /// The application with the actions of its reader.
    pub(crate) fn of(dossier: &Dossier) -> Self {
        let actions = dossier.actions.iter().map(ActionView::from).collect();
        Self::build(&dossier.application, dossier.reading, dossier.overdue, Some(actions))
    }

    /// The application as a row of a list.
    pub(crate) fn row(application: &Application, reading: Reading, now: Timestamp) -> Self {
        Self::build(application, reading, application.is_overdue(now), None)
    }

    fn build(
        application: &Application,
        reading: Reading,
        overdue: bool,
        actions: Option<Vec<ActionView>>,
    ) -> Self {
        let details = || Box::new(DetailsView::of(application, overdue, actions));
        Self {
            id: application.id().to_string(),
            number: application.number().to_string(),
            status: application.status(),
            fees: application.fees().iter().map(FeeView::from).collect(),
            details: (reading == Reading::Full).then(details),
            version: application.revision().get(),
            created_at: application.created_at(),
            updated_at: application.updated_at(),
        }
    }
}

impl DetailsView {
    fn of(application: &Application, overdue: bool, actions: Option<Vec<ActionView>>) -> Self {
        Self {
            owner_id: application.owner().to_string(),
            farm_id: application.farm().to_string(),
            plot_ids: application.plots().iter().map(ToString::to_string).collect(),
            standard: application.standard().clone(),
            request_type: application.request_type(),
            purpose: application.purpose(),
            scope: application.scope().clone(),
            deadline: application.deadline(),
            overdue,
            revisions_requested: application.revisions_requested(),
            inspection: application.inspection().map(InspectionView::from),
            score: application.score().cloned(),
            certificate_number: application.certificate().map(|number| number.to_string()),
            actions,
        }
    }
}

impl From<&Fee> for FeeView {
    fn from(fee: &Fee) -> Self {
        Self {
            kind: fee.kind,
            amount_satang: fee.amount_satang,
            due_at: fee.due_at,
            paid_at: fee.paid_at,
        }
    }
}

impl From<&Inspection> for InspectionView {
    fn from(inspection: &Inspection) -> Self {
        Self {
            inspector_id: inspection.inspector().to_string(),
            starts_at: inspection.slot().starts_at(),
            ends_at: inspection.slot().ends_at(),
            mode: inspection.mode(),
            answers: inspection.answers().clone(),
            summary: inspection.summary().map(str::to_owned),
            completed_at: inspection.completed_at(),
        }
    }
}

impl From<&Offer> for ActionView {
    fn from(offer: &Offer) -> Self {
        Self {
            name: offer.action.as_str(),
            allowed: offer.refusal.is_none(),
            reason: offer.refusal.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Payment> for PaymentView {
    fn from(payment: &Payment) -> Self {
        Self {
            id: payment.id.to_string(),
            kind: payment.kind,
            amount_satang: payment.amount_satang,
            gateway_ref: payment.gateway_ref.clone(),
            recorded_at: payment.recorded_at,
        }
    }
}
