//! Changing what an owner wants certified.

use gacp_store::{Attempt, Role, Submitted, Target};
use garde::Valid;

use super::races::again_when_lost;
use super::{Certifications, Dossier, terms};
use crate::draft::ApplicationPatch;
use crate::{
    Application, ApplicationId, CertificationError, Forbidden, Scope, Terms, allowed, history,
};

impl Certifications {
    /// Changes what an owner wants certified, in a draft or when a revision was requested.
    pub async fn revise(
        &self,
        attempt: &Attempt<'_, Dossier>,
        target: &Target<ApplicationId>,
        patch: Submitted<ApplicationPatch>,
    ) -> Result<Dossier, CertificationError> {
        let once = || self.revise_once(attempt, target, patch.clone());
        again_when_lost(&target.expected, once).await
    }

    async fn revise_once(
        &self,
        attempt: &Attempt<'_, Dossier>,
        target: &Target<ApplicationId>,
        patch: Submitted<ApplicationPatch>,
    ) -> Result<Dossier, CertificationError> {
        let application = self.found(attempt.by, target.id, attempt.at).await?;
        if attempt.by.id != application.owner() || attempt.by.role != Role::Farmer {
            return Err(Forbidden::NotOwner.into());
        }
        target.expected.check(application.revision())?;
        let (terms, fields) = self.patched(&application, patch?).await?;
        if !application.is_editable() {
            let facts = self.facts(&application, attempt.by).await?;
            let allowed = allowed(&application, &facts);
            return Err(CertificationError::WrongStatus { action: "revise", allowed });
        }
        let entry = attempt.entry(history::of_application(application.id()), "revise");
        let revised = application.revised(terms, attempt.at);
        let dossier = self.dossier(revised, attempt.by, attempt.at).await?;
        let change = attempt.change(vec![entry.touching(fields)], &dossier);
        self.parts.applications.replace(&dossier.application, &change).await?;
        Ok(dossier)
    }

    /// The terms after a patch, and the names of the fields that it says.
    async fn patched(
        &self,
        application: &Application,
        patch: Valid<ApplicationPatch>,
    ) -> Result<(Terms, Vec<&'static str>), CertificationError> {
        let ApplicationPatch { plot_ids, scope, purpose } = patch.into_inner();
        let said = [
            ("plotIds", plot_ids.is_some()),
            ("scope", scope.is_some()),
            ("purpose", purpose.is_some()),
        ];
        let fields = said.iter().filter(|(_, said)| *said).map(|(name, _)| *name).collect();
        let farm = self.parts.farms.find(application.farm(), None).await?;
        let farm = farm.ok_or(CertificationError::NotFound)?;
        let plots = match plot_ids {
            Some(ids) => terms::plots(&farm, &ids).map_err(terms::all)?,
            None => application.plots().to_vec(),
        };
        let scope = scope.map_or_else(|| application.scope().clone(), Scope::of_checked);
        let purpose = purpose.unwrap_or(application.purpose());
        Ok((Terms { plots, scope, purpose }, fields))
    }
}
