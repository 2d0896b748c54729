//! What a server says of how it answered a query.

use std::fmt;
use std::time::Duration;

use mongodb::bson::{Bson, Document};

use crate::Query;

/// The stage of a plan that reads every document of a collection.
const COLLECTION_SCAN: &str = "COLLSCAN";

/// The stage of a plan that sorts what it has read, in memory.
const SORT: &str = "SORT";

/// The stage of a plan that finds one document by its id; it names no index.
const BY_ID: &[&str] = &["IDHACK", "EXPRESS_IXSCAN", "EXPRESS_CLUSTERED_IXSCAN"];

/// The index that every collection has.
const ID_INDEX: &str = "_id_";

/// What of an explanation is not the plan that was taken.
const ASIDE: &[&str] =
    &["rejectedPlans", "slotBasedPlan", "executionStats", "parsedQuery", "command", "serverInfo"];

/// How a query was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The query.
    pub query: Query,
    /// The stages of the plan that was taken, the first to work first.
    pub stages: Vec<String>,
    /// The indexes that it walked.
    pub indexes: Vec<String>,
    /// How many keys of indexes it looked at.
    pub keys: u64,
    /// How many documents it read.
    pub docs: u64,
    /// How many documents it returned or would have changed.
    pub returned: u64,
    /// How long the server took, the shortest of some attempts: to answer a query, and to explain
    /// one that would change something.
    pub took: Duration,
}

/// Why a query costs more than it may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It reads the whole collection.
    CollectionScan,
    /// It sorts in memory.
    SortInMemory,
    /// It reads more than 1.1 documents for each that it returns, and more than 10 beside them.
    ReadsTooMuch {
        /// How many it reads.
        docs: u64,
        /// How many it returns.
        returned: u64,
    },
    /// It walks another index than the catalogue says.
    OtherIndex {
        /// The one that the catalogue says.
        meant: &'static str,
        /// Those that it walks.
        walked: Vec<String>,
    },
    /// It returns nothing, so that its other figures say nothing.
    Empty,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CollectionScan => write!(f, "reads the whole collection"),
            Self::SortInMemory => write!(f, "sorts in memory"),
            Self::ReadsTooMuch { docs, returned } => {
                write!(f, "reads {docs} documents to return {returned}")
            }
            Self::OtherIndex { meant, walked } if walked.is_empty() => {
                write!(f, "does not walk {meant}")
            }
            Self::OtherIndex { meant, walked } => {
                write!(f, "walks {} instead of {meant}", walked.join(" and "))
            }
            Self::Empty => write!(f, "returns nothing"),
        }
    }
}

impl Explanation {
    /// Reads the reply to an `explain` with the verbosity `executionStats`: of a find, an update
    /// or a delete, or of an aggregation; by the classic or the slot-based engine; of one server
    /// or of shards.
    pub(super) fn read(query: Query, reply: &Document) -> Self {
        let mut plan = Plan::default();
        plan.walk(reply);
        let mut explained = Self {
            query,
            stages: plan.stages,
            indexes: plan.indexes,
            keys: 0,
            docs: 0,
            returned: 0,
            took: Duration::ZERO,
        };
        match reply.get_array("stages") {
            Ok(stages) => stages.iter().filter_map(Bson::as_document).for_each(|stage| {
                explained.count(stage.get_document("$cursor").unwrap_or(stage));
            }),
            Err(_not_an_aggregation) => explained.count(reply),
        }
        explained
    }

    /// Adds what one stage of an aggregation, or the whole of another command, has counted.
    fn count(&mut self, stage: &Document) {
        let stats = stage.get_document("executionStats").unwrap_or(stage);
        self.keys += number(stats, "totalKeysExamined");
        self.docs += number(stats, "totalDocsExamined");
        let changed = ["nMatched", "nWouldDelete"].iter().map(|field| deep(stats, field)).sum();
        self.returned = number(stats, "nReturned").max(changed);
    }

    /// What is wrong with it.
    pub fn faults(&self) -> Vec<Fault> {
        let (docs, returned) = (self.docs, self.returned);
        let has = |wanted: &str| self.stages.iter().any(|stage| stage == wanted);
        let mut faults = Vec::new();
        if has(COLLECTION_SCAN) {
            faults.push(Fault::CollectionScan);
        }
        if has(SORT) {
            faults.push(Fault::SortInMemory);
        }
        // docs > 1.1 × returned + 10, in whole numbers.
        if docs * 10 > returned * 11 + 100 {
            faults.push(Fault::ReadsTooMuch { docs, returned });
        }
        if self.indexes.is_empty() || self.indexes.iter().any(|index| index != self.query.index) {
            let walked = self.indexes.clone();
            faults.push(Fault::OtherIndex { meant: self.query.index, walked });
        }
        if returned == 0 {
            faults.push(Fault::Empty);
        }
        faults
    }
}

/// The stages and indexes of the plan that was taken, gathered from wherever an explanation has
/// them: MongoDB nests them in another way for each engine, command and topology.
#[derive(Default)]
struct Plan {
    stages: Vec<String>,
    indexes: Vec<String>,
}

impl Plan {
    fn walk(&mut self, plan: &Document) {
        // What works first lies deepest.
        for (_, value) in plan.iter().filter(|(field, _)| !ASIDE.contains(&field.as_str())) {
            match value {
                Bson::Document(inner) => self.walk(inner),
                Bson::Array(list) => {
                    list.iter().filter_map(Bson::as_document).for_each(|inner| self.walk(inner));
                }
                _ => {}
            }
        }
        if let Ok(stage) = plan.get_str("stage") {
            self.stages.push(stage.to_owned());
            let by_id = BY_ID.contains(&stage).then_some(ID_INDEX);
            self.walked(plan.get_str("indexName").ok().or(by_id));
        }
        if plan.contains_key("$lookup") {
            self.joined(plan);
        }
    }

    /// A join names its indexes by itself, and scans where it has none.
    fn joined(&mut self, stage: &Document) {
        self.stages.push("LOOKUP".to_owned());
        if number(stage, "collectionScans") > 0 {
            self.stages.push(COLLECTION_SCAN.to_owned());
        }
        let used = stage.get_array("indexesUsed").into_iter().flatten();
        used.filter_map(Bson::as_str).for_each(|index| self.walked(Some(index)));
    }

    fn walked(&mut self, index: Option<&str>) {
        let index = index.map(str::to_owned);
        self.indexes.extend(index.filter(|index| !self.indexes.contains(index)));
    }
}

/// A count, whatever its type.
fn number(document: &Document, field: &str) -> u64 {
    match document.get(field) {
        Some(Bson::Int32(number)) => u64::try_from(*number).unwrap_or_default(),
        Some(Bson::Int64(number)) => u64::try_from(*number).unwrap_or_default(),
        _ => 0,
    }
}

/// The sum of a count over all stages.
fn deep(document: &Document, field: &str) -> u64 {
    let inner = document.iter().map(|(_, value)| match value {
        Bson::Document(inner) => deep(inner, field),
        Bson::Array(list) => {
            list.iter().filter_map(Bson::as_document).map(|inner| deep(inner, field)).sum()
        }
        _ => 0,
    });
    number(document, field) + inner.sum::<u64>()
}

#[cfg(test)]
mod tests;
