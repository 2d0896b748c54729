//! The circuit breaker of tower-resilience: a layer around a service, with a lock that is waited
//! for. Its window of calls does not slide, its window of time is a list that is counted at every
//! call.

use std::future::{Ready, ready};
use std::ops::Range;
use std::sync::LazyLock;
use std::time::Duration;

use ::tower::{Layer, Service, ServiceExt, service_fn};
use tokio::runtime::{Builder, Runtime};
use tower_resilience_circuitbreaker::{
    CircuitBreaker, CircuitBreakerConfigBuilder, CircuitBreakerError, CircuitBreakerLayer,
    SlidingWindowType,
};

use super::{Fault, OPEN, Rival, Window, reply};

type Inner = ::tower::util::ServiceFn<fn(Result<(), ()>) -> Ready<Result<(), ()>>>;

/// A service behind tower-resilience's layer.
#[derive(Clone)]
pub struct Tower(CircuitBreaker<Inner, Classifier>);

type Classifier = tower_resilience_circuitbreaker::classifier::DefaultClassifier;

/// When it cannot have its lock it sleeps, for which it needs a runtime.
static RUNTIME: LazyLock<Option<Runtime>> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_time().build().ok());

fn around(builder: CircuitBreakerConfigBuilder<Classifier>) -> Result<Tower, Fault> {
    let inner: Inner = service_fn(ready);
    Ok(Tower(builder.wait_duration_in_open(OPEN).build()?.layer(inner)))
}

impl Rival for Tower {
    const NAME: &str = "tower-resilience 0.14";
    /// Beside the thousand that are in the window of time already.
    const AT_MOST: u64 = 200;

    fn closed(window: Window) -> Result<Option<Self>, Fault> {
        let builder = CircuitBreakerLayer::builder().failure_rate_threshold(1.0);
        let builder = match window {
            Window::Calls => builder.sliding_window_size(100),
            Window::Time => builder
                .sliding_window_type(SlidingWindowType::TimeBased)
                .sliding_window_duration(Duration::from_secs(10))
                .minimum_number_of_calls(10),
        };
        around(builder).map(Some)
    }

    fn open() -> Result<Self, Fault> {
        let tower = around(CircuitBreakerLayer::builder().sliding_window_size(1))?;
        tower.calls(1..2, true);
        Ok(tower)
    }

    fn calls(&self, numbers: Range<u64>, fail: bool) -> u64 {
        let mut service = self.0.clone();
        let calls = async move {
            let mut refused = 0;
            for nth in numbers {
                let reply = match service.ready().await {
                    Ok(service) => service.call(reply(nth, fail)).await,
                    Err(fault) => Err(fault),
                };
                if matches!(reply, Err(CircuitBreakerError::OpenCircuit)) {
                    refused += 1;
                }
            }
            refused
        };
        // Without a runtime nothing was called: as if all were refused.
        RUNTIME.as_ref().map_or(u64::MAX, |runtime| runtime.block_on(calls))
    }
}
