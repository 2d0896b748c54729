//! The configuration as it is written: every key may be absent.

use std::net::SocketAddr;
use std::path::PathBuf;

use gacp_limits::Quota;
use serde::Deserialize;

use super::Secret;
use crate::network::Network;

#[derive(Debug, Default, Deserialize)]
pub(super) struct Raw {
    pub(super) server: Server,
    pub(super) cors: Cors,
    pub(super) shutdown: Shutdown,
    pub(super) log: Log,
    pub(super) secrets: Secrets,
    pub(super) password: Password,
    pub(super) rate_limit: RateLimit,
    pub(super) resilience: Resilience,
    pub(super) database: Database,
    pub(super) cache: Cache,
    pub(super) telemetry: Telemetry,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Server {
    pub(super) listen: Option<SocketAddr>,
    pub(super) metrics_listen: Option<SocketAddr>,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) public_url: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) trusted_proxies: Option<Vec<Network>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Cors {
    pub(super) origins: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Shutdown {
    pub(super) drain_seconds: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Log {
    pub(super) filter: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Secrets {
    pub(super) master_key: Option<Secret>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Password {
    pub(super) memory_kib: Option<u32>,
    pub(super) passes: Option<u32>,
    pub(super) pepper: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct RateLimit {
    pub(super) enabled: Option<bool>,
    pub(super) everything: Option<Quota>,
    pub(super) login: Option<Quota>,
    pub(super) register: Option<Quota>,
    pub(super) refresh: Option<Quota>,
    pub(super) verify: Option<Quota>,
    pub(super) user: Option<Quota>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Resilience {
    pub(super) requests_at_once: Option<usize>,
    pub(super) breaker: Option<Breaking>,
    pub(super) open_seconds: Option<u64>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Breaking {
    On,
    Observe,
    Off,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Database {
    pub(super) mongodb_uri: Option<Secret>,
    pub(super) mongodb_database: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Cache {
    pub(super) redis_url: Option<Secret>,
    pub(super) memory_mib: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Telemetry {
    pub(super) otlp_endpoint: Option<String>,
    pub(super) otlp_protocol: Option<Protocol>,
    pub(super) sampler: Option<Sampler>,
    pub(super) sampler_arg: Option<f64>,
}

/// As OpenTelemetry's environment variables call them, and `ratelimiting` as Jaeger does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sampler {
    AlwaysOn,
    AlwaysOff,
    Traceidratio,
    Ratelimiting,
    ParentbasedAlwaysOn,
    ParentbasedAlwaysOff,
    ParentbasedTraceidratio,
    ParentbasedRatelimiting,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) enum Protocol {
    #[serde(rename = "http/protobuf")]
    Http,
    #[serde(rename = "grpc")]
    Grpc,
}
