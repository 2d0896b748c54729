//! A response cache that all processes see.

mod debts;
mod generations;
mod listener;
mod local;
mod lookup;
mod names;
mod payload;
mod renewal;
mod scripts;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use gacp_cache::{
    Announcer, Begun, Cache, Committed, Consistency, Doubt, Entry, Fill, Invalidations, Key, LEASE,
    Life, Lookup, Policy, Tags, Unavailable,
};
use tokio::sync::Mutex;
use tokio::task::AbortHandle;

use crate::connection::Lent;
use crate::{Redis, RedisError};
use debts::Debts;
use generations::Generations;
use local::Local;
use names::Names;
use payload::{epoch, millis};
use scripts::Scripts;

/// How long a tag is known after it was used last: longer than anything that has it lives. One that
/// is lost, by this or by eviction, makes what has it invalid.
const TAG: Duration = Policy::LONGEST.saturating_add(Duration::from_hours(1));

/// So many writers of one tag are told apart; more of them are covered by the marks that last
/// longest.
const MARKS: u32 = 64;

/// Replies in Redis; whoever gives the same name shares them.
///
/// An entry, the epochs of its tags and the marks of writers stand in Redis, and every lookup asks
/// for the epochs, so that a process which was away for a while can read nothing whose
/// invalidation it has missed. Entries that were read lately are copied into the process, which saves the way of
/// their bytes; only where the policy says that nothing changes a copy is given without a question.
///
/// What stands in Redis is called by the run of the server. After a restart nothing of before is
/// found, not even what a snapshot has brought back, where an old entry could stand beside its
/// old epoch; and nothing is found after a failover, which may have lost invalidations. Every
/// process reads that name from the server whenever it connects, so that all agree on one without
/// asking each other, and one that connects anew makes nobody else lose what he has.
///
/// An invalidation that cannot be made is owed: this process reads nothing until it is made up for.
/// What others read meanwhile is beyond it; the mark that the write has set, or whoever watches the
/// store, keeps them from it.
pub struct RedisCache {
    shared: Arc<Shared>,
    listener: AbortHandle,
}

struct Shared {
    redis: Redis,
    name: Arc<str>,
    channel: String,
    scripts: Scripts,
    local: Local,
    generations: Generations,
    announcer: Announcer,
    is_listening: AtomicBool,
    debts: Debts,
    /// Held while debts are paid.
    paying: Mutex<()>,
}

impl Drop for RedisCache {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl RedisCache {
    /// The cache of this name, with copies of so many bytes in this process.
    ///
    /// Must be called within a runtime, or it panics.
    pub fn new(redis: Redis, name: &str, local_bytes: u64) -> Self {
        let shared = Arc::new(Shared {
            redis,
            name: name.into(),
            channel: Names::channel(name),
            scripts: Scripts::new(),
            local: Local::of_bytes(local_bytes),
            generations: Generations::new(),
            announcer: Announcer::new(),
            is_listening: AtomicBool::new(false),
            debts: Debts::default(),
            paying: Mutex::new(()),
        });
        let listener = tokio::spawn(listener::listen(Arc::downgrade(&shared))).abort_handle();
        Self { shared, listener }
    }
}

impl Shared {
    /// The connection, and what things are called there.
    fn lend(&self) -> Result<(Lent, Names), Unavailable> {
        let lent = self.redis.lend().map_err(unavailable)?;
        let server = lent.server.clone().ok_or_else(|| unavailable(RedisError::Nameless))?;
        let names = Names::new(Arc::clone(&self.name), server);
        Ok((lent, names))
    }

    /// The same, for whoever reads: not before everything is invalid that this process has made so.
    async fn lend_to_read(&self) -> Result<(Lent, Names), Unavailable> {
        if self.debts.exist() {
            self.pay().await?;
        }
        self.lend()
    }
}

/// A number that nobody has used before.
fn nonce() -> Result<u64, Unavailable> {
    getrandom::u64().map_err(|error| Unavailable(error.into()))
}

fn unavailable(error: RedisError) -> Unavailable {
    Unavailable(error.into())
}

fn unreadable() -> Unavailable {
    Unavailable("Redis answered something else".into())
}

#[async_trait]
impl Cache for RedisCache {
    async fn get(&self, key: &Key, tags: &Tags, how: Consistency) -> Result<Lookup, Unavailable> {
        let shared = &self.shared;
        let Some(copied) = shared.local.find(key) else {
            return Box::pin(async { shared.look(shared.lend_to_read().await?, key, tags).await })
                .await;
        };
        let is_heard = how == Consistency::Pushed && shared.is_listening.load(Ordering::SeqCst);
        if is_heard && copied.noted == shared.generations.of(tags) {
            return Ok(Lookup::Found(copied.found()));
        }
        let (mut lent, names) = shared.lend_to_read().await?;
        match shared.epochs(&mut lent, &names, tags).await? {
            Some(epochs) if epochs == copied.epochs => Ok(Lookup::Found(copied.found())),
            Some(_) => {
                shared.local.forget(key, &copied);
                Box::pin(shared.look((lent, names), key, tags)).await
            }
            None => Ok(Lookup::Missing(None)),
        }
    }

