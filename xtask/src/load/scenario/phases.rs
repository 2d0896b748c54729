//! When journeys begin.

use std::time::Duration;

use super::super::keys::Keys;
use super::super::refusals::Refusals;
use super::super::yaml::Node;

/// The most journeys that a phase begins.
const MOST: f64 = 100_000_000.0;

/// A part of the run.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::load) struct Phase {
    pub(in crate::load) name: Option<String>,
    pub(in crate::load) pace: Pace,
    /// As many journeys may be under way at once; those beyond are not begun.
    pub(in crate::load) most: Option<u64>,
}

/// How often a journey begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::load) enum Pace {
    /// So many in each second at first, and at the end.
    Rate {
        from: f64,
        to: f64,
        length: Duration,
    },
    /// So many, evenly spread.
    Count {
        many: u64,
        length: Duration,
    },
    Pause(Duration),
}

impl Phase {
    pub(super) fn one_journey() -> Self {
        let pace = Pace::Count { many: 1, length: Duration::from_secs(1) };
        Self { name: None, pace, most: None }
    }

    pub(super) fn read(node: &Node, refused: &Refusals) -> Option<Self> {
        let mut keys = Keys::of(node, "a phase", refused)?;
        let name = keys.text("name");
        let most = whole(&mut keys, "maxVusers");
        let pace = pace(&mut keys)?;
        Some(Self { name, pace, most })
    }
}

impl Pace {
    /// How many journeys begin.
    pub(in crate::load) fn arrivals(&self) -> u64 {
        match self {
            Self::Rate { from, to, length } => {
                let seconds = length.as_secs_f64();
                // A billionth more: a product that should be whole may fall short of it.
                floor((from + to) / 2.0 * seconds + 1e-9)
            }
            Self::Count { many, .. } => *many,
            Self::Pause(_) => 0,
        }
    }

    pub(in crate::load) fn length(&self) -> Duration {
        match self {
            Self::Rate { length, .. } | Self::Count { length, .. } | Self::Pause(length) => *length,
        }
    }

    /// The same rate for a part of the time.
    pub(in crate::load) fn shortened(self, parts: u32) -> Self {
        match self {
            Self::Rate { from, to, length } => Self::Rate { from, to, length: length / parts },
            Self::Count { many, length } => {
                Self::Count { many: many.div_ceil(parts.into()), length: length / parts }
            }
            Self::Pause(length) => Self::Pause(length / parts),
        }
    }

    /// The highest number of journeys that begin in a second.
    pub(in crate::load) fn peak(&self) -> f64 {
        match self {
            Self::Rate { from, to, .. } => from.max(*to),
            Self::Count { many, length } => {
                super::super::figures::number(*many) / length.as_secs_f64()
            }
            Self::Pause(_) => 0.0,
        }
    }
}

/// The whole part of a number that is not below 0.
fn floor(number: f64) -> u64 {
    Duration::try_from_secs_f64(number).map_or(0, |duration| duration.as_secs())
}

fn whole(keys: &mut Keys<'_>, key: &str) -> Option<u64> {
    let node = keys.take(key)?;
    let read = match node.json() {
        serde_json::Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    let refused = keys.refused;
    refused.unless(node.line, read.ok_or_else(|| format!("`{key}` is a whole number")))
}

fn pace(keys: &mut Keys<'_>) -> Option<Pace> {
    let (line, refused) = (keys.line, keys.refused);
    let length = keys.duration("duration");
    let (rate, to) = (keys.number("arrivalRate"), keys.number("rampTo"));
    let (count, pause) = (whole(keys, "arrivalCount"), keys.duration("pause"));
    let pace = match (length, rate, to, count, pause) {
        (None, None, None, None, Some(pause)) => Ok(Pace::Pause(pause)),
        (Some(length), None, None, Some(many), None) => Ok(Pace::Count { many, length }),
        (Some(length), Some(from), to, None, None) => {
            Ok(Pace::Rate { from, to: to.unwrap_or(from), length })
        }
        _ => Err("a phase has `duration` with `arrivalRate` (and `rampTo`) or with \
                  `arrivalCount`, or it has `pause`"),
    };
    let pace = refused.unless(line, pace.map_err(str::to_owned))?;
    if pace.length().is_zero() {
        refused.add(line, "a phase that lasts no time");
        return None;
    }
    if pace.peak() * pace.length().as_secs_f64() > MOST {
        refused.add(line, format!("more than {MOST} journeys"));
        return None;
    }
    Some(pace)
}
