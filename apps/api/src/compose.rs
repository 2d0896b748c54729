//! The object graph: the only place that names both a port and its adapter.

mod caches;
mod sessions;

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::web::Data;
use anyhow::{Context as _, anyhow, ensure};
use gacp_auth::{
    Argon2Hasher, Auth, AuthParts, Backoff, NoBreaches, PasswordHasher, Pepper, Policy,
};
use gacp_cache_redis::{Redis, RedisLimiter};
use gacp_certifications::{CertificationParts, Certifications, Standards};
use gacp_farms::Farms;
use gacp_keys::Keyring;
use gacp_limits::Quota;
use gacp_resilience::breaker::{Breaker, Nonsense, Settings};
use gacp_resilience::gate;
use gacp_resilience::retry::{Budget, Retries, RetryPolicy};
use gacp_store_guarded::Shield;
use gacp_store_mongo::Mongo;
use gacp_store_sqlite::Sqlite;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::config::{Config, Resilience, Store};
use crate::http::{Limits, Quotas, Shell, ingress, limits};
use crate::master_key;
use crate::observe::{Metrics, Watch, WhichBreaker, WhichGate};
use crate::people::Directory;
use crate::stores::Stores;

use self::caches::Caches;
use self::sessions::Sessions;

/// Whom access tokens are for.
const AUDIENCE: &str = "gacp-api";

/// So many passwords per core may wait to be hashed: what a core can do in half of [`PATIENCE`].
/// On a slower one the gate lets fewer wait.
const WAITING: usize = 64;

/// A client that waits longer for its login has given up.
const PATIENCE: Duration = Duration::from_secs(2);

const DATABASE: &str = "gacp.sqlite";

/// A store that has not answered a call after this time will not answer it in time.
const CALL_LIMIT: Duration = Duration::from_secs(5);

/// So often a read is tried again for which no server could be chosen. MongoDB's driver waits half of
/// [`CALL_LIMIT`] for one: two attempts take as long as a call may, and leave time to tell of it.
const RETRIES: u32 = 1;

/// How long a call waits for its turn: longer ones are better sent to another process.
const CALL_PATIENCE: Duration = Duration::from_secs(1);

/// Calls of MongoDB at once: the driver has as many connections, and no limit of its own to what
/// waits for one.
const CALLS_OF_A_SERVER: usize = 64;

/// Calls of SQLite at once: changes that come together are committed together.
const CALLS_OF_A_FILE: usize = 256;

/// A store that is well again is found out after this time at the latest.
const OPEN_CAP: Duration = Duration::from_mins(1);

/// Everything that requests and jobs work with.
#[derive(Clone)]
pub struct Services {
    /// Accounts and sessions.
    pub auth: Auth,
    /// Farms and plots.
    pub farms: Farms,
    /// Applications and certificates.
    pub certifications: Certifications,
    /// What the HTTP shell needs.
    pub shell: Data<Shell>,
    /// The stores under all of them.
    pub stores: Stores,
    /// What processes share beside the stores, if there is more than one.
    pub redis: Option<Redis>,
}

/// The stores, their keys, and the accounts in them: what there is without serving.
pub(crate) struct Foundation {
    pub(crate) stores: Stores,
    pub(crate) keyring: Keyring,
    pub(crate) auth: Auth,
    shared: Option<Shared>,
    caches: Caches,
}

impl Foundation {
    /// Opens the store, and makes the keys that are missing there.
    pub(crate) async fn open(
        config: &Config,
        now: Timestamp,
        metrics: &Metrics,
    ) -> anyhow::Result<Self> {
        Self::over(open(config, metrics).await?, config, now, metrics).await
    }

    /// Opens the store of a server that was started before. Fails on one that has no keys yet:
    /// that is not the one which was meant.
    pub(crate) async fn of_a_server(config: &Config, now: Timestamp) -> anyhow::Result<Self> {
        let metrics = Metrics::unseen(config);
        let stores = open(config, &metrics).await?;
        let keys = stores.keys.keys().await?;
        ensure!(!keys.is_empty(), "no server has used this store yet: it holds no keys");
        Self::over(stores, config, now, &metrics).await
    }

    async fn over(
        stores: Stores,
        config: &Config,
        now: Timestamp,
        metrics: &Metrics,
    ) -> anyhow::Result<Self> {
        let master = master_key::obtain(config)?;
        let keyring = Keyring::open(&*stores.keys, &master, now).await;
        let keyring = keyring.context("the keys in the store cannot be opened")?;
        let shared = Shared::open(config, metrics).await?;
        let caches = Caches::of(config, shared.as_ref(), metrics);
        // Commands announce what they write as servers do.
        let stores = stores.announcing(&caches.writes);
        let hasher = hasher(config, &keyring, metrics)?;
        let auth = auth(config, &stores, &keyring, (hasher, metrics));
        Ok(Self { stores, keyring, auth, shared, caches })
    }
}

