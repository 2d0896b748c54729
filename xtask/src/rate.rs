//! How much was done in a while, and what it cost.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::cpu::Usage;

/// Work of one kind, counted over one phase.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    done: u32,
    usage: Usage,
}

impl Rate {
    /// Fails when nothing was done: then there is nothing to divide by.
    pub(crate) fn new(done: u64, usage: Usage) -> Result<Self> {
        let done = u32::try_from(done).ok().filter(|done| *done > 0);
        Ok(Self { done: done.context("nothing was done in a whole phase")?, usage })
    }

    /// How often it was done in a second.
    pub(crate) fn per_second(&self) -> f64 {
        f64::from(self.done) / self.usage.elapsed.as_secs_f64()
    }

    /// The processor time of each, in ms: that of the process which does the work.
    pub(crate) fn cpu_ms(&self) -> f64 {
        self.each_ms(self.usage.worker)
    }

    /// The processor time of each, in ms, that went to asking for it.
    pub(crate) fn client_cpu_ms(&self) -> f64 {
        self.each_ms(self.usage.client)
    }

    /// The share of so many cores that others took, who have nothing to do with the work. Above a
    /// few per cent the machine was not quiet.
    pub(crate) fn taken_by_others(&self, cores: u32) -> f64 {
        let Usage { elapsed, worker, client, machine } = self.usage;
        let others = machine.saturating_sub(worker + client);
        others.as_secs_f64() / (elapsed * cores).as_secs_f64()
    }

    fn each_ms(&self, time: Duration) -> f64 {
        time.as_secs_f64() * 1_000.0 / f64::from(self.done)
    }
}

/// The middle one; of an even number the mean of the two in the middle. 0 of none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    middle(&sorted(values))
}

/// The middle ones of the lower half, of all and of the upper half; what lies between the outer
/// two is half of them.
pub(crate) fn quartiles(values: impl IntoIterator<Item = f64>) -> [f64; 3] {
    let values = sorted(values);
    let (lower, _) = values.split_at(values.len().div_ceil(2));
    let (_, upper) = values.split_at(values.len() / 2);
    [lower, &values, upper].map(middle)
}

fn sorted(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values
}

fn middle(sorted: &[f64]) -> f64 {
    let (lower, upper) = (sorted.len().saturating_sub(1) / 2, sorted.len() / 2);
    let at = |place: usize| sorted.get(place).copied().unwrap_or_default();
    f64::midpoint(at(lower), at(upper))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Rate, Usage, median, quartiles};

    fn usage(elapsed: u64, worker: u64, client: u64, machine: u64) -> Usage {
        let [elapsed, worker, client, machine] =
            [elapsed, worker, client, machine].map(Duration::from_millis);
        Usage { elapsed, worker, client, machine }
    }

    #[test]
    fn a_rate_says_what_each_cost_and_what_others_took() {
        let rate = Rate::new(400, usage(4_000, 6_000, 200, 7_000)).unwrap();

        let shown =
            [rate.per_second(), rate.cpu_ms(), rate.client_cpu_ms(), rate.taken_by_others(2)];

        for (shown, exact) in shown.into_iter().zip([100.0, 15.0, 0.5, 0.1]) {
            assert!((shown - exact).abs() < 1e-9, "{shown} for {exact}");
        }
    }

    #[test]
    fn a_phase_without_work_is_an_error() {
        assert!(Rate::new(0, usage(1, 1, 1, 1)).is_err());
    }

    #[test]
    fn the_median_is_in_the_middle() {
        for (values, middle) in [(vec![3.0, 1.0, 2.0], 2.0), (vec![4.0, 1.0, 2.0, 3.0], 2.5)] {
            assert!((median(values) - middle).abs() < 1e-9, "{middle}");
        }
    }
    #[test]
    fn half_of_the_values_lie_between_the_quartiles() {
        let expected = [(vec![5.0, 1.0, 4.0, 2.0, 3.0], [2.0, 3.0, 4.0]), (vec![], [0.0; 3])];
        for (values, quartiles_of_it) in expected {
            let exact = |(one, other): (f64, f64)| (one - other).abs() < 1e-9;
            assert!(quartiles(values).into_iter().zip(quartiles_of_it).all(exact));
        }
    }
}
