//! What chance makes of a scenario whose journeys log in first: by its weights, and by how many rows
//! of its data are somebody.

use std::collections::BTreeMap;

use anyhow::{Result, bail, ensure};

use super::accounts;
use super::data;
use super::figures::number;
use super::scenario::{Action, Journey, Request, Scenario};

/// How many journeys there are, and how likely each of them does what.
#[derive(Debug, Default)]
pub(crate) struct Odds {
    pub(crate) journeys: u64,
    /// That it asks an endpoint.
    pub(crate) asked: BTreeMap<String, f64>,
    /// That an endpoint refuses it.
    pub(crate) refused: BTreeMap<String, f64>,
    /// That an expectation of a kind is met (`ok.statusCode`), or is not (`failed.statusCode`).
    pub(crate) expectations: BTreeMap<String, f64>,
    /// How many are met in every journey, where nobody is refused and all have as many.
    pub(crate) met_in_each: Option<u64>,
}

impl Odds {
    pub(super) fn of(scenario: &Scenario) -> Result<Self> {
        let nobody = nobody(scenario)?;
        let met_in_each = if nobody > 0.0 { None } else { expected_of_each(scenario) };
        let mut odds = Self { journeys: scenario.arrivals(), met_in_each, ..Self::default() };
        for journey in &scenario.journeys {
            odds.add(journey, scenario.share(journey), nobody);
        }
        // More than once in a journey, and a figure is no longer binomial.
        let is_once = odds.asked.values().chain(odds.expectations.values()).all(|it| *it < 1.001);
        ensure!(is_once, "a journey asks the same or expects of the same kind twice");
        Ok(odds)
    }

    /// Whoever is nobody is refused at once, and goes no further for want of a token.
    fn add(&mut self, journey: &Journey, share: f64, nobody: f64) {
        for (nth, request) in requests(journey).enumerate() {
            let refused = if nth == 0 { share * nobody } else { 0.0 };
            let answered = share * (1.0 - nobody);
            *self.asked.entry(request.endpoint.clone()).or_default() += answered + refused;
            *self.refused.entry(request.endpoint.clone()).or_default() += refused;
            for kind in request.expectations.iter().map(|expectation| expectation.check.kind()) {
                *self.expectations.entry(format!("ok.{kind}")).or_default() += answered;
                *self.expectations.entry(format!("failed.{kind}")).or_default() += refused;
            }
        }
    }
}

fn requests(journey: &Journey) -> impl Iterator<Item = &Request> {
    journey.flow.iter().filter_map(|step| match &step.action {
        Action::Request(request) => Some(&**request),
        Action::Think(_) | Action::Log(_) | Action::Loop(_) => None,
    })
}

/// How many expectations each journey has, where all have as many.
fn expected_of_each(scenario: &Scenario) -> Option<u64> {
    let of = |journey| requests(journey).map(|request| request.expectations.len()).sum();
    let mut counts = scenario.journeys.iter().map(of);
    let first: usize = counts.next()?;
    counts.all(|count| count == first).then_some(first).and_then(|count| count.try_into().ok())
}

/// The share of rows that are nobody's account.
fn nobody(scenario: &Scenario) -> Result<f64> {
    let [payload] = scenario.payloads.as_slice() else { bail!("there is not one data file") };
    let rows = data::users(payload, data::table(payload)?.rows).len();
    let accounts = accounts::in_payload(payload)?.len();
    ensure!(accounts > 0, "{} has no accounts", payload.named);
    Ok(1.0 - number(u64::try_from(accounts)?) / number(u64::try_from(rows)?))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::load::odds;
    use crate::workspace;

    fn of(name: &str) -> super::Odds {
        odds(&workspace::root().unwrap().join(Path::new("xtask/scenarios")).join(name)).unwrap()
    }

    fn is_near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn one_row_of_eleven_is_nobody() {
        let odds = of("auth-light.yml");

        assert_eq!(odds.journeys, 1_110);
        assert!(is_near(odds.asked["POST /api/auth/login"], 1.0), "{odds:?}");
        assert!(is_near(odds.asked["POST /api/auth/refresh"], 0.25 * 10.0 / 11.0), "{odds:?}");
        assert!(is_near(odds.refused["POST /api/auth/login"], 1.0 / 11.0), "{odds:?}");
        assert!(is_near(odds.expectations["ok.statusCode"], 10.0 / 11.0), "{odds:?}");
        assert!(is_near(odds.expectations["failed.statusCode"], 0.6 / 11.0), "{odds:?}");
        assert_eq!(odds.met_in_each, None);
    }

    #[test]
    fn nobody_is_refused_once_the_header_is_skipped() {
        let odds = of("auth-light-corrected.yml");

        assert!(is_near(odds.asked["GET /api/auth/profile"], 0.15), "{odds:?}");
        assert!(odds.refused.values().all(|refused| is_near(*refused, 0.0)), "{odds:?}");
        assert!(is_near(odds.expectations["ok.contentType"], 0.25), "{odds:?}");
        assert_eq!(odds.met_in_each, Some(2));
    }
}
