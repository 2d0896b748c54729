//! The standards that there are.

use gacp_store::Violations;
use thiserror::Error;

use super::file::StandardFile;
use super::{Standard, StandardRef, rules};

/// The files that ship with the crate.
const BUNDLED: [&str; 1] = [include_str!("../../standards/thai-gacp-2026-1.json")];

/// Every version of every standard, sorted by name and version.
#[derive(Debug, Clone)]
pub struct Standards(Vec<Standard>);

/// Why a file is not a standard.
#[derive(Debug, Error)]
pub enum StandardError {
    /// It is not JSON, or not of the form of a standard.
    #[error("the standard is unreadable")]
    Unreadable(#[source] serde_json::Error),
    /// It is of the form, but says things that no standard may say; all of them are listed.
    #[error("the standard breaks rules of standards")]
    Invalid(#[source] Violations),
    /// Another file is the same version of the same standard.
    #[error("there are two files of {0}")]
    Repeated(StandardRef),
}

impl Standards {
    /// The standards that ship with the crate.
    pub fn bundled() -> Result<Self, StandardError> {
        let standards: Result<Vec<_>, _> = BUNDLED.into_iter().map(read).collect();
        Self::of(standards?)
    }

    /// The one standard in a file.
    pub fn parse(text: &str) -> Result<Self, StandardError> {
        Self::of(vec![read(text)?])
    }

    /// Both together. Fails with [`StandardError::Repeated`].
    pub fn with(mut self, others: Self) -> Result<Self, StandardError> {
        self.0.extend(others.0);
        Self::of(self.0)
    }

    /// Finds a version of a standard.
    pub fn get(&self, id: &str, version: &str) -> Option<&Standard> {
        self.iter().find(|standard| standard.id() == id && standard.version() == version)
    }

    /// Finds the version that an application was made under.
    pub fn of_reference(&self, reference: &StandardRef) -> Option<&Standard> {
        self.get(&reference.id, &reference.version)
    }

    /// Finds the newest version of a standard: the one that new applications are made under.
    pub fn current(&self, id: &str) -> Option<&Standard> {
        self.iter().rfind(|standard| standard.id() == id)
    }

    /// Each of them, by name, older versions first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Standard> {
        self.0.iter()
    }

    fn of(mut standards: Vec<Standard>) -> Result<Self, StandardError> {
        // Numbers, not text: version 2026-10 is newer than 2026-9.
        standards.sort_by(|a, b| {
            let versions = || rules::version(a.version()).cmp(&rules::version(b.version()));
            a.id().cmp(b.id()).then_with(versions)
        });
        let repeated = standards.windows(2).find_map(|pair| match pair {
            [a, b] if a.reference == b.reference => Some(a.reference()),
            _ => None,
        });
        repeated.map_or(Ok(Self(standards)), |reference| Err(StandardError::Repeated(reference)))
    }
}

fn read(text: &str) -> Result<Standard, StandardError> {
    let file: StandardFile = serde_json::from_str(text).map_err(StandardError::Unreadable)?;
    file.into_standard().map_err(StandardError::Invalid)
}
