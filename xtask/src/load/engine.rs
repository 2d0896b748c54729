//! Plays a scenario: an open loop.
//!
//! Every journey has a time at which it is due, whatever became of those before it, and the latency
//! of its first request counts from that time on; that of every other from the end of the step
//! before it. So nothing is left out because a slow server kept somebody from asking (no coordinated
//! omission). All of it runs on one thread: what a core can do is what it can do.

mod asked;
mod cookies;
mod journey;
mod judged;
mod pool;
#[cfg(test)]
mod tests;
mod vars;

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value as Json;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, sleep, sleep_until};

use super::data::{Data, Given};
use super::draw::Draw;
use super::record::Record;
use super::scenario::{Order, Scenario};
use super::schedule::{Arrival, arrivals};
use crate::cpu::{Spent, Usage};
use crate::interrupt;
pub(super) use asked::Asked;
pub(super) use journey::Went;
use journey::{Journey, Kept};
pub(super) use judged::Judged;
pub(super) use pool::{Fault, Pool};
use vars::Vars;

/// The most connections when nobody says, and files beside them that a process may have open.
const CONNECTIONS: u32 = 800;

/// The most journeys that are under way at once.
const JOURNEYS: u64 = 20_000;

/// After so many at once, those that were begun have their turn.
const TURN: u64 = 64;

/// The most lines that `log` writes in a run.
const LOG_LINES: u32 = 100;

/// How long a look at the breakers counts.
const LOOK: Duration = Duration::from_secs(1);

/// How often somebody is told how far it is.
const TELL: Duration = Duration::from_secs(1);

/// What is played against what.
pub(super) struct Plan {
    pub(super) scenario: Scenario,
    /// `127.0.0.1:8080`
    pub(super) authority: String,
    pub(super) data: Vec<Data>,
    pub(super) seed: u64,
    /// The time, in seconds since 1970.
    pub(super) now: i64,
}

/// What came of it.
pub(super) struct Played {
    pub(super) scenario: Rc<Scenario>,
    pub(super) seed: u64,
    pub(super) record: Record,
    pub(super) usage: Usage,
    /// How many connections were opened, and how many requests waited for one.
    pub(super) connections: (u64, u64),
    /// An interrupt came before the end.
    pub(super) is_cut: bool,
}

/// What all journeys share.
pub(super) struct Stage {
    scenario: Rc<Scenario>,
    pool: Pool,
    record: RefCell<Record>,
    logged: Cell<u32>,
    begun: Instant,
    /// In seconds since 1970.
    began_at: i64,
    breakers: tokio::sync::Mutex<Option<(Instant, Vec<String>)>>,
}

impl Stage {
    fn record(&self) -> RefMut<'_, Record> {
        self.record.borrow_mut()
    }

    /// The time, in seconds since 1970.
    fn seconds(&self) -> i64 {
        self.began_at.saturating_add_unsigned(self.begun.elapsed().as_secs())
    }

    /// A bounded number of lines: at a thousand journeys a second nobody reads more.
    fn log(&self, text: &str) {
        let logged = self.logged.get();
        if logged < LOG_LINES {
            eprintln!("log: {text}");
            self.logged.set(logged + 1);
        }
    }

    /// Which of the server's breakers are open; asked once in a while.
    async fn open_breakers(&self) -> Vec<String> {
        let mut known = self.breakers.lock().await;
        if let Some((when, open)) = &*known
            && when.elapsed() < LOOK
        {
            return open.clone();
        }
        let headers = [("Host", self.pool.authority())];
        let ask = crate::http1::request("GET /health/ready", &headers, "");
        let told = self.pool.exchange(&ask, LOOK).await.0.ok();
        let told = told.and_then(|reply| serde_json::from_slice(reply.body()).ok());
        let open = told.map(|told: Json| open_in(&told)).unwrap_or_default();
        *known = Some((Instant::now(), open.clone()));
        open
    }
}

/// The breakers that a reply of `/health/ready` says are open.
fn open_in(told: &Json) -> Vec<String> {
    let breakers = told.get("breakers").and_then(Json::as_object).into_iter().flatten();
    let open = breakers.filter(|(_, state)| state.as_str().is_some_and(|it| it != "closed"));
    open.map(|(name, _)| name.clone()).collect()
}

/// Plays everything; `tell` is told each second how far it is.
pub(super) async fn play(plan: Plan, tell: &mut dyn FnMut(&Record, Duration)) -> Result<Played> {
    let Plan { scenario, authority, data, seed, now: began_at } = plan;
    let places = usize::try_from(scenario.pool.unwrap_or(CONNECTIONS))?;
    let scenario = Rc::new(scenario);
    let stage = Rc::new(Stage {
        scenario: Rc::clone(&scenario),
        pool: Pool::new(&authority, places),
        record: RefCell::new(Record::new(format!("http://{authority}"))?),
        logged: Cell::new(0),
        begun: Instant::now(),
        began_at,
        breakers: tokio::sync::Mutex::default(),
    });
    let cast = Cast { stage: Rc::clone(&stage), data, seed, kept: Rc::from([]) };
    let begun = Spent::alone()?;
    let is_cut = cast.play(tell).await?;
    let usage = Spent::alone()?.since(&begun);
    let connections = (stage.pool.opened(), stage.pool.waits());
    drop(scenario);
    let stage = Rc::into_inner(stage).context("a journey is still under way")?;
    let Stage { scenario, record, .. } = stage;
    Ok(Played { scenario, seed, record: record.into_inner(), usage, connections, is_cut })
}

/// Everybody, and what they are given.
struct Cast {
    stage: Rc<Stage>,
    data: Vec<Data>,
    seed: u64,
    kept: Kept,
}

impl Cast {
    /// Whether it was cut short.
    async fn play(mut self, tell: &mut dyn FnMut(&Record, Duration)) -> Result<bool> {
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
    let cards = record.causes.cards(|endpoint| {
        record.endpoints.get(endpoint).map_or(0, super::record::Endpoint::requests)
    });
    cards.iter().map(ToString::to_string).collect()
}
