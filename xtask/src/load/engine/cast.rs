//! Everybody who has a part in a run, and when they begin.

use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, sleep, sleep_until};

use super::super::data::{Data, Given};
use super::super::draw::Draw;
use super::super::record::{Endpoint, Record};
use super::super::scenario::{Order, Scenario};
use super::super::schedule::{Arrival, arrivals};
use super::journey::{Journey, Kept};
use super::stage::Stage;
use super::vars::Vars;
use crate::interrupt;

/// The most journeys that are under way at once.
const JOURNEYS: u64 = 20_000;

/// After so many at once, those that were begun have their turn.
const TURN: u64 = 64;

/// How often somebody is told how far it is.
const TELL: Duration = Duration::from_secs(1);

/// Everybody, and what they are given.
pub(super) struct Cast {
    stage: Rc<Stage>,
    data: Vec<Data>,
    seed: u64,
    kept: Kept,
}

impl Cast {
    /// All that a seed makes of these data.
    pub(super) fn new(stage: Rc<Stage>, data: Vec<Data>, seed: u64) -> Self {
        Self { stage, data, seed, kept: Rc::from([]) }
    }

    /// Whether it was cut short.
    pub(super) async fn play(mut self, tell: &mut dyn FnMut(&Record, Duration)) -> Result<bool> {
        self.prepare().await?;
        let begun = Instant::now();
        self.stage.record().begins(begun);
        let mut under_way = JoinSet::new();
        let all = self.begin_all(begun, &mut under_way);
        let told = tell_each(&self.stage, begun, tell);
        let cut = tokio::select! {
            all = all => all.map(|()| false)?,
            () = told => false,
            _interrupted = interrupt::happens() => true,
        };
        if cut {
            under_way.abort_all();
            while under_way.join_next().await.is_some() {}
            return Ok(true);
        }
        self.wait(begun, under_way, tell).await
    }

    /// Waits for the journeys that are under way; each request of them has its limit of time.
    async fn wait(
        &self,
        begun: Instant,
        mut under_way: JoinSet<Result<()>>,
        tell: &mut dyn FnMut(&Record, Duration),
    ) -> Result<bool> {
        let is_cut = {
            let all = async {
                while let Some(journey) = under_way.join_next().await {
                    journey??;
                }
                Ok::<_, anyhow::Error>(())
            };
            tokio::select! {
                all = all => all.map(|()| false)?,
                () = tell_each(&self.stage, begun, tell) => false,
                _interrupted = interrupt::happens() => true,
            }
        };
        if is_cut {
            under_way.abort_all();
            while under_way.join_next().await.is_some() {}
        }
        Ok(is_cut)
    }

    /// Plays `before`, once; it has to succeed.
    async fn prepare(&mut self) -> Result<()> {
        let scenario = Rc::clone(&self.stage.scenario);
        if scenario.before.is_empty() {
            return Ok(());
        }
        let draw = Draw::of(self.seed, u64::MAX);
        let vars = Vars::new(Vec::new(), self.given(&mut draw.clone()), draw);
        let mut journey = Journey::new(&self.stage, "before", vars, Instant::now());
        let went = journey.play(&scenario.before).await?;
        ensure!(went.well, "`before` failed\n{}", shown(&self.stage.record()));
        self.kept = journey.vars.into_own().into();
        Ok(())
    }

    async fn begin_all(&self, begun: Instant, under_way: &mut JoinSet<Result<()>>) -> Result<()> {
        for arrival in arrivals(&self.stage.scenario.phases) {
            let due = begun + arrival.due;
            if due > Instant::now() {
                sleep_until(due).await;
            } else if arrival.number % TURN == 0 {
                yield_now().await;
            }
            while let Some(journey) = under_way.try_join_next() {
                journey??;
            }
            self.begin(arrival, due, under_way);
        }
        // The last phase may end with nobody due.
        sleep_until(begun + self.stage.scenario.length()).await;
        Ok(())
    }

    fn begin(&self, arrival: Arrival, due: Instant, under_way: &mut JoinSet<Result<()>>) {
        let phase = self.stage.scenario.phases.get(arrival.phase);
        let now = u64::try_from(under_way.len()).unwrap_or(u64::MAX);
        if phase.and_then(|phase| phase.most).is_some_and(|most| now >= most) {
            self.stage.record().skipped_as_told();
            return;
        }
        if now >= JOURNEYS {
            self.stage.record().skipped();
            return;
        }
        under_way.spawn_local(one(Rc::clone(&self.stage), self.cast(arrival.number), due));
    }

    /// Which journey the arrival of a number is, and with what; the same for every run of a seed.
    fn cast(&self, number: u64) -> (usize, Vars) {
        let mut draw = Draw::of(self.seed, number);
        let journey = chosen(&self.stage.scenario, draw.share());
        let rows = self.data.iter().filter_map(|data| row(data, number, &mut draw)).collect();
        let mut own = self.kept.to_vec();
        own.extend(self.given(&mut draw));
        (journey, Vars::new(rows, own, draw))
    }

    /// The variables of the scenario.
    fn given(&self, draw: &mut Draw) -> Vec<(String, Json)> {
        let target = self.stage.scenario.target.clone().unwrap_or_default();
        let mut given = vec![("target".to_owned(), Json::from(target))];
        for variable in &self.stage.scenario.variables {
            let value = draw.one_of(&variable.values).cloned();
            given.extend(value.map(|value| (variable.name.clone(), value)));
        }
        given
    }
}

async fn one(stage: Rc<Stage>, (nth, vars): (usize, Vars), due: Instant) -> Result<()> {
    let scenario = Rc::clone(&stage.scenario);
    let journey = scenario.journeys.get(nth).context("no such journey")?;
    stage.record().journey_begins(&journey.name, due.elapsed())?;
    let went = Journey::new(&stage, &journey.name, vars, due).play(&journey.flow).await?;
    stage.record().journey_ends(&journey.name, went);
    Ok(())
}

async fn tell_each(stage: &Stage, begun: Instant, tell: &mut dyn FnMut(&Record, Duration)) {
    loop {
        sleep(TELL).await;
        tell(&stage.record(), begun.elapsed());
    }
}

/// The journey that a share of all weights falls on.
fn chosen(scenario: &Scenario, share: f64) -> usize {
    let mut left = share;
    for (nth, journey) in (0..).zip(&scenario.journeys) {
        let own = scenario.share(journey);
        if left < own {
            return nth;
        }
        left -= own;
    }
    // What was lost in rounding is the last one's that is ever chosen.
    scenario.journeys.iter().rposition(|journey| journey.weight > 0.0).unwrap_or_default()
}

fn row(data: &Data, number: u64, draw: &mut Draw) -> Option<Rc<Given>> {
    let rows = u64::try_from(data.rows.len()).ok()?;
    let nth = match data.order {
        Order::Random => draw.below(rows),
        Order::Sequence => number.checked_rem(rows)?,
    };
    data.rows.get(usize::try_from(nth).ok()?).map(Rc::clone)
}

/// Why something failed, as far as that is known.
fn shown(record: &Record) -> String {
    let cards = record
        .causes
        .cards(|endpoint| record.endpoints.get(endpoint).map_or(0, Endpoint::requests));
    cards.iter().map(ToString::to_string).collect()
}
