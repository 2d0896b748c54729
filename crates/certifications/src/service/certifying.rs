//! Certificates: reading, verifying and revoking them.

use gacp_store::{
    Actor, Attempt, Page, PageRequest, Revision, Role, Submitted, Target, Violations,
};
use jiff::Timestamp;

use super::Certifications;
use super::races::again_when_lost;
use crate::draft::RevocationDraft;
use crate::{
    Certificate, CertificateFilter, CertificateNumber, CertificateStatus, CertificationError,
    Forbidden, NumberError, PublicCertificate, history,
};

/// What everybody is told of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Its number.
    pub number: CertificateNumber,
    /// What it is worth now.
    pub status: CertificateStatus,
    /// What everybody may know of it.
    pub certificate: PublicCertificate,
    /// The number of its state.
    pub revision: Revision,
    /// When its status changes by itself: what is said here holds until then at most.
    pub next_change_at: Option<Timestamp>,
}

impl Certifications {
    /// A certificate. Fails with `NotFound` for farmers who do not hold it, and for text that is
    /// no number.
    pub async fn certificate(
        &self,
        by: Actor,
        number: &str,
    ) -> Result<Certificate, CertificationError> {
        let owner = (by.role == Role::Farmer).then_some(by.id);
        let number = CertificateNumber::parse(number);
        let number = number.map_err(|_no_number| CertificationError::NotFound)?;
        let found = self.parts.certificates.find(&number, owner).await?;
        found.ok_or(CertificationError::NotFound)
    }

    /// A page of the certificates that are wanted: farmers see their own, staff all.
    pub async fn certificates(
        &self,
        by: Actor,
        filter: &CertificateFilter,
        page: &PageRequest,
    ) -> Result<Page<Certificate>, CertificationError> {
        let owner = if by.role == Role::Farmer { Some(by.id) } else { filter.owner };
        let filter = CertificateFilter { owner, ..*filter };
        Ok(self.parts.certificates.list(&filter, page).await?)
    }

    /// What everybody may know of the certificate with a number.
    ///
    /// Fails with `Invalid` (`/number`) when the text is no number or its check character is
    /// wrong.
    pub async fn verify(
        &self,
        number: &str,
        now: Timestamp,
    ) -> Result<Verification, CertificationError> {
        let number = CertificateNumber::parse(number).map_err(refused)?;
        let found = self.parts.certificates.find(&number, None).await?;
        let certificate = found.ok_or(CertificationError::NotFound)?;
        Ok(Verification {
            number,
            status: certificate.status_at(now),
            certificate: certificate.public_at(now),
            revision: certificate.revision(),
            next_change_at: certificate.next_change_after(now),
        })
    }

    /// Takes a certificate back, for good.
    ///
    /// Fails with `Forbidden` for everybody but approvers, with `WrongStatus` when it was taken
    /// back before.
    pub async fn revoke(
        &self,
        attempt: &Attempt<'_, Certificate>,
        target: &Target<String>,
        draft: Submitted<RevocationDraft>,
    ) -> Result<Certificate, CertificationError> {
        let once = || self.revoke_once(attempt, target, draft.clone());
        again_when_lost(&target.expected, once).await
    }

    async fn revoke_once(
        &self,
        attempt: &Attempt<'_, Certificate>,
        target: &Target<String>,
        draft: Submitted<RevocationDraft>,
    ) -> Result<Certificate, CertificationError> {
        let certificate = self.certificate(attempt.by, &target.id).await?;
        if attempt.by.role != Role::Approver {
            return Err(Forbidden::Role.into());
        }
        target.expected.check(certificate.revision())?;
        let RevocationDraft { reason } = draft?.into_inner();
        if certificate.revocation().is_some() {
            return Err(CertificationError::WrongStatus { action: "revoke", allowed: Vec::new() });
        }
        let before = certificate.status_at(attempt.at);
        let entry = attempt.entry(history::of_certificate(certificate.id()), "revoke");
        let entry = entry.moved(before.as_str(), CertificateStatus::Revoked.as_str());
        let entry = entry.saying(Some(reason.clone()));
        let revoked = certificate.revoked(reason, attempt.at);
        let change = attempt.change(vec![entry], &revoked);
        self.parts.certificates.replace(&revoked, &change).await?;
        Ok(revoked)
    }
}

fn refused(error: NumberError) -> Violations {
    let code = match error {
        NumberError::Malformed => "invalid-format",
        NumberError::WrongCheckCharacter => "invalid-checksum",
    };
    Violations::one("/number", code)
}
