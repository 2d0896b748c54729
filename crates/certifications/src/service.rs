//! Certifications: the use cases, and the rules that they keep.

mod acting;
mod certifying;
mod expiring;
mod inspecting;
mod issuing;
mod opening;
mod paying;
mod races;
mod reading;
mod revising;
mod terms;

use std::fmt;
use std::sync::Arc;

use gacp_farms::FarmStore;
use gacp_keys::Keyring;
use gacp_store::{HistoryStore, Page, Role};

use crate::{
    Application, ApplicationStore, CertificateStore, NumberStore, Offer, Payment, People, Standards,
};

pub use certifying::Verification;

/// What [`Certifications`] are made of.
#[derive(Clone)]
pub struct CertificationParts {
    /// Where applications are kept.
    pub applications: Arc<dyn ApplicationStore>,
    /// Where certificates are kept.
    pub certificates: Arc<dyn CertificateStore>,
    /// Where serial numbers come from.
    pub numbers: Arc<dyn NumberStore>,
    /// Where farms are read.
    pub farms: Arc<dyn FarmStore>,
    /// Who is who.
    pub people: Arc<dyn People>,
    /// Where history is read.
    pub history: Arc<dyn HistoryStore>,
    /// The standards that can be applied for.
    pub standards: Arc<Standards>,
    /// The keys; certificates are signed with theirs.
    pub keyring: Keyring,
    /// Who issues certificates, as their signature says it (`iss`).
    pub issuer: String,
}

/// What can be done with applications and certificates. Cheap to clone.
#[derive(Clone)]
pub struct Certifications {
    parts: Arc<CertificationParts>,
}

/// How much of an application its reader may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Everything.
    Full,
    /// Number, status and fees: what finance needs.
    FeesOnly,
}

/// An application as one reader sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// The application.
    pub application: Application,
    /// Every action, and why the reader cannot take it now.
    pub actions: Vec<Offer>,
    /// Whether its time limit has passed.
    pub overdue: bool,
    /// How much of it the reader may see.
    pub reading: Reading,
}

/// A page of applications as one reader sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// The applications.
    pub page: Page<Application>,
    /// How much of them the reader may see.
    pub reading: Reading,
}

/// A payment, and whether this call recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// It was recorded by this call.
    Now(Payment),
    /// It had been recorded before; this is the first record.
    Before(Payment),
}

impl Certifications {
    /// The use cases over some parts.
    pub fn new(parts: CertificationParts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// The standards that can be applied for.
    pub fn standards(&self) -> &Standards {
        &self.parts.standards
    }
}

impl Reading {
    /// What a role may see of applications.
    pub fn of(role: Role) -> Self {
        match role {
            Role::Finance => Self::FeesOnly,
            Role::Farmer | Role::Reviewer | Role::Inspector | Role::Approver | Role::Admin => {
                Self::Full
            }
        }
    }
}

impl Recorded {
    /// The payment as it is recorded.
    pub fn payment(&self) -> &Payment {
        match self {
            Self::Now(payment) | Self::Before(payment) => payment,
        }
    }
}

impl fmt::Debug for Certifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certifications").field("issuer", &self.parts.issuer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
