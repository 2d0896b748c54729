//! Which traces are kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use opentelemetry::trace::{Link, SpanKind, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingResult, ShouldSample};

use super::arrival::Chosen;

const SECOND: u64 = 1_000_000_000;

/// Which of the traces that begin here are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Roots {
    /// All of them.
    Every,
    /// None of them.
    None,
    /// This share of them, from 0 to 1, chosen by their ids: services that choose by the same
    /// share choose the same ones.
    Share(f64),
    /// So many a second, and so many at once after a quiet second. A server that is asked little
    /// tells of everything, and what one that is asked much spends on it is bounded.
    PerSecond(f64),
}

/// Which traces are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// Those that begin here.
    pub roots: Roots,
    /// Whether a trace that began elsewhere is kept where its caller keeps it; otherwise it is
    /// chosen as if it began here.
    pub heeds_parent: bool,
}

impl Default for Sampling {
    /// 100 a second, and those whose callers keep them.
    fn default() -> Self {
        Self { roots: Roots::PerSecond(100.0), heeds_parent: true }
    }
}

impl Sampling {
    pub(super) fn chosen(self) -> Chosen {
        match self.roots {
            Roots::Every => self.by(Sampler::AlwaysOn),
            Roots::None => self.by(Sampler::AlwaysOff),
            Roots::Share(share) => self.by(Sampler::TraceIdRatioBased(share)),
            Roots::PerSecond(most) => self.by(Bucket::of(most)),
        }
    }

    fn by(self, roots: impl ShouldSample + 'static) -> Chosen {
        if self.heeds_parent {
            Chosen::by(Sampler::ParentBased(Box::new(roots)))
        } else {
            Chosen::by(roots)
        }
    }
}

/// So many traces a second: the generic cell rate algorithm (ITU-T I.371) with a burst of a second.
#[derive(Debug, Clone)]
struct Bucket {
    /// Nanoseconds from one trace to the next; none is kept without.
    interval: Option<u64>,
    began: Instant,
    /// When the bucket is full again, in nanoseconds since then.
    full_at: Arc<AtomicU64>,
}

impl Bucket {
    fn of(rate: f64) -> Self {
        let interval = Duration::try_from_secs_f64(rate.recip()).ok();
        let interval = interval.and_then(|it| u64::try_from(it.as_nanos()).ok());
        Self { interval, began: Instant::now(), full_at: Arc::default() }
    }

    fn takes(&self) -> bool {
        let now = u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.takes_at(now)
    }

    fn takes_at(&self, now: u64) -> bool {
        let Some(interval) = self.interval else { return false };
        let latest = now.saturating_add(interval.max(SECOND));
        let take = |full_at: u64| {
            let next = full_at.max(now).saturating_add(interval);
            (next <= latest).then_some(next)
        };
        self.full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

impl ShouldSample for Bucket {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let verdict = if self.takes() { Sampler::AlwaysOn } else { Sampler::AlwaysOff };
        verdict.should_sample(parent, trace, name, kind, attributes, links)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread;

    use super::*;

    fn taken(bucket: &Bucket, now: u64) -> usize {
        (0..1_000).filter(|_| bucket.takes_at(now)).count()
    }

    #[test]
    fn so_many_at_once_then_so_many_a_second() {
        let bucket = Bucket::of(10.0);

        assert_eq!(taken(&bucket, 0), 10);
        assert_eq!(taken(&bucket, SECOND / 2), 5);
        assert_eq!(taken(&bucket, 100 * SECOND), 10);
    }

    #[test]
    fn one_in_two_seconds_is_one_in_two_seconds() {
        let bucket = Bucket::of(0.5);

        assert_eq!(taken(&bucket, 0), 1);
        assert_eq!(taken(&bucket, SECOND), 0);
        assert_eq!(taken(&bucket, 2 * SECOND), 1);
    }

    #[test]
    fn none_a_second_are_none() {
        assert!(!Bucket::of(0.0).takes_at(SECOND));
    }

    #[test]
    fn threads_share_what_there_is() {
        let bucket = Bucket::of(100.0);
        let barrier = Barrier::new(32);

        let sum: usize = thread::scope(|scope| {
            let thread = || {
                barrier.wait();
                taken(&bucket, 0)
            };
            let threads: Vec<_> = (0..32).map(|_| scope.spawn(thread)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });

        assert_eq!(sum, 100);
    }
}
