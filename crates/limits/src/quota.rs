//! How many units there are per window.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;

/// More than a process answers in a second; keeps the interval of a unit at 1 µs or more.
const MOST_UNITS: u32 = 1_000_000;

/// So many units per window, all of which may be taken at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Quota {
    units: NonZeroU32,
    window: Window,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Window {
    Second,
    Minute,
    Hour,
}

/// The text says no quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a quota such as 60/min")]
pub struct NoQuota;

impl Quota {
    /// So many per minute; none counts as one.
    pub const fn per_minute(units: u32) -> Self {
        Self { units: at_least_one(units), window: Window::Minute }
    }

    /// So many per hour; none counts as one.
    pub const fn per_hour(units: u32) -> Self {
        Self { units: at_least_one(units), window: Window::Hour }
    }

    /// How many units, 1 to 1 000 000.
    pub fn units(self) -> u32 {
        self.units.get()
    }

    /// In which time.
    pub fn window(self) -> Duration {
        match self.window {
            Window::Second => Duration::from_secs(1),
            Window::Minute => Duration::from_mins(1),
            Window::Hour => Duration::from_hours(1),
        }
    }

    /// How long it takes for one unit to come back.
    pub fn interval(self) -> Duration {
        self.window() / self.units()
    }

    /// Half as many units in the same time, but one at least.
    #[must_use]
    pub fn halved(self) -> Self {
        Self { units: at_least_one(self.units() / 2), ..self }
    }
}

const fn at_least_one(units: u32) -> NonZeroU32 {
    match NonZeroU32::new(units) {
        Some(units) => units,
        None => NonZeroU32::MIN,
    }
}

impl FromStr for Quota {
    type Err = NoQuota;

    /// Reads `10/s`, `60/min`, `60/h`.
    fn from_str(text: &str) -> Result<Self, NoQuota> {
        let (units, window) = text.trim().split_once('/').ok_or(NoQuota)?;
        let window = match window {
            "s" => Window::Second,
            "min" => Window::Minute,
            "h" => Window::Hour,
            _ => return Err(NoQuota),
        };
        let units: NonZeroU32 = units.parse().ok().ok_or(NoQuota)?;
        if units.get() > MOST_UNITS {
            return Err(NoQuota);
        }
        Ok(Self { units, window })
    }
}

impl TryFrom<String> for Quota {
    type Error = NoQuota;

    fn try_from(text: String) -> Result<Self, NoQuota> {
        text.parse()
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let window = match self.window {
            Window::Second => "s",
            Window::Minute => "min",
            Window::Hour => "h",
        };
        write!(f, "{}/{window}", self.units)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_quota_is_refused() {
        let rows = ["", "60", "60/", "/min", "0/min", "-1/s", "60/day", "60/minute", "1000001/s"];
        for text in rows.into_iter().chain(["60 / min", "1.5/s", "4294967297/h"]) {
            assert_eq!(text.parse::<Quota>(), Err(NoQuota), "{text}");
        }
    }

    #[test]
    fn a_half_is_never_nothing() {
        assert_eq!(Quota::per_hour(1).halved(), Quota::per_hour(1));
        assert_eq!(Quota::per_hour(3).halved(), Quota::per_hour(1));
        assert_eq!(Quota::per_minute(60).halved(), Quota::per_minute(30));
    }

    proptest! {
        #[test]
        fn a_quota_is_read_as_it_is_written(units in 1..=MOST_UNITS, window in "s|min|h") {
            let text = format!("{units}/{window}");
            let quota: Quota = text.parse().unwrap();
            prop_assert_eq!(quota.to_string(), text);
            prop_assert!(quota.interval() >= Duration::from_micros(1));
        }
    }
}
