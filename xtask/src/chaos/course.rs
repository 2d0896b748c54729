//! The course of a drill: whole, breaking, broken, healing, and whole again, round after round.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where a drill stands; a clone looks at the same drill.
#[derive(Clone, Default)]
pub(super) struct Course(Arc<AtomicU32>);

/// A moment of a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark(u32);

/// What a request met between its start and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// Nothing was broken at any time.
    Whole,
    /// What the drill breaks was gone all the time.
    Broken,
    /// Something changed on the way: no outcome but a lie is excluded.
    Between,
}

/// The turns of one round: whole, breaking, broken, healing.
const TURNS: u32 = 4;

impl Course {
    /// Goes on to the next turn, and returns its beginning.
    pub(super) fn advance(&self) -> Mark {
        Mark(self.0.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// Now.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.0.load(Ordering::SeqCst))
    }

    /// What somebody met who began at `begun` and ends now.
    pub(super) fn since(&self, begun: Mark) -> Span {
        let now = self.mark();
        match now.0 % TURNS {
            0 if begun == now => Span::Whole,
            2 if begun == now => Span::Broken,
            _ => Span::Between,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Course, Span};

    #[test]
    fn only_a_request_within_one_turn_knows_what_it_met() {
        let course = Course::default();
        let mut met = Vec::new();
        for _turn in 0..5 {
            let begun = course.mark();
            met.push(course.since(begun));
            course.advance();
            met.push(course.since(begun));
        }

        let within: Vec<Span> = met.iter().copied().step_by(2).collect();
        let (whole, broken, between) = (Span::Whole, Span::Broken, Span::Between);
        assert_eq!(within, [whole, between, broken, between, whole]);
        assert!(met.iter().skip(1).step_by(2).all(|span| *span == between));
    }

    #[test]
    fn a_request_that_outlasts_a_round_met_what_was_broken() {
        let course = Course::default();
        let begun = course.mark();
        for _turn in 0..4 {
            course.advance();
        }

        assert_eq!(course.since(begun), Span::Between);
    }
}
