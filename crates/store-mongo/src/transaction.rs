//! Changes: steps that happen together or not at all.
//!
//! A transaction is data, so that it can be tried again: MongoDB ends one of two transactions that
//! write one document, and says by a label on the error that the loser may start over. When the
//! reply to a commit is lost, the commit is repeated, and in the end what it wrote is looked for
//! by its id: an unknown outcome is told as one only when nothing else can be said.

mod patience;

use gacp_store::{BoxError, StoreError};
use mongodb::ClientSession;
use mongodb::bson::{Bson, Document, doc};
use mongodb::error::{TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT};
use mongodb::options::ReadConcern;
use thiserror::Error;

use crate::Mongo;
use crate::connect::{MAX_TIME, write_concern};
use crate::errors::Failure;
use patience::Patience;

/// What it means that a step found nothing to change.
pub(crate) type Refusal = fn() -> StoreError;

/// The record is not there in the state that was read.
pub(crate) const STALE: Refusal = || StoreError::Stale;

/// Steps in one transaction, in their order.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    steps: Vec<Step>,
    witness: Option<(&'static str, Bson)>,
}

#[derive(Debug)]
enum Step {
    Insert { into: &'static str, documents: Vec<Document> },
    Update { of: &'static str, filter: Document, update: Document, otherwise: Refusal },
    UpdateAll { of: &'static str, filter: Document, update: Document },
    DeleteAll { of: &'static str, filter: Document },
}

/// The outcome of a commit is not known, and what it wrote is not there, or not yet.
#[derive(Debug, Error)]
#[error("the transaction may have been committed")]
struct InDoubt(#[source] BoxError);

impl Transaction {
    /// Adds documents. What is added last to `history` or `sessions` tells afterwards whether the
    /// transaction was committed.
    pub(crate) fn insert(mut self, into: &'static str, documents: Vec<Document>) -> Self {
        if documents.is_empty() {
            return self;
        }
        if matches!(into, "history" | "sessions") {
            let id = documents.last().and_then(|document| document.get("_id"));
            self.witness = id.map(|id| (into, id.clone()));
        }
        self.steps.push(Step::Insert { into, documents });
        self
    }

    /// Changes the one document that a filter finds. When there is none, nothing at all happens.
    pub(crate) fn update(
        mut self,
        of: &'static str,
        (filter, update): (Document, Document),
        otherwise: Refusal,
    ) -> Self {
        self.steps.push(Step::Update { of, filter, update, otherwise });
        self
    }

    /// Changes the documents that a filter finds.
    pub(crate) fn update_all(
        mut self,
        of: &'static str,
        filter: Document,
        update: Document,
    ) -> Self {
        self.steps.push(Step::UpdateAll { of, filter, update });
        self
    }

    /// Removes the documents that a filter finds.
    pub(crate) fn delete_all(mut self, of: &'static str, filter: Document) -> Self {
        self.steps.push(Step::DeleteAll { of, filter });
        self
    }
}

impl Mongo {
    /// Does all steps of a transaction, or none. Says how many documents the steps changed.
    pub(crate) async fn commit(&self, transaction: Transaction) -> Result<u64, StoreError> {
        let mongo = self.clone();
        self.detached(async move { mongo.try_again_and_again(&transaction).await }).await
    }

    async fn try_again_and_again(&self, transaction: &Transaction) -> Result<u64, Failure> {
        let mut patience = Patience::from_now();
        loop {
            // A session that is dropped ends its transaction, and nobody waits for that.
            let mut session = self.client.start_session().await?;
            let (changed, outcome) = match self.run(&mut session, &transaction.steps).await {
                Ok(changed) => (changed, commit(&mut session, &mut patience).await),
                Err(failure) => (0, undo(&mut session, failure).await),
            };
            let outcome = match outcome {
                Outcome::InDoubt(failure) => self.resolve(&mut session, transaction, failure).await,
                outcome => outcome,
            };
            match outcome {
                Outcome::Done => return Ok(changed),
                Outcome::Undone(failure) if failure.is_labelled(TRANSIENT_TRANSACTION_ERROR) => {
                    if !patience.wait().await {
                        return Err(failure);
                    }
                }
                Outcome::Undone(failure) => return Err(failure),
                Outcome::InDoubt(failure) => return Err(in_doubt(failure)),
            }
        }
    }

    async fn run(&self, session: &mut ClientSession, steps: &[Step]) -> Result<u64, Failure> {
        begin(session).await?;
        let mut changed = 0;
        for step in steps {
            changed += self.step(session, step).await?;
        }
        Ok(changed)
    }

    async fn step(&self, session: &mut ClientSession, step: &Step) -> Result<u64, Failure> {
        match step {
            Step::Insert { into, documents } => {
                let added = self.collection(into).insert_many(documents).session(session).await?;
                Ok(u64::try_from(added.inserted_ids.len()).unwrap_or(u64::MAX))
            }
            Step::Update { of, filter, update, otherwise } => {
                let collection = self.collection(of);
                let update = collection.update_one(filter.clone(), update.clone());
                let updated = update.session(session).await?.matched_count;
                if updated == 0 { Err(otherwise().into()) } else { Ok(updated) }
            }
            Step::UpdateAll { of, filter, update } => {
                let collection = self.collection(of);
                let update = collection.update_many(filter.clone(), update.clone());
                Ok(update.session(session).await?.modified_count)
            }
            Step::DeleteAll { of, filter } => {
                let collection = self.collection(of);
                Ok(collection.delete_many(filter.clone()).session(session).await?.deleted_count)
            }
        }
    }

    /// Finds out what became of a commit whose outcome nobody told.
    async fn resolve(
        &self,
        session: &mut ClientSession,
        transaction: &Transaction,
        failure: Failure,
    ) -> Outcome {
        match self.is_done(session, transaction).await {
            Ok(Some(true)) => Outcome::Done,
            Ok(Some(false)) => Outcome::Undone(failure),
            Ok(None) | Err(_) => Outcome::InDoubt(failure),
        }
    }

    /// Whether something is there that only this transaction can have written. Nothing when it is
    /// there, but not yet on a majority.
    async fn is_done(
        &self,
        session: &mut ClientSession,
        transaction: &Transaction,
    ) -> Result<Option<bool>, Failure> {
        let (of, id) = transaction.witness.clone().unwrap_or(("history", Bson::Null));
        let collection = self.collection(of);
        let look = || {
            let witness = collection.find_one(doc! { "_id": id.clone() });
            witness.projection(doc! { "_id": 1 }).max_time(MAX_TIME)
        };
        // The next transaction of a session ends the one before, if that is still under way: what
        // is not there now never will be.
        begin(session).await?;
        let is_there = look().session(&mut *session).await?.is_some();
        session.abort_transaction().await?;
        if !is_there {
            return Ok(Some(false));
        }
        Ok(look().await?.map(|_witness| true))
    }
}

/// What became of a transaction.
enum Outcome {
    Done,
    Undone(Failure),
    InDoubt(Failure),
}

async fn begin(session: &mut ClientSession) -> Result<(), Failure> {
    session
        .start_transaction()
        .read_concern(ReadConcern::snapshot())
        .write_concern(write_concern())
        .max_commit_time(MAX_TIME)
        .await?;
    Ok(())
}

/// Commits, again and again while nobody says what became of it: a commit can be repeated.
async fn commit(session: &mut ClientSession, patience: &mut Patience) -> Outcome {
    let mut told = true;
    loop {
        let Err(error) = session.commit_transaction().await else { return Outcome::Done };
        let failure = Failure::from(error);
        let unknown = failure.is_labelled(UNKNOWN_TRANSACTION_COMMIT_RESULT);
        told &= !unknown;
        if unknown && patience.wait().await {
            continue;
        }
        // A commit whose first reply was lost may be forgotten by the time it is repeated.
        return if told { Outcome::Undone(failure) } else { Outcome::InDoubt(failure) };
    }
}

/// Ends a transaction that a step refused. The server has ended one that it refused itself.
async fn undo(session: &mut ClientSession, failure: Failure) -> Outcome {
    if matches!(failure, Failure::Store(_)) {
        // What cannot be ended now ends with its session.
        let _left = session.abort_transaction().await;
    }
    Outcome::Undone(failure)
}

fn in_doubt(failure: Failure) -> Failure {
    let source = match StoreError::from(failure) {
        StoreError::Unavailable(source) => source,
        other => other.into(),
    };
    StoreError::Unavailable(InDoubt(source).into()).into()
}

#[cfg(test)]
mod tests {
    use gacp_store::NoServer;

    use super::*;

    #[test]
    fn a_commit_that_found_no_server_again_may_have_been_sent_before() {
        let again = Failure::Store(NoServer("elected anew".into()).into());

        let error = StoreError::from(in_doubt(again));

        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        assert!(!error.found_no_server());
    }
}
