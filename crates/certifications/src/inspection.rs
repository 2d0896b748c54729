//! The inspection of a farm: who comes when, and what was found.

use gacp_store::AccountId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::AnswerSheet;
use crate::words::words;

/// Inspectors are booked in units of this length.
pub const SLOT_UNIT: SignedDuration = SignedDuration::from_mins(30);

/// No inspection is planned to take longer.
pub const LONGEST_SLOT: SignedDuration = SignedDuration::from_hours(12);

words! {
    /// How a farm is inspected.
    pub enum InspectionMode {
        /// The inspector comes.
        OnSite => "on-site",
        /// The inspector looks on by video.
        Video => "video",
        /// Both.
        Hybrid => "hybrid",
    }
}

/// Why two moments are no slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SlotFault {
    /// It ends before it starts, or at once.
    #[error("end is not after start")]
    EndsTooEarly,
    /// It is longer than 12 hours.
    #[error("longer than 12 hours")]
    TooLong,
}

/// When an inspection is planned: from any moment to a later one.
///
/// It need not lie in the future: an inspection that was made is recorded too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "Moments")]
pub struct Slot {
    starts_at: Timestamp,
    ends_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Moments {
    starts_at: Timestamp,
    ends_at: Timestamp,
}

/// Half an hour of an inspector. A store holds each at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Booking {
    /// Whose time it is.
    pub inspector: AccountId,
    /// When it begins.
    pub starts_at: Timestamp,
}

/// Who inspects, when and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appointment {
    /// The inspector that is named.
    pub inspector: AccountId,
    /// When.
    pub slot: Slot,
    /// How.
    pub mode: InspectionMode,
}

/// The inspection of one application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    inspector: AccountId,
    slot: Slot,
    mode: InspectionMode,
    answers: AnswerSheet,
    summary: Option<String>,
    completed_at: Option<Timestamp>,
}

impl Slot {
    /// The slot between two moments. Fails with the first [`SlotFault`].
    pub fn new(starts_at: Timestamp, ends_at: Timestamp) -> Result<Self, SlotFault> {
        if ends_at <= starts_at {
            return Err(SlotFault::EndsTooEarly);
        }
        if starts_at.duration_until(ends_at) > LONGEST_SLOT {
            return Err(SlotFault::TooLong);
        }
        Ok(Self { starts_at, ends_at })
    }

    /// When it begins.
    pub fn starts_at(&self) -> Timestamp {
        self.starts_at
    }

    /// When it ends; this moment is no part of it.
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    /// The beginning of each unit of 30 minutes that it touches. In Bangkok (UTC+7) units begin
    /// with the full and the half hours.
    pub fn units(&self) -> impl Iterator<Item = Timestamp> {
        let length = SLOT_UNIT.as_nanos();
        let first = self.starts_at.as_nanosecond().div_euclid(length);
        let last = (self.ends_at.as_nanosecond() - 1).div_euclid(length);
        // Only a unit that reaches back beyond the first moment there is has no beginning.
        let beginning = move |unit| Timestamp::from_nanosecond(unit * length);
        (first..=last).map(move |unit| beginning(unit).unwrap_or(Timestamp::MIN))
    }
}

impl TryFrom<Moments> for Slot {
    type Error = SlotFault;

    fn try_from(moments: Moments) -> Result<Self, SlotFault> {
        Self::new(moments.starts_at, moments.ends_at)
    }
}

impl Inspection {
    /// An inspection that is planned and not begun.
    pub(crate) fn planned(appointment: Appointment) -> Self {
        let Appointment { inspector, slot, mode } = appointment;
        let answers = AnswerSheet::default();
        Self { inspector, slot, mode, answers, summary: None, completed_at: None }
    }

    pub(crate) fn moved(self, slot: Slot, mode: InspectionMode) -> Self {
        Self { slot, mode, ..self }
    }

    pub(crate) fn answered(self, answers: AnswerSheet) -> Self {
        Self { answers, ..self }
    }

    pub(crate) fn completed(self, summary: String, now: Timestamp) -> Self {
        Self { summary: Some(summary), completed_at: Some(now), ..self }
    }

