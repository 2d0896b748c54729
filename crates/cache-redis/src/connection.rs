//! One connection that all requests share, and the next one when it is lost.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{self, AsyncConnectionConfig};
use deadpool_redis::{Connection, Manager, Pool, PoolError, Runtime};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

/// What a request waits for an answer: longer, and doing without is better for its client.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(50);

/// What a connection may take to come about. No request waits for it.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(250);

/// Between two attempts to connect, counted from the beginning of each.
const PAUSE: Duration = Duration::from_secs(1);

/// The pool is where connections come from; the requests share one, because a checkout costs two
/// round trips more than the question itself.
const POOL: usize = 4;

/// Why Redis could not be asked.
#[derive(Debug, Error)]
pub enum RedisError {
    /// The address cannot be used, whatever is there.
    #[error("not an address of Redis")]
    Address(#[source] redis::RedisError),
    /// There is no connection at the moment; the next one is being made.
    #[error("there is no connection to Redis")]
    Lost,
    /// It did not answer in time, or not with what was asked for.
    #[error("Redis did not answer")]
    Failed(#[source] redis::RedisError),
    /// A connection could not be made.
    #[error("Redis cannot be reached")]
    Unreachable(#[source] PoolError),
    /// The pool of connections could not be made: a bug.
    #[error("there is no pool of connections")]
    NoPool(#[source] deadpool_redis::BuildError),
}

/// A server that can be asked. Cheap to clone: all clones share one connection.
#[derive(Clone)]
pub struct Redis(Arc<Link>);

struct Link {
    state: Arc<State>,
    keeper: AbortHandle,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

#[derive(Default)]
struct State {
    current: Mutex<Option<Lent>>,
    connections: AtomicU64,
    lost: Notify,
    is_out: AtomicBool,
}

/// A connection and the how-manieth it is.
#[derive(Clone)]
pub(crate) struct Lent {
    number: u64,
    pub(crate) connection: MultiplexedConnection,
}

impl Redis {
    /// Takes an address such as `redis://user:password@host:6379/0` and connects. A server that is
    /// not there yet is no error: it is tried again until it is. Fails when the address is none.
    pub async fn open(url: &str) -> Result<Self, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_connection_timeout(Some(CONNECT_TIMEOUT));
        let manager = Manager::new_with_config(url, config).map_err(RedisError::Address)?;
        let pool = Pool::builder(manager).max_size(POOL).runtime(Runtime::Tokio1);
        let pool =
            pool.create_timeout(Some(CONNECT_TIMEOUT)).build().map_err(RedisError::NoPool)?;
        let state = Arc::new(State::default());
        let tried = Instant::now();
        state.connect(&pool).await;
        let keeper = tokio::spawn(keep(Arc::clone(&state), pool, tried)).abort_handle();
        Ok(Self(Arc::new(Link { state, keeper })))
    }

    /// Fails when Redis does not answer.
    pub async fn ping(&self) -> Result<(), RedisError> {
        let mut lent = self.lend()?;
        let answer = redis::cmd("PING").query_async(&mut lent.connection).await;
        self.settle(&lent, answer)
    }

    /// The connection, for one question. Fails at once while there is none.
    pub(crate) fn lend(&self) -> Result<Lent, RedisError> {
        self.0.state.current().clone().ok_or(RedisError::Lost)
    }

    /// Takes notice of what came of a question. One that fails, for whatever reason, costs the
    /// connection: a late answer helps nobody.
    pub(crate) fn settle<T>(
        &self,
        lent: &Lent,
        answer: Result<T, redis::RedisError>,
    ) -> Result<T, RedisError> {
        match answer {
            Ok(answer) => {
                self.0.state.answered();
                Ok(answer)
            }
            Err(error) => {
                let error = RedisError::Failed(error);
                self.0.state.lose(lent.number, &error);
                Err(error)
            }
        }
    }
}

/// Makes the next connection whenever one is lost, but not more often than once per pause.
async fn keep(state: Arc<State>, pool: Pool, mut tried: Instant) {
    loop {
        if state.current().is_some() {
            state.lost.notified().await;
        }
        sleep_until(tried + PAUSE).await;
        tried = Instant::now();
        state.connect(&pool).await;
    }
}

impl State {
    fn current(&self) -> MutexGuard<'_, Option<Lent>> {
        // It is set in one assignment: there is no half-done state to fear.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self, pool: &Pool) {
        match pool.get().await {
            Ok(connection) => {
                let number = self.connections.fetch_add(1, Ordering::Relaxed);
                let connection = Connection::take(connection);
                *self.current() = Some(Lent { number, connection });
            }
            Err(error) => self.went_out(&RedisError::Unreachable(error)),
        }
    }

    /// Gives a connection up, unless it was replaced already.
    fn lose(&self, number: u64, why: &RedisError) {
        let mut current = self.current();
        if current.as_ref().is_some_and(|current| current.number == number) {
            *current = None;
            self.lost.notify_one();
        }
        drop(current);
        self.went_out(why);
    }

    /// Said once per outage, not per request.
    fn went_out(&self, why: &RedisError) {
        if !self.is_out.swap(true, Ordering::Relaxed) {
            let cause = std::error::Error::source(why).map(ToString::to_string);
            tracing::warn!(error = %why, cause, "Redis is out");
        }
    }

    /// Only an answer ends an outage: a connection alone does not say that there will be one.
    fn answered(&self) {
        if self.is_out.load(Ordering::Relaxed) && self.is_out.swap(false, Ordering::Relaxed) {
            tracing::info!("Redis answers again");
        }
    }
}
