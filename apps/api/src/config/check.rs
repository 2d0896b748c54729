//! Which values go together.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gacp_auth::HashCost;
use gacp_resilience::breaker::Mode;
use gacp_store::Violation;
use gacp_telemetry::traces::{Collector, Protocol, Sampling};

use super::complaint::{Complaint, ConfigError};
use super::keys::{DEFAULT_CACHE_MIB, DEFAULT_DATABASE, DEFAULT_ISSUER, KEYS, Key};
use super::raw::{self, Breaking, RateLimit, Raw};
use super::sampling;
use super::sources::Sources;
use super::{Config, Passwords, Resilience, Secret, Server, Store};
use crate::http::Quotas;
use crate::json::read;
use crate::logging;

/// Longer than any load balancer needs; more is a typo.
const MAX_DRAIN_SECONDS: u64 = 3_600;
/// Each of them may hold a body in memory; more is a typo.
const MAX_REQUESTS_AT_ONCE: usize = 100_000;
/// What a machine may have; more is a typo.
const MAX_CACHE_BYTES: u64 = 64 << 30;
/// A store that is well again should not be left alone for longer.
const MAX_OPEN_SECONDS: u64 = 300;
const MASTER_KEY_BYTES: usize = 32;

/// What is said about the values so far.
struct Review<'s> {
    sources: &'s Sources,
    complaints: Vec<Complaint>,
}

/// Reads the values and checks them, each by itself and together.
pub(super) fn config(sources: &Sources, demo: bool) -> Result<Config, ConfigError> {
    let (raw, found) = read::<Raw>(&sources.document);
    let mut review = Review { sources, complaints: Vec::new() };
    for violation in &found {
        review.unreadable(violation);
    }
    let raw = raw.unwrap_or_default();
    let sampling = sampling::of(&raw.telemetry);
    if let Err(why) = sampling {
        review.complain("telemetry.sampler_arg", why);
    }
    let config = resolve(raw, sampling.unwrap_or_default(), sources, demo);
    review.values(&config);
    review.resilience(&config.resilience);
    review.exposure(&config);
    match ConfigError::of(review.complaints) {
        Some(error) => Err(error),
        None => Ok(config),
    }
}

fn resolve(raw: Raw, sampling: Sampling, sources: &Sources, demo: bool) -> Config {
    let notices = notices(sources);
    let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let issuer = raw.server.issuer.or_else(|| raw.server.public_url.clone());
    Config {
        server: Server {
            listen: raw.server.listen.unwrap_or_else(|| loopback(8080)),
            metrics_listen: raw.server.metrics_listen.unwrap_or_else(|| loopback(9464)),
            data_dir: raw.server.data_dir.unwrap_or_else(|| "./data".into()),
            public_url: raw.server.public_url,
            issuer: issuer.unwrap_or_else(|| DEFAULT_ISSUER.to_owned()),
            trusted_proxies: raw.server.trusted_proxies.unwrap_or_default(),
        },
        store: store(raw.database),
        redis_url: raw.cache.redis_url,
        origins: raw.cors.origins.unwrap_or_default(),
        drain: Duration::from_secs(raw.shutdown.drain_seconds.unwrap_or(5)),
        log_filter: raw.log.filter.unwrap_or_else(|| "info".to_owned()),
        master_key: raw.secrets.master_key,
        passwords: passwords(&raw.password),
        rate_limit: quotas(&raw.rate_limit),
        resilience: resilience(&raw.resilience),
        collector: collector(raw.telemetry, sampling),
        cache_bytes: raw.cache.memory_mib.unwrap_or(DEFAULT_CACHE_MIB).saturating_mul(1 << 20),
        demo,
        notices,
    }
}

fn collector(raw: raw::Telemetry, sampling: Sampling) -> Option<Collector> {
    let protocol = match raw.otlp_protocol {
        None | Some(raw::Protocol::Http) => Protocol::Http,
        Some(raw::Protocol::Grpc) => Protocol::Grpc,
    };
    raw.otlp_endpoint.map(|endpoint| Collector { endpoint, protocol, sampling })
}

fn resilience(raw: &raw::Resilience) -> Resilience {
    let default = Resilience::default();
    Resilience {
        requests_at_once: raw.requests_at_once.unwrap_or(default.requests_at_once),
        breaker: match raw.breaker {
            None | Some(Breaking::On) => Mode::Normal,
            Some(Breaking::Observe) => Mode::ObserveOnly,
            Some(Breaking::Off) => Mode::Disabled,
        },
        open: raw.open_seconds.map_or(default.open, Duration::from_secs),
    }
}

fn passwords(raw: &raw::Password) -> Passwords {
    let Passwords { cost, pepper } = Passwords::default();
    let cost = HashCost {
        memory_kib: raw.memory_kib.unwrap_or(cost.memory_kib),
        passes: raw.passes.unwrap_or(cost.passes),
        ..cost
    };
    Passwords { cost, pepper: raw.pepper.unwrap_or(pepper) }
}

fn quotas(raw: &RateLimit) -> Option<Quotas> {
    let default = Quotas::default();
    raw.enabled.unwrap_or(true).then(|| Quotas {
        everything: raw.everything.unwrap_or(default.everything),
        login: raw.login.unwrap_or(default.login),
        register: raw.register.unwrap_or(default.register),
        refresh: raw.refresh.unwrap_or(default.refresh),
        verify: raw.verify.unwrap_or(default.verify),
        user: raw.user.unwrap_or(default.user),
    })
}

fn store(raw: raw::Database) -> Store {
    let database = raw.mongodb_database.unwrap_or_else(|| DEFAULT_DATABASE.to_owned());
    raw.mongodb_uri.map_or(Store::Sqlite, |uri| Store::Mongo { uri, database })
}

