//! Standards: what an inspection asks, how much it counts, and what an application owes and when.
//!
//! A [`Standard`] is versioned data. The ones that ship with the crate are in the folder
//! `standards`; [`Standards::bundled`] reads and checks them. An application keeps the
//! [`StandardRef`] that it was made under, so that a new version never changes an old score.

mod catalogue;
mod fees;
mod file;
mod rules;
#[cfg(test)]
mod tests;

use std::fmt;

use gacp_farms::Crop;
use serde::{Deserialize, Serialize};

use crate::scope::{Activity, Scope};

pub use catalogue::{StandardError, Standards};
pub use fees::{DatedFee, FeeSchedule, Fees};

/// Which version of which standard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StandardRef {
    /// The name that all versions share: `thai-gacp`.
    pub id: String,
    /// Year of issue and a number within it: `2026-1`.
    pub version: String,
}

/// What something is called, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Title {
    /// In Thai.
    pub th: String,
    /// In English.
    pub en: String,
}

/// One version of a standard. There is no other way to get one than out of [`Standards`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Standard {
    #[serde(flatten)]
    reference: StandardRef,
    title: Title,
    validity_years: u16,
    surveillance_months: u16,
    maximum_revisions: u16,
    deadlines: DeadlineDays,
    fees: Fees,
    sources: Vec<String>,
    categories: Vec<Category>,
}

/// How many days somebody has for each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeadlineDays {
    /// To submit a draft.
    pub draft: u16,
    /// To pay for the review of documents.
    pub document_fee: u16,
    /// For staff to review documents; being late is flagged, nothing expires.
    pub review: u16,
    /// To hand in what a reviewer asked for.
    pub revision: u16,
    /// To pay for the inspection.
    pub inspection_fee: u16,
    /// To answer non-conformities.
    pub corrective_action: u16,
}

/// A part of a standard that is scored by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Category {
    /// Kebab-case, unique within the standard.
    pub id: String,
    /// What it is called.
    pub title: Title,
    /// Its share of the total in percent; the weights of a standard sum to 100.
    pub weight: u32,
    /// The least score with which it passes, in percent.
    pub minimum: u32,
    /// Where its criteria come from.
    pub source: String,
    /// What is asked, in the order of the checklist.
    pub criteria: Vec<Criterion>,
}

/// One thing that an inspector looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Criterion {
    /// Kebab-case, unique within the standard.
    pub id: String,
    /// What must be true.
    pub title: Title,
    /// Whether it must be met.
    pub obligation: Obligation,
    /// How bad it is when it is not met.
    pub severity: Severity,
    /// Whom it is asked of.
    #[serde(default)]
    pub applies_to: AppliesTo,
}

/// Whether a criterion must be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Obligation {
    /// It must.
    Mandatory,
    /// It should.
    Recommended,
}

/// How bad it is when a criterion is not met; worse is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Severity {
    /// Worth saying, nothing to close.
    Observation,
    /// A lapse that does not touch the safety of the product.
    Minor,
    /// A requirement is not met.
    Major,
    /// The product is unsafe or the certificate would deceive.
    Critical,
}

/// The scopes to which a criterion applies: one of the crops and one of the activities is enough.
///
/// In the file of a standard a list that is left out means all; here all are listed, so that
/// readers need no convention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "file::AppliesToFile")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppliesTo {
    /// For these plants.
    pub crops: Vec<Crop>,
    /// For these activities.
    pub activities: Vec<Activity>,
}

impl Standard {
    /// Its name and version.
    pub fn reference(&self) -> StandardRef {
        self.reference.clone()
    }

    /// The name that all versions share.
    pub fn id(&self) -> &str {
        &self.reference.id
    }

    /// Year of issue and a number within it.
    pub fn version(&self) -> &str {
        &self.reference.version
    }

    /// What it is called.
    pub fn title(&self) -> &Title {
        &self.title
    }

    /// How many years a certificate is valid.
    pub fn validity_years(&self) -> u16 {
        self.validity_years
    }

    /// How many months lie between two surveillance visits at most.
    pub fn surveillance_months(&self) -> u16 {
        self.surveillance_months
    }

    /// How often documents may be revised before the document fee is due again.
    pub fn maximum_revisions(&self) -> u16 {
        self.maximum_revisions
    }

    /// How many days somebody has for each step.
    pub fn deadlines(&self) -> DeadlineDays {
        self.deadlines
    }

    /// What is to be paid, from which day on.
    pub fn fees(&self) -> &Fees {
        &self.fees
    }

    /// The documents that it rests on.
    pub fn sources(&self) -> &[String] {
        &self.sources
    }

    /// Its parts, in the order of the checklist.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// Every criterion, in the order of the checklist.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.categories.iter().flat_map(|category| &category.criteria)
    }

    /// Finds a criterion.
    pub fn criterion(&self, id: &str) -> Option<&Criterion> {
        self.criteria().find(|criterion| criterion.id == id)
    }
}

impl Category {
    /// Its criteria that apply to a scope.
    pub fn applicable(&self, scope: &Scope) -> impl Iterator<Item = &Criterion> {
        self.criteria.iter().filter(|criterion| criterion.applies_to.covers(scope))
    }
}

impl AppliesTo {
    /// Every scope.
    pub fn everything() -> Self {
        Self { crops: Crop::ALL.to_vec(), activities: Activity::ALL.to_vec() }
    }

    /// Whether a scope is among those meant.
    pub fn covers(&self, scope: &Scope) -> bool {
        scope.crops().iter().any(|crop| self.crops.contains(crop))
            && scope.activities().iter().any(|activity| self.activities.contains(activity))
    }
}

impl Default for AppliesTo {
    fn default() -> Self {
        Self::everything()
    }
}

impl fmt::Display for StandardRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.version)
    }
}
