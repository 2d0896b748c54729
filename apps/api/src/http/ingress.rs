//! What a process takes on at once: so many requests are worked on, so many wait, the more urgent
//! first, and the rest is told to come back.

use std::time::Duration;

use gacp_resilience::gate::{Gate, Limits, Pass, Priority};

use super::{ApiError, Shell};

/// A client whose request waits for longer does better to ask another process.
const PATIENCE: Duration = Duration::from_secs(2);

/// When a request is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// At once, however much else there is to do: it costs nothing, and tells whether the process
    /// lives.
    Always,
    /// When its turn comes.
    Turn(Priority),
}

/// What a process of so many requests at once takes on: as many again may wait.
pub fn limits(at_once: usize) -> Limits {
    Limits { at_once, waiting: at_once, patience: PATIENCE }
}

/// Waits for the turn of a request. It ends when the pass is dropped.
pub(super) async fn turn(
    Shell { ingress, .. }: &Shell,
    admission: Admission,
) -> Result<Option<Pass>, ApiError> {
    match admission {
        Admission::Always => Ok(None),
        Admission::Turn(priority) => enter(ingress, priority).await.map(Some),
    }
}

async fn enter(ingress: &Gate, priority: Priority) -> Result<Pass, ApiError> {
    ingress.enter_as(priority).await.map_err(|_why| ApiError::Crowded)
}
