//! The calendar of the certification body: Asia/Bangkok, Common Era.
//!
//! Thailand has kept UTC+7 without daylight saving since 1920, so a fixed offset is the whole
//! time zone and no tz database is needed.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

const UTC_PLUS_7: Offset = Offset::constant(7);

/// The day on which a moment falls.
pub(crate) fn day_of(moment: Timestamp) -> Date {
    UTC_PLUS_7.to_datetime(moment).date()
}

/// The moment at which a day begins.
pub(crate) fn start_of(day: Date) -> Timestamp {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    // Outside the range of timestamps (years -9999 to 9999) nothing begins any more.
    UTC_PLUS_7.to_timestamp(midnight).unwrap_or(Timestamp::MAX)
}

/// The end of the day that lies `days` after a moment: the first moment that is too late.
pub(crate) fn end_of_day_after(moment: Timestamp, days: u16) -> Timestamp {
    start_of(day_of(moment).saturating_add((i64::from(days) + 1).days()))
}

/// The year that numbers given out at a moment carry.
pub(crate) fn year_of(moment: Timestamp) -> i16 {
    day_of(moment).year()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_deadline_ends_with_its_day_in_bangkok() {
        // 00:30 on 6 January in Bangkok, still 5 January in London.
        let opened = moment("2026-01-05T17:30:00Z");

        assert_eq!(end_of_day_after(opened, 0), moment("2026-01-06T17:00:00Z"));
        assert_eq!(end_of_day_after(opened, 30), moment("2026-02-05T17:00:00Z"));
    }

    #[test]
    fn the_year_turns_seven_hours_before_it_does_in_london() {
        assert_eq!(year_of(moment("2025-12-31T16:59:59Z")), 2025);
        assert_eq!(year_of(moment("2025-12-31T17:00:00Z")), 2026);
    }
}
