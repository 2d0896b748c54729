//! A breaker that keeps a list of every call and looks through it each time. Its time is in ticks.

use std::time::Duration;

use gacp_resilience::breaker::{
    Cause, Mode, Open, Outcome, Settings, Snapshot, State, Transition, Window,
};

use super::TICK;

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    Transition(Transition),
    Rejected(Open),
    Recorded(Outcome),
    Stale(Outcome),
    Cancelled,
}

/// What a call that was let through is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Uncounted,
    Counted { generation: u64 },
    Probe { generation: u64, due: u64, ended: Option<Outcome> },
}

struct Finished {
    at: u64,
    failed: bool,
    slow: bool,
}

pub(crate) struct Naive {
    settings: Settings,
    pub(crate) now: u64,
    pub(crate) told: Vec<Told>,
    state: State,
    mode: Mode,
    generation: u64,
    /// Ticks: until when it is open, since when it is closed.
    until: u64,
    since: u64,
    /// How often in a row it opened.
    streak: u32,
    /// What ended in this generation.
    finished: Vec<Finished>,
    calls: Vec<Call>,
    stale: u64,
    rejected: u64,
}

impl Naive {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            now: 0,
            told: vec![],
            state: State::Closed,
            mode: Mode::Normal,
            generation: 0,
            until: 0,
            since: 0,
            streak: 0,
            finished: vec![],
            calls: vec![],
            stale: 0,
            rejected: 0,
        }
    }

    pub(crate) fn acquire(&mut self) -> Result<usize, Open> {
        match self.mode {
            Mode::Disabled => return Ok(self.let_in(Call::Uncounted)),
            Mode::ForceOpen => return self.refuse(self.settings.open_base),
            _ => {}
        }
        if self.state == State::Open {
            if self.now < self.until {
                return self.refuse(ticks(self.until - self.now));
            }
            self.turn(State::HalfOpen, Cause::Waited, None);
        }
        let generation = self.generation;
        if self.state == State::Closed {
            return Ok(self.let_in(Call::Counted { generation }));
        }
        let taken = self.calls.iter().filter(|call| self.has_a_place(call)).count();
        if taken < size(self.settings.probes) {
            let due = self.now + in_ticks(self.settings.probe_ttl);
            let probe = Call::Probe { generation, due, ended: None };
            return Ok(self.let_in(probe));
        }
        let dues = self.calls.iter().filter_map(|call| match call {
            Call::Probe { due, ended: None, .. } if self.has_a_place(call) => Some(*due),
            _ => None,
        });
        let longest = self.now + in_ticks(self.settings.probe_ttl);
        let soonest = dues.min().unwrap_or(longest);
        self.refuse(ticks(soonest - self.now))
    }

    /// Whether it is a probe of this cycle that runs and is not given up, or that succeeded.
    fn has_a_place(&self, call: &Call) -> bool {
        let Call::Probe { generation, due, ended, .. } = *call else { return false };
        generation == self.generation
            && match ended {
                None => self.now < due,
                Some(outcome) => outcome == Outcome::Success,
            }
    }

    fn let_in(&mut self, call: Call) -> usize {
        self.calls.push(call);
        self.calls.len() - 1
    }

    fn refuse(&mut self, retry_after: Duration) -> Result<usize, Open> {
        let open = Open { retry_after };
        self.rejected += 1;
        self.told.push(Told::Rejected(open));
        if self.mode == Mode::ObserveOnly { Ok(self.let_in(Call::Uncounted)) } else { Err(open) }
    }

    pub(crate) fn is_probe(&self, call: usize) -> bool {
        matches!(self.calls[call], Call::Probe { .. })
    }

    pub(crate) fn record(&mut self, call: usize, outcome: Outcome, elapsed: Duration) {
        let slow = elapsed >= self.settings.slow_after;
        match self.calls[call] {
            Call::Uncounted => return,
            Call::Counted { generation } | Call::Probe { generation, .. }
                if generation != self.generation =>
            {
                return self.note_stale(outcome);
            }
            Call::Probe { due, .. } if self.now >= due => return self.note_stale(outcome),
            Call::Counted { .. } if outcome == Outcome::Ignore => {}
            Call::Counted { .. } => self.count(outcome == Outcome::Failure, slow),
            Call::Probe { .. } => self.judge(call, outcome, slow),
        }
        self.told.push(Told::Recorded(outcome));
    }

    fn note_stale(&mut self, outcome: Outcome) {
        self.stale += 1;
        self.told.push(Told::Stale(outcome));
    }

    fn count(&mut self, failed: bool, slow: bool) {
        self.finished.push(Finished { at: self.now, failed, slow });
        let (finished, failures, slows) = self.counts();
        let Settings { minimum, failure_percent, slow_percent, .. } = self.settings;
        let enough = finished >= u64::from(minimum) && self.mode != Mode::ForceClosed;
        if !(failed || slow) || !enough {
            return;
        }
        if failures * 100 >= finished * u64::from(failure_percent) {
            self.trip(Cause::Failures { failures, finished });
        } else if slows * 100 >= finished * u64::from(slow_percent) {
            self.trip(Cause::Slowness { slow: slows, finished });
        }
    }

    /// Looks through everything that ended.
    fn counts(&self) -> (u64, u64, u64) {
        let seen: Vec<_> = match self.settings.window {
            Window::Time { length } => {
                let bucket = length.as_nanos() / 10;
                let epoch = |tick: u64| u128::from(tick) * TICK.as_nanos() / bucket;
                let inside = |it: &&Finished| epoch(it.at) + 10 > epoch(self.now);
                self.finished.iter().filter(inside).collect()
            }
            Window::Count { size } => self.finished.iter().rev().take(self::size(size)).collect(),
        };
        let failures = seen.iter().filter(|it| it.failed).count();
        let slow = seen.iter().filter(|it| it.slow).count();
        (number(seen.len()), number(failures), number(slow))
    }

    fn trip(&mut self, cause: Cause) {
        let row = self.streak > 0 && ticks(self.now - self.since) < self.interval(self.streak);
        self.open(if row { self.streak + 1 } else { 1 }, cause);
    }

    fn open(&mut self, streak: u32, cause: Cause) {
        self.streak = streak.min(15);
        let interval = self.interval(self.streak);
        let jittered = jittered(interval, self.settings.seed.unwrap(), self.generation);
        self.turn(State::Open, cause, Some(jittered));
        let open_for = jittered.as_nanos().div_ceil(TICK.as_nanos());
        self.until = self.now + u64::try_from(open_for).unwrap();
    }

    fn interval(&self, streak: u32) -> Duration {
        (self.settings.open_base * 2_u32.pow(streak - 1)).min(self.settings.open_cap)
    }

    fn judge(&mut self, call: usize, outcome: Outcome, slow: bool) {
        match outcome {
            Outcome::Failure => self.open(self.streak + 1, Cause::ProbeFailed),
            Outcome::Success if slow => self.open(self.streak + 1, Cause::ProbeSlow),
            Outcome::Success | Outcome::Ignore => {
                self.end(call, outcome);
                let won = Some(Outcome::Success);
                let generation = self.generation;
                let succeeded = self.calls.iter().filter(|call| {
                    matches!(call, Call::Probe { generation: of, ended, .. }
                        if *of == generation && *ended == won)
                });
                if succeeded.count() >= size(self.settings.successes) {
                    self.turn(State::Closed, Cause::Recovered, None);
                    self.since = self.now;
                }
            }
        }
    }

    fn end(&mut self, call: usize, outcome: Outcome) {
        if let Call::Probe { ended, .. } = &mut self.calls[call] {
            *ended = Some(outcome);
        }
    }

    pub(crate) fn cancel(&mut self, call: usize) {
        if self.calls[call] != Call::Uncounted {
            self.end(call, Outcome::Ignore);
            self.told.push(Told::Cancelled);
        }
    }

    pub(crate) fn set_mode(&mut self, mode: Mode) {
        if mode != self.mode {
            self.mode = mode;
            self.streak = 0;
            self.since = self.now;
            self.turn(State::Closed, Cause::Mode(mode), None);
        }
    }

    fn turn(&mut self, to: State, cause: Cause, open_for: Option<Duration>) {
        let from = std::mem::replace(&mut self.state, to);
        self.generation += 1;
        self.finished.clear();
        let generation = self.generation;
        self.told.push(Told::Transition(Transition { from, to, cause, open_for, generation }));
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let (finished, failures, slow) = self.counts();
        let until = ticks(self.until.saturating_sub(self.now));
        Snapshot {
            state: self.state,
            mode: self.mode,
            finished,
            failures,
            slow,
            stale: self.stale,
            rejected: self.rejected,
            retry_after: (self.state == State::Open).then_some(until),
            generation: self.generation,
        }
    }
}

fn size(number: u32) -> usize {
    usize::try_from(number).unwrap()
}

fn number(size: usize) -> u64 {
    u64::try_from(size).unwrap()
}

fn ticks(ticks: u64) -> Duration {
    Duration::from_nanos(ticks << 20)
}

fn in_ticks(time: Duration) -> u64 {
    u64::try_from(time.as_nanos() >> 20).unwrap()
}

/// What `SplitMix64` makes of the seed and the generation, as a part of a fifth.
fn jittered(interval: Duration, seed: u64, generation: u64) -> Duration {
    let z = seed.wrapping_add(generation.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let random = u128::from(z ^ (z >> 31));
    let fifth = interval.as_nanos() / 5;
    interval.saturating_sub(Duration::from_nanos(u64::try_from((fifth * random) >> 64).unwrap()))
}
