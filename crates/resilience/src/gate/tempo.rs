//! How long work takes, lately.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long somebody is inside, on an average that forgets: nanoseconds, 0 before anybody was.
#[derive(Default)]
pub(super) struct Tempo(AtomicU64);

impl Tempo {
    /// So much of the average is the latest: one part of eight.
    const SHARE: u64 = 8;

    pub(super) fn note(&self, inside: Duration) {
        let latest = u64::try_from(inside.as_nanos()).unwrap_or(u64::MAX);
        // Of two that leave at once one may go uncounted: it is an estimate.
        let before = self.0.load(Ordering::Relaxed);
        let after = match before {
            0 => latest,
            _ => before - before / Self::SHARE + latest / Self::SHARE,
        };
        self.0.store(after, Ordering::Relaxed);
    }

    pub(super) fn average(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tempo_forgets() {
        let tempo = Tempo::default();
        assert_eq!(tempo.average(), Duration::ZERO);
        tempo.note(Duration::from_millis(80));
        assert_eq!(tempo.average(), Duration::from_millis(80));
        for _ in 0..100 {
            tempo.note(Duration::from_millis(16));
        }
        let average = tempo.average().as_millis();
        assert!((15..=17).contains(&average), "{average}");
    }
}
