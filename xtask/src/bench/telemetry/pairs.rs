//! A server that tells of itself against one that does not, in turns, so that what else goes on
//! hits both.

use std::fmt;

use anyhow::Result;

use super::{Asked, Extent};
use crate::bare::cores;
use crate::bench::crowd::Served;
use crate::bench::pairs::WARM_UP;
use crate::interrupt;
use crate::rate::{median, quartiles};
use crate::targets::Targets;

/// What is left of the requests per second: telemetry may cost a twentieth.
const LEAST_RATIO: f64 = 0.95;

/// Pairs of phases.
pub(super) struct Pairs(Vec<Pair>);

struct Pair {
    telling: Served,
    silent: Served,
}

/// Measures both by turns. Whoever began comes second in the next pair.
pub(super) async fn measure(
    telling: &mut Asked,
    silent: &mut Asked,
    extent: Extent,
) -> Result<Pairs> {
    for stand in [&mut *telling, &mut *silent] {
        stand.crowd.measure(stand.server.pid(), WARM_UP).await?;
    }
    let mut pairs = Vec::new();
    for number in 1..=extent.pairs {
        interrupt::check()?;
        let pair = if number % 2 == 0 {
            let told = tell(telling, extent).await?;
            Pair { telling: told, silent: keep_silent(silent, extent).await? }
        } else {
            let silent = keep_silent(silent, extent).await?;
            Pair { telling: tell(telling, extent).await?, silent }
        };
        if number % 10 == 0 {
            eprintln!("pair {number} of {}: ratio {:.3}", extent.pairs, pair.ratio());
        }
        pairs.push(pair);
    }
    Ok(Pairs(pairs))
}

/// A turn in which the server is scraped as well, more often than in production.
async fn tell(stand: &mut Asked, extent: Extent) -> Result<Served> {
    stand.scrape().await?;
    stand.crowd.measure(stand.server.pid(), extent.phase()).await
}

async fn keep_silent(stand: &mut Asked, extent: Extent) -> Result<Served> {
    stand.crowd.measure(stand.server.pid(), extent.phase()).await
}

impl Pair {
    fn ratio(&self) -> f64 {
        self.telling.rate.per_second() / self.silent.rate.per_second()
    }

    /// What telling costs of a request, in µs of processor time.
    fn extra_us(&self) -> f64 {
        1_000.0 * (self.telling.rate.cpu_ms() - self.silent.rate.cpu_ms())
    }
}

impl Pairs {
    fn median(&self, of: impl Fn(&Pair) -> f64) -> f64 {
        median(self.0.iter().map(of))
    }

    /// Judges what the product promises.
    pub(super) fn judge(&self, targets: &mut Targets) {
        let ratio = self.median(Pair::ratio);
        targets.judge(
            ratio >= LEAST_RATIO,
            format!(
                "requests/s of a working day with telemetry ÷ without are {ratio:.3}, at least {LEAST_RATIO:.2} is due"
            ),
        );
    }
}

/// A table in Markdown.
impl fmt::Display for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| of {} pairs | lower quartile | median | upper quartile |", self.0.len())?;
        writeln!(f, "| --- |{}", " ---: |".repeat(3))?;
        self.row(f, ("requests/s without", 0), |pair| pair.silent.rate.per_second())?;
        self.row(f, ("with", 0), |pair| pair.telling.rate.per_second())?;
        self.row(f, ("ratio", 3), Pair::ratio)?;
        self.row(f, ("CPU µs each without", 1), |pair| 1_000.0 * pair.silent.rate.cpu_ms())?;
        self.row(f, ("with", 1), |pair| 1_000.0 * pair.telling.rate.cpu_ms())?;
        self.row(f, ("more", 1), Pair::extra_us)?;
        let others = |served: &Served| 100.0 * served.rate.taken_by_others(cores());
        self.row(f, ("% taken by others without", 0), |pair| others(&pair.silent))?;
        self.row(f, ("with", 0), |pair| others(&pair.telling))
    }
}

impl Pairs {
    fn row(
        &self,
        f: &mut fmt::Formatter<'_>,
        (name, decimals): (&str, usize),
        of: impl Fn(&Pair) -> f64,
    ) -> fmt::Result {
        let [lower, median, upper] = quartiles(self.0.iter().map(of));
        writeln!(f, "| {name} | {lower:.decimals$} | {median:.decimals$} | {upper:.decimals$} |")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Pair, Pairs, Served};
    use crate::cpu::Usage;
    use crate::latency::Latency;
    use crate::rate::Rate;
    use crate::targets::Targets;

    /// So much was answered in a second.
    fn served(done: u64) -> Served {
        let second = Duration::from_secs(1);
        let usage =
            Usage { elapsed: second, worker: second, client: Duration::ZERO, machine: second };
        Served { rate: Rate::new(done, usage).unwrap(), latency: Latency::new().unwrap() }
    }

    fn reached(pairs: &[(u64, u64)]) -> bool {
        let pair = |(silent, telling): &(u64, u64)| Pair {
            silent: served(*silent),
            telling: served(*telling),
        };
        let mut targets = Targets::default();
        Pairs(pairs.iter().map(pair).collect()).judge(&mut targets);
        targets.to_string().starts_with("- reached")
    }

    #[test]
    fn telemetry_may_cost_a_twentieth() {
        assert!(reached(&[(1_000, 950)]) && reached(&[(1_000, 1_010)]));
        assert!(!reached(&[(1_000, 949)]));
    }

    #[test]
    fn one_pair_that_was_disturbed_decides_nothing() {
        let (good, disturbed) = ((1_000, 970), (1_000, 500));

        assert!(reached(&[good, disturbed, good]));
        assert!(!reached(&[disturbed, good, disturbed]));
    }
}
