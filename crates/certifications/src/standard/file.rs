//! The file of a standard, as it is written and before it is believed.

use gacp_farms::Crop;
use gacp_store::Violations;
use serde::Deserialize;

use super::rules::{self, Problems};
use super::{AppliesTo, Category, DatedFee, DeadlineDays, Fees, Standard, StandardRef, Title};
use crate::scope::Activity;

/// A standard in JSON.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StandardFile {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) title: Title,
    pub(super) validity_years: u16,
    pub(super) surveillance_months: u16,
    pub(super) maximum_revisions: u16,
    pub(super) deadlines: DeadlineDays,
    pub(super) fees: FeesFile,
    pub(super) sources: Vec<String>,
    pub(super) categories: Vec<Category>,
}

/// What is to be paid, in JSON.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FeesFile {
    pub(super) document_review: Vec<DatedFee>,
    pub(super) inspection: Vec<DatedFee>,
}

/// Whom a criterion is asked of, in JSON: a list that is left out means all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppliesToFile {
    crops: Option<Vec<Crop>>,
    activities: Option<Vec<Activity>>,
}

impl StandardFile {
    /// Believes the file, or says everything that is wrong with it.
    pub(super) fn into_standard(self) -> Result<Standard, Violations> {
        let mut problems = Problems::default();
        rules::check(&self, &mut problems);
        let document_review = problems.schedule("/fees/documentReview", &self.fees.document_review);
        let inspection = problems.schedule("/fees/inspection", &self.fees.inspection);
        let fees = document_review
            .zip(inspection)
            .map(|(document_review, inspection)| Fees { document_review, inspection });
        let fees = problems.none_but(fees)?;
        Ok(Standard {
            reference: StandardRef { id: self.id, version: self.version },
            title: self.title,
            validity_years: self.validity_years,
            surveillance_months: self.surveillance_months,
            maximum_revisions: self.maximum_revisions,
            deadlines: self.deadlines,
            fees,
            sources: self.sources,
            categories: self.categories,
        })
    }
}

impl From<AppliesToFile> for AppliesTo {
    fn from(file: AppliesToFile) -> Self {
        let AppliesTo { crops, activities } = Self::everything();
        Self {
            crops: file.crops.unwrap_or(crops),
            activities: file.activities.unwrap_or(activities),
        }
    }
}
