use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{CommandFactory as _, Parser as _};
use gacp_telemetry::traces::Roots;

use super::*;

fn random_key() -> String {
    let bytes: Vec<u8> = (0..32_u8).map(|index| index.wrapping_mul(37) ^ 0xa5).collect();
    STANDARD.encode(bytes)
}

fn load(file: &str, variables: &[(&str, &str)], demo: bool) -> Result<Config, ConfigError> {
    let mut toml = tempfile::NamedTempFile::new().unwrap();
    toml.write_all(file.as_bytes()).unwrap();
    let config = Some(toml.path().to_owned());
    let args = Args { config, demo, ..Args::default() };
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(&args, variables)
}

fn keys(outcome: Result<Config, ConfigError>) -> Vec<String> {
    let error = outcome.err().unwrap();
    error.complaints().iter().map(|complaint| complaint.key.clone()).collect()
}

#[test]
fn nothing_said_is_a_development_server_on_loopback() {
    let config = Config::load(&Args::default(), []).unwrap();

    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.metrics_listen.to_string(), "127.0.0.1:9464");
    assert_eq!(config.server.data_dir, Path::new("./data"));
    assert_eq!((config.drain, config.log_filter.as_str()), (Duration::from_secs(5), "info"));
    assert!(
        config.rate_limit == Some(Quotas::default()) && config.is_development() && !config.demo
    );
    assert!(config.notices.is_empty());
}

#[test]
fn the_environment_lies_over_the_file() {
    let file = "[server]\nlisten = \"127.0.0.1:1\"\nmetrics_listen = \"127.0.0.1:2\"\n\
                [cors]\norigins = [\"https://a.example\"]\n[shutdown]\ndrain_seconds = 1";
    let variables = [
        ("GACP_SERVER__LISTEN", "127.0.0.1:3"),
        ("GACP_LISTEN", "127.0.0.1:4"),
        ("GACP_METRICS_LISTEN", ""),
        ("GACP_CORS__ORIGINS", "https://b.example,http://localhost:5173"),
        ("GACP_SHUTDOWN__DRAIN_SECONDS", "9"),
        ("GACP_RATE_LIMIT__ENABLED", "false"),
    ];

    let config = load(file, &variables, true).unwrap();

    assert_eq!((config.server.listen.port(), config.server.metrics_listen.port()), (4, 2));
    assert_eq!(config.origins, ["https://b.example", "http://localhost:5173"]);
    assert_eq!(config.drain, Duration::from_secs(9));
    assert!(config.rate_limit.is_none() && config.demo);
}

#[test]
fn everything_wrong_is_said_at_once_with_its_source_and_no_value() {
    let file = "colour = 1\n[server]\nlisten = \"secret-nowhere\"\nname = \"x\"\n[log]\nfilter = 7\n\
                [cors]\norigins = [\"*\"]";
    let variables = [
        ("GACP_SHUTDOWN__DRAIN_SECONDS", "soon"),
        ("GACP_SECRETS__MASTER_KEY", "secret"),
        ("GACP_SERVER__PUBLIC_URL", "gacp.example"),
    ];

    let error = load(file, &variables, false).err().unwrap();

    let mut found: Vec<_> = error.complaints().iter().map(|c| c.key.as_str()).collect();
    found.sort_unstable();
    let expected = [
        "colour",
        "cors.origins",
        "log.filter",
        "secrets.master_key",
        "server.listen",
        "server.name",
        "server.public_url",
        "shutdown.drain_seconds",
    ];
    assert_eq!(found, expected);
    let said = error.to_string();
    for part in ["(GACP_SHUTDOWN__DRAIN_SECONDS)", "whole seconds", "127.0.0.1:8080", ".tmp"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("nowhere") && !said.contains("secret-"), "{said}");
}

#[test]
fn a_log_is_filtered_by_levels_and_targets_alone() {
    let complaints = |filter| {
        let error = load("", &[("GACP_LOG", filter)], false).err();
        error.map(|error| error.complaints().iter().map(|it| it.key.clone()).collect::<Vec<_>>())
    };

    for right in ["off", "info", "warn,gacp_auth=debug"] {
        assert_eq!(complaints(right), None, "{right}");
    }
    for wrong in ["gacp_api=loud", "[request]=debug", "gacp_api[{request_id}]=debug"] {
        assert_eq!(complaints(wrong), Some(vec!["log.filter".to_owned()]), "{wrong}");
    }
}

