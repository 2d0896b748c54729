//! What comes of asking for a unit.

use std::time::Duration;

/// What comes of asking for a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// How many more could be taken at once.
    pub remaining: u32,
    /// When the bucket is full again, if nobody takes any more.
    pub full_in: Duration,
    /// When the next unit is there, if none was to be had.
    pub refused_for: Option<Duration>,
}

impl Verdict {
    /// Whether a unit was taken.
    pub fn is_allowed(&self) -> bool {
        self.refused_for.is_none()
    }
}
