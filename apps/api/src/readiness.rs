//! Whether this process should get requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use gacp_resilience::gate::Gate;
use gacp_store::BoxError;
use serde_json::{Map, Value, json};

use crate::observe::{Breakers, Gates};

/// A dependency that does not answer in this time is as good as out: probes come every few seconds.
const PATIENCE: Duration = Duration::from_secs(1);

/// Something that the process cannot serve without, or serves better with.
#[async_trait]
pub trait Dependency: Send + Sync {
    /// Fails when it cannot be used at the moment.
    async fn check(&self) -> Result<(), BoxError>;
}

/// Dependencies by name.
type Named = Vec<(&'static str, Arc<dyn Dependency>)>;

/// Whether this process should get requests: it is not about to stop, and what it needs answers.
pub struct Readiness {
    is_draining: AtomicBool,
    needed: Named,
    helpful: Named,
    guards: Option<Guards>,
}

/// What stands before dependencies and before the process itself.
struct Guards {
    gates: Gates,
    breakers: Breakers,
}

/// What was looked at, and how it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checks {
    /// Whether all is there that is needed.
    pub is_ready: bool,
    /// Whether something is missing that helps: the process serves all the same, so that taking it
    /// out, and with it every other that has lost the same thing, would make an outage of it.
    pub is_degraded: bool,
    /// `up`, `down` or `draining`, by name.
    pub states: Map<String, Value>,
    /// `closed`, `open` or `half_open`, by the name of the dependency.
    pub breakers: Map<String, Value>,
    /// What is inside and what waits, beside how much may, by the name of the gate.
    pub limits: Map<String, Value>,
}

impl Readiness {
    /// Ready as long as all that is needed is, and degraded without what helps.
    pub fn of(needed: Named, helpful: Named) -> Self {
        Self { is_draining: AtomicBool::new(false), needed, helpful, guards: None }
    }

    /// Tells of these, too.
    #[must_use]
    pub fn telling(self, gates: Gates, breakers: Breakers) -> Self {
        Self { guards: Some(Guards { gates, breakers }), ..self }
    }

    /// From now on this process should get no new requests.
    pub fn drain(&self) {
        self.is_draining.store(true, Ordering::Release);
    }

    /// Looks at everything.
    pub async fn check(&self) -> Checks {
        let is_draining = self.is_draining.load(Ordering::Acquire);
        let server = if is_draining { "draining" } else { "up" };
        let mut states = Map::from_iter([("server".to_owned(), Value::from(server))]);
        let is_ready = all_up(&self.needed, &mut states).await && !is_draining;
        let is_degraded = !all_up(&self.helpful, &mut states).await;
        let breakers = self.guards.as_ref().map(Guards::breakers).unwrap_or_default();
        let limits = self.guards.as_ref().map(Guards::limits).unwrap_or_default();
        Checks { is_ready, is_degraded, states, breakers, limits }
    }
}

impl Guards {
    fn breakers(&self) -> Map<String, Value> {
        let states = self.breakers.states().into_iter();
        states.map(|(name, state)| (name.to_owned(), Value::from(state))).collect()
    }

    fn limits(&self) -> Map<String, Value> {
        self.gates.made().map(|(name, gate)| (name.to_owned(), occupied(gate))).collect()
    }
}

fn occupied(gate: &Gate) -> Value {
    let (now, most) = (gate.occupancy(), gate.limits());
    json!({
        "inside": now.inside,
        "atOnce": most.at_once,
        "waiting": now.waiting,
        "mayWait": most.waiting,
    })
}

/// Looks at each of these and notes how it is.
async fn all_up(dependencies: &Named, states: &mut Map<String, Value>) -> bool {
    let mut all_up = true;
    for (name, dependency) in dependencies {
        let is_up = is_up(name, &**dependency).await;
        all_up &= is_up;
        states.insert((*name).to_owned(), Value::from(if is_up { "up" } else { "down" }));
    }
    all_up
}

async fn is_up(name: &str, dependency: &dyn Dependency) -> bool {
    match tokio::time::timeout(PATIENCE, dependency.check()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(dependency = name, error, "a dependency is down");
            false
        }
        Err(_elapsed) => {
            tracing::warn!(dependency = name, "a dependency does not answer");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Store {
        Up,
        Down,
        Hangs,
    }

    #[async_trait]
    impl Dependency for Store {
        async fn check(&self) -> Result<(), BoxError> {
            match self {
                Self::Up => Ok(()),
                Self::Down => Err("no disk".into()),
                Self::Hangs => std::future::pending().await,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_is_ready_when_all_it_needs_answers_in_time() {
        for (store, state) in [(Store::Up, "up"), (Store::Down, "down"), (Store::Hangs, "down")] {
            let checks = Readiness::of(vec![("store", Arc::new(store))], Vec::new()).check().await;
            assert_eq!((checks.is_ready, &checks.states["store"]), (state == "up", &state.into()));
        }
    }

    #[tokio::test]
    async fn without_what_only_helps_a_process_is_ready_and_degraded() {
        let needed: Named = vec![("store", Arc::new(Store::Up))];

        let checks = Readiness::of(needed, vec![("redis", Arc::new(Store::Down))]).check().await;

        assert!(checks.is_ready && checks.is_degraded);
        assert_eq!(checks.states["redis"], Value::from("down"));
    }

    #[tokio::test]
    async fn a_draining_process_is_not_ready() {
        let readiness = Readiness::of(vec![("store", Arc::new(Store::Up))], Vec::new());

        readiness.drain();

        let checks = readiness.check().await;
        assert!(!checks.is_ready);
        assert_eq!(checks.states["server"], Value::from("draining"));
    }
}
