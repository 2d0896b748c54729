//! An application as stores keep it, and what makes a stored one legal.

use gacp_farms::{FarmId, PlotId};
use gacp_store::{AccountId, Revision};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Application, till};
use crate::{
    ApplicationId, ApplicationNumber, CertificateNumber, Fee, FeeKind, Inspection, Purpose,
    RequestType, Scope, Score, StandardRef, Status,
};

/// Every field of an application; not yet known to fit together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record {
    pub(super) id: ApplicationId,
    pub(super) number: ApplicationNumber,
    pub(super) owner: AccountId,
    pub(super) farm: FarmId,
    pub(super) plots: Vec<PlotId>,
    pub(super) standard: StandardRef,
    pub(super) request_type: RequestType,
    pub(super) scope: Scope,
    pub(super) purpose: Purpose,
    pub(super) status: Status,
    pub(super) deadline: Option<Timestamp>,
    pub(super) revisions_requested: u32,
    pub(super) reviewers: Vec<AccountId>,
    pub(super) fees: Vec<Fee>,
    pub(super) received: Vec<Received>,
    pub(super) inspection: Option<Inspection>,
    pub(super) score: Option<Score>,
    pub(super) certificate: Option<CertificateNumber>,
    pub(super) revision: Revision,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

/// What came in for one kind of fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Received {
    pub(super) kind: FeeKind,
    pub(super) total_satang: u64,
}

/// Why a stored application is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IllegalApplication {
    /// It covers no plot.
    #[error("application covers no plot")]
    NoPlots,
    /// Its state has a time limit and it has none, or the other way round.
    #[error("deadline does not fit the status")]
    Deadline,
    /// It waits for a fee that is not due.
    #[error("fee does not fit the status")]
    Fee,
    /// It should have been scheduled for inspection.
    #[error("inspection does not fit the status")]
    Inspection,
    /// It should have been scored.
    #[error("score does not fit the status")]
    Score,
    /// It is certified without a certificate, or has one without being certified.
    #[error("certificate does not fit the status")]
    Certificate,
}

impl TryFrom<Record> for Application {
    type Error = IllegalApplication;

    fn try_from(record: Record) -> Result<Self, IllegalApplication> {
        let status = record.status;
        let inspected = matches!(status, Status::DecisionPending | Status::Certified);
        let scheduled = inspected || status == Status::InspectionScheduled;
        let owed = till::owed(&record.fees).map(|fee| fee.kind);
        let rules = [
            (!record.plots.is_empty(), IllegalApplication::NoPlots),
            (record.deadline.is_some() == till::is_timed(status), IllegalApplication::Deadline),
            (status.is_final() || owed == till::fee_in(status), IllegalApplication::Fee),
            (!scheduled || record.inspection.is_some(), IllegalApplication::Inspection),
            (!inspected || record.score.is_some(), IllegalApplication::Score),
            (
                record.certificate.is_some() == (status == Status::Certified),
                IllegalApplication::Certificate,
            ),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, broken)) => Err(broken),
            None => Ok(Self(record)),
        }
    }
}
