//! What chance makes of a scenario: by its weights, and by how many rows of its data are somebody.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail, ensure};

use super::accounts;
use super::data;
use super::figures::number;
use super::scenario::{Action, Journey, Payload, Request, Scenario};

/// How many journeys there are, how likely each of them is which, and what they do.
#[derive(Debug)]
pub(crate) struct Odds {
    pub(crate) journeys: u64,
    /// That a journey is of a name.
    pub(crate) names: BTreeMap<String, f64>,
    pub(crate) endpoints: BTreeSet<String>,
    pub(crate) deeds: Deeds,
}

/// What journeys do.
#[derive(Debug)]
pub(crate) enum Deeds {
    /// Nobody is refused: each journey of a name does all of this.
    Certain(BTreeMap<String, Course>),
    /// Rows of the data are nobody.
    Likely(Chances),
}

/// A journey that comes to its end.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Course {
    /// How often it asks each endpoint.
    pub(crate) asked: BTreeMap<String, u64>,
    /// How many expectations of each kind are met in it.
    pub(crate) met: BTreeMap<String, u64>,
}

/// How likely a journey, of whatever name, does what.
#[derive(Debug, Default)]
pub(crate) struct Chances {
    /// That it asks an endpoint.
    pub(crate) asked: BTreeMap<String, f64>,
    /// That an endpoint refuses it.
    pub(crate) refused: BTreeMap<String, f64>,
    /// That an expectation of a kind is met (`ok.statusCode`), or is not (`failed.statusCode`).
    pub(crate) expectations: BTreeMap<String, f64>,
}

impl Odds {
    pub(super) fn of(scenario: &Scenario) -> Result<Self> {
        let nobody = nobody(scenario)?;
        let mut names: BTreeMap<String, f64> = BTreeMap::new();
        for journey in &scenario.journeys {
            *names.entry(journey.name.clone()).or_default() += scenario.share(journey);
        }
        let endpoints = scenario.requests().into_iter().map(|it| it.endpoint.clone()).collect();
        let deeds = if nobody > 0.0 {
            Deeds::Likely(Chances::of(scenario, nobody)?)
        } else {
            Deeds::Certain(courses(scenario)?)
        };
        Ok(Self { journeys: scenario.arrivals(), names, endpoints, deeds })
    }
}

impl Course {
    fn of(journey: &Journey) -> Result<Self> {
        let mut course = Self::default();
        for request in requests(journey)? {
            *course.asked.entry(request.endpoint.clone()).or_default() += 1;
            for kind in request.expectations.iter().map(|expectation| expectation.check.kind()) {
                *course.met.entry(kind.to_owned()).or_default() += 1;
            }
        }
        Ok(course)
    }
}

impl Chances {
    fn of(scenario: &Scenario, nobody: f64) -> Result<Self> {
        let mut chances = Self::default();
        for journey in &scenario.journeys {
            chances.add(journey, scenario.share(journey), nobody)?;
        }
        // More than once in a journey, and a figure is no longer binomial.
        let mut all = chances.asked.values().chain(chances.expectations.values());
        ensure!(all.all(|it| *it < 1.001), "a journey asks the same or expects the same twice");
        Ok(chances)
    }

    /// Whoever is nobody is refused at once, and goes no further for want of a token.
    fn add(&mut self, journey: &Journey, share: f64, nobody: f64) -> Result<()> {
        for (nth, request) in requests(journey)?.into_iter().enumerate() {
            let refused = if nth == 0 { share * nobody } else { 0.0 };
            let answered = share * (1.0 - nobody);
            *self.asked.entry(request.endpoint.clone()).or_default() += answered + refused;
            *self.refused.entry(request.endpoint.clone()).or_default() += refused;
            for kind in request.expectations.iter().map(|expectation| expectation.check.kind()) {
                *self.expectations.entry(format!("ok.{kind}")).or_default() += answered;
                *self.expectations.entry(format!("failed.{kind}")).or_default() += refused;
            }
        }
        Ok(())
    }
}

fn courses(scenario: &Scenario) -> Result<BTreeMap<String, Course>> {
    let mut courses = BTreeMap::new();
    for journey in &scenario.journeys {
        let again = courses.insert(journey.name.clone(), Course::of(journey)?);
        ensure!(again.is_none(), "two scenarios are called {}", journey.name);
    }
    Ok(courses)
}

/// What a journey asks, when that is the same in each.
fn requests(journey: &Journey) -> Result<Vec<&Request>> {
    let mut requests = Vec::new();
    for step in &journey.flow {
        match &step.action {
            Action::Request(request) if request.only_if.is_none() => requests.push(&**request),
            Action::Think(_) | Action::Log(_) => {}
            Action::Request(_) | Action::Loop(_) => {
                bail!("{} does not do the same each time (line {})", journey.name, step.line)
            }
        }
    }
    Ok(requests)
}

/// The share of journeys that are given a row which is nobody's account.
fn nobody(scenario: &Scenario) -> Result<f64> {
    let mut nobody = 0.0;
    for payload in &scenario.payloads {
        nobody = match accounts::named_by(&payload.fields) {
            true if nobody > 0.0 => bail!("accounts come from two data files"),
            true => strangers(payload)?,
            false => {
                ensure!(payload.skips_header, "the header of {} would be asked for", payload.named);
                nobody
            }
        };
    }
    Ok(nobody)
}

/// The share of rows that are nobody's account.
fn strangers(payload: &Payload) -> Result<f64> {
    let rows = data::users(payload, data::table(payload)?.rows).len();
    let accounts = accounts::in_payload(payload)?.len();
    ensure!(accounts > 0, "{} has no accounts", payload.named);
    Ok(1.0 - number(u64::try_from(accounts)?) / number(u64::try_from(rows)?))
}

#[cfg(test)]
mod tests;
