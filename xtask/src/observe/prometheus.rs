//! What is asked of Prometheus, over its HTTP API.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::client::{Api, Reply};

/// A Prometheus.
pub(super) struct Prometheus {
    api: Api,
}

/// A rule as it was read.
#[derive(Debug, Deserialize)]
pub(super) struct Rule {
    pub(super) name: String,
    pub(super) query: String,
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    #[serde(default, rename = "lastError")]
    pub(super) last_error: String,
}

/// What a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// It is empty as long as all is well.
    Alerting,
    Recording,
}

/// What came of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is none; why.
    Refused(String),
    /// So many series have a value that is a number.
    Series(usize),
}

/// The trace behind a request that was counted.
#[derive(Debug, Deserialize)]
pub(super) struct Exemplar {
    pub(super) labels: BTreeMap<String, String>,
}

/// The exemplars of one series.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Exemplars {
    pub(super) series_labels: BTreeMap<String, String>,
    pub(super) exemplars: Vec<Exemplar>,
}

/// Every metric there is, each with the labels that its series have.
pub(super) type Catalogue = BTreeMap<String, BTreeSet<String>>;

impl Prometheus {
    /// One that listens there.
    pub(super) fn new(address: &str) -> Result<Self> {
        Ok(Self { api: Api::new(address)? })
    }

    /// Evaluates an expression now.
    pub(super) async fn query(&self, expression: &str) -> Result<Answer> {
        let path = format!("/api/v1/query?query={}", encoded(expression));
        let reply = self.api.get(path).send().await?;
        if reply.status == 400 {
            return Ok(Answer::Refused(reply.string("/error")?));
        }
        let numbers = numbers(&reply)?;
        Ok(Answer::Series(numbers))
    }

    /// Every metric that was scraped or recorded.
    pub(super) async fn catalogue(&self) -> Result<Catalogue> {
        let path = format!("/api/v1/series?match[]={}", encoded(r#"{job="gacp-api"}"#));
        let mut catalogue = Catalogue::new();
        for mut labels in self.data::<Vec<BTreeMap<String, String>>>(&path, "/data").await? {
            let name = labels.remove("__name__").context("a series without a name")?;
            catalogue.entry(name).or_default().extend(labels.into_keys());
        }
        Ok(catalogue)
    }

    /// Every rule that was read.
    pub(super) async fn rules(&self) -> Result<Vec<Rule>> {
        #[derive(Deserialize)]
        struct Group {
            rules: Vec<Rule>,
        }
        let groups: Vec<Group> = self.data("/api/v1/rules", "/data/groups").await?;
        Ok(groups.into_iter().flat_map(|group| group.rules).collect())
    }

    /// The exemplars of a metric, as far back as they are kept.
    pub(super) async fn exemplars(&self, metric: &str) -> Result<Vec<Exemplars>> {
        // From the first second of all to long after the last: seconds since 1970.
        let path = format!("/api/v1/query_exemplars?query={metric}&start=0&end=9999999999");
        self.data(&path, "/data").await
    }

    async fn data<T: DeserializeOwned>(&self, path: &str, pointer: &str) -> Result<T> {
        let reply = self.api.get(path).expect(200).await?;
        let data = serde_json::from_value(reply.at(pointer).clone());
        data.with_context(|| format!("Prometheus answers {path} with something else"))
    }
}

/// How many values of an answer are numbers: 0 ÷ 0 is none.
fn numbers(reply: &Reply) -> Result<usize> {
    let is_number = |text: &str| text.parse().is_ok_and(|number: f64| !number.is_nan());
    let result = reply.list("/data/result")?;
    let values = result.iter().filter_map(|series| series.pointer("/value/1")?.as_str());
    Ok(values.filter(|value| is_number(value)).count())
}

/// A text as a part of an address.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _written = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn an_expression_means_nothing_to_an_address() {
        assert_eq!(encoded(r#"a{b="c&d"}"#), "a%7Bb%3D%22c%26d%22%7D");
        assert_eq!(encoded("ก"), "%E0%B8%81");
    }
}
