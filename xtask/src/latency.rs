//! How long requests took.

use std::time::Duration;

use anyhow::Result;
use hdrhistogram::Histogram;

/// Values are kept to three digits: more than a machine repeats.
const DIGITS: u8 = 3;

/// The times of requests.
#[derive(Debug, Clone)]
pub(crate) struct Latency {
    micros: Histogram<u64>,
    longest: Duration,
}

impl Latency {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { micros: Histogram::new(DIGITS)?, longest: Duration::ZERO })
    }

    pub(crate) fn enter(&mut self, took: Duration) -> Result<()> {
        self.longest = self.longest.max(took);
        Ok(self.micros.record(u64::try_from(took.as_micros())?)?)
    }

    /// Takes over the times of others.
    pub(crate) fn add(&mut self, other: &Self) -> Result<()> {
        self.longest = self.longest.max(other.longest);
        Ok(self.micros.add(&other.micros)?)
    }

    /// The shortest, as exactly as the rest is kept.
    pub(crate) fn shortest(&self) -> Duration {
        Duration::from_micros(self.micros.min())
    }

    pub(crate) fn mean(&self) -> Duration {
        Duration::try_from_secs_f64(self.micros.mean() / 1e6).unwrap_or_default()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.micros.len()
    }

    /// The time that this share of them did not exceed.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        // Rounded up to its digits, the time may be longer than any that was entered.
        Duration::from_micros(self.micros.value_at_quantile(share)).min(self.longest)
    }

    /// The longest, exactly.
    pub(crate) fn longest(&self) -> Duration {
        self.longest
    }
}

/// Milliseconds, with a tenth.
pub(crate) fn shown(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Latency, shown};

    #[test]
    fn quantiles_are_those_of_the_times() {
        let mut latency = Latency::new().unwrap();
        for milliseconds in 1..=200 {
            latency.enter(Duration::from_millis(milliseconds)).unwrap();
        }

        let (half, most) = (latency.quantile(0.5), latency.quantile(0.99));

        assert_eq!((half.as_millis(), most.as_millis(), latency.count()), (100, 198, 200));
        assert_eq!(latency.longest().as_millis(), 200);
        assert_eq!(shown(Duration::from_micros(1_250)), "1.2");
    }
}
