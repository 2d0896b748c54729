//! What a storm came to, and what is due in one.

use std::fmt;
use std::time::Duration;

use super::notes::{Asked, Heard, Seen};
use crate::latency::{Latency, shown};
use crate::targets::Targets;

/// Those who are signed in notice nothing: the 99th of a hundred profiles comes in less.
const PROFILE_P99: Duration = Duration::from_millis(50);

/// Whoever is refused is told so while he still looks at the button.
const REFUSED_WITHIN: Duration = Duration::from_millis(300);

/// The code of a reply that asks to come back.
const REFUSED: u16 = 503;

/// Refusing everybody would be quick and of no use: this share of the capacity is still served.
const LEAST_SERVED: f64 = 0.5;

/// What came of a storm.
pub(crate) struct Report {
    pub(super) store: &'static str,
    /// Logins per second that the server answers when clients wait for each other.
    pub(super) capacity: f64,
    /// Logins per second that were sent.
    pub(super) offered: f64,
    pub(super) length: Duration,
    pub(super) connections: usize,
    pub(super) seen: Seen,
}

impl Report {
    /// Judges what the product promises.
    pub(crate) fn judge(&self, targets: &mut Targets) {
        self.judge_profiles(targets);
        self.judge_refusals(targets);
        let strange =
            self.count(Asked::Login, |heard| !matches!(heard.status(), Some(200 | REFUSED)));
        let says = format!("{}: {strange} logins got neither tokens nor a refusal", self.store);
        targets.judge(strange == 0, says);
        let served = self.count(Asked::Login, |heard| heard.status() == Some(200));
        let share = per_second(served, self.length) / self.capacity;
        targets.judge(
            share >= LEAST_SERVED,
            format!("{}: {:.0} % of the capacity is served", self.store, 100.0 * share),
        );
    }

    fn judge_profiles(&self, targets: &mut Targets) {
        let (store, limit) = (self.store, PROFILE_P99.as_millis());
        let other = self.count(Asked::Profile, |heard| heard.status() != Some(200));
        targets.judge(other == 0, format!("{store}: {other} profiles were not shown"));
        let profiles = self.replies(Asked::Profile, 200).map(|latency| latency.quantile(0.99));
        let Some(slowest) = profiles.max() else { return };
        let slow = shown(slowest);
        let says = format!("{store}: p99 of profiles is {slow} ms, under {limit} ms is due");
        targets.judge(slowest < PROFILE_P99, says);
    }

    fn judge_refusals(&self, targets: &mut Targets) {
        let (store, limit) = (self.store, REFUSED_WITHIN.as_millis());
        let refused = self.count(Asked::Login, |heard| heard.status() == Some(REFUSED));
        let all = self.count(Asked::Login, |_| true);
        let says = format!("{store}: {refused} of {all} logins were refused, it was a storm");
        targets.judge(refused > all / 2, says);
        let longest = self.replies(Asked::Login, REFUSED).map(Latency::longest).max();
        let Some(longest) = longest else { return };
        let long = shown(longest);
        let says = format!("{store}: refusals came after {long} ms at most, {limit} ms are due");
        targets.judge(longest <= REFUSED_WITHIN, says);
        let blunt = Heard::Status { status: REFUSED, retry_after: false };
        let blunt = self.count(Asked::Login, |heard| heard == blunt);
        targets.judge(blunt == 0, format!("{store}: {blunt} refusals did not say when to return"));
    }

    fn count(&self, asked: Asked, is_meant: impl Fn(Heard) -> bool) -> u64 {
        let meant =
            self.seen.heard.iter().filter(|((what, heard), _)| *what == asked && is_meant(*heard));
        meant.map(|(_, latency)| latency.count()).sum()
    }

    fn replies(&self, asked: Asked, status: u16) -> impl Iterator<Item = &Latency> {
        let all = self.seen.heard.iter();
        let meant =
            all.filter(move |((what, heard), _)| *what == asked && heard.status() == Some(status));
        meant.map(|(_, latency)| latency)
    }
}

/// A table in Markdown, and what it means.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} | reply | count | p50 ms | p99 ms | max ms |", self.store)?;
        writeln!(f, "| --- | --- |{}", " ---: |".repeat(4))?;
        for ((asked, heard), latency) in &self.seen.heard {
            let [half, most, longest] =
                [latency.quantile(0.5), latency.quantile(0.99), latency.longest()].map(shown);
            let count = latency.count();
            writeln!(f, "| {asked} | {heard} | {count} | {half} | {most} | {longest} |")?;
        }
        let served = self.count(Asked::Login, |heard| heard.status() == Some(200));
        let lateness = &self.seen.lateness;
        writeln!(
            f,
            "\nCapacity {:.1} logins/s; sent {:.1}/s for {} s over {} connections; {:.1}/s got \
             tokens. The client itself was late by {} ms (p99), {} ms (max).",
            self.capacity,
            self.offered,
            self.length.as_secs(),
            self.connections,
            per_second(served, self.length),
            shown(lateness.quantile(0.99)),
            shown(lateness.longest()),
        )
    }
}

fn per_second(count: u64, length: Duration) -> f64 {
    // More logins than this are not sent.
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / length.as_secs_f64()
}

#[cfg(test)]
mod tests;
