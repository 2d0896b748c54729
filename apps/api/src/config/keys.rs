//! Every key there is: its name in the file and in the environment, and what it takes.

use std::fmt::Write as _;

/// Who signs when nobody was named.
pub(super) const DEFAULT_ISSUER: &str = "urn:gacp";

/// The database when none was named.
pub(super) const DEFAULT_DATABASE: &str = "gacp";

/// What replies may take that are kept.
pub(super) const DEFAULT_CACHE_MIB: u64 = 16;

/// What a quota is.
const QUOTA: &str = "a number per s, min or h, such as 60/min, up to 1000000";

/// A key of the configuration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) section: &'static str,
    pub(super) name: &'static str,
    /// The variable's fixed name, where it has another one than its section and name make.
    fixed: Option<&'static str>,
    /// What would be right.
    pub(super) expects: &'static str,
    default: &'static str,
    meaning: &'static str,
}

const fn key(
    place: (&'static str, &'static str),
    fixed: Option<&'static str>,
    expects: &'static str,
    (default, meaning): (&'static str, &'static str),
) -> Key {
    Key { section: place.0, name: place.1, fixed, expects, default, meaning }
}

pub(super) const KEYS: [Key; 31] = [
    key(
        ("server", "listen"),
        Some("GACP_LISTEN"),
        "an address and port such as 127.0.0.1:8080",
        ("127.0.0.1:8080", "the API; port 0 takes a free one and logs it"),
    ),
    key(
        ("server", "metrics_listen"),
        Some("GACP_METRICS_LISTEN"),
        "an address and port such as 127.0.0.1:9464",
        ("127.0.0.1:9464", "the metrics"),
    ),
    key(
        ("server", "data_dir"),
        Some("GACP_DATA_DIR"),
        "a folder",
        ("./data", "database file, development keys"),
    ),
    key(
        ("server", "public_url"),
        None,
        "an address without a path, such as https://gacp.example",
        ("unset", "under which clients know the API"),
    ),
    key(
        ("server", "issuer"),
        None,
        "a name without spaces, usually an address",
        ("public_url, or urn:gacp", "who signs tokens and certificates"),
    ),
    key(
        ("server", "trusted_proxies"),
        None,
        "addresses and networks such as 10.0.0.0/8, separated by commas in a variable",
        ("none", "whose Forwarded or X-Forwarded-For says where a request comes from"),
    ),
    key(
        ("cors", "origins"),
        None,
        "exact origins such as https://app.example, separated by commas in a variable",
        ("none", "whose pages may use the API"),
    ),
    key(
        ("shutdown", "drain_seconds"),
        Some("GACP_SHUTDOWN__DRAIN_SECONDS"),
        "whole seconds from 0 to 3600",
        ("5", "how long it keeps serving after readiness went off"),
    ),
    key(
        ("log", "filter"),
        Some("GACP_LOG"),
        "a level, or levels by module: info, gacp_api=debug",
        ("info", "what is logged"),
    ),
    key(
        ("secrets", "master_key"),
        Some("GACP_SECRETS__MASTER_KEY"),
        "base64 of 32 random bytes (openssl rand -base64 32)",
        ("made in data_dir in development", "wraps the keys in the store"),
    ),
    key(
        ("password", "memory_kib"),
        None,
        "whole KiB from 19456 to 1048576",
        ("19456", "memory of one password hash (argon2id), times the number of cores"),
    ),
    key(
        ("password", "passes"),
        None,
        "a whole number from 2 to 64",
        ("2", "passes over that memory; a login makes an outdated hash anew"),
    ),
    key(
        ("password", "pepper"),
        None,
        "true or false",
        ("true", "whether passwords are hashed with a key of the store, wrapped by the master key"),
    ),
    key(
        ("rate_limit", "enabled"),
        Some("GACP_RATE_LIMIT__ENABLED"),
        "true, or on loopback false",
        ("true", "whether requests are counted"),
    ),
    key(
        ("rate_limit", "everything"),
        None,
        QUOTA,
        ("6000/min", "what comes from one address, /health/* aside"),
    ),
    key(("rate_limit", "login"), None, QUOTA, ("60/min", "logins from one address")),
    key(("rate_limit", "register"), None, QUOTA, ("60/h", "registrations from one address")),
    key(("rate_limit", "refresh"), None, QUOTA, ("30/min", "refreshes of one session")),
    key(
        ("rate_limit", "verify"),
        None,
        QUOTA,
        ("120/min", "verifications of certificates from one address"),
    ),
    key(
        ("rate_limit", "user"),
        None,
        QUOTA,
        ("600/min", "what one user who is signed in asks for"),
    ),
    key(
        ("resilience", "requests_at_once"),
        None,
        "a whole number from 1 to 100000",
        ("512", "requests that are worked on at once; as many again may wait for two seconds"),
    ),
    key(
        ("resilience", "breaker"),
        None,
        "on, observe or off",
        ("on", "whether a store that is out is left alone; observe only counts and logs"),
    ),
    key(
        ("resilience", "open_seconds"),
        None,
        "whole seconds from 1 to 300",
        ("5", "how long it is left alone at first; each time in a row twice as long, up to 60 s"),
    ),
    key(
        ("database", "mongodb_uri"),
        Some("MONGODB_URI"),
        "a MongoDB connection string of a replica set or a sharded cluster",
        ("unset", "where records are kept instead of a file"),
    ),
    key(
        ("database", "mongodb_database"),
        Some("MONGODB_DATABASE"),
        "the name of a database, of letters, digits, - and _",
        ("gacp", "which database there"),
    ),
    key(
        ("cache", "redis_url"),
        Some("REDIS_URL"),
        "an address of Redis such as redis://127.0.0.1:6379",
        ("unset", "where processes share their limits, and what they keep"),
    ),
    key(
        ("cache", "memory_mib"),
        None,
        "whole MiB from 0 to 65536",
        ("16", "how much memory replies may take that are kept; with 0 nothing is kept"),
    ),
    key(
        ("telemetry", "otlp_endpoint"),
        Some("OTEL_EXPORTER_OTLP_ENDPOINT"),
        "an address without TLS and path, such as http://127.0.0.1:4318",
        ("unset", "the collector that gets traces; it belongs next to the server"),
    ),
    key(
        ("telemetry", "otlp_protocol"),
        Some("OTEL_EXPORTER_OTLP_PROTOCOL"),
        "http/protobuf or grpc",
        ("http/protobuf", "how the collector is spoken to"),
    ),
    key(
        ("telemetry", "sampler"),
        Some("OTEL_TRACES_SAMPLER"),
        "always_on, always_off, traceidratio, ratelimiting, or one of them after parentbased_",
        ("parentbased_ratelimiting", "which traces the collector gets"),
    ),
    key(
        ("telemetry", "sampler_arg"),
        Some("OTEL_TRACES_SAMPLER_ARG"),
        "a share from 0 to 1 for traceidratio, so many traces a second for ratelimiting",
        ("1, or 100 a second", "how many of the traces that begin here"),
    ),
];

