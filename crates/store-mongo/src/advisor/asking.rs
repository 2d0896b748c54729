//! Putting the queries to the server.

use std::time::{Duration, Instant};

use gacp_store::StoreError;
use mongodb::bson::{Bson, Document, doc};

use super::example::{self, Example};
use super::explanation::Explanation;
use super::typical::Typical;
use crate::connect::MAX_TIME;
use crate::errors::Failure;
use crate::{Mongo, Query};

/// A query is timed so often; the shortest time counts.
const ATTEMPTS: u32 = 5;

/// More documents than any query returns.
const WHOLE: i32 = 1_000_000;

/// What a query must do without, to see what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// Nothing: as it is.
    Nothing,
    /// The index that it is meant to walk, which is hidden meanwhile; that on `_id` cannot be.
    /// For a database that nobody else works with.
    ItsIndex,
    /// Every index.
    AnyIndex,
}

impl Mongo {
    /// Explains every query of the catalogue for which there are documents to ask about, with
    /// values of documents that are there, in the order of [`queries`](crate::queries).
    pub async fn explain(&self, without: Without) -> Result<Vec<Explanation>, StoreError> {
        self.explain_those(|_query| true, without).await
    }

    /// Explains some queries.
    pub async fn explain_those(
        &self,
        wanted: impl Fn(&Query) -> bool + Send + 'static,
        without: Without,
    ) -> Result<Vec<Explanation>, StoreError> {
        let mongo = self.clone();
        self.detached(async move {
            let typical = Typical::of(&mongo).await?;
            let mut explained = Vec::new();
            for example in example::all(&typical) {
                if wanted(&example.query) {
                    explained.push(mongo.without(&example, without).await?);
                }
            }
            Ok(explained)
        })
        .await
    }

    async fn without(&self, example: &Example, without: Without) -> Result<Explanation, Failure> {
        let hidden = without == Without::ItsIndex && example.query.index != "_id_";
        if hidden {
            self.hide(example, true).await?;
        }
        let explained = self.explained(example, without == Without::AnyIndex).await;
        if hidden {
            self.hide(example, false).await?;
        }
        explained
    }

    async fn explained(&self, example: &Example, natural: bool) -> Result<Explanation, Failure> {
        let mut command = example.command.clone();
        if natural {
            hint_natural(&mut command);
        }
        let explain = doc! {
            "explain": &command,
            "verbosity": "executionStats",
            "maxTimeMS": i64::try_from(MAX_TIME.as_millis()).unwrap_or(i64::MAX),
        };
        let reply = self.database.run_command(explain.clone()).await?;
        let took = self.timed(answered(&command).unwrap_or(explain)).await?;
        Ok(Explanation { took, ..Explanation::read(example.query, &reply) })
    }

    /// The shortest time of some attempts. The first of them also finds the plan.
    async fn timed(&self, command: Document) -> Result<Duration, Failure> {
        let mut shortest = Duration::MAX;
        for _ in 0..ATTEMPTS {
            let begun = Instant::now();
            self.database.run_command(command.clone()).await?;
            shortest = shortest.min(begun.elapsed());
        }
        Ok(shortest)
    }

    async fn hide(&self, example: &Example, hidden: bool) -> Result<(), Failure> {
        self.hide_index(example.query.collection, example.query.index, hidden).await
    }
}

/// The command with the whole answer in one reply; nothing for one that would change something.
fn answered(command: &Document) -> Option<Document> {
    let mut command = command.clone();
    if command.contains_key("find") {
        command.insert("batchSize", WHOLE);
    } else if let Ok(cursor) = command.get_document_mut("cursor") {
        cursor.insert("batchSize", WHOLE);
    } else {
        return None;
    }
    Some(command)
}

/// Makes a command read its collection from one end to the other.
fn hint_natural(command: &mut Document) {
    let natural = doc! { "$natural": 1 };
    for statements in ["updates", "deletes"] {
        if let Ok(list) = command.get_array_mut(statements) {
            for statement in list.iter_mut().filter_map(Bson::as_document_mut) {
                statement.insert("hint", &natural);
            }
            return;
        }
    }
    command.insert("hint", natural);
}