#[test]
fn outside_loopback_secrets_are_needed_and_shortcuts_refused() {
    let open = ("GACP_METRICS_LISTEN", "0.0.0.0:9464");
    let off = ("GACP_RATE_LIMIT__ENABLED", "false");

    let careless = load("", &[open, off], true);
    let key = random_key();
    let careful = load("", &[open, ("GACP_SECRETS__MASTER_KEY", &key)], false);

    assert_eq!(keys(careless), ["secrets.master_key", "rate_limit.enabled", "--demo"]);
    assert!(!careful.unwrap().is_development());
}

#[test]
fn a_master_key_must_look_drawn_at_random() {
    let counting: Vec<u8> = (0..32).collect();
    let bad = [
        STANDARD.encode([0; 32]),
        STANDARD.encode([0xff; 32]),
        STANDARD.encode(counting),
        STANDARD.encode("change-me-change-me-change-me-ok"),
        STANDARD.encode([7; 31]),
        "no base64".to_owned(),
    ];

    for key in &bad {
        let outcome = load("", &[("GACP_SECRETS__MASTER_KEY", key)], false);
        assert_eq!(keys(outcome), ["secrets.master_key"], "{key}");
    }
    assert!(load("", &[("GACP_SECRETS__MASTER_KEY", &random_key())], false).is_ok());
}

#[test]
fn names_of_features_to_come_are_accepted_and_unknown_ones_only_noticed() {
    let variables = [
        ("MONGODB_URI", "mongodb://user:pass@db"),
        ("MONGODB_DATABASE", "gacp"),
        ("REDIS_URL", "redis://cache"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector"),
        ("GACP_COLOUR", "red"),
        ("HOME", "/"),
    ];

    let notices = load("", &variables, false).unwrap().notices;

    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices.iter().any(|notice| notice.contains("GACP_COLOUR")));
    assert!(!notices.iter().any(|notice| notice.contains("pass")));
}

#[test]
fn the_standard_variables_say_which_traces_are_kept() {
    let sampling = |sampler: &str, argument: &str| {
        let collector = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector");
        let variables = [("OTEL_TRACES_SAMPLER", sampler), ("OTEL_TRACES_SAMPLER_ARG", argument)];
        load("", &[collector, variables[0], variables[1]], false)
    };
    let kept = |sampler, argument| {
        let sampling = sampling(sampler, argument).unwrap().collector.unwrap().sampling;
        (sampling.roots, sampling.heeds_parent)
    };

    assert_eq!(kept("", ""), (Roots::PerSecond(100.0), true));
    assert_eq!(kept("parentbased_traceidratio", "0.25"), (Roots::Share(0.25), true));
    assert_eq!(kept("ratelimiting", "7"), (Roots::PerSecond(7.0), false));
    assert_eq!(keys(sampling("jaeger_remote", "")), ["telemetry.sampler"]);
    assert_eq!(keys(sampling("traceidratio", "2")), ["telemetry.sampler_arg"]);
    assert_eq!(keys(sampling("traceidratio", "all")), ["telemetry.sampler_arg"]);
}

#[test]
fn a_mongodb_string_makes_it_the_store() {
    let stores = |variables: &[(&str, &str)]| load("", variables, false).unwrap().store;

    assert!(matches!(stores(&[]), Store::Sqlite));
    assert!(matches!(stores(&[("MONGODB_DATABASE", "other")]), Store::Sqlite));
    match stores(&[("MONGODB_URI", "mongodb://user:pass@db/?replicaSet=a")]) {
        Store::Mongo { uri, database } => {
            assert_eq!(uri.expose(), "mongodb://user:pass@db/?replicaSet=a");
            assert_eq!(database, "gacp");
            assert!(!format!("{uri:?}").contains("pass"));
        }
        Store::Sqlite => panic!("SQLite"),
    }
    let bad = [("MONGODB_URI", "localhost:27017"), ("MONGODB_DATABASE", "a.b")];
    let complaints = keys(load("", &bad, false));
    assert_eq!(complaints, ["database.mongodb_uri", "database.mongodb_database"]);
}

#[test]
fn the_address_of_redis_is_one_and_a_secret() {
    let redis = |address| load("", &[("REDIS_URL", address)], false);

    let url = redis("redis://:pass@cache:6379/1").unwrap().redis_url.unwrap();

    assert_eq!(url.expose(), "redis://:pass@cache:6379/1");
    assert!(!format!("{url:?}").contains("pass"));
    assert_eq!(keys(redis("cache:6379")), ["cache.redis_url"]);
}

