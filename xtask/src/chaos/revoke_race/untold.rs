//! Writes that the servers could not tell Redis of in time, as their metrics count them: what was
//! kept is found wrong by the change stream then, which is promised for seconds, not at once.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::pair::Pair;
use crate::client::Api;
use crate::exposition::samples;

/// How often they are counted, and how exactly it is known when there was one.
const LOOK: Duration = Duration::from_millis(50);

/// What they are counted as.
const EVENTS: [&str; 2] = ["doubt_not_set", "not_invalidated"];

/// How many there were so far, at one moment between these two.
#[derive(Debug, Clone, Copy)]
struct Sight {
    asked: Instant,
    answered: Instant,
    untold: u64,
}

/// What was counted, in its order.
#[derive(Debug, Clone, Default)]
pub(super) struct Sights(Vec<Sight>);

/// A watch on both servers; dropped, it ends.
pub(super) struct Watch {
    servers: [Api; 2],
    sights: Arc<Mutex<Sights>>,
    looking: JoinHandle<()>,
}

impl Watch {
    /// Counts from now on.
    pub(super) async fn start(pair: &Pair) -> Result<Self> {
        let servers = pair.metrics()?;
        let sights = Arc::new(Mutex::new(Sights(vec![look(&servers).await?])));
        let looking = tokio::spawn(keep_looking(servers.clone(), Arc::clone(&sights)));
        Ok(Self { servers, sights, looking })
    }

    /// Counts for the last time.
    pub(super) async fn end(self) -> Result<Sights> {
        self.looking.abort();
        let last = look(&self.servers).await?;
        let mut sights = self.sights.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sights.0.push(last);
        Ok(sights)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.looking.abort();
    }
}

async fn keep_looking(servers: [Api; 2], sights: Arc<Mutex<Sights>>) {
    loop {
        sleep(LOOK).await;
        // Whatever is not known is between two moments that are.
        if let Ok(sight) = look(&servers).await {
            sights.lock().unwrap_or_else(PoisonError::into_inner).0.push(sight);
        }
    }
}

async fn look(servers: &[Api; 2]) -> Result<Sight> {
    let asked = Instant::now();
    let mut untold = 0;
    for server in servers {
        untold += counted(&server.get("/metrics").expect(200).await?.text);
    }
    Ok(Sight { asked, answered: Instant::now(), untold })
}

fn counted(text: &str) -> u64 {
    let events = samples(text, "cache_events_total");
    let untold = events.filter(|it| it.label("event").is_some_and(|it| EVENTS.contains(&it)));
    untold.filter_map(|it| it.count()).sum()
}

impl Sights {
    /// Whether there was none between these moments, as far as that is known.
    pub(super) fn all_told(&self, begun: Instant, ended: Instant) -> bool {
        let before = self.0.partition_point(|sight| sight.answered <= begun);
        let before = before.checked_sub(1).and_then(|last| self.0.get(last));
        let after = self.0.get(self.0.partition_point(|sight| sight.asked < ended));
        before.zip(after).is_some_and(|(before, after)| before.untold == after.untold)
    }

    /// How many there were.
    pub(super) fn untold(&self) -> u64 {
        let (first, last) = (self.0.first(), self.0.last());
        first.zip(last).map_or(0, |(first, last)| last.untold - first.untold)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Sight, Sights, counted};

    /// Counted from a moment on, every 50 ms, for 5 ms each.
    pub(in super::super) fn sights(begun: Instant, counts: &[u64]) -> Sights {
        let sight = |(nth, untold): (u32, &u64)| {
            let asked = begun + Duration::from_millis(50) * nth;
            Sight { asked, answered: asked + Duration::from_millis(5), untold: *untold }
        };
        Sights((0..).zip(counts).map(sight).collect())
    }

    #[test]
    fn a_write_is_told_of_when_none_was_counted_while_it_lasted() {
        let begun = Instant::now();
        let at = |ms| begun + Duration::from_millis(ms);
        let sights = sights(begun, &[7, 7, 8, 8]);

        assert!(sights.all_told(at(10), at(40)));
        assert!(sights.all_told(at(110), at(140)));
        assert!(!sights.all_told(at(60), at(90)), "there was one about then");
        assert!(!sights.all_told(at(40), at(51)), "the second look may have been before its end");
        assert_eq!(sights.untold(), 1);
    }

    #[test]
    fn what_is_not_known_is_not_told() {
        let begun = Instant::now();
        let at = |ms| begun + Duration::from_millis(ms);
        let sights = sights(begun, &[0, 0]);

        assert!(!sights.all_told(at(3), at(40)), "nobody had looked before");
        assert!(!sights.all_told(at(10), at(60)), "nobody has looked since");
    }

    #[test]
    fn only_writes_that_were_not_told_of_count() {
        let text = "cache_events_total{cache=\"replies\",event=\"doubt_not_set\"} 2\n\
                    cache_events_total{cache=\"sessions\",event=\"not_invalidated\"} 3\n\
                    cache_events_total{cache=\"replies\",event=\"invalidated\"} 90\n";

        assert_eq!(counted(text), 5);
    }
}
