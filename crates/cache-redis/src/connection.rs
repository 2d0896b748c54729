//! One connection that all requests share, and the next one when it is lost.

mod server;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deadpool_redis::redis::aio::{AsyncPushSender, MultiplexedConnection};
use deadpool_redis::redis::{
    self, AsyncConnectionConfig, Client, IntoConnectionInfo, ProtocolVersion, ScriptInvocation,
};
use deadpool_redis::{Connection, Manager, Pool, PoolError, Runtime};
use thiserror::Error;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout};

pub(crate) use server::ServerRun;

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
    /// It does not say which run of a server it is, so that what was kept before cannot be told from
    /// what is kept now.
    #[error("Redis does not say which server it is")]
    Nameless,
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
    /// Where other connections than the shared one come from.
    client: Client,
    /// How long an answer may take.
    patience: Duration,
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
    /// Of which run of a server, if it says so.
    pub(crate) server: Option<ServerRun>,
}

impl Redis {
    /// Takes an address such as `redis://user:password@host:6379/0` and connects. A server that is
    /// not there yet is no error: it is tried again until it is. An answer may take 50 ms. Fails when
    /// the address is none.
    pub async fn open(url: &str) -> Result<Self, RedisError> {
        Self::open_patiently(url, RESPONSE_TIMEOUT).await
    }

    /// The same, for whoever has more time, or less: an answer may take so long.
    pub async fn open_patiently(url: &str, patience: Duration) -> Result<Self, RedisError> {
        let manager =
            Manager::new_with_config(url, config(patience)).map_err(RedisError::Address)?;
        let client = pushing_client(url).map_err(RedisError::Address)?;
        let pool = Pool::builder(manager).max_size(POOL).runtime(Runtime::Tokio1);
        let pool =
            pool.create_timeout(Some(CONNECT_TIMEOUT)).build().map_err(RedisError::NoPool)?;
        let state = Arc::new(State::default());
        let tried = Instant::now();
        state.connect(&pool).await;
        let keeper = tokio::spawn(keep(Arc::clone(&state), pool, tried)).abort_handle();
        Ok(Self(Arc::new(Link { state, keeper, client, patience })))
    }

    /// A connection of its own, on which the server can say something without being asked.
    pub(crate) async fn listen(
        &self,
        hear: impl AsyncPushSender,
    ) -> Result<MultiplexedConnection, redis::RedisError> {
        let config = config(self.0.patience).set_push_sender(hear);
        self.0.client.get_multiplexed_async_connection_with_config(&config).await
    }

    /// Runs a script. All of it takes no longer than one question, also where Redis has to be given
    /// the script first.
    pub(crate) async fn run<T: redis::FromRedisValue>(
        &self,
        lent: &mut Lent,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, RedisError> {
        let answer = timeout(self.0.patience, script.invoke_async(&mut lent.connection)).await;
        self.settle(lent, answer.unwrap_or_else(|_elapsed| Err(late())))
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

    /// Takes notice of what came of a question. One that fails costs the connection: a late answer
    /// helps nobody. Only that the memory is full is an answer like others.
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
                let is_full = error.code() == Some("OOM");
                let error = RedisError::Failed(error);
                if !is_full {
                    self.0.state.lose(lent.number, &error);
                }
                Err(error)
            }
        }
    }
}

fn config(patience: Duration) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_response_timeout(Some(patience))
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
}

/// The same server, spoken to in RESP3, which knows messages that answer nothing.
fn pushing_client(url: &str) -> Result<Client, redis::RedisError> {
    let info = url.into_connection_info()?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Client::open(info.set_redis_settings(settings))
}

fn late() -> redis::RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
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
        let mut connection = match pool.get().await {
            Ok(connection) => Connection::take(connection),
            Err(error) => return self.went_out(&RedisError::Unreachable(error)),
        };
        match ServerRun::ask(&mut connection).await {
            Ok(server) => {
                let number = self.connections.fetch_add(1, Ordering::Relaxed);
                *self.current() = Some(Lent { number, connection, server });
            }
            Err(error) => self.went_out(&RedisError::Failed(error)),
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
