//! What everybody may know of a certificate, and what is signed.

use gacp_farms::Crop;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Certificate, CertificateStatus, Grant, Term, Unsigned};
use crate::{Activity, CertificateNumber, PartUsed, StandardRef};

/// The `typ` of a signed certificate.
pub const CERTIFICATE_TYP: &str = "gacp-certificate+jws";

/// What everybody may know of a certificate. It holds no personal data but the public name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicCertificate {
    /// Its number.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub number: CertificateNumber,
    /// The holder's public name.
    pub holder_name: String,
    /// The farm's name.
    pub farm_name: String,
    /// The changwat in which the farm lies.
    pub province: String,
    /// The plants that are covered.
    pub crops: Vec<Crop>,
    /// The parts of them that are covered.
    pub parts_used: Vec<PartUsed>,
    /// What is done with them.
    pub activities: Vec<Activity>,
    /// The standard.
    pub standard: StandardRef,
    /// The day on which it was issued (Asia/Bangkok).
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub issued_on: Date,
    /// The first day on which it holds.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub valid_from: Date,
    /// The last day on which it holds.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub valid_until: Date,
    /// Why it was taken back. It is never part of what is signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation: Option<Revocation>,
}

/// Why a certificate was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Revocation {
    /// What the approver said.
    pub reason: String,
    /// From when on.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub effective_at: Timestamp,
}

/// What is signed: the public fields as they were when the certificate was issued. A signature
/// cannot say what became of the certificate since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// Its number.
    pub sub: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// The public fields.
    #[serde(flatten)]
    pub certificate: PublicCertificate,
}

impl PublicCertificate {
    fn of(number: CertificateNumber, grant: &Grant, term: Term) -> Self {
        Self {
            number,
            holder_name: grant.holder_name.clone(),
            farm_name: grant.farm_name.clone(),
            province: grant.province.clone(),
            crops: grant.scope.crops().to_vec(),
            parts_used: grant.scope.parts_used().to_vec(),
            activities: grant.scope.activities().to_vec(),
            standard: grant.standard.clone(),
            issued_on: term.issued_on,
            valid_from: term.valid_from,
            valid_until: term.valid_until,
            revocation: None,
        }
    }
}

impl Unsigned {
    /// What is to be signed.
    pub fn claims(&self, issuer: &str, now: Timestamp) -> Claims {
        Claims {
            iss: issuer.to_owned(),
            sub: self.number.to_string(),
            iat: now.as_second(),
            certificate: PublicCertificate::of(self.number, &self.grant, self.term),
        }
    }
}

impl Certificate {
    /// What everybody may know of it at a moment.
    pub fn public_at(&self, now: Timestamp) -> PublicCertificate {
        let revoked = self.status_at(now) == CertificateStatus::Revoked;
        let event = self.revocation().filter(|_| revoked);
        let revocation = event.map(|event| Revocation {
            reason: event.reason.clone(),
            effective_at: event.effective_at,
        });
        PublicCertificate {
            revocation,
            ..PublicCertificate::of(self.number, &self.grant, self.term)
        }
    }
}