/// What it takes to make people and what is theirs without serving.
pub(crate) struct Workshop {
    pub(crate) stores: Stores,
    pub(crate) auth: Auth,
    pub(crate) farms: Farms,
    pub(crate) certifications: Certifications,
}

impl Workshop {
    /// Opens the store of a server that was started before; `around` stands before its hashes.
    pub(crate) async fn of_a_server(
        config: &Config,
        now: Timestamp,
        around: impl FnOnce(Arc<dyn PasswordHasher>) -> Arc<dyn PasswordHasher>,
    ) -> anyhow::Result<Self> {
        let Foundation { stores, keyring, .. } = Foundation::of_a_server(config, now).await?;
        let metrics = Metrics::unseen(config);
        let hasher = around(hasher(config, &keyring, &metrics)?);
        let auth = auth(config, &stores, &keyring, (hasher, &metrics));
        let certifications = certifications(config, &stores, &keyring, &auth)?;
        let farms = farms(&stores);
        Ok(Self { stores, auth, farms, certifications })
    }
}

fn farms(stores: &Stores) -> Farms {
    Farms::new(stores.farms.clone(), stores.history.clone(), stores.obligations.clone())
}

/// Opens the store and its keys, and puts the services together.
pub async fn services(
    config: &Config,
    clock: &Clock,
    metrics: &Metrics,
) -> anyhow::Result<Services> {
    let foundation = Foundation::open(config, clock.now(), metrics).await?;
    let Foundation { stores, keyring, auth, shared, caches } = foundation;
    let certifications = certifications(config, &stores, &keyring, &auth)?;
    let limits = config.rate_limit.map(|quotas| limits(&quotas, shared.as_ref(), &keyring));
    let shell = Shell {
        clock: clock.clone(),
        authenticate: Arc::new(Sessions::new(auth.clone(), caches.sessions)),
        receipts: stores.receipts.clone(),
        keyring,
        trusted_proxies: config.server.trusted_proxies.clone(),
        limits,
        origins: config.origins.clone(),
        behind_tls: config.is_behind_tls(),
        metrics: metrics.http.clone(),
        traces: metrics.traces.clone(),
        ingress: metrics
            .gates
            .make(WhichGate::Requests, ingress::limits(config.resilience.requests_at_once)),
        replies: caches.replies,
        writes: caches.writes,
    };
    Ok(Services {
        auth,
        farms: farms(&stores),
        certifications,
        shell: Data::new(shell),
        stores,
        redis: shared.map(|shared| shared.redis),
    })
}

/// What processes share beside the stores.
struct Shared {
    redis: Redis,
    breaker: Arc<Breaker>,
}

impl Shared {
    async fn open(config: &Config, metrics: &Metrics) -> anyhow::Result<Option<Self>> {
        let Some(url) = &config.redis_url else { return Ok(None) };
        let redis = Redis::open(url.expose()).await.context("REDIS_URL cannot be used")?;
        let breaker = breaker(WhichBreaker::Redis, &config.resilience, metrics)?;
        Ok(Some(Self { redis, breaker }))
    }
}

fn limits(quotas: &Quotas, shared: Option<&Shared>, keyring: &Keyring) -> Arc<Limits> {
    Arc::new(match shared {
        None => Limits::of(quotas),
        Some(Shared { redis, breaker }) => Limits::across(quotas, keyring, |limit, quota| {
            let limiter = RedisLimiter::new(redis.clone(), limit.name(), quota);
            Arc::new(limits::Guarded::new(limiter, breaker.clone()))
        }),
    })
}

async fn open(config: &Config, metrics: &Metrics) -> anyhow::Result<Stores> {
    let around = |kind| around(kind, &config.resilience, metrics);
    match &config.store {
        Store::Sqlite => {
            let path = config.server.data_dir.join(DATABASE);
            let store = Sqlite::open(&path);
            let store = store.with_context(|| format!("{} cannot be opened", path.display()))?;
            Ok(Stores::sqlite(store, around((WhichBreaker::Sqlite, CALLS_OF_A_FILE))?))
        }
        Store::Mongo { uri, database } => {
            let store = connect(uri.expose(), database, metrics).await?;
            Ok(Stores::mongo(store, around((WhichBreaker::Mongodb, CALLS_OF_A_SERVER))?))
        }
    }
}

