//! The audit: what is really there, compared with what was acknowledged.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use super::notes::Notes;
use super::rules::Rule;
use super::writer::Writer;
use crate::people::User;

/// More pages than any drill fills: the end of a list that has none.
const MOST_PAGES: usize = 1_000;

/// So many farms of each farmer are looked at with their history.
const SAMPLE: usize = 25;

/// A farm as the list shows it.
#[derive(Debug)]
pub(super) struct Stored {
    name: String,
    id: String,
}

/// What is wrong with a farm, and which one it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It is not there as it was told.
    Lost(String),
    /// It is there more than once.
    Doubled(String),
}

/// What an audit has looked at.
#[derive(Debug, Default)]
pub(super) struct Audited {
    pub(super) farms: usize,
    pub(super) histories: usize,
}

/// Reads everything back, and notes what is lost, what is there twice and what happened twice.
pub(super) async fn audit(writers: &[Writer], notes: &Notes) -> Result<Audited> {
    let mut audited = Audited::default();
    for writer in writers {
        let stored = farms_of(&writer.farmer).await?;
        for finding in compare(&writer.acknowledged, &stored) {
            match finding {
                Finding::Lost(example) => notes.breach(Rule::Kept, example),
                Finding::Doubled(example) => notes.breach(Rule::Once, example),
            }
        }
        audited.farms += stored.len();
        audited.histories += histories(&writer.farmer, &stored, notes).await?;
    }
    Ok(audited)
}

/// Every farm of a farmer, page by page.
pub(super) async fn farms_of(farmer: &User) -> Result<Vec<Stored>> {
    let mut farms = Vec::new();
    let mut path = "/api/farms?limit=100".to_owned();
    for _page in 0..MOST_PAGES {
        let reply = farmer.get(&path).expect(200).await?;
        for row in reply.list("/data")? {
            let text = |field: &str| row[field].as_str().unwrap_or_default().to_owned();
            farms.push(Stored { name: text("name"), id: text("id") });
        }
        let Some(cursor) = reply.at("/page/next").as_str() else { return Ok(farms) };
        path = format!("/api/farms?limit=100&cursor={cursor}");
    }
    ensure!(farms.is_empty(), "a list of farms has no end after {MOST_PAGES} pages");
    Ok(farms)
}

/// What is wrong with a list, when this was acknowledged.
pub(super) fn compare(acknowledged: &BTreeMap<String, String>, stored: &[Stored]) -> Vec<Finding> {
    let mut ids: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for farm in stored {
        ids.entry(&farm.name).or_default().push(&farm.id);
    }
    let lost = acknowledged.iter().filter_map(|(name, told)| match ids.get(name.as_str()) {
        Some(ids) if ids.contains(&told.as_str()) => None,
        Some(ids) => Some(Finding::Lost(format!("{name} was {told} and is {}", ids.join(", ")))),
        None => Some(Finding::Lost(format!("{name} ({told}) is not there"))),
    });
    let doubled = ids
        .iter()
        .filter(|(_, ids)| ids.len() > 1)
        .map(|(name, ids)| Finding::Doubled(format!("{name} is there as {}", ids.join(", "))));
    lost.chain(doubled).collect()
}

/// Looks at the histories of a sample, oldest to newest; says how many.
async fn histories(farmer: &User, stored: &[Stored], notes: &Notes) -> Result<usize> {
    let sample = stored.iter().step_by(stored.len().div_ceil(SAMPLE).max(1));
    let mut looked = 0;
    for farm in sample {
        let path = format!("/api/farms/{}/history?limit=100", farm.id);
        let reply = farmer.get(path).expect(200).await?;
        let entries = reply.list("/data")?.iter();
        let registered = entries.filter(|entry| entry["action"] == "registered").count();
        if registered != 1 {
            let example = format!("{} ({}) was registered {registered} times", farm.name, farm.id);
            notes.breach(Rule::History, example);
        }
        looked += 1;
    }
    Ok(looked)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Finding, Stored, compare};

    fn stored(farms: &[(&str, &str)]) -> Vec<Stored> {
        let farm = |(name, id): &(&str, &str)| Stored { name: (*name).into(), id: (*id).into() };
        farms.iter().map(farm).collect()
    }

    /// `lost` and `doubled`, in the order in which they are found.
    fn found(acknowledged: &[(&str, &str)], farms: &[(&str, &str)]) -> Vec<&'static str> {
        let told = |(name, id): &(&str, &str)| ((*name).to_owned(), (*id).to_owned());
        let acknowledged: BTreeMap<_, _> = acknowledged.iter().map(told).collect();
        let kind = |finding| match finding {
            Finding::Lost(_) => "lost",
            Finding::Doubled(_) => "doubled",
        };
        compare(&acknowledged, &stored(farms)).into_iter().map(kind).collect()
    }

    #[test]
    fn what_was_acknowledged_is_there_once_under_its_id() {
        let none: [&str; 0] = [];
        assert_eq!(found(&[("a", "1"), ("b", "2")], &[("b", "2"), ("a", "1")]), none);
        assert_eq!(found(&[("a", "1"), ("b", "2")], &[("b", "2")]), ["lost"]);
        assert_eq!(found(&[("a", "1")], &[("a", "9")]), ["lost"]);
        assert_eq!(found(&[("a", "1")], &[("a", "1"), ("a", "9")]), ["doubled"]);
    }

    #[test]
    fn what_nobody_was_told_of_may_be_there_but_not_twice() {
        let none: [&str; 0] = [];
        assert_eq!(found(&[], &[("a", "1")]), none);
        assert_eq!(found(&[], &[("a", "1"), ("a", "2")]), ["doubled"]);
    }
}
