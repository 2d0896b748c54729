//! Recording what was paid.

use gacp_store::{Attempt, Role, StoreError, Submitted};

use super::races::ROUNDS;
use super::{Certifications, Recorded};
use crate::draft::PaymentDraft;
use crate::{
    ApplicationId, CertificationError, Conflict, Forbidden, Moved, Payment, PaymentId, history,
};

impl Certifications {
    /// Records money that came in for an application, in whatever state it is. When it covers the
    /// fee that is due the application moves on.
    ///
    /// A reference that is recorded for the application already changes nothing; one that is
    /// recorded for another one is a `Conflict`.
    pub async fn record_payment(
        &self,
        attempt: &Attempt<'_, Recorded>,
        id: ApplicationId,
        draft: Submitted<PaymentDraft>,
    ) -> Result<Recorded, CertificationError> {
        let application = self.found(attempt.by, id, attempt.at).await?;
        if attempt.by.role != Role::Finance {
            return Err(Forbidden::Role.into());
        }
        let PaymentDraft { kind, amount_satang, gateway_ref } = draft?.into_inner();
        let payment = Payment {
            id: PaymentId::at(attempt.at),
            application: application.id(),
            kind,
            amount_satang,
            gateway_ref,
            recorded_by: attempt.by,
            recorded_at: attempt.at,
        };
        for _ in 0..ROUNDS {
            if let Some(before) = self.recorded_before(&payment).await? {
                return Ok(before);
            }
            match self.try_recording(attempt, &payment).await {
                // Another call was first: the next round finds what it recorded.
                Err(CertificationError::Store(error)) if lost_to_another(&error) => {}
                outcome => return outcome,
            }
        }
        Err(StoreError::Stale.into())
    }

    async fn recorded_before(
        &self,
        payment: &Payment,
    ) -> Result<Option<Recorded>, CertificationError> {
        match self.parts.applications.find_payment(&payment.gateway_ref).await? {
            None => Ok(None),
            Some(first) if first.application == payment.application => {
                Ok(Some(Recorded::Before(first)))
            }
            Some(_) => Err(Conflict::PaymentReferenceTaken.into()),
        }
    }

    async fn try_recording(
        &self,
        attempt: &Attempt<'_, Recorded>,
        payment: &Payment,
    ) -> Result<Recorded, CertificationError> {
        let application = self.found(attempt.by, payment.application, attempt.at).await?;
        let standard = self.standard_of(&application)?;
        let Moved { application, moves } = application.paid(payment, standard, attempt.at);
        let subject = history::of_application(application.id());
        let recorded = attempt.entry(subject, "payment-recorded").touching(["fees"]);
        let moves = history::of_moves(attempt, application.id(), &moves, None);
        let entries = [vec![recorded], moves].concat();
        let result = Recorded::Now(payment.clone());
        let change = attempt.change(entries, &result);
        self.parts.applications.record_payment(&application, payment, &change).await?;
        Ok(result)
    }
}

fn lost_to_another(error: &StoreError) -> bool {
    matches!(error, StoreError::Stale) || error.duplicate_key() == Some(Payment::REFERENCE_TAKEN)
}