/// What stands around a store: what watches its calls, and in that, what shields it from too many
/// of them, and its callers from it.
fn around(
    (kind, at_once): (WhichBreaker, usize),
    config: &Resilience,
    metrics: &Metrics,
) -> anyhow::Result<(Watch, Shield)> {
    let limits = gate::Limits { at_once, waiting: 8 * at_once, patience: CALL_PATIENCE };
    let bulkhead = metrics.gates.make(WhichGate::Store, limits);
    let breaker = breaker(kind, config, metrics)?;
    let policy = RetryPolicy { retries: RETRIES, ..RetryPolicy::default() };
    let retries = Retries::observed(policy, Budget::default(), metrics.retries.of(kind));
    let watch = Watch::new(metrics.calls.clone(), kind.as_str());
    Ok((watch, Shield::new(bulkhead, retries, breaker, CALL_LIMIT)))
}

/// The breaker around a dependency: half of at least ten calls within ten seconds.
fn breaker(
    kind: WhichBreaker,
    config: &Resilience,
    metrics: &Metrics,
) -> Result<Arc<Breaker>, Nonsense> {
    let open_cap = OPEN_CAP.max(config.open);
    let settings = Settings { open_base: config.open, open_cap, ..Settings::default() };
    metrics.breakers.make(kind, settings, config.breaker)
}

/// Makes an empty database ready. On any other, a missing rule of uniqueness is a reason not to
/// serve; whatever else differs is logged.
async fn connect(uri: &str, database: &str, metrics: &Metrics) -> anyhow::Result<Mongo> {
    let store = match metrics.pool.clone() {
        Some(pool) => Mongo::connect_observed(uri, database, pool).await,
        None => Mongo::connect(uri, database).await,
    };
    let store = store.context("MongoDB cannot be used")?;
    let drift = store.prepare().await.context("the database cannot be made ready")?;
    for difference in &drift {
        tracing::warn!(%difference, "the database differs from the catalogue");
    }
    match drift.iter().find(|difference| difference.is_fatal()) {
        Some(difference) => Err(anyhow!("{difference}: the server does not start without it")),
        None => Ok(store),
    }
}

fn hasher(
    config: &Config,
    keyring: &Keyring,
    metrics: &Metrics,
) -> anyhow::Result<Arc<dyn PasswordHasher>> {
    let cores = available_parallelism().map_or(1, NonZero::get);
    let limits = gate::Limits { at_once: cores, waiting: cores * WAITING, patience: PATIENCE };
    let pepper = if config.passwords.pepper { Pepper::applied } else { Pepper::retired };
    let gate = metrics.gates.make(WhichGate::PasswordHash, limits);
    let hasher = Argon2Hasher::new(config.passwords.cost, gate)?;
    Ok(Arc::new(hasher.with_pepper(pepper(keyring.clone()))))
}

fn auth(
    config: &Config,
    stores: &Stores,
    keyring: &Keyring,
    (hasher, metrics): (Arc<dyn PasswordHasher>, &Metrics),
) -> Auth {
    let mut policy = Policy::new(config.server.issuer.clone(), AUDIENCE);
    // Without rate limits guesses at one account are slowed down all the same.
    policy.network_guesses = config.rate_limit.map(|quotas| wrong_logins(quotas.login));
    let parts = AuthParts {
        accounts: stores.accounts.clone(),
        sessions: stores.sessions.clone(),
        guesses: stores.guesses.clone(),
        events: stores.events.clone(),
        history: stores.history.clone(),
        hasher,
        breaches: Arc::new(NoBreaches),
        keyring: keyring.clone(),
        policy,
    };
    Auth::new(parts).observed(metrics.logins.clone())
}

/// How many logins of a network may be wrong: of those that an address may try in the window, one
/// in four.
fn wrong_logins(logins: Quota) -> Backoff {
    let rule = Backoff::from_a_network();
    let window = rule.window().unsigned_abs();
    let logins = window.as_nanos() / logins.interval().as_nanos().max(1);
    rule.allowing(u32::try_from(logins / 4).unwrap_or(u32::MAX))
}

fn certifications(
    config: &Config,
    stores: &Stores,
    keyring: &Keyring,
    auth: &Auth,
) -> anyhow::Result<Certifications> {
    let standards = Standards::bundled().context("the bundled standards are not sound")?;
    Ok(Certifications::new(CertificationParts {
        applications: stores.applications.clone(),
        certificates: stores.certificates.clone(),
        numbers: stores.numbers.clone(),
        farms: stores.farms.clone(),
        people: Arc::new(Directory(auth.clone())),
        history: stores.history.clone(),
        standards: Arc::new(standards),
        keyring: keyring.clone(),
        issuer: config.server.issuer.clone(),
    }))
}
