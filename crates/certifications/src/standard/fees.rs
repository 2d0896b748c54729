//! Fees: what is to be paid, from which day on.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is to be paid for an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fees {
    /// For the review of documents.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<DatedFee>))]
    pub document_review: FeeSchedule,
    /// For the inspection.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<DatedFee>))]
    pub inspection: FeeSchedule,
}

/// The amounts of one fee over time, oldest first; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Vec<DatedFee>")]
pub struct FeeSchedule {
    first: DatedFee,
    later: Vec<DatedFee>,
}

/// An amount and the day from which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatedFee {
    /// The first day (Asia/Bangkok).
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub from: Date,
    /// Satang; 100 satang are one baht.
    pub amount_satang: u64,
}

impl FeeSchedule {
    /// The amounts as a schedule, if there are any and each is newer than the one before it.
    pub(super) fn of(fees: &[DatedFee]) -> Option<Self> {
        let (&first, later) = fees.split_first()?;
        let sorted = fees.is_sorted_by(|earlier, later| earlier.from < later.from);
        sorted.then(|| Self { first, later: later.to_vec() })
    }

    /// The amount in satang on a day (Asia/Bangkok). The first one holds before its day, too.
    pub fn satang_on(&self, day: Date) -> u64 {
        let newest = self.later.iter().rev().find(|fee| fee.from <= day);
        newest.unwrap_or(&self.first).amount_satang
    }
}

impl From<FeeSchedule> for Vec<DatedFee> {
    fn from(schedule: FeeSchedule) -> Self {
        [vec![schedule.first], schedule.later].concat()
    }
}
