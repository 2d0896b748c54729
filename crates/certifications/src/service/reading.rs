//! Applications as their readers see them.

use gacp_farms::FarmStatus;
use gacp_store::{Actor, HistoryEntry, Page, PageRequest, Role, StoreError};
use jiff::Timestamp;
use thiserror::Error;

use super::{Certifications, Dossier, Listing, Reading};
use crate::{
    Application, ApplicationFilter, ApplicationId, CertificationError, Facts, Forbidden, Guard,
    Standard, StandardRef, TRANSITIONS, history, offers,
};

/// An application names a standard that this program does not know.
#[derive(Debug, Error)]
#[error("standard {0} is not known")]
struct UnknownStandard(StandardRef);

impl Certifications {
    /// An application, with what its reader can do. Fails with `NotFound` for farmers whose it is
    /// not.
    pub async fn get(
        &self,
        by: Actor,
        id: ApplicationId,
        now: Timestamp,
    ) -> Result<Dossier, CertificationError> {
        let application = self.found(by, id, now).await?;
        self.dossier(application, by, now).await
    }

    /// A page of the applications that are wanted: farmers see their own, staff all.
    pub async fn list(
        &self,
        by: Actor,
        filter: &ApplicationFilter,
        page: &PageRequest,
        now: Timestamp,
    ) -> Result<Listing, CertificationError> {
        let owner = if by.role == Role::Farmer { Some(by.id) } else { filter.owner };
        let filter = ApplicationFilter { owner, ..*filter };
        let Page { items, next } = self.parts.applications.list(&filter, page).await?;
        let mut current = Vec::with_capacity(items.len());
        for application in items {
            match self.looked_after(application, now).await {
                // One that ended just now may be none of those that are wanted.
                Ok(application) if filter.matches(&application) => current.push(application),
                // One that changed meanwhile comes up again when the list is read again.
                Ok(_) | Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let page = Page { items: current, next };
        Ok(Listing { page, reading: Reading::of(by.role) })
    }

    /// What happened to an application, newest first. Finance does not see it.
    pub async fn history(
        &self,
        by: Actor,
        id: ApplicationId,
        page: &PageRequest,
        now: Timestamp,
    ) -> Result<Page<HistoryEntry>, CertificationError> {
        let application = self.found(by, id, now).await?;
        if Reading::of(by.role) == Reading::FeesOnly {
            return Err(Forbidden::Role.into());
        }
        let subject = history::of_application(application.id());
        Ok(self.parts.history.history(subject, page).await?)
    }

    /// The application with what its reader can do.
    pub(super) async fn dossier(
        &self,
        application: Application,
        by: Actor,
        now: Timestamp,
    ) -> Result<Dossier, CertificationError> {
        let facts = self.facts(&application, by).await?;
        let actions = offers(&application, &facts);
        let overdue = application.is_overdue(now);
        Ok(Dossier { application, actions, overdue, reading: Reading::of(by.role) })
    }

    /// What the guards must know. The farm is read only when a guard asks for it.
    pub(super) async fn facts(
        &self,
        application: &Application,
        by: Actor,
    ) -> Result<Facts<'_>, CertificationError> {
        let standard = self.standard_of(application)?;
        let farm = if asks_for_farm(application, by) {
            self.farm_status(application).await?
        } else {
            None
        };
        Ok(Facts { by, standard, farm })
    }

    /// The standard that an application was opened under.
    pub(super) fn standard_of(&self, application: &Application) -> Result<&Standard, StoreError> {
        let reference = application.standard();
        let unknown = || StoreError::Corrupt(Box::new(UnknownStandard(reference.clone())));
        self.parts.standards.of_reference(reference).ok_or_else(unknown)
    }

    async fn farm_status(
        &self,
        application: &Application,
    ) -> Result<Option<FarmStatus>, StoreError> {
        let farm = self.parts.farms.find(application.farm(), None).await?;
        Ok(farm.map(|farm| farm.status()))
    }
}

fn asks_for_farm(application: &Application, by: Actor) -> bool {
    TRANSITIONS.iter().any(|row| {
        row.guards.contains(&Guard::FarmApproved)
            && row.from.contains(&application.status())
            && row.who.role() == Some(by.role)
    })
}
