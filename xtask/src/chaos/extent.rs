//! How much of a drill is played, and with what kind of server.

use clap::value_parser;

use super::breaker::OPEN_SECONDS;
use crate::server::Variables;

/// How often something is broken.
pub(super) trait Rounds {
    fn rounds(&self) -> u32;
}

/// Rounds that are short.
#[derive(clap::Args)]
pub(super) struct Many {
    /// How often
    #[arg(long, default_value_t = 5, value_parser = value_parser!(u32).range(1..=50))]
    rounds: u32,
}

/// Rounds that take long, or tell the same each time.
#[derive(clap::Args)]
pub(super) struct Few {
    /// How often
    #[arg(long, default_value_t = 2, value_parser = value_parser!(u32).range(1..=50))]
    rounds: u32,
}

impl Rounds for Many {
    fn rounds(&self) -> u32 {
        self.rounds
    }
}

impl Rounds for Few {
    fn rounds(&self) -> u32 {
        self.rounds
    }
}

/// Whether the server leaves a store alone that is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Breaking {
    On,
    Off,
}

impl Breaking {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
        }
    }

    /// What the server is told.
    pub(super) fn variables(self) -> Variables {
        vec![
            ("GACP_RESILIENCE__BREAKER", self.as_str().to_owned()),
            ("GACP_RESILIENCE__OPEN_SECONDS", OPEN_SECONDS.to_string()),
        ]
    }
}
