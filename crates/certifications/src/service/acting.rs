//! Taking the steps of an application.

use gacp_store::{AccountId, Attempt, Change, Submitted, Target, Violations};

use super::races::again_when_lost;
use super::{Certifications, Dossier};
use crate::draft::{ActionDraft, Wish};
use crate::{
    Action, Application, ApplicationId, CertificationError, Conflict, Facts, Moved, Refusal, Step,
    allowed, forbidden, history, permit,
};

impl Certifications {
    /// Takes an action on an application.
    ///
    /// Fails with `Forbidden` when it is somebody else's to take, with `WrongStatus` when it is
    /// not its time, and with a `Conflict` when something else must come first.
    pub async fn act(
        &self,
        attempt: &Attempt<'_, Dossier>,
        target: &Target<ApplicationId>,
        action: Action,
        draft: Submitted<ActionDraft>,
    ) -> Result<Dossier, CertificationError> {
        let once = || self.act_once(attempt, target, action, draft.clone());
        again_when_lost(&target.expected, once).await
    }

    async fn act_once(
        &self,
        attempt: &Attempt<'_, Dossier>,
        target: &Target<ApplicationId>,
        action: Action,
        draft: Submitted<ActionDraft>,
    ) -> Result<Dossier, CertificationError> {
        let application = self.found(attempt.by, target.id, attempt.at).await?;
        if let Some(reason) = forbidden(&application, action, attempt.by) {
            return Err(reason.into());
        }
        target.expected.check(application.revision())?;
        let draft = draft?.into_inner();
        let comment = draft.comment.clone();
        let wish = draft.read(action)?;
        self.check_inspector(&application, &wish, attempt.by.id).await?;

        let facts = self.facts(&application, attempt.by).await?;
        let refused = |refusal| refused(refusal, action, &application, &facts);
        permit(&application, action, &facts).map_err(refused)?;
        match wish {
            Wish::Take(step) => {
                let moved = application.clone().take(step, &facts, attempt.at).map_err(refused)?;
                self.keep_moved(attempt, moved, comment).await
            }
            Wish::Certify => self.certify(attempt, &application, &facts, comment).await,
        }
    }

    async fn keep_moved(
        &self,
        attempt: &Attempt<'_, Dossier>,
        moved: Moved,
        comment: Option<String>,
    ) -> Result<Dossier, CertificationError> {
        let Moved { application, moves } = moved;
        let entries = history::of_moves(attempt, application.id(), &moves, comment);
        let dossier = self.dossier(application, attempt.by, attempt.at).await?;
        let change = attempt.change(entries, &dossier);
        self.replace(&dossier.application, &change).await?;
        Ok(dossier)
    }

    async fn replace(
        &self,
        application: &Application,
        change: &Change,
    ) -> Result<(), CertificationError> {
        match self.parts.applications.replace(application, change).await {
            Err(error) if error.duplicate_key() == Some(Application::SLOT_TAKEN) => {
                Err(Conflict::InspectorBooked.into())
            }
            outcome => Ok(outcome?),
        }
    }

    /// The inspector that is named is active, and had no part in the application so far.
    async fn check_inspector(
        &self,
        application: &Application,
        wish: &Wish,
        by: AccountId,
    ) -> Result<(), CertificationError> {
        let Wish::Take(Step::ScheduleInspection(appointment)) = wish else { return Ok(()) };
        let inspector = appointment.inspector;
        let involved = inspector == by
            || inspector == application.owner()
            || application.reviewers().contains(&inspector);
        if involved || !self.parts.people.is_active_inspector(inspector).await? {
            return Err(Violations::one("/inspectorId", "invalid-format").into());
        }
        Ok(())
    }
}

/// A refusal of the table of transitions, as the caller hears it.
pub(super) fn refused(
    refusal: Refusal,
    action: Action,
    application: &Application,
    facts: &Facts<'_>,
) -> CertificationError {
    match refusal {
        Refusal::Forbidden(reason) => reason.into(),
        Refusal::WrongStatus => CertificationError::WrongStatus {
            action: action.as_str(),
            allowed: allowed(application, facts),
        },
        Refusal::FarmNotApproved => Conflict::FarmNotEligible.into(),
        Refusal::InspectionIncomplete(missing) => Conflict::InspectionIncomplete(missing).into(),
        Refusal::NotPassed(reasons) => Conflict::NotPassed(reasons).into(),
    }
}
