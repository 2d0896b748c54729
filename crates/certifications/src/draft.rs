//! What clients send about applications and certificates, with its rules.

mod action;

pub use action::ActionDraft;
pub(crate) use action::Wish;

use gacp_farms::{FarmId, PlotId};
use garde::Validate;
use serde::Deserialize;

use crate::{FeeKind, Purpose, RequestType, ScopeDraft};

/// More plots than any farm has; keeps the list of a mistaken client out.
const MOST_PLOTS: usize = 1_000;

/// One billion baht: more than any fee, and small enough that no sum overflows.
const MOST_SATANG: u64 = 100_000_000_000;

/// An application as its owner opens it.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationDraft {
    /// The farm, one of the caller's.
    #[garde(custom(names_a_farm))]
    pub farm_id: String,
    /// The plots of the farm that are to be covered.
    #[garde(length(min = 1, max = MOST_PLOTS), inner(custom(names_a_plot)))]
    pub plot_ids: Vec<String>,
    /// The id of the standard; its current version is taken.
    #[garde(length(chars, min = 1, max = 64))]
    pub standard: String,
    /// Only `new` is open.
    #[garde(custom(is_open))]
    pub request_type: RequestType,
    /// Crops, parts used and activities.
    #[garde(dive)]
    pub scope: ScopeDraft,
    /// What the produce is for.
    #[garde(skip)]
    pub purpose: Purpose,
}

/// What an owner changes in an application; what is left out stays.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationPatch {
    /// The plots that are to be covered instead.
    #[garde(length(min = 1, max = MOST_PLOTS), inner(inner(custom(names_a_plot))))]
    pub plot_ids: Option<Vec<String>>,
    /// The scope instead.
    #[garde(dive)]
    pub scope: Option<ScopeDraft>,
    /// What the produce is for instead.
    #[garde(skip)]
    pub purpose: Option<Purpose>,
}

/// Money that came in, as finance records it.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentDraft {
    /// For what.
    #[garde(skip)]
    pub kind: FeeKind,
    /// How much, in satang (1 THB = 100 satang).
    #[garde(range(min = 1, max = MOST_SATANG))]
    pub amount_satang: u64,
    /// The payment gateway's own reference.
    #[garde(length(chars, min = 1, max = 100), custom(is_not_blank))]
    pub gateway_ref: String,
}

/// Why a certificate is taken back.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevocationDraft {
    /// The reason; everybody who verifies the certificate sees it.
    #[garde(length(chars, min = 1, max = 2_000), custom(is_not_blank))]
    pub reason: String,
}

fn names_a_farm(text: &str, (): &()) -> garde::Result {
    FarmId::parse(text).map(drop).map_err(|_malformed| garde::Error::new("invalid-format"))
}

fn names_a_plot(text: &str, (): &()) -> garde::Result {
    PlotId::parse(text).map(drop).map_err(|_malformed| garde::Error::new("invalid-format"))
}

/// Renewals and replacements need a certificate to refer to; they are not open.
fn is_open(request: &RequestType, (): &()) -> garde::Result {
    match request {
        RequestType::New => Ok(()),
        RequestType::Renewal | RequestType::Replacement => Err(garde::Error::new("invalid-format")),
    }
}

fn is_not_blank(text: &str, (): &()) -> garde::Result {
    // An empty text is too short already.
    let blank = !text.is_empty() && text.trim().is_empty();
    if blank { Err(garde::Error::new("required")) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
