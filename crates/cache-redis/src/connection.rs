//! One connection that all requests share, or all of a thread, and the next one when it is lost.

mod gathered;
mod own;
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use deadpool_redis::redis::aio::{AsyncPushSender, MultiplexedConnection};
use deadpool_redis::redis::{
    self, AsyncConnectionConfig, Client, FromRedisValue, IntoConnectionInfo, ProtocolVersion,
    Script, ScriptInvocation, from_redis_value,
};
use deadpool_redis::{Connection, Manager, Pool, PoolError, Runtime};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout};

use gathered::{Gathering, Question, Values};
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

/// A server that can be asked. Cheap to clone: all clones share one connection, but for threads that
/// have one of their own ([`Redis::serve_this_thread`]).
#[derive(Clone)]
pub struct Redis(Arc<Link>);

struct Link {
    state: Arc<State>,
    keeper: AbortHandle,
    /// Where connections come from.
    pool: Pool,
    /// Where those come from on which the server says something without being asked.
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
    current: watch::Sender<Option<Lent>>,
    connections: AtomicU64,
    is_out: AtomicBool,
}

/// A connection and the how-manieth it is; a thread's own has the number of the shared one that it
/// stands for.
#[derive(Clone)]
pub(crate) struct Lent {
    number: u64,
    pub(crate) connection: MultiplexedConnection,
    /// Of which run of a server, if it says so.
    pub(crate) server: Option<ServerRun>,
    /// Where a thread's questions are asked together.
    gathering: Option<Gathering>,
}

impl Lent {
    fn place(&self) -> Option<mpsc::Permit<'_, Question>> {
        self.gathering.as_ref().and_then(Gathering::place)
    }
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
        let keeper = tokio::spawn(keep(Arc::clone(&state), pool.clone(), tried)).abort_handle();
        Ok(Self(Arc::new(Link { state, keeper, pool, client, patience })))
    }

    /// Gives this thread a connection of its own for as long as what is returned is polled, until
    /// the last clone of this is dropped. What is asked on the thread meanwhile is asked and
    /// answered by its runtime, and wakes no other thread; what is ready to be asked when the runtime
    /// comes to it is one pipeline. While there is none, the shared one is used; a question that
    /// fails costs both.
    ///
    /// It is for workers that have a runtime each (`new_current_thread`): spawn it locally in each.
    #[expect(clippy::future_not_send, reason = "it is about the thread that it runs on")]
    pub fn serve_this_thread(&self) -> impl Future<Output = ()> + use<> {
        let Link { state, pool, .. } = &*self.0;
        own::keep(Arc::downgrade(state), state.current.subscribe(), pool.clone())
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
        let state = &self.0.state;
        let shared = state.current.borrow();
        let shared = shared.as_ref().ok_or(RedisError::Lost)?;
        Ok(own::find(state, shared.number).unwrap_or_else(|| shared.clone()))
    }

    /// What stands under these names. Of a thread with a connection of its own all who ask at the
    /// moment are one question, here and in [`count`](Self::count).
    pub(crate) async fn values(
        &self,
        lent: &mut Lent,
        names: Vec<String>,
    ) -> Result<Values, RedisError> {
        if let Some(place) = lent.place() {
            let (tell, told) = oneshot::channel();
            place.send(Question::Values(names, tell));
            return self.settle(lent, told.await.map_err(given_up)?);
        }
        let answer = redis::cmd("MGET").arg(names).query_async(&mut lent.connection).await;
        self.settle(lent, answer)
    }

    /// Counts under a name by a script.
    pub(crate) async fn count<T: FromRedisValue>(
        &self,
        lent: &mut Lent,
        script: &Script,
        name: &str,
        arguments: [u64; 2],
    ) -> Result<T, RedisError> {
        if let Some(place) = lent.place() {
            let mut command = redis::cmd("EVALSHA");
            command.arg(script.get_hash()).arg(1).arg(name).arg(&arguments);
            let (tell, told) = oneshot::channel();
            place.send(Question::Command(command, tell));
            let answer = told.await.map_err(given_up)?;
            // Otherwise it has to be given the script first.
            if !answer.as_ref().is_err_and(|error| error.code() == Some("NOSCRIPT")) {
                let count = answer.and_then(|value| Ok(from_redis_value(value)?));
                return self.settle(lent, count);
            }
        }
        let answer = script.key(name).arg(&arguments).invoke_async(&mut lent.connection).await;
        self.settle(lent, answer)
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

/// A connection, driven by the runtime of whoever asks for it, and where it leads.
async fn connected(pool: &Pool) -> Result<(MultiplexedConnection, Option<ServerRun>), RedisError> {
    let mut connection = Connection::take(pool.get().await.map_err(RedisError::Unreachable)?);
    let server = ServerRun::ask(&mut connection).await.map_err(RedisError::Failed)?;
    Ok((connection, server))
}

/// The thread has given its connection up, and nothing else is wrong.
fn given_up(_: oneshot::error::RecvError) -> RedisError {
    RedisError::Lost
}

fn late() -> redis::RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}

/// Makes the next connection whenever one is lost, but not more often than once per pause.
async fn keep(state: Arc<State>, pool: Pool, mut tried: Instant) {
    let mut current = state.current.subscribe();
    // The sender is in `state`: it does not end.
    while current.wait_for(Option::is_none).await.is_ok() {
        sleep_until(tried + PAUSE).await;
        tried = Instant::now();
        state.connect(&pool).await;
    }
}

impl State {
    async fn connect(&self, pool: &Pool) {
        match connected(pool).await {
            Ok((connection, server)) => {
                let number = self.connections.fetch_add(1, Ordering::Relaxed);
                let lent = Lent { number, connection, server, gathering: None };
                self.current.send_replace(Some(lent));
            }
            Err(error) => self.went_out(&error),
        }
    }

    /// Gives a connection up, unless it was replaced already.
    fn lose(&self, number: u64, why: &RedisError) {
        self.current.send_if_modified(|current| {
            let is_it = current.as_ref().is_some_and(|current| current.number == number);
            if is_it {
                *current = None;
            }
            is_it
        });
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
