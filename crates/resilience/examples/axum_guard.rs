//! A server in front of a dependency that fails: nobody waits for long, and it is left alone until
//! it is well again.
//!
//! ```console
//! cargo run -p gacp-resilience --example axum_guard
//! ```
//!
//! and in another shell:
//!
//! ```console
//! API=http://127.0.0.1:3000
//! curl -i $API/price                                    # 200
//! curl -X POST $API/supplier/failing                    # or: slow, well
//! for i in 1 2 3 4 5 6; do curl -i $API/price; done     # 502, then 503 with Retry-After
//! curl $API/health/ready                                # 503 while the breaker is open
//! curl -X POST $API/supplier/well; sleep 5
//! for i in 1 2 3 4; do curl -i $API/price; done         # probes, and it is closed again
//! ```
//!
//! From outside to inside: deadline, bulkhead, retry, breaker, timeout, call. Whoever finds no place in
//! the bulkhead does not come to the breaker, and each attempt is a call of its own to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, serve};
use gacp_resilience::breaker::{
    self, Breaker, Listener, Open, Outcome, Settings, Snapshot, Transition,
};
use gacp_resilience::clock::Monotonic;
use gacp_resilience::deadline::{self, Deadline};
use gacp_resilience::gate::{Gate, Limits, Pass, Rejected};
use gacp_resilience::retry::{Budget, Retries, RetryPolicy, Verdict};
use gacp_resilience::timeout::{TimedOut, detach};
use serde_json::{Value, json};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::time::sleep;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// For so long a client waits.
const PATIENCE: Duration = Duration::from_secs(3);
/// For so long the supplier may take.
const TIMEOUT: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    Ok(serve(listener, router(Prices::new()?)).await?)
}

fn router(prices: Prices) -> Router {
    Router::new()
        .route("/price", get(price))
        .route("/supplier/{mood}", post(change_mood))
        .route("/health/ready", get(ready))
        .with_state(Arc::new(prices))
}

async fn price(State(prices): State<Arc<Prices>>) -> Result<Json<Value>, Refusal> {
    let price = Deadline::within(PATIENCE).scope(prices.price()).await?;
    Ok(Json(json!({ "price": price })))
}

async fn change_mood(
    State(prices): State<Arc<Prices>>,
    Path(mood): Path<String>,
) -> (StatusCode, &'static str) {
    let mood = match mood.as_str() {
        "well" => Supplier::WELL,
        "slow" => Supplier::SLOW,
        "failing" => Supplier::FAILING,
        _ => return (StatusCode::NOT_FOUND, "well, slow or failing\n"),
    };
    prices.supplier.mood.store(mood, Ordering::SeqCst);
    (StatusCode::OK, "")
}

async fn ready(State(prices): State<Arc<Prices>>) -> (StatusCode, Json<Value>) {
    let Snapshot { state, finished, failures, rejected, .. } = prices.breaker.snapshot();
    let status = match state {
        breaker::State::Open => StatusCode::SERVICE_UNAVAILABLE,
        breaker::State::Closed | breaker::State::HalfOpen => StatusCode::OK,
    };
    let supplier = json!({
        "breaker": format!("{state:?}"),
        "finished": finished,
        "failures": failures,
        "rejected": rejected,
    });
    (status, Json(json!({ "supplier": supplier })))
}

/// What a supplier asks for his goods, and what stands before him.
struct Prices {
    bulkhead: Gate,
    retries: Retries,
    breaker: Arc<Breaker>,
    supplier: Arc<Supplier>,
}

/// Why there is no price.
#[derive(Debug, Error)]
enum Refusal {
    #[error(transparent)]
    Full(#[from] Rejected),
    #[error(transparent)]
    Open(#[from] Open),
    #[error("the supplier does not answer")]
    TimedOut(#[from] TimedOut),
    #[error(transparent)]
    Failed(#[from] Broken),
}

impl Prices {
    fn new() -> Result<Self, BoxError> {
        let settings = Settings {
            minimum: 5,
            open_base: Duration::from_secs(5),
            slow_after: TIMEOUT,
            ..Settings::default()
        };
        let breaker = Breaker::observed(settings, Arc::new(Monotonic::new()), Arc::new(Log))?;
        Ok(Self {
            bulkhead: Gate::new(Limits { at_once: 4, waiting: 8, patience: TIMEOUT }),
            retries: Retries::new(RetryPolicy::default(), Budget::default()),
            breaker: Arc::new(breaker),
            supplier: Arc::new(Supplier { mood: AtomicU8::new(Supplier::WELL) }),
        })
    }

    async fn price(&self) -> Result<u32, Refusal> {
        let pass = Arc::new(self.bulkhead.enter().await?);
        let attempt = |_| self.ask(Arc::clone(&pass));
        self.retries.run(deadline::current(), attempt, verdict).await
    }

    /// Asks once. The place in the bulkhead is held until the supplier is done, in time or not.
    async fn ask(&self, pass: Arc<Pass>) -> Result<u32, Refusal> {
        let began = self.breaker.now();
        let permit = self.breaker.try_acquire_at(began)?;
        let supplier = Arc::clone(&self.supplier);
        let call = async move { supplier.price().await };
        let reply = detach(deadline::at_most(TIMEOUT), pass, call).await;
        let outcome = match reply {
            Ok(Ok(_)) => Outcome::Success,
            Ok(Err(Broken)) | Err(TimedOut) => Outcome::Failure,
        };
        let ended = self.breaker.now();
        permit.record_at(outcome, ended.since(began), ended);
        Ok(reply??)
    }
}

/// To ask for a price twice does no harm.
fn verdict(reply: &Result<u32, Refusal>) -> Verdict {
    match reply {
        Err(Refusal::Failed(Broken)) => Verdict::Retry { after: None },
        Err(Refusal::Open(open)) => Verdict::Retry { after: Some(open.retry_after) },
        Ok(_) | Err(Refusal::Full(_) | Refusal::TimedOut(_)) => Verdict::Done,
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let retry_after = match self {
            Self::Full(_) => Some(Duration::from_secs(1)),
            Self::Open(open) => Some(open.retry_after),
            Self::TimedOut(_) | Self::Failed(_) => None,
        };
        let text = format!("{self}\n");
        match retry_after {
            Some(time) => {
                // Whole seconds, and not too few.
                let seconds = HeaderValue::from(time.as_secs() + 1);
                let headers = [(header::RETRY_AFTER, seconds)];
                (StatusCode::SERVICE_UNAVAILABLE, headers, text).into_response()
            }
            None => (StatusCode::BAD_GATEWAY, text).into_response(),
        }
    }
}

/// The dependency, as it happens to be.
struct Supplier {
    mood: AtomicU8,
}

#[derive(Debug, Clone, Copy, Error)]
#[error("the supplier failed")]
struct Broken;

impl Supplier {
    const WELL: u8 = 0;
    const SLOW: u8 = 1;
    const FAILING: u8 = 2;

    async fn price(&self) -> Result<u32, Broken> {
        sleep(Duration::from_millis(20)).await;
        match self.mood.load(Ordering::SeqCst) {
            Self::SLOW => sleep(Duration::from_secs(4)).await,
            Self::FAILING => return Err(Broken),
            _ => {}
        }
        Ok(42)
    }
}

/// Says what the breaker does.
struct Log;

impl Listener for Log {
    fn transition(&self, transition: &Transition) {
        let Transition { from, to, cause, .. } = transition;
        eprintln!("supplier: {from:?} to {to:?}: {cause:?}");
    }
}
