//! What ends because its owner let a deadline pass.

use gacp_store::{Actor, Change, HistoryEntry, Role, StoreError, fresh_uuid};
use jiff::Timestamp;

use super::Certifications;
use super::races::ROUNDS;
use crate::application::{Application, ApplicationId, Moved};
use crate::error::CertificationError;
use crate::history;

impl Certifications {
    /// Records that applications have ended with their deadline, at most `limit` of them; says
    /// how many. Applications that are read are looked after without it.
    pub async fn expire_overdue(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<usize, CertificationError> {
        let mut expired = 0;
        for application in self.parts.applications.past_deadline(now, limit).await? {
            let Some(moved) = application.lapsed(now) else { continue };
            match self.record_lapse(&moved, now).await {
                Ok(()) => expired += 1,
                // Somebody acted on it meanwhile: it is looked at again next time.
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(expired)
    }

    /// An application that its reader may know of, as it is now.
    pub(super) async fn found(
        &self,
        by: Actor,
        id: ApplicationId,
        now: Timestamp,
    ) -> Result<Application, CertificationError> {
        let owner = (by.role == Role::Farmer).then_some(by.id);
        for _ in 0..ROUNDS {
            let found = self.parts.applications.find(id, owner).await?;
            let application = found.ok_or(CertificationError::NotFound)?;
            match self.looked_after(application, now).await {
                Err(StoreError::Stale) => {}
                outcome => return Ok(outcome?),
            }
        }
        Err(StoreError::Stale.into())
    }

    /// The application, ended if its deadline has passed. Fails with [`StoreError::Stale`] when
    /// it changed meanwhile.
    pub(super) async fn looked_after(
        &self,
        application: Application,
        now: Timestamp,
    ) -> Result<Application, StoreError> {
        match application.lapsed(now) {
            None => Ok(application),
            Some(moved) => {
                self.record_lapse(&moved, now).await?;
                Ok(moved.application)
            }
        }
    }

    async fn record_lapse(&self, moved: &Moved, now: Timestamp) -> Result<(), StoreError> {
        let Moved { application, moves } = moved;
        let subject = history::of_application(application.id());
        let entries = moves.iter().map(|step| HistoryEntry {
            id: fresh_uuid(now),
            subject,
            at: now,
            by: None,
            action: step.cause.as_str().to_owned(),
            from: Some(step.from.as_str().to_owned()),
            to: Some(step.to.as_str().to_owned()),
            fields: Vec::new(),
            comment: None,
            request_id: None,
        });
        let change = Change { entries: entries.collect(), receipt: None };
        self.parts.applications.replace(application, &change).await
    }
}