#[test]
fn a_quota_is_a_number_per_time_and_all_wrong_ones_are_said() {
    let file = "[rate_limit]\nlogin = \"5/s\"\nverify = \"7/h\"";
    let quotas = load(file, &[("GACP_RATE_LIMIT__VERIFY", "9/min")], false).unwrap().rate_limit;
    let bad = [
        ("GACP_RATE_LIMIT__LOGIN", "60"),
        ("GACP_RATE_LIMIT__USER", "0/min"),
        ("GACP_RATE_LIMIT__EVERYTHING", "many"),
    ];

    let said = load("", &bad, false).err().unwrap().to_string();

    let quotas = quotas.unwrap();
    assert_eq!(
        (quotas.login.to_string(), quotas.verify.to_string()),
        ("5/s".into(), "9/min".into())
    );
    assert_eq!(quotas.user, Quotas::default().user);
    for part in ["rate_limit.login", "rate_limit.user", "rate_limit.everything", "60/min"] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn proxies_are_addresses_and_networks() {
    let proxies = |file: &str, value: &str| {
        load(file, &[("GACP_SERVER__TRUSTED_PROXIES", value)], false)
            .map(|config| format!("{:?}", config.server.trusted_proxies))
    };

    let file = "[server]\ntrusted_proxies = [\"::1\", \"192.0.2.0/24\"]";
    assert_eq!(proxies("", "").unwrap(), "[]");
    assert_eq!(proxies(file, "").unwrap(), "[::1/128, 192.0.2.0/24]");
    assert_eq!(proxies(file, "10.0.0.0/8, ::1").unwrap(), "[10.0.0.0/8, ::1/128]");
    for bad in ["proxy", "10.0.0.0/33", "0.0.0.0/0"] {
        let error = proxies("", bad).err().unwrap();
        assert!(error.to_string().contains("server.trusted_proxies"), "{error}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_line() {
    let error = load("[server]\nlisten = \n", &[], false).err().unwrap();

    assert!(error.to_string().contains("line 2"), "{error}");
    let absent = Args { config: Some("/nowhere/gacp.toml".into()), ..Args::default() };
    assert_eq!(keys(Config::load(&absent, [])), ["--config"]);
}

#[test]
fn secrets_do_not_show() {
    let key = random_key();
    let config = load("", &[("GACP_SECRETS__MASTER_KEY", &key)], false).unwrap();

    assert!(!format!("{config:?}").contains(&key));
    assert_eq!(config.master_key.unwrap().expose(), key);
}

#[test]
fn the_command_line_is_sound_and_its_help_names_every_variable() {
    Args::command().debug_assert();
    let help = Args::command().render_long_help().to_string();

    for key in keys::KEYS {
        let variable = key.variables().pop().unwrap();
        assert!(help.contains(&variable), "{variable}");
    }
    assert!(Args::try_parse_from(["gacp-api", "--demo", "--config", "x"]).unwrap().demo);
}

#[test]
fn a_password_hash_costs_no_less_than_the_floor() {
    let with = |memory: &str, passes: &str| {
        let (memory, passes) =
            (("GACP_PASSWORD__MEMORY_KIB", memory), ("GACP_PASSWORD__PASSES", passes));
        load("", &[memory, passes, ("GACP_PASSWORD__PEPPER", "false")], false)
    };

    let default = load("", &[], false).unwrap().passwords;
    assert_eq!((default.cost, default.pepper), (HashCost::FLOOR, true));
    let dearer = with("65536", "3").unwrap().passwords;
    let cost = HashCost { memory_kib: 65_536, passes: 3, lanes: 1 };
    assert_eq!((dearer.cost, dearer.pepper), (cost, false));
    for (memory, passes) in [("19455", "1"), ("1048577", "65")] {
        let refused = with(memory, passes);
        assert_eq!(keys(refused), ["password.memory_kib", "password.passes"]);
    }
}

/// What the files under `deploy/` set, as far as it is the server that is set.
#[test]
fn deployments_set_no_variable_that_is_not_known() {
    let known: Vec<String> = keys::KEYS.iter().flat_map(keys::Key::variables).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    let mut set = Vec::new();
    for file in ["compose.yaml", "Dockerfile"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let names = text.lines().filter_map(|line| {
            let line = line.trim_start();
            let line = line.strip_prefix("ENV ").unwrap_or(line);
            line.split_once([':', '=']).map(|(name, _)| name)
        });
        let ours = |name: &&str| {
            let prefixes = ["GACP_", "MONGODB_", "REDIS_URL", "OTEL_"];
            prefixes.iter().any(|prefix| name.starts_with(prefix))
        };
        set.extend(names.filter(ours).map(str::to_owned));
    }
    assert!(set.iter().any(|name| name == "GACP_LISTEN"), "{set:?}");
    for name in set {
        assert!(known.contains(&name), "{name} is not known");
    }
}
