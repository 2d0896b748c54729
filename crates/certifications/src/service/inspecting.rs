//! Recording what an inspector finds.

use gacp_store::{Actor, Attempt, Expected, Role, Submitted, Violations};

use super::races::again_when_lost;
use super::{Certifications, Dossier};
use crate::scoring::{AnswerSheet, AnswersDraft};
use crate::workflow::{allowed, four_eyes};
use crate::{
    Application, ApplicationId, CertificationError, Forbidden, Inspection, Status, history,
};

impl Certifications {
    /// Adds answers to an inspection. Answers that it has already change nothing, so that they can
    /// be sent again from the field.
    ///
    /// Fails with `Forbidden` for everybody but the inspector that was named.
    pub async fn answer(
        &self,
        attempt: &Attempt<'_, Dossier>,
        id: ApplicationId,
        draft: Submitted<AnswersDraft>,
    ) -> Result<Dossier, CertificationError> {
        let application = self.found(attempt.by, id, attempt.at).await?;
        may_answer(&application, attempt.by)?;
        let draft = draft?.into_inner();
        again_when_lost(&Expected::Unsaid, || self.try_answering(attempt, id, &draft)).await
    }

    async fn try_answering(
        &self,
        attempt: &Attempt<'_, Dossier>,
        id: ApplicationId,
        draft: &AnswersDraft,
    ) -> Result<Dossier, CertificationError> {
        let application = self.found(attempt.by, id, attempt.at).await?;
        may_answer(&application, attempt.by)?;
        let sheet = self.completed_sheet(attempt, &application, draft)?;
        if application.status() != Status::InspectionScheduled {
            let facts = self.facts(&application, attempt.by).await?;
            let allowed = allowed(&application, &facts);
            return Err(CertificationError::WrongStatus { action: "answers", allowed });
        }
        let revision = application.revision();
        let answered = application.answered(sheet, attempt.at);
        let dossier = self.dossier(answered, attempt.by, attempt.at).await?;
        if dossier.application.revision() == revision {
            return Ok(dossier);
        }
        let entry = attempt.entry(history::of_application(id), "answers");
        let change = attempt.change(vec![entry.touching(["inspection"])], &dossier);
        self.parts.applications.replace(&dossier.application, &change).await?;
        Ok(dossier)
    }

    /// The answers so far with those of the draft.
    fn completed_sheet(
        &self,
        attempt: &Attempt<'_, Dossier>,
        application: &Application,
        draft: &AnswersDraft,
    ) -> Result<AnswerSheet, CertificationError> {
        let standard = self.standard_of(application)?;
        let answers = application.inspection().map(Inspection::answers);
        let mut sheet = answers.cloned().unwrap_or_default();
        let checked = Violations::check(draft.clone())?;
        sheet.record(standard, checked, attempt.by.id, attempt.at)?;
        Ok(sheet)
    }
}

/// Only the inspector that was named answers; while nobody is, no inspector is the wrong one.
fn may_answer(application: &Application, by: Actor) -> Result<(), Forbidden> {
    if by.role != Role::Inspector {
        return Err(Forbidden::Role);
    }
    if application.assignee().is_some_and(|inspector| inspector != by.id) {
        return Err(Forbidden::NotAssigned);
    }
    four_eyes(application, by).map_or(Ok(()), Err)
}