    /// Who inspects.
    pub fn inspector(&self) -> AccountId {
        self.inspector
    }

    /// When.
    pub fn slot(&self) -> Slot {
        self.slot
    }

    /// How.
    pub fn mode(&self) -> InspectionMode {
        self.mode
    }

    /// What was found so far.
    pub fn answers(&self) -> &AnswerSheet {
        &self.answers
    }

    /// What the inspector says of it all, once it is complete.
    pub fn summary(&self) -> Option<&str> {
        self.summary.as_deref()
    }

    /// When the inspector closed it.
    pub fn completed_at(&self) -> Option<Timestamp> {
        self.completed_at
    }

    /// The half hours that it touches; they are taken of its inspector.
    pub(crate) fn bookings(&self) -> impl Iterator<Item = Booking> {
        let inspector = self.inspector;
        self.slot.units().map(move |starts_at| Booking { inspector, starts_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn slot(starts: &str, ends: &str) -> Result<Slot, SlotFault> {
        Slot::new(moment(starts), moment(ends))
    }

    fn units(starts: &str, ends: &str) -> Vec<Timestamp> {
        slot(starts, ends).unwrap().units().collect()
    }

    #[test]
    fn a_slot_ends_after_its_start_and_within_twelve_hours() {
        let start = "2026-02-01T02:10:07Z";

        assert_eq!(slot(start, start), Err(SlotFault::EndsTooEarly));
        assert_eq!(slot(start, "2026-02-01T02:10:06Z"), Err(SlotFault::EndsTooEarly));
        assert_eq!(slot(start, "2026-02-01T14:10:07.000000001Z"), Err(SlotFault::TooLong));
        assert_eq!(slot(start, "2026-02-01T14:10:07Z").unwrap().units().count(), 25);
    }

    #[test]
    fn a_slot_keeps_its_times_as_they_were_said() {
        let (starts, ends) = ("2026-02-01T02:10:07.25Z", "2026-02-01T03:05:00Z");

        let slot = slot(starts, ends).unwrap();

        assert_eq!((slot.starts_at(), slot.ends_at()), (moment(starts), moment(ends)));
        let stored = serde_json::to_string(&slot).unwrap();
        assert_eq!(serde_json::from_str::<Slot>(&stored).unwrap(), slot);
    }

    #[test]
    fn a_slot_takes_every_half_hour_that_it_touches() {
        let (two, half_past) = ("2026-02-01T02:00:00Z", "2026-02-01T02:30:00Z");
        let (just_before, just_after) = ("2026-02-01T02:29:59.999999999Z", "2026-02-01T02:30:01Z");

        assert_eq!(units("2026-02-01T02:10:00Z", "2026-02-01T02:11:00Z"), [moment(two)]);
        assert_eq!(units(just_before, just_after), [moment(two), moment(half_past)]);
        assert_eq!(units(just_after, "2026-02-01T02:59:00Z"), [moment(half_past)]);
    }

    #[test]
    fn the_end_of_a_slot_is_free_for_the_next() {
        let (two, half_past) = ("2026-02-01T02:00:00Z", "2026-02-01T02:30:00Z");

        assert_eq!(units("2026-02-01T02:07:00Z", half_past), [moment(two)]);
        assert_eq!(units(half_past, "2026-02-01T03:00:00Z"), [moment(half_past)]);
    }

    #[test]
    fn half_hours_are_the_same_before_1970_and_at_the_ends_of_time() {
        let (first, last) = (Timestamp::MIN, Timestamp::MAX);
        let minute = SignedDuration::from_mins(1);
        let earliest = Slot::new(first, first + minute).unwrap();
        let latest = Slot::new(last - minute, last).unwrap();

        let old = units("1969-12-31T23:59:59.5Z", "1970-01-01T00:00:00.5Z");

        assert_eq!(old, [moment("1969-12-31T23:30:00Z"), moment("1970-01-01T00:00:00Z")]);
        assert_eq!(earliest.units().next(), Some(first));
        assert_eq!(latest.units().last(), Some(moment("9999-12-30T22:00:00Z")));
    }
}
