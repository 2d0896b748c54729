//! Opening an application, and changing its terms.

use gacp_farms::{Farm, FarmId};
use gacp_store::{Attempt, PageRequest, Role, StoreError, Submitted, Violation, Violations};
use jiff::Timestamp;

use super::{Certifications, Dossier, terms};
use crate::draft::ApplicationDraft;
use crate::{
    Application, ApplicationFilter, ApplicationId, ApplicationNumber, CertificationError, Conflict,
    FarmClaim, Forbidden, Opening, Scope, Series, Standard, Terms, bangkok, history,
};

/// How often opening is tried on a farm that changes meanwhile.
const TRIES: usize = 3;

/// More applications than a farm has; the newest come first, and a live one is among those.
const APPLICATIONS_OF_A_FARM: usize = 100;

impl Certifications {
    /// Opens an application for one of the caller's farms.
    ///
    /// Fails with `Conflict` when the farm is archived, suspended or rejected, or has a live
    /// application for the standard.
    pub async fn open(
        &self,
        attempt: &Attempt<'_, Dossier>,
        draft: Submitted<ApplicationDraft>,
    ) -> Result<Dossier, CertificationError> {
        if attempt.by.role != Role::Farmer {
            return Err(Forbidden::Role.into());
        }
        let draft = draft?.into_inner();
        for _ in 1..TRIES {
            match self.try_opening(attempt, &draft).await {
                Err(CertificationError::Store(StoreError::Stale)) => {}
                outcome => return outcome,
            }
        }
        self.try_opening(attempt, &draft).await
    }

    async fn try_opening(
        &self,
        attempt: &Attempt<'_, Dossier>,
        draft: &ApplicationDraft,
    ) -> Result<Dossier, CertificationError> {
        let id = FarmId::parse(&draft.farm_id).ok();
        let farm = match id {
            Some(id) => self.parts.farms.find(id, Some(attempt.by.id)).await?,
            None => None,
        };
        let standard = self.parts.standards.current(&draft.standard);
        let (farm, standard, terms) = agreed(farm, standard, draft)?;
        if !terms::is_eligible(&farm) {
            return Err(Conflict::FarmNotEligible.into());
        }
        self.refuse_second(&farm, standard, attempt.at).await?;
        let number = self.application_number(attempt.at).await?;
        let opening = Opening {
            id: ApplicationId::at(attempt.at),
            number,
            owner: attempt.by.id,
            farm: farm.id(),
            request_type: draft.request_type,
            terms,
        };
        let application = Application::open(opening, standard, attempt.at);
        self.keep_opened(attempt, application, &farm).await
    }

    async fn keep_opened(
        &self,
        attempt: &Attempt<'_, Dossier>,
        application: Application,
        farm: &Farm,
    ) -> Result<Dossier, CertificationError> {
        let mut opened = attempt.entry(history::of_application(application.id()), "created");
        opened.to = Some(application.status().as_str().to_owned());
        let noted = attempt.entry(history::of_farm(farm.id()), "application-opened");
        let dossier = self.dossier(application, attempt.by, attempt.at).await?;
        let change = attempt.change(vec![opened, noted], &dossier);
        let claim = FarmClaim { id: farm.id(), revision: farm.revision() };
        match self.parts.applications.open(&dossier.application, &claim, &change).await {
            Err(error) if error.duplicate_key() == Some(Application::LIVE_APPLICATION) => {
                Err(Conflict::ApplicationExists.into())
            }
            outcome => Ok(outcome.map(|()| dossier)?),
        }
    }

    /// Refuses a second live application before a number is taken for it, and ends those whose
    /// deadline has passed: they are in nobody's way.
    async fn refuse_second(
        &self,
        farm: &Farm,
        standard: &Standard,
        now: Timestamp,
    ) -> Result<(), CertificationError> {
        let filter = ApplicationFilter { farm: Some(farm.id()), ..ApplicationFilter::default() };
        let page = PageRequest::first(APPLICATIONS_OF_A_FARM);
        let known = self.parts.applications.list(&filter, &page).await?.items;
        let of_standard = known.into_iter().filter(|one| one.standard().id == standard.id());
        for application in of_standard {
            if self.looked_after(application, now).await?.status().is_live() {
                return Err(Conflict::ApplicationExists.into());
            }
        }
        Ok(())
    }

    async fn application_number(&self, now: Timestamp) -> Result<ApplicationNumber, StoreError> {
        let year = bangkok::year_of(now);
        let serial = self.parts.numbers.next(Series::Application, year).await?;
        ApplicationNumber::new(year, serial).map_err(|full| StoreError::Full(Box::new(full)))
    }
}

/// What a draft names and wants, or everything in it that is not so.
fn agreed<'a>(
    farm: Option<Farm>,
    standard: Option<&'a Standard>,
    draft: &ApplicationDraft,
) -> Result<(Farm, &'a Standard, Terms), Violations> {
    let absent = || vec![Violation::new("/farmId", "invalid-format")];
    let terms = farm.as_ref().ok_or_else(absent).and_then(|farm| wanted(farm, draft));
    match (farm, standard, terms) {
        (Some(farm), Some(standard), Ok(terms)) => Ok((farm, standard, terms)),
        (_, standard, terms) => {
            let mut violations = terms.err().unwrap_or_default();
            if standard.is_none() {
                violations.push(Violation::new("/standard", "invalid-format"));
            }
            Err(terms::all(violations))
        }
    }
}

fn wanted(farm: &Farm, draft: &ApplicationDraft) -> Result<Terms, Vec<Violation>> {
    let plots = terms::plots(farm, &draft.plot_ids)?;
    let scope = Scope::of_checked(draft.scope.clone());
    Ok(Terms { plots, scope, purpose: draft.purpose })
}
