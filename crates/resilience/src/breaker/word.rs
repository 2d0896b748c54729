//! What a breaker is in, in one word, so that a transition is one compare-and-swap.
//!
//! | bits  | what       | range                                                              |
//! |-------|------------|--------------------------------------------------------------------|
//! | 0–1   | state      | closed, open, half-open                                            |
//! | 2–4   | mode       | normal, force-closed, observe-only, disabled, force-open           |
//! | 5–8   | streak     | how often in a row it opened, 0 to 15 (no more than 15 intervals)  |
//! | 9–24  | generation | transitions so far, modulo 65 536                                  |
//! | 25–63 | tick       | open: until then; else since then: 2²⁰ ns each, 18 years of them   |
//!
//! A generation comes again after 65 536 transitions, but not with the same tick: within one
//! breaker no two generations have the same word. After 18 years of uptime an open breaker probes
//! at once.

use std::time::Duration;

use super::{Mode, State};
use crate::clock::{Moment, nanos};

const STATE: u64 = 0b11;
const MODE_AT: u32 = 2;
const MODE: u64 = 0b111;
/// The modes up to this one let everybody in while the breaker is closed.
const OBSERVE_ONLY: u64 = 2;
const STREAK_AT: u32 = 5;
const STREAK: u64 = 0b1111;
const GENERATION_AT: u32 = 9;
const GENERATION: u64 = 0xffff;
const TICK_AT: u32 = 25;
const LAST_TICK: u64 = u64::MAX >> TICK_AT;

/// A tick is 2²⁰ ns, a millisecond and a bit: it is a shift from a moment to its tick.
const TICK_BITS: u32 = 20;

/// The tick that a moment is in.
pub(super) const fn tick(moment: Moment) -> u64 {
    moment.nanos() >> TICK_BITS
}

/// The first tick that begins no earlier than so long after a moment.
pub(super) fn tick_after(moment: Moment, time: Duration) -> u64 {
    let end = moment.nanos().saturating_add(nanos(time));
    end.div_ceil(1 << TICK_BITS)
}

/// When a tick begins.
pub(super) const fn moment(tick: u64) -> Moment {
    Moment::from_nanos(tick << TICK_BITS)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word(u64);

impl Word {
    /// Closed, as a breaker is made.
    pub(super) const NEW: Self = Self(0);

    pub(super) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// Whether everybody is let in and counted: one comparison on the way of every call.
    pub(super) const fn lets_all_in(self) -> bool {
        self.0 & STATE == 0 && (self.0 >> MODE_AT) & MODE <= OBSERVE_ONLY
    }

    pub(super) const fn state(self) -> State {
        match self.0 & STATE {
            0 => State::Closed,
            1 => State::Open,
            _ => State::HalfOpen,
        }
    }

    pub(super) const fn mode(self) -> Mode {
        match (self.0 >> MODE_AT) & MODE {
            0 => Mode::Normal,
            1 => Mode::ForceClosed,
            OBSERVE_ONLY => Mode::ObserveOnly,
            3 => Mode::Disabled,
            _ => Mode::ForceOpen,
        }
    }

    pub(super) const fn streak(self) -> u64 {
        (self.0 >> STREAK_AT) & STREAK
    }

    pub(super) const fn generation(self) -> u64 {
        (self.0 >> GENERATION_AT) & GENERATION
    }

    /// Until when it is open, or since when it is closed or half-open.
    pub(super) const fn tick(self) -> u64 {
        self.0 >> TICK_AT
    }

    /// Open until a tick, for the `streak`th time in a row.
    pub(super) fn opened(self, streak: u64, until: u64) -> Self {
        self.next(State::Open, self.mode(), streak, until)
    }

    /// Half-open from a moment on.
    pub(super) fn half_opened(self, now: Moment) -> Self {
        self.next(State::HalfOpen, self.mode(), self.streak(), tick(now))
    }

    /// Closed from a moment on. It remembers the streak, in case it does not last.
    pub(super) fn closed(self, now: Moment) -> Self {
        self.next(State::Closed, self.mode(), self.streak(), tick(now))
    }

    /// Closed from a moment on as if it were new, in another mode.
    pub(super) fn restarted(self, mode: Mode, now: Moment) -> Self {
        self.next(State::Closed, mode, 0, tick(now))
    }

    fn next(self, state: State, mode: Mode, streak: u64, tick: u64) -> Self {
        let state = match state {
            State::Closed => 0,
            State::Open => 1,
            State::HalfOpen => 2,
        };
        let mode = match mode {
            Mode::Normal => 0,
            Mode::ForceClosed => 1,
            Mode::ObserveOnly => OBSERVE_ONLY,
            Mode::Disabled => 3,
            Mode::ForceOpen => 4,
        };
        let generation = (self.generation() + 1) & GENERATION;
        Self(
            state
                | mode << MODE_AT
                | streak.min(STREAK) << STREAK_AT
                | generation << GENERATION_AT
                | tick.min(LAST_TICK) << TICK_AT,
        )
    }
}

#[cfg(test)]
mod tests;
