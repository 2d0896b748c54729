//! Everything that the server can be told. Read once, at start, before anything is opened.
//!
//! A file first, then environment variables over it. What is wrong is reported all at once, each
//! with its key, where the value came from, and what would be right.

mod args;
mod check;
mod complaint;
mod keys;
mod raw;
mod sampling;
mod secret;
mod sources;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use self::args::Args;
pub use self::complaint::{Complaint, ConfigError};
pub use self::secret::Secret;

use gacp_auth::HashCost;
use gacp_resilience::breaker::Mode;
use gacp_telemetry::metrics::Scheme;
use gacp_telemetry::traces::Collector;

use crate::http::Quotas;
use crate::network::Network;

/// Everything that the server can be told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens, what it is called, where its files are.
    pub server: Server,
    /// Where records are kept.
    pub store: Store,
    /// Where what processes share is kept beside the store; nothing for one process.
    pub redis_url: Option<Secret>,
    /// The origins whose pages may use the API.
    pub origins: Vec<String>,
    /// How long it keeps serving after readiness went off.
    pub drain: Duration,
    /// Which events are logged.
    pub log_filter: String,
    /// Wraps the keys in the store; nothing in development, where it is made on first start.
    pub master_key: Option<Secret>,
    /// How passwords are hashed.
    pub passwords: Passwords,
    /// How often clients may ask; nothing when they are not counted.
    pub rate_limit: Option<Quotas>,
    /// What keeps the server up when more is asked of it than it, or its store, can do.
    pub resilience: Resilience,
    /// Where traces go, if anywhere.
    pub collector: Option<Collector>,
    /// How much memory replies may take that are kept, in bytes; nothing is kept with none.
    pub cache_bytes: u64,
    /// Whether the demonstration accounts are made.
    pub demo: bool,
    /// What an operator should know about this configuration.
    pub notices: Vec<String>,
}

/// Where records are kept: one of these, never half of two.
#[derive(Debug, Clone)]
pub enum Store {
    /// A file in the data folder.
    Sqlite,
    /// A replica set or a sharded cluster.
    Mongo {
        /// The connection string.
        uri: Secret,
        /// The database.
        database: String,
    },
}

/// What keeps the server up when more is asked of it than it, or its store, can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resilience {
    /// So many requests are worked on at once.
    pub requests_at_once: usize,
    /// Whether a store that is out is left alone.
    pub breaker: Mode,
    /// For how long at first.
    pub open: Duration,
}

impl Default for Resilience {
    fn default() -> Self {
        Self { requests_at_once: 512, breaker: Mode::Normal, open: Duration::from_secs(5) }
    }
}

/// How passwords are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passwords {
    /// How much work a hash is.
    pub cost: HashCost,
    /// Whether it is made with a key of the store.
    pub pepper: bool,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { cost: HashCost::default(), pepper: true }
    }
}

/// Where the server listens, what it is called, where its files are.
#[derive(Debug, Clone)]
pub struct Server {
    /// The API; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The metrics.
    pub metrics_listen: SocketAddr,
    /// The database file and, in development, the master key.
    pub data_dir: PathBuf,
    /// The address under which clients know the API.
    pub public_url: Option<String>,
    /// Who signs tokens and certificates.
    pub issuer: String,
    /// The proxies whose word on where a request comes from is taken.
    pub trusted_proxies: Vec<Network>,
}

impl Config {
    /// Reads file and environment. Fails with everything that is wrong.
    pub fn load(
        args: &Args,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let sources = sources::Sources::gather(args.config.as_deref(), environment)?;
        check::config(&sources, args.demo)
    }

    /// Whether nobody but this machine can reach the server.
    pub fn is_development(&self) -> bool {
        self.server.is_loopback()
    }

    /// Whether clients come over HTTPS, as far as the public address tells.
    pub fn is_behind_tls(&self) -> bool {
        self.server.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// How clients come, as far as the public address tells.
    pub fn scheme(&self) -> Scheme {
        if self.is_behind_tls() { Scheme::Https } else { Scheme::Http }
    }

    /// A server on a free port with its files in `folder`, demonstration accounts included.
    pub fn for_tests(folder: &Path) -> Self {
        let free_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            server: Server {
                listen: free_port,
                metrics_listen: free_port,
                data_dir: folder.to_owned(),
                public_url: None,
                issuer: keys::DEFAULT_ISSUER.to_owned(),
                trusted_proxies: Vec::new(),
            },
            store: Store::Sqlite,
            redis_url: None,
            origins: Vec::new(),
            drain: Duration::ZERO,
            log_filter: "off".to_owned(),
            master_key: None,
            passwords: Passwords::default(),
            rate_limit: None,
            resilience: Resilience::default(),
            collector: None,
            cache_bytes: keys::DEFAULT_CACHE_MIB << 20,
            demo: true,
            notices: Vec::new(),
        }
    }
}

impl Server {
    fn is_loopback(&self) -> bool {
        self.listen.ip().is_loopback() && self.metrics_listen.ip().is_loopback()
    }
}

#[cfg(test)]
mod tests;
