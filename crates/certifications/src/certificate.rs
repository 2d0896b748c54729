//! A certificate: what was certified, for how long, and what became of it.

mod claims;

pub use claims::{CERTIFICATE_TYP, Claims, PublicCertificate, Revocation};

use gacp_farms::FarmId;
use gacp_store::{AccountId, Revision, id_type};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::{ApplicationId, CertificateNumber, Scope, StandardRef, bangkok};

id_type! {
    /// A certificate.
    CertificateId
}

words! {
    /// What a certificate is worth at a moment.
    pub enum CertificateStatus {
        /// It holds.
        Valid => "valid",
        /// Its last day is over.
        Expired => "expired",
        /// It was taken back.
        Revoked => "revoked",
    }
}

words! {
    /// What was decided about a certificate after it was issued.
    pub enum Ruling {
        /// It was taken back, for good.
        Revoked => "revoked",
    }
}

/// A change of what a certificate is worth. Entries are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusEvent {
    /// What was decided.
    pub ruling: Ruling,
    /// From when on it holds.
    pub effective_at: Timestamp,
    /// Why; shown to everybody who verifies the certificate.
    pub reason: String,
}

/// What is certified, and to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// Its application.
    pub application: ApplicationId,
    /// Whose it is.
    pub holder: AccountId,
    /// The holder's public name when it was issued.
    pub holder_name: String,
    /// The farm.
    pub farm: FarmId,
    /// The farm's name when it was issued.
    pub farm_name: String,
    /// The changwat in which the farm lies.
    pub province: String,
    /// How many plots are covered.
    pub plot_count: u32,
    /// Their area in m².
    pub area_m2: f64,
    /// Crops, parts used and activities.
    pub scope: Scope,
    /// The standard, in the version by which it was judged.
    pub standard: StandardRef,
}

/// A certificate for some plots of a farm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    id: CertificateId,
    number: CertificateNumber,
    grant: Grant,
    term: Term,
    events: Vec<StatusEvent>,
    jws: String,
    revision: Revision,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// The days on which a certificate holds (Asia/Bangkok), both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Term {
    /// The day on which it was issued.
    pub issued_on: Date,
    /// The first day.
    pub valid_from: Date,
    /// The last day.
    pub valid_until: Date,
}

/// A certificate that is ready to be signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsigned {
    /// Its number.
    pub number: CertificateNumber,
    /// What is certified.
    pub grant: Grant,
    /// For how long.
    pub term: Term,
}

impl Term {
    /// The term of a certificate that is issued now for some years: its last day is the one before
    /// the anniversary.
    pub fn starting(now: Timestamp, years: u16) -> Self {
        let today = bangkok::day_of(now);
        let anniversary = today.saturating_add(i64::from(years).years());
        let valid_until = anniversary.saturating_sub(1.day());
        Self { issued_on: today, valid_from: today, valid_until }
    }

    /// The first moment after the last day.
    pub fn end(&self) -> Timestamp {
        bangkok::start_of(self.valid_until.saturating_add(1.day()))
    }
}

impl Certificate {
    /// The unique key of numbers.
    pub const NUMBER_TAKEN: &'static str = "certificate-number";

    /// Issues a certificate with the signature over its claims.
    pub fn issue(unsigned: Unsigned, jws: String, now: Timestamp) -> Self {
        let Unsigned { number, grant, term } = unsigned;
        Self {
            id: CertificateId::at(now),
            number,
            grant,
            term,
            events: Vec::new(),
            jws,
            revision: Revision::FIRST,
            created_at: now,
            updated_at: now,
        }
    }

    /// Takes the certificate back, from now on and for good.
    #[must_use]
    pub fn revoked(mut self, reason: String, now: Timestamp) -> Self {
        self.events.push(StatusEvent { ruling: Ruling::Revoked, effective_at: now, reason });
        Self { revision: self.revision.next(), updated_at: now, ..self }
    }

    /// What it is worth at a moment.
    pub fn status_at(&self, now: Timestamp) -> CertificateStatus {
        if self.revoked_at().is_some_and(|revoked_at| revoked_at <= now) {
            CertificateStatus::Revoked
        } else if now >= self.term.end() {
            CertificateStatus::Expired
        } else {
            CertificateStatus::Valid
        }
    }

    /// When its worth changes next by itself, if it does: what is said of it holds no longer.
    pub fn next_change_after(&self, now: Timestamp) -> Option<Timestamp> {
        match self.status_at(now) {
            CertificateStatus::Revoked => None,
            CertificateStatus::Expired => self.revoked_at(),
            CertificateStatus::Valid => {
                Some(self.revoked_at().map_or(self.term.end(), |at| at.min(self.term.end())))
            }
        }
    }

    /// When it was taken back.
    pub fn revoked_at(&self) -> Option<Timestamp> {
        self.revocation().map(|event| event.effective_at)
    }

    /// How it was taken back.
    pub fn revocation(&self) -> Option<&StatusEvent> {
        self.events.iter().find(|event| event.ruling == Ruling::Revoked)
    }

    /// Its id, under which history keeps it.
    pub fn id(&self) -> CertificateId {
        self.id
    }

    /// Its number.
    pub fn number(&self) -> CertificateNumber {
        self.number
    }

    /// What is certified, and to whom.
    pub fn grant(&self) -> &Grant {
        &self.grant
    }

    /// Whose it is.
    pub fn holder(&self) -> AccountId {
        self.grant.holder
    }

    /// The farm.
    pub fn farm(&self) -> FarmId {
        self.grant.farm
    }

    /// For how long.
    pub fn term(&self) -> Term {
        self.term
    }

    /// What was decided about it since, oldest first.
    pub fn events(&self) -> &[StatusEvent] {
        &self.events
    }

    /// The signed claims.
    pub fn jws(&self) -> &str {
        &self.jws
    }

    /// The number of its state.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// When it was issued.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When it was last changed.
    pub fn updated_at(&self) -> Timestamp {
        self.updated_at
    }
}

#[cfg(test)]
mod tests;