fn notices(sources: &Sources) -> Vec<String> {
    let unknown = sources.unknown.iter();
    unknown.map(|name| format!("the variable {name} is not known and is ignored")).collect()
}

impl Review<'_> {
    fn unreadable(&mut self, violation: &Violation) {
        let pointer = violation.pointer.as_str();
        let dotted = pointer.trim_start_matches('/').replace('/', ".");
        let advice = match (violation.code.as_str(), Key::at(pointer)) {
            ("unknown-field", _) => "this key is not known".to_owned(),
            (_, Some(key)) => format!("this value cannot be used; right would be {}", key.expects),
            (_, None) => "this must be a section of keys".to_owned(),
        };
        self.complaints.push(Complaint::new(dotted, self.sources.source(pointer), advice));
    }

    /// Complains about a key whose value could be read, unless that was done before.
    fn complain(&mut self, dotted: &str, why: &str) {
        let Some(key) = KEYS.iter().find(|key| key.dotted() == dotted) else { return };
        if !self.complaints.iter().any(|complaint| complaint.key == dotted) {
            let advice = format!("{why}; right would be {}", key.expects);
            let source = self.sources.source(&key.pointer());
            self.complaints.push(Complaint::new(dotted, source, advice));
        }
    }

    fn values(&mut self, config: &Config) {
        if config.server.public_url.as_ref().is_some_and(|url| !is_origin(url)) {
            self.complain("server.public_url", "this is no such address");
        }
        let issuer = &config.server.issuer;
        if issuer.is_empty() || issuer.contains(char::is_whitespace) {
            self.complain("server.issuer", "this is no such name");
        }
        if !config.origins.iter().all(|origin| is_origin(origin)) {
            self.complain("cors.origins", "not all of these are origins");
        }
        if config.drain > Duration::from_secs(MAX_DRAIN_SECONDS) {
            self.complain("shutdown.drain_seconds", "this is too long");
        }
        if logging::parse(&config.log_filter).is_none() {
            self.complain("log.filter", "this is no such filter");
        }
        if let Store::Mongo { uri, database } = &config.store {
            let schemes = ["mongodb://", "mongodb+srv://"];
            if !schemes.iter().any(|scheme| uri.expose().starts_with(scheme)) {
                self.complain("database.mongodb_uri", "this is no such string");
            }
            if !is_database(database) {
                self.complain("database.mongodb_database", "this is no such name");
            }
        }
        if config.redis_url.as_ref().is_some_and(|url| !url.expose().starts_with("redis://")) {
            self.complain("cache.redis_url", "this is no such address");
        }
        if config.cache_bytes > MAX_CACHE_BYTES {
            self.complain("cache.memory_mib", "this is no such number");
        }
        let collector = config.collector.as_ref().map(|it| it.endpoint.trim_end_matches('/'));
        if collector.is_some_and(|it| !it.starts_with("http://") || !is_origin(it)) {
            self.complain("telemetry.otlp_endpoint", "this is no such address");
        }
        let (cost, floor, most) = (config.passwords.cost, HashCost::FLOOR, HashCost::CEILING);
        if !(floor.memory_kib..=most.memory_kib).contains(&cost.memory_kib) {
            self.complain("password.memory_kib", "hashes of this size are not made");
        }
        if !(floor.passes..=most.passes).contains(&cost.passes) {
            self.complain("password.passes", "hashes of so many passes are not made");
        }
        if let Some(reason) = config.master_key.as_ref().and_then(weakness) {
            self.complain("secrets.master_key", reason);
        }
    }

    fn resilience(&mut self, resilience: &Resilience) {
        if !(1..=MAX_REQUESTS_AT_ONCE).contains(&resilience.requests_at_once) {
            self.complain("resilience.requests_at_once", "this is no such number");
        }
        if !(1..=MAX_OPEN_SECONDS).contains(&resilience.open.as_secs()) {
            self.complain("resilience.open_seconds", "this is no such time");
        }
    }

    /// What is allowed only where nobody else can reach the server.
    fn exposure(&mut self, config: &Config) {
        if config.is_development() {
            return;
        }
        if config.master_key.is_none() {
            let why = "outside loopback GACP_SECRETS__MASTER_KEY must be set";
            self.complain("secrets.master_key", why);
        }
        if config.rate_limit.is_none() {
            self.complain("rate_limit.enabled", "rate limits cannot be off outside loopback");
        }
        if config.demo {
            let advice = "demonstration accounts have a public password: with --demo every \
                          listener must be on loopback";
            self.complaints.push(Complaint::new("--demo", "command line", advice));
        }
    }
}

/// What MongoDB takes everywhere as the name of a database.
fn is_database(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=63).contains(&name.len()) && name.bytes().all(is_letter)
}

/// `scheme://host[:port]`, as browsers write it in `Origin`.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:[]".contains(&byte);
    rest.is_some_and(|host| !host.is_empty() && host.bytes().all(is_host))
}

/// Why a master key cannot be used.
fn weakness(key: &Secret) -> Option<&'static str> {
    let bytes = STANDARD.decode(key.expose().trim()).ok().filter(|b| b.len() == MASTER_KEY_BYTES);
    let Some(bytes) = bytes else { return Some("this is not base64 of 32 bytes") };
    // 00 00 00…, 00 01 02…, ff fe fd…: what people type when they make a key up.
    let steps: Vec<u8> = bytes.windows(2).map(step).collect();
    let is_regular = steps.iter().all(|step| steps.first() == Some(step));
    let is_text = bytes.iter().all(u8::is_ascii_graphic);
    (is_regular || is_text).then_some("this key was made up, not drawn at random")
}

fn step(pair: &[u8]) -> u8 {
    match pair {
        [first, second] => second.wrapping_sub(*first),
        _ => 0,
    }
}
