//! How much is measured when two take turns.

use std::time::Duration;

use clap::value_parser;

/// Where nobody says.
const CONNECTIONS: u32 = 16;
const SECONDS: u32 = 2;

/// Clients in a closed loop, and turns.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Extent {
    /// Clients, each with a connection and an account of its own
    #[arg(long, default_value_t = CONNECTIONS, value_parser = value_parser!(u32).range(1..=500))]
    pub(super) connections: u32,
    /// How often the two that are compared take turns
    #[arg(long, default_value_t = 16, value_parser = value_parser!(u32).range(1..=100))]
    pub(super) pairs: u32,
    /// The length of each turn, in seconds
    #[arg(long, default_value_t = SECONDS, value_parser = value_parser!(u32).range(1..=600))]
    pub(super) seconds: u32,
}

impl Extent {
    /// So many turns of what is usual otherwise.
    pub(super) fn of(pairs: u32) -> Self {
        Self { connections: CONNECTIONS, pairs, seconds: SECONDS }
    }

    /// The length of each turn.
    pub(super) fn phase(&self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }
}
