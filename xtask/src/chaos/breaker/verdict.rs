//! Judges a breaker: when it opens, how soon it refuses, how soon there is service again.

use std::time::Duration;

use tokio::time::Instant;

use super::told::State;
use super::{OPEN_SECONDS, Sight, Watch};
use crate::chaos::rules::Rule;

/// It opens with one of so many failed calls, or …
const FEW: u64 = 10;

/// … once nothing else is in its window. That is seen as a call ends, and a call may take …
pub(super) const WINDOW: Duration = Duration::from_secs(10);

/// … so long.
pub(super) const CALL: Duration = Duration::from_secs(5);

/// Of those whom an open breaker refuses so many of a hundred have waited less than this. The half
/// is what a refusal takes; the others may wait for a processor, which says nothing about the
/// breaker, but not for the store, whose calls take seconds.
const PROMPT: [(usize, Duration); 2] =
    [(50, Duration::from_millis(5)), (95, Duration::from_millis(100))];

/// Fewer replies tell nothing.
const ENOUGH: usize = 10;

/// Service resumes so long after the open interval at the latest: the first who asks again must
/// be let through, and be served.
const MARGIN: Duration = Duration::from_secs(1);

/// It is open for no longer than this, however often in a row.
const OPEN_CAP: Duration = Duration::from_mins(1);

/// How it opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::chaos) struct Opening {
    /// Since the fault began.
    pub(in crate::chaos) after: Duration,
    /// Failed calls that it had counted since then.
    pub(in crate::chaos) failures: u64,
}

/// Somebody who was refused.
#[derive(Debug, Clone, Copy)]
pub(in crate::chaos) struct Refusal {
    pub(in crate::chaos) sent: Instant,
    pub(in crate::chaos) took: Duration,
}

/// When the parts of a round began.
#[derive(Debug, Clone, Copy)]
pub(in crate::chaos) struct Times {
    pub(in crate::chaos) struck: Instant,
    pub(in crate::chaos) healed: Instant,
    pub(in crate::chaos) served: Instant,
}

/// What the breaker did in a round.
#[derive(Debug, Clone, Default)]
pub(in crate::chaos) struct Account {
    pub(in crate::chaos) opening: Option<Opening>,
    /// How long those waited whom it refused, sorted.
    pub(in crate::chaos) waits: Vec<Duration>,
    /// When there should have been service again, since the fault was over.
    pub(in crate::chaos) due: Duration,
}

/// Looks at a round and says which rules it breaks. A short outage need not open the breaker.
pub(in crate::chaos) fn judge(
    watch: &Watch,
    times: Times,
    refusals: &[Refusal],
    must_open: bool,
) -> (Account, Vec<(Rule, String)>) {
    let sights = watch.sights();
    let account = Account {
        opening: opening(&sights, times.struck).filter(|_| has_opened(&sights, times)),
        waits: waits(&sights, times, refusals),
        due: due(&sights, times),
    };
    let mut broken = Vec::new();
    if must_open {
        broken.extend(slow_to_open(account.opening).map(|why| (Rule::Opens, why)));
        broken.extend(slow_to_refuse(&account.waits).map(|why| (Rule::Prompt, why)));
    }
    let took = times.served - times.healed;
    if took > account.due {
        let late = format!("after {} ms, {} are due", took.as_millis(), account.due.as_millis());
        broken.push((Rule::Resumes, late));
    }
    (account, broken)
}

/// The first opening that was seen since then.
pub(super) fn opening(sights: &[Sight], since: Instant) -> Option<Opening> {
    let before = sights.iter().rev().find(|sight| sight.answered <= since)?.told;
    let opened = sights
        .iter()
        .find(|sight| sight.answered > since && sight.told.openings > before.openings)?;
    Some(Opening {
        after: opened.answered - since,
        failures: opened.told.failures.saturating_sub(before.failures),
    })
}

/// Whether it opened in this round.
fn has_opened(sights: &[Sight], times: Times) -> bool {
    let at = |moment| sights.iter().rev().find(|sight| sight.answered <= moment);
    let openings = |moment| at(moment).map(|sight| sight.told.openings);
    openings(times.served) > openings(times.struck)
}

fn slow_to_open(opening: Option<Opening>) -> Option<String> {
    let Some(Opening { after, failures }) = opening else {
        return Some("it did not open".to_owned());
    };
    let late = failures > FEW && after > WINDOW + CALL;
    late.then(|| format!("after {} ms and {failures} failed calls", after.as_millis()))
}

fn slow_to_refuse(waits: &[Duration]) -> Option<String> {
    if waits.len() < ENOUGH {
        return Some(format!("{} replies are too few to tell", waits.len()));
    }
    PROMPT.into_iter().find_map(|(percent, limit)| {
        let most = share(waits, percent).filter(|most| *most >= limit)?;
        Some(format!("{percent} of 100 waited up to {:.1} ms", most.as_secs_f64() * 1e3))
    })
}

/// What so many of a hundred have not waited longer than; they are sorted.
pub(in crate::chaos) fn share(waits: &[Duration], percent: usize) -> Option<Duration> {
    waits.get((waits.len() * percent).div_ceil(100).saturating_sub(1)).copied()
}

/// How long those waited who were refused while it was open from beginning to end.
fn waits(sights: &[Sight], times: Times, refusals: &[Refusal]) -> Vec<Duration> {
    let spans: Vec<(Instant, Instant)> = sights
        .chunk_by(|one, next| {
            one.told.changes == next.told.changes && one.told.state == next.told.state
        })
        .filter(|same| same.iter().all(|sight| sight.told.state == State::Open))
        .filter_map(|same| Some((same.first()?.answered, same.last()?.asked)))
        .collect();
    let within = |refusal: &&Refusal| {
        let (begun, ended) = (refusal.sent, refusal.sent + refusal.took);
        begun >= times.struck && spans.iter().any(|(open, last)| begun >= *open && ended <= *last)
    };
    let mut waits: Vec<Duration> =
        refusals.iter().filter(within).map(|refusal| refusal.took).collect();
    waits.sort_unstable();
    waits
}

/// When there should be service again after the fault is over: the interval for which the breaker
/// is open at most, and the margin. A probe that was under way may still fail, and make it open
/// for longer.
fn due(sights: &[Sight], times: Times) -> Duration {
    let (mut streak, mut closed_since, mut opened) = (0_u64, None, None);
    let last = times.healed + CALL;
    for pair in sights.windows(2) {
        let [before, after] = pair else { continue };
        let more = after.told.openings.saturating_sub(before.told.openings);
        if after.answered > last {
            break;
        }
        if more > 0 {
            let was_closed = before.told.state == State::Closed;
            let is_new = was_closed
                && closed_since
                    .is_none_or(|since| after.answered - since >= longest_interval(streak));
            streak = if is_new { more } else { streak + more };
            opened = Some(after.answered);
        }
        if after.told.state == State::Closed && before.told.state != State::Closed {
            closed_since = Some(after.answered);
        }
    }
    let open = opened.filter(|opened| *opened > times.struck);
    let from = open.map_or(times.healed, |opened| opened.max(times.healed));
    let interval = longest_interval(if open.is_some() { streak } else { 1 });
    from - times.healed + interval + MARGIN
}

/// For how long it is open the how-manieth time in a row; jitter makes it shorter.
fn longest_interval(streak: u64) -> Duration {
    let doublings = u32::try_from(streak.saturating_sub(1)).unwrap_or(u32::MAX).min(10);
    (Duration::from_secs(OPEN_SECONDS) * 2_u32.pow(doublings)).min(OPEN_CAP)
}

#[cfg(test)]
mod tests;
