//! What is wrong with a configuration.

use std::fmt;

use thiserror::Error;

/// One value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Which key: `server.listen`, or an argument.
    pub key: String,
    /// Where its value came from.
    pub source: String,
    /// What is wrong with it, and what would be right; never the value itself.
    pub advice: String,
}

/// Everything that is wrong with a configuration; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct ConfigError(Vec<Complaint>);

impl Complaint {
    pub(super) fn new(
        key: impl Into<String>,
        source: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { key: key.into(), source: source.into(), advice: advice.into() }
    }
}

impl ConfigError {
    pub(super) fn one(complaint: Complaint) -> Self {
        Self(vec![complaint])
    }

    /// All complaints; nothing when there are none.
    pub(super) fn of(complaints: Vec<Complaint>) -> Option<Self> {
        (!complaints.is_empty()).then_some(Self(complaints))
    }

    /// Each of them.
    pub fn complaints(&self) -> &[Complaint] {
        &self.0
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        for Complaint { key, source, advice } in &self.0 {
            write!(f, "\n  {key} ({source}): {advice}")?;
        }
        Ok(())
    }
}