    async fn begin_fill(&self, key: &Key, tags: &Tags) -> Result<Begun, Unavailable> {
        let shared = &self.shared;
        let (mut lent, names) = shared.lend_to_read().await?;
        let lease = nonce()?;
        let mut script = shared.scripts.begin_fill.prepare_invoke();
        script.key(names.entry(key)).key(names.lease(key));
        for name in names.all_tags(tags) {
            script.key(name);
        }
        script.arg(&epoch(lease)[..]).arg(millis(LEASE));
        script.arg(millis(TAG)).arg(&epoch(nonce()?)[..]);
        let (outcome, epochs, filled): (String, Bytes, u8) =
            shared.redis.run(&mut lent, &script).await.map_err(unavailable)?;
        match outcome.as_str() {
            "leased" => {
                let epochs = payload::epochs(&epochs).ok_or_else(unreadable)?;
                let fill = Fill { key: *key, tags: tags.clone(), epochs, lease };
                Ok(Begun::Leased { fill, filled: filled == 1 })
            }
            "taken" => Ok(Begun::Taken),
            "doubt" => Ok(Begun::InDoubt),
            _ => Err(unreadable()),
        }
    }

    async fn commit(
        &self,
        fill: Fill,
        entry: Arc<Entry>,
        life: Life,
    ) -> Result<Committed, Unavailable> {
        let shared = &self.shared;
        let (mut lent, names) = shared.lend()?;
        let payload = payload::encode(&fill.epochs, &entry, life).ok_or_else(unreadable)?;
        let mut script = shared.scripts.commit.prepare_invoke();
        script.key(names.entry(&fill.key)).key(names.lease(&fill.key));
        for name in names.all_tags(&fill.tags) {
            script.key(name);
        }
        script.arg(&epoch(fill.lease)[..]).arg(payload).arg(millis(life.hard).max(1));
        for number in fill.epochs.as_slice() {
            script.arg(&epoch(*number)[..]);
        }
        let outcome: String = shared.redis.run(&mut lent, &script).await.map_err(unavailable)?;
        match outcome.as_str() {
            "stored" => Ok(Committed::Stored),
            "superseded" => Ok(Committed::Superseded),
            "lease-lost" => Ok(Committed::LeaseLost),
            _ => Err(unreadable()),
        }
    }

    async fn abandon(&self, fill: Fill) -> Result<(), Unavailable> {
        let shared = &self.shared;
        let (mut lent, names) = shared.lend()?;
        let mut script = shared.scripts.abandon.prepare_invoke();
        script.key(names.lease(&fill.key)).arg(&epoch(fill.lease)[..]);
        shared.redis.run(&mut lent, &script).await.map_err(unavailable)
    }

    async fn doubt(&self, tags: &Tags, lasting: Duration) -> Result<Doubt, Unavailable> {
        let shared = &self.shared;
        let (mut lent, names) = shared.lend()?;
        let mark = nonce()?;
        let mut script = shared.scripts.doubt.prepare_invoke();
        for tag in tags.iter() {
            script.key(names.tag(tag));
        }
        script.arg(&epoch(mark)[..]).arg(millis(lasting).max(1)).arg(MARKS);
        shared.redis.run::<()>(&mut lent, &script).await.map_err(unavailable)?;
        Ok(Doubt { tags: tags.clone(), mark })
    }

    async fn settle(&self, doubt: Doubt) -> Result<(), Unavailable> {
        self.shared.renew_or_owe(&doubt.tags, Some(doubt.mark)).await
    }

    async fn invalidate(&self, tags: &Tags) -> Result<(), Unavailable> {
        self.shared.renew_or_owe(tags, None).await
    }

    fn subscribe(&self) -> Invalidations {
        self.shared.announcer.subscribe()
    }
}
