//! What is written about applications, certificates and their farms.

use gacp_farms::FarmId;
use gacp_store::{Attempt, HistoryEntry, Subject, SubjectKind};

use crate::{ApplicationId, CertificateId, Move};

/// An application as the subject of history.
pub(crate) fn of_application(id: ApplicationId) -> Subject {
    Subject { kind: SubjectKind::Application, id: id.uuid() }
}

/// A certificate as the subject of history.
pub(crate) fn of_certificate(id: CertificateId) -> Subject {
    Subject { kind: SubjectKind::Certificate, id: id.uuid() }
}

/// A farm as the subject of history.
pub(crate) fn of_farm(id: FarmId) -> Subject {
    Subject { kind: SubjectKind::Farm, id: id.uuid() }
}

/// An entry for each move; what was said belongs to the first, which somebody asked for.
pub(crate) fn of_moves<T>(
    attempt: &Attempt<'_, T>,
    id: ApplicationId,
    moves: &[Move],
    mut comment: Option<String>,
) -> Vec<HistoryEntry> {
    let entry = |step: &Move| {
        let entry = attempt.entry(of_application(id), step.cause.as_str());
        entry.moved(step.from.as_str(), step.to.as_str()).saying(comment.take())
    };
    moves.iter().map(entry).collect()
}
