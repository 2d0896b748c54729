//! What an owner wants certified, held against the farm.

use std::collections::BTreeSet;

use gacp_farms::{Farm, FarmStatus, PlotId};
use gacp_store::{Violation, Violations};

/// Whether applications may be opened for a farm; whether it is approved is asked on submission.
pub(super) fn is_eligible(farm: &Farm) -> bool {
    match farm.status() {
        FarmStatus::Draft
        | FarmStatus::PendingReview
        | FarmStatus::UnderReview
        | FarmStatus::Approved => true,
        FarmStatus::Rejected | FarmStatus::Suspended | FarmStatus::Archived => false,
    }
}

/// The plots that a list names: each of the farm, none twice.
pub(super) fn plots(farm: &Farm, ids: &[String]) -> Result<Vec<PlotId>, Vec<Violation>> {
    let mut seen = BTreeSet::new();
    let mut plots = Vec::with_capacity(ids.len());
    let mut violations = Vec::new();
    for (index, text) in ids.iter().enumerate() {
        let id = PlotId::parse(text).ok();
        match id.filter(|id| farm.plots().iter().any(|plot| plot.id() == *id)) {
            Some(id) if seen.insert(id) => plots.push(id),
            Some(_) => violations.push(Violation::new(pointer(index), "not-unique")),
            None => violations.push(Violation::new(pointer(index), "invalid-format")),
        }
    }
    if violations.is_empty() { Ok(plots) } else { Err(violations) }
}

fn pointer(index: usize) -> String {
    format!("/plotIds/{index}")
}

/// A refusal by what was found; nothing that is refused is without a reason.
pub(super) fn all(violations: Vec<Violation>) -> Violations {
    Violations::of(violations).unwrap_or_else(|| Violations::one("", "invalid-format"))
}
