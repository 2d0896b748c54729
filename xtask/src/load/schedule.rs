//! When each journey begins, whatever the server does meanwhile.

use std::time::Duration;

use super::figures::number;
use super::scenario::{Pace, Phase};

/// A journey that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrival {
    /// After the run began.
    pub(super) due: Duration,
    /// In which phase.
    pub(super) phase: usize,
    /// Counted from 0 over the whole run.
    pub(super) number: u64,
}

/// Every arrival, in their order.
pub(super) fn arrivals(phases: &[Phase]) -> impl Iterator<Item = Arrival> {
    let mut next = Duration::ZERO;
    let begins = phases.iter().map(move |phase| {
        let begin = next;
        next += phase.pace.length();
        begin
    });
    let of_phase = (0..).zip(phases.iter().zip(begins)).flat_map(|(phase, (it, begin))| {
        let pace = it.pace;
        (0..pace.arrivals()).map(move |nth| (phase, begin + after(&pace, nth)))
    });
    (0..).zip(of_phase).map(|(number, (phase, due))| Arrival { due, phase, number })
}

/// How long after the begin of its phase one is due.
fn after(pace: &Pace, nth: u64) -> Duration {
    let nth = number(nth);
    let seconds = match pace {
        Pace::Pause(_) => 0.0,
        Pace::Count { many, length } => length.as_secs_f64() * nth / number(*many),
        Pace::Rate { from, to, length } => {
            // So many have arrived after t: from·t + growth/2·t²; solved for t in the form that
            // does not subtract numbers that are nearly the same.
            let growth = (to - from) / length.as_secs_f64();
            let root = (from * from + 2.0 * growth * nth).max(0.0).sqrt();
            if nth > 0.0 { 2.0 * nth / (from + root) } else { 0.0 }
        }
    };
    Duration::try_from_secs_f64(seconds).unwrap_or_default().min(pace.length())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::arrivals;
    use crate::load::scenario::{Pace, Phase};

    fn phase(pace: Pace) -> Phase {
        Phase { name: None, pace, most: None }
    }

    fn rate(from: f64, to: f64, seconds: u64) -> Phase {
        phase(Pace::Rate { from, to, length: Duration::from_secs(seconds) })
    }

    #[test]
    fn journeys_are_evenly_spread_and_phases_follow_each_other() {
        let count = Pace::Count { many: 2, length: Duration::from_secs(1) };
        let pause = Pace::Pause(Duration::from_secs(3));
        let phases = [rate(2.0, 2.0, 1), phase(pause), phase(count)];

        let due: Vec<_> = arrivals(&phases).map(|it| (it.due.as_millis(), it.phase)).collect();

        assert_eq!(due, [(0, 0), (500, 0), (4_000, 2), (4_500, 2)]);
    }

    #[test]
    fn a_ramp_reaches_its_rate_evenly() {
        let phases = [rate(0.0, 100.0, 10)];
        let due: Vec<_> = arrivals(&phases).map(|arrival| arrival.due).collect();
        let until = |seconds| due.iter().filter(|due| due.as_secs_f64() < seconds).count();

        assert_eq!(due.len(), 500);
        assert!(until(5.0).abs_diff(125) <= 1, "a quarter in half of the time: {}", until(5.0));
        let last = due.iter().filter(|due| due.as_secs_f64() >= 9.0).count();
        assert!(last.abs_diff(95) <= 1, "{last}");
    }

    proptest! {
        #[test]
        fn nobody_is_due_before_the_one_before(
            from in 0.0..50.0_f64, to in 0.0..50.0_f64, seconds in 1..20_u64
        ) {
            let phases = [rate(from, to, seconds), rate(to, from, seconds)];
            let due: Vec<_> = arrivals(&phases).collect();

            prop_assert!(due.is_sorted_by_key(|arrival| arrival.due));
            prop_assert!(due.iter().all(|it| it.due <= Duration::from_secs(2 * seconds)));
            prop_assert!((0..).zip(&due).all(|(number, it)| it.number == number));
        }
    }
}
