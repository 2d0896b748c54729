//! Certificates as their holder, staff and everybody else see them.

use gacp_certifications::{Certificate, CertificateStatus, PublicCertificate, Verification};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A certificate, for its holder and for staff.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateView {
    #[schema(format = Uuid)]
    id: String,
    status: CertificateStatus,
    #[serde(flatten)]
    public: PublicCertificate,
    #[schema(format = Uuid)]
    application_id: String,
    #[schema(format = Uuid)]
    holder_id: String,
    #[schema(format = Uuid)]
    farm_id: String,
    plot_count: u32,
    /// The geodesic area of the plots that are covered, in m².
    area_m2: f64,
    /// The signed public fields; its keys are at `/.well-known/certificate-jwks.json`.
    jws: String,
    version: u64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// What everybody may know of a certificate, and what it is worth now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerificationView {
    number: String,
    status: CertificateStatus,
    certificate: PublicCertificate,
}

impl CertificateView {
    pub(crate) fn of(certificate: &Certificate, now: Timestamp) -> Self {
        let grant = certificate.grant();
        Self {
            id: certificate.id().to_string(),
            status: certificate.status_at(now),
            public: certificate.public_at(now),
            application_id: grant.application.to_string(),
            holder_id: grant.holder.to_string(),
            farm_id: grant.farm.to_string(),
            plot_count: grant.plot_count,
            area_m2: grant.area_m2,
            jws: certificate.jws().to_owned(),
            version: certificate.revision().get(),
            created_at: certificate.created_at(),
            updated_at: certificate.updated_at(),
        }
    }
}

impl From<Verification> for VerificationView {
    fn from(verification: Verification) -> Self {
        Self {
            number: verification.certificate.number.to_string(),
            status: verification.status,
            certificate: verification.certificate,
        }
    }
}
