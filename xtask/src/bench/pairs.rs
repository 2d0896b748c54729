//! Logins of a server against hashes of a bare loop, in turns, so that what else goes on hits both.

use std::fmt;
use std::time::Duration;

use anyhow::Result;

use super::crowd::{Crowd, Served};
use super::extent::Extent;
use crate::bare::{self, cores};
use crate::interrupt;
use crate::latency::shown;
use crate::rate::{Rate, median};
use crate::targets::Targets;

/// What a login may cost beside its hash: a tenth of what the machine can do.
const LEAST_RATIO: f64 = 0.90;

/// And in processor time, in ms, on a machine of the usual pace: all of HTTP, stores and tokens.
const MOST_EXTRA_MS: f64 = 1.5;

/// The processor time of a hash on such a machine, in ms. One that is slower is slower at
/// everything.
const USUAL_HASH_MS: f64 = 16.0;

/// Until caches are warm and connections are open.
pub(super) const WARM_UP: Duration = Duration::from_secs(1);

/// Pairs of phases on one server.
pub(super) struct Pairs {
    store: &'static str,
    pairs: Vec<Pair>,
}

struct Pair {
    hashes: Rate,
    logins: Served,
}

/// Measures hashes and logins by turns; `store` is what the server keeps its records in.
pub(super) async fn measure(
    store: &'static str,
    (crowd, server): (&mut Crowd, u32),
    extent: Extent,
) -> Result<Pairs> {
    crowd.measure(server, WARM_UP).await?;
    let mut pairs = Vec::new();
    for number in 1..=extent.pairs {
        interrupt::check()?;
        let hashes = tokio::task::spawn_blocking(move || bare::measure(extent.phase())).await??;
        interrupt::check()?;
        let pair = Pair { hashes, logins: crowd.measure(server, extent.phase()).await? };
        eprintln!("{store}, pair {number}: ratio {:.3}", pair.ratio());
        pairs.push(pair);
    }
    Ok(Pairs { store, pairs })
}

impl Pair {
    fn ratio(&self) -> f64 {
        self.logins.rate.per_second() / self.hashes.per_second()
    }

    /// What a login costs beside a hash, in ms of processor time.
    fn extra_ms(&self) -> f64 {
        self.logins.rate.cpu_ms() - self.hashes.cpu_ms()
    }

    /// What that would be on a machine of the usual pace.
    fn usual_extra_ms(&self) -> f64 {
        self.extra_ms() * USUAL_HASH_MS / self.hashes.cpu_ms()
    }
}

impl Pairs {
    /// Logins per second over hashes per second: the median of the pairs. What slows the machine
    /// for longer than a pair takes does not move it.
    fn ratio(&self) -> f64 {
        self.median(Pair::ratio)
    }

    /// The processor time of a login less that of a hash, in ms: the median of the pairs.
    fn extra_ms(&self) -> f64 {
        self.median(Pair::extra_ms)
    }

    fn median(&self, of: impl Fn(&Pair) -> f64) -> f64 {
        median(self.pairs.iter().map(of))
    }

    fn usual_extra_ms(&self) -> f64 {
        self.median(Pair::usual_extra_ms)
    }

    /// Judges what the product promises of the embedded store.
    pub(super) fn judge(&self, targets: &mut Targets) {
        let (store, ratio, extra) = (self.store, self.ratio(), self.usual_extra_ms());
        targets.judge(
            ratio >= LEAST_RATIO,
            format!("{store}: logins/s ÷ hashes/s is {ratio:.3}, at least {LEAST_RATIO:.2} is due"),
        );
        targets.judge(
            extra <= MOST_EXTRA_MS,
            format!(
                "{store}: a login takes {extra:.2} ms of processor time beside its hash where a \
                 hash takes {USUAL_HASH_MS:.0} ms, at most {MOST_EXTRA_MS:.1} ms are due"
            ),
        );
    }
}

/// A table in Markdown.
impl fmt::Display for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| {} | hashes/s | logins/s | ratio | CPU ms/hash | CPU ms/login | beside the hash | \
             at {USUAL_HASH_MS:.0} ms/hash | client ms/login | p50 ms | p99 ms | max ms | others |",
            self.store
        )?;
        writeln!(f, "|{}", " ---: |".repeat(13))?;
        for (number, pair) in (1..).zip(&self.pairs) {
            row(f, number, pair)?;
        }
        writeln!(
            f,
            "| median | {:.1} | {:.1} | {:.3} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | | | | |",
            self.median(|pair| pair.hashes.per_second()),
            self.median(|pair| pair.logins.rate.per_second()),
            self.ratio(),
            self.median(|pair| pair.hashes.cpu_ms()),
            self.median(|pair| pair.logins.rate.cpu_ms()),
            self.extra_ms(),
            self.usual_extra_ms(),
            self.median(|pair| pair.logins.rate.client_cpu_ms()),
        )
    }
}

fn row(f: &mut fmt::Formatter<'_>, number: u32, pair: &Pair) -> fmt::Result {
    let Pair { hashes, logins: Served { rate, latency } } = pair;
    let others = [hashes, rate].map(|rate| 100.0 * rate.taken_by_others(cores()));
    writeln!(
        f,
        "| {number} | {:.1} | {:.1} | {:.3} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {} | {} | {} | \
         {:.0} %, {:.0} % |",
        hashes.per_second(),
        rate.per_second(),
        pair.ratio(),
        hashes.cpu_ms(),
        rate.cpu_ms(),
        pair.extra_ms(),
        pair.usual_extra_ms(),
        rate.client_cpu_ms(),
        shown(latency.quantile(0.5)),
        shown(latency.quantile(0.99)),
        shown(latency.longest()),
        others[0],
        others[1],
    )
}

#[cfg(test)]
mod tests;
