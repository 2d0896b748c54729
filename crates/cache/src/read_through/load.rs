//! A load, as a task of its own: from the lease to the entry.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use super::flight::{Landed, Pilot};
use super::{Loaded, Shared};
use crate::policy::Worth;
use crate::ports::LEASE;
use crate::{Begun, Committed, Entry, Event, Fill, Found, Key, Life, Lookup, Policy, Tags, random};

/// How long to wait before looking again whether another process has loaded: less than a query
/// takes that is worth to be cached, more than looking costs.
const PAUSE: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(30)];

/// What is to be loaded.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) key: Key,
    pub(super) tags: Tags,
    pub(super) policy: Policy,
    /// Whether there is a cache to keep it in.
    pub(super) is_reachable: bool,
}

/// A load. When it is dropped half-way, others can go on without it.
pub(super) struct Load<T: Clone + Send + Sync + 'static> {
    shared: Arc<Shared<T>>,
    plan: Plan,
    pilot: Pilot<T>,
    fill: Option<Fill>,
}

/// What came of the wish to fill a key.
enum Claim {
    Granted(Fill),
    /// Load, and keep nothing.
    Refused,
    /// Others have loaded it meanwhile.
    Found(Found),
    /// The cache could not be asked.
    Unreachable,
}

impl<T: Clone + Send + Sync + 'static> Load<T> {
    pub(super) fn new(shared: Arc<Shared<T>>, plan: Plan, pilot: Pilot<T>) -> Self {
        Self { shared, plan, pilot, fill: None }
    }

    pub(super) async fn run(mut self, work: impl Future<Output = Loaded<T>> + Send) {
        match self.claim().await {
            Claim::Found(found) => return self.pilot.land(Landed::found(found)),
            Claim::Granted(fill) => self.fill = Some(fill),
            Claim::Refused => self.shared.observer.saw(Event::NotKept),
            Claim::Unreachable => self.plan.is_reachable = false,
        }
        let epochs = self.fill.as_ref().map(|fill| fill.epochs.clone());
        self.pilot.begin(self.shared.flights.tick(), epochs);
        let loaded = work.await;
        self.land(loaded).await;
    }

    /// Gives what was loaded to all who wait, and then to the cache: nobody waits for that.
    async fn land(&mut self, loaded: Loaded<T>) {
        let life = match &loaded {
            Loaded::Keep(_) => Some(self.plan.policy.life()),
            Loaded::KeepFor(_, time) => Some(self.plan.policy.life().within(*time)),
            Loaded::Negative(_) => Some(self.plan.policy.negative_life()),
            Loaded::Pass(_) | Loaded::Failed(_) => None,
        };
        let mut landed = Landed::made(loaded);
        if !self.plan.is_reachable {
            landed = landed.aside();
        }
        let entry = landed.entry();
        if let (Some(life), Some(_)) = (life, &self.fill) {
            landed = landed.kept_for(life.soft);
        }
        self.pilot.land(landed);
        match (self.fill.take(), entry, life) {
            (Some(fill), Some(entry), Some(life)) => self.keep(fill, entry, life).await,
            (Some(fill), ..) => self.give_back(fill).await,
            (None, ..) => {}
        }
    }

    async fn keep(&self, fill: Fill, entry: Arc<Entry>, life: Life) {
        let committed = self.shared.cache.commit(fill, entry, life).await;
        self.shared.observer.saw(match committed {
            Ok(Committed::Stored) => Event::Stored,
            Ok(Committed::Superseded) => Event::Superseded,
            Ok(Committed::LeaseLost) => Event::LeaseLost,
            Err(_unavailable) => Event::Unavailable,
        });
    }

    async fn give_back(&self, fill: Fill) {
        if self.shared.cache.abandon(fill).await.is_err() {
            self.shared.observer.saw(Event::Unavailable);
        }
    }

    /// Asks for the right to fill the key, and waits for whoever has it, but not for long.
    async fn claim(&mut self) -> Claim {
        if let Some(before) = self.pilot.before.take() {
            before.over().await;
            if let Some(found) = self.look().await {
                return Claim::Found(found);
            }
        }
        if !self.plan.is_reachable {
            return Claim::Unreachable;
        }
        let until = Instant::now() + LEASE;
        loop {
            match self.shared.cache.begin_fill(&self.plan.key, &self.plan.tags).await {
                Ok(Begun::Leased { fill, filled: false }) => return Claim::Granted(fill),
                Ok(Begun::Leased { fill, filled: true }) => return self.look_under(fill).await,
                Ok(Begun::InDoubt) => return Claim::Refused,
                Ok(Begun::Taken) if Instant::now() >= until => return Claim::Refused,
                Ok(Begun::Taken) => {}
                Err(_unavailable) => return self.unreachable(),
            }
            let [least, most] = PAUSE;
            sleep(random::between(least, most)).await;
            if let Some(found) = self.look().await {
                return Claim::Found(found);
            }
        }
    }

    fn unreachable(&self) -> Claim {
        self.shared.observer.saw(Event::Unavailable);
        Claim::Unreachable
    }

    /// Somebody has filled it between the lookup and the lease, or it is stale.
    async fn look_under(&mut self, fill: Fill) -> Claim {
        self.fill = Some(fill);
        let found = self.look().await;
        match (self.fill.take(), found) {
            (Some(fill), Some(found)) => {
                self.give_back(fill).await;
                Claim::Found(found)
            }
            (Some(fill), None) => Claim::Granted(fill),
            (None, _) => Claim::Refused,
        }
    }

    /// A fresh entry, as of now.
    async fn look(&self) -> Option<Found> {
        let Plan { key, tags, policy, .. } = &self.plan;
        self.pilot.begin(self.shared.flights.tick(), None);
        match self.shared.cache.get(key, tags, policy.consistency()).await {
            Ok(Lookup::Found(found)) if policy.worth(&found) == Worth::Fresh => {
                self.pilot.know(found.epochs.clone());
                Some(found)
            }
            _ => {
                self.pilot.begin_anew();
                None
            }
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Drop for Load<T> {
    fn drop(&mut self) {
        self.shared.flights.remove(&self.plan.key, &self.pilot.flight);
        // The work has panicked: nobody should wait for the end of the lease.
        if let (Some(fill), Ok(runtime)) = (self.fill.take(), Handle::try_current()) {
            let shared = Arc::clone(&self.shared);
            runtime.spawn(async move { shared.cache.abandon(fill).await });
        }
    }
}
