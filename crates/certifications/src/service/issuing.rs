//! Approving an application: its certificate is issued in the same step.

use gacp_farms::{Farm, Plot};
use gacp_store::{Attempt, StoreError};
use jiff::Timestamp;
use thiserror::Error;

use super::acting::refused;
use super::{Certifications, Dossier};
use crate::{
    Action, Application, CERTIFICATE_TYP, Certificate, CertificateNumber, CertificateStatus,
    CertificationError, Facts, Grant, Moved, Series, Standard, Step, Term, Unsigned, bangkok,
    history,
};

/// Something that every application has is gone.
#[derive(Debug, Error)]
#[error("application has no {0}")]
struct Dangling(&'static str);

impl Certifications {
    /// Takes the approval: application and certificate are kept together or not at all.
    pub(super) async fn certify(
        &self,
        attempt: &Attempt<'_, Dossier>,
        application: &Application,
        facts: &Facts<'_>,
        comment: Option<String>,
    ) -> Result<Dossier, CertificationError> {
        let (certificate, moved) = self.certified(application, facts, attempt.at).await?;
        let Moved { application, moves } = moved;
        let mut entries = history::of_moves(attempt, application.id(), &moves, comment);
        let mut issued = attempt.entry(history::of_certificate(certificate.id()), "issued");
        issued.to = Some(CertificateStatus::Valid.as_str().to_owned());
        entries.push(issued);
        let dossier = self.dossier(application, attempt.by, attempt.at).await?;
        let change = attempt.change(entries, &dossier);
        let store = &self.parts.applications;
        store.issue(&dossier.application, &certificate, &change).await?;
        Ok(dossier)
    }

    async fn certified(
        &self,
        application: &Application,
        facts: &Facts<'_>,
        now: Timestamp,
    ) -> Result<(Certificate, Moved), CertificationError> {
        let grant = self.grant(application).await?;
        let number = self.certificate_number(now).await?;
        let moved = application
            .clone()
            .take(Step::Approve(number), facts, now)
            .map_err(|refusal| refused(refusal, Action::Approve, application, facts))?;
        let certificate = self.signed(number, grant, facts.standard, now)?;
        Ok((certificate, moved))
    }

    fn signed(
        &self,
        number: CertificateNumber,
        grant: Grant,
        standard: &Standard,
        now: Timestamp,
    ) -> Result<Certificate, CertificationError> {
        let term = Term::starting(now, standard.validity_years());
        let unsigned = Unsigned { number, grant, term };
        let claims = unsigned.claims(&self.parts.issuer, now);
        let signer = self.parts.keyring.certificate_signer();
        let jws =
            signer.sign(CERTIFICATE_TYP, &claims, now).map_err(CertificationError::Signing)?;
        Ok(Certificate::issue(unsigned, jws, now))
    }

    async fn grant(&self, application: &Application) -> Result<Grant, StoreError> {
        let farm = self.parts.farms.find(application.farm(), None).await?;
        let farm = farm.ok_or_else(|| dangling("farm"))?;
        let name = self.parts.people.public_name(application.owner()).await?;
        let holder_name = name.ok_or_else(|| dangling("owner"))?;
        Ok(Grant {
            application: application.id(),
            holder: application.owner(),
            holder_name,
            farm: farm.id(),
            farm_name: farm.name().to_owned(),
            province: farm.address().changwat.clone(),
            plot_count: u32::try_from(application.plots().len()).unwrap_or(u32::MAX),
            area_m2: covered_m2(&farm, application),
            scope: application.scope().clone(),
            standard: application.standard().clone(),
        })
    }

    async fn certificate_number(&self, now: Timestamp) -> Result<CertificateNumber, StoreError> {
        let year = bangkok::year_of(now);
        let serial = self.parts.numbers.next(Series::Certificate, year).await?;
        CertificateNumber::new(year, serial).map_err(|full| StoreError::Full(Box::new(full)))
    }
}

/// The area of the covered plots that the farm still has.
fn covered_m2(farm: &Farm, application: &Application) -> f64 {
    let covered = farm.plots().iter().filter(|plot| application.plots().contains(&plot.id()));
    covered.map(Plot::area_m2).sum()
}

fn dangling(what: &'static str) -> StoreError {
    StoreError::Corrupt(Box::new(Dangling(what)))
}
