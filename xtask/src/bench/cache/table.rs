//! What was measured, and what is due.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::repeat;

use super::handlers::{Handler, Handlers, STATIC};
use crate::bench::crowd::Served;
use crate::bench::stand::routes::{ALL, Route};
use crate::latency::shown;
use crate::rate::median;
use crate::targets::Targets;

/// Of the requests/s of a static reply: what is left with a reply that is kept in the process, and
/// with one that is kept in Redis.
const LEAST: [(Place, f64); 2] = [(IN_PROCESS, 0.55), (IN_REDIS, 0.35)];

/// A list that is kept is answered so much more often than one that is read from MongoDB.
pub(crate) const LEAST_GAIN: f64 = 3.0;

/// Of the processor time of a bare handler.
const MOST_TIMES_BARE: f64 = 1.5;

/// Which request is compared with which bare handler, and how many µs of processor time such a
/// handler took where it was said what is due: 8 to 12, 20 and 171. A machine on which it takes
/// longer is allowed more; one on which it takes less is told the ratio.
const AGAINST_BARE: [((Route, Place), Handler, f64); 3] = [
    ((Route::Static, IN_PROCESS), Handler::Static(STATIC), 12.0),
    ((Route::Profile, IN_REDIS), Handler::Redis, 20.0),
    ((Route::Verification, NOWHERE), Handler::MongoDb, 171.0),
];

/// A list that is kept in Redis, and one that is read from MongoDB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Gain {
    /// Replies in a second.
    pub(crate) kept: f64,
    pub(crate) read: f64,
    /// Of turns that followed one another.
    pub(crate) ratio: f64,
}

/// Which of the servers.
pub(super) type Place = u8;

const IN_PROCESS: Place = 0;
pub(super) const IN_REDIS: Place = 1;
pub(super) const NOWHERE: Place = 2;

const PLACES: [(Place, &str); 3] =
    [(IN_PROCESS, "in process"), (IN_REDIS, "in Redis"), (NOWHERE, "nowhere, MongoDB")];

/// Every turn of each route on each server.
#[derive(Default)]
pub(super) struct Table {
    turns: BTreeMap<(Route, Place), Vec<Served>>,
    operations: BTreeMap<(Route, Place), f64>,
    /// How many seconds a static reply as large as a route's would take longer, turn by turn; as
    /// long as the one that there is, where there is nothing.
    longer: BTreeMap<Route, Vec<f64>>,
}

impl Table {
    pub(super) fn enter(&mut self, what: (Route, Place), served: Served) {
        self.turns.entry(what).or_default().push(served);
    }

    /// Notes how many seconds a static reply as large as this route's would take longer.
    pub(super) fn enter_longer(&mut self, route: Route, seconds: f64) {
        self.longer.entry(route).or_default().push(seconds);
    }

    /// Notes what MongoDB is asked for one reply.
    pub(super) fn note(&mut self, what: (Route, Place), operations: Option<f64>) {
        if let Some(operations) = operations {
            self.operations.insert(what, operations);
        }
    }

    fn median(&self, what: (Route, Place), of: impl Fn(&Served) -> f64) -> f64 {
        median(self.turns.get(&what).into_iter().flatten().map(of))
    }

    fn per_second(&self, what: (Route, Place)) -> f64 {
        self.median(what, |served| served.rate.per_second())
    }

    /// The median of the ratios of turns that followed one another.
    fn ratio(&self, one: (Route, Place), other: (Route, Place)) -> f64 {
        let turns = |what| self.turns.get(&what).into_iter().flatten();
        let ratio =
            |(one, other): (&Served, &Served)| one.rate.per_second() / other.rate.per_second();
        median(turns(one).zip(turns(other)).map(ratio))
    }

    /// The same, of a static reply that is as large.
    fn to_static(&self, (route, place): (Route, Place)) -> f64 {
        let turns = |route| self.turns.get(&(route, place)).into_iter().flatten();
        let longer = self.longer.get(&route).into_iter().flatten().copied();
        let ratio = |((one, least), longer): ((&Served, &Served), f64)| {
            one.rate.per_second() * (least.rate.per_second().recip() + longer)
        };
        median(turns(route).zip(turns(Route::Static)).zip(longer.chain(repeat(0.0))).map(ratio))
    }

    /// Judges what the product promises.
    pub(super) fn judge(&self, targets: &mut Targets) {
        for (place, least) in LEAST {
            for route in ALL.into_iter().filter(|route| *route != Route::Static) {
                let ratio = self.to_static((route, place));
                let kept = PLACES.iter().find(|(it, _)| *it == place).map_or("", |(_, name)| name);
                let says = format!(
                    "{} kept {kept} ÷ a static reply is {ratio:.2}, at least {least:.2} is due",
                    route.name()
                );
                targets.judge(ratio >= least, says);
            }
        }
        let gain = self.gain().ratio;
        let says =
            format!("a list kept in Redis ÷ read is {gain:.1}, at least {LEAST_GAIN} is due");
        targets.judge(gain >= LEAST_GAIN, says);
    }

    /// Judges what whole requests cost, with callers, limits, log and telemetry, against handlers
    /// that have none of it.
    pub(super) fn judge_against(&self, handlers: &Handlers, targets: &mut Targets) {
        let cpu_us = |what| 1_000.0 * self.median(what, |served| served.rate.cpu_ms());
        for (what, handler, once) in AGAINST_BARE {
            let (cost, bare) = (cpu_us(what), handlers.cpu_us(handler));
            let most = MOST_TIMES_BARE * bare.max(once);
            let says = format!(
                "{} takes {cost:.1} µs of processor time, {:.2} times the {bare:.1} of a bare \
                 handler ({}); at most {most:.1} is due",
                what.0.name(),
                cost / bare,
                handler.name()
            );
            targets.judge(cost <= most, says);
        }
    }

    /// How much more often a list is answered that is kept in Redis.
    pub(super) fn gain(&self) -> Gain {
        let (kept, read) = ((Route::Applications, IN_REDIS), (Route::Applications, NOWHERE));
        Gain {
            kept: self.per_second(kept),
            read: self.per_second(read),
            ratio: self.ratio(kept, read),
        }
    }
}

/// A table in Markdown.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| reply | kept | requests/s | ÷ static | CPU µs each | p50 ms | p99 ms | MongoDB |"
        )?;
        writeln!(f, "| --- | --- |{}", " ---: |".repeat(6))?;
        for route in ALL {
            for (place, kept) in PLACES {
                let what = (route, place);
                let quantile = |share: f64| {
                    let micros =
                        self.median(what, |served| served.latency.quantile(share).as_secs_f64());
                    shown(std::time::Duration::from_secs_f64(micros))
                };
                writeln!(
                    f,
                    "| {} | {} | {:.0} | {:.2} | {:.1} | {} | {} | {} |",
                    route.name(),
                    if route == Route::Static { "static" } else { kept },
                    self.per_second(what),
                    self.to_static(what),
                    1_000.0 * self.median(what, |served| served.rate.cpu_ms()),
                    quantile(0.5),
                    quantile(0.99),
                    self.operations.get(&what).map(|it| format!("{it:.2}")).unwrap_or_default(),
                )?;
            }
        }
        Ok(())
    }
}
