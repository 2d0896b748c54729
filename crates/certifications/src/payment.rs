//! Fees, and the money that came in for them.

use gacp_store::{Actor, id_type};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ApplicationId;
use crate::words::words;

id_type! {
    /// A payment.
    PaymentId
}

words! {
    /// What is paid for.
    pub enum FeeKind {
        /// The review of an application's documents.
        DocumentReview => "document-review",
        /// The inspection of its farm.
        Inspection => "inspection",
    }
}

/// What is owed for one step of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fee {
    /// What for.
    pub kind: FeeKind,
    /// How much, in satang (1 THB = 100 satang).
    pub amount_satang: u64,
    /// The end of the last day on which it can be paid: the first moment that is too late.
    pub due_at: Timestamp,
    /// When what had come in covered it.
    pub paid_at: Option<Timestamp>,
}

/// Money that came in. It is never changed and never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// Which payment.
    pub id: PaymentId,
    /// For which application.
    pub application: ApplicationId,
    /// For what.
    pub kind: FeeKind,
    /// How much, in satang.
    pub amount_satang: u64,
    /// The payment gateway's own reference; one per payment, everywhere.
    pub gateway_ref: String,
    /// Who recorded it.
    pub recorded_by: Actor,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

impl Payment {
    /// The unique key of payments: the gateway's reference.
    pub const REFERENCE_TAKEN: &'static str = "payment-reference";
}