impl Key {
    /// The key of a JSON pointer, its items included: `/cors/origins/0`.
    pub(super) fn at(pointer: &str) -> Option<&'static Self> {
        let mut steps = pointer.split('/').skip(1);
        let (section, name) = (steps.next()?, steps.next()?);
        KEYS.iter().find(|key| key.section == section && key.name == name)
    }

    /// `server.listen`.
    pub(super) fn dotted(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// `/server/listen`.
    pub(super) fn pointer(&self) -> String {
        format!("/{}/{}", self.section, self.name)
    }

    /// `GACP_SERVER__LISTEN`.
    fn derived(&self) -> String {
        format!("GACP_{}__{}", self.section, self.name).to_ascii_uppercase()
    }

    /// The variables that set it; the last one that is set wins.
    pub(super) fn variables(&self) -> Vec<String> {
        let fixed = self.fixed.map(str::to_owned);
        let derived = Some(self.derived()).filter(|derived| fixed.as_ref() != Some(derived));
        derived.into_iter().chain(fixed).collect()
    }
}

/// The keys, for the command line's help.
pub(super) fn help() -> String {
    let mut help = String::from(
        "Configuration: a TOML file, then environment variables over it. Empty variables count \
         as unset.\nOutside loopback GACP_SECRETS__MASTER_KEY must be set.\n",
    );
    for key in &KEYS {
        let variable = key.variables().pop().unwrap_or_default();
        // Writing to a string cannot fail.
        let _written = write!(
            help,
            "\n  {}  ({})\n      {}; default: {}\n      takes {}\n",
            key.dotted(),
            variable,
            key.meaning,
            key.default,
            key.expects
        );
    }
    help.push_str(
        "\nExit codes: 0 after a clean shutdown, 2 for a configuration error, 1 otherwise.",
    );
    help
}
