//! Prometheus, with the rules of `deploy/` where they are.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;

use super::super::install::{self, Program, Tool};
use super::super::process;
use super::super::service::Service;
use super::super::state::Run;
use super::status;
use crate::workspace::root;

const NAME: &str = "prometheus";

const TOOL: Tool = Tool {
    program: NAME,
    package: "prometheus",
    inside: "usr/bin/prometheus",
    asks_version: "--version",
};

const SERVICE: Service =
    Service { program: NAME, variable: "PROMETHEUS_URL", install, arguments, address, settled };

/// Whom it asks for metrics, and how often; the rules are evaluated as often.
pub(crate) struct Scraped<'a> {
    pub(crate) targets: &'a [String],
    pub(crate) seconds: u32,
}

/// Starts it; returns its address.
pub(in crate::services) fn start(run: &mut Run, scraped: &Scraped<'_>) -> Result<String> {
    let folder = run.folder().join(NAME);
    fs::create_dir_all(&folder)?;
    let rules = root()?.join("deploy/prometheus/rules");
    let rules = rules.is_dir().then_some(rules.as_path());
    fs::write(folder.join("prometheus.yml"), config(scraped, rules))?;
    Ok(SERVICE.launch(&install()?, run)?.0.address)
}

fn install() -> Result<Program> {
    install::tool(&TOOL)
}

fn arguments(port: u16, folder: &Path) -> Vec<String> {
    vec![
        format!("--config.file={}", folder.join("prometheus.yml").display()),
        format!("--storage.tsdb.path={}", folder.join("data").display()),
        format!("--web.listen-address=127.0.0.1:{port}"),
        // Without it the trace behind a slow request is not kept.
        "--enable-feature=exemplar-storage".to_owned(),
        "--log.level=warn".to_owned(),
    ]
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// True once this process has read what it keeps.
fn settled(port: u16, pid: u32) -> Result<bool> {
    Ok(status(port, "/-/ready")? == 200 && process::is(pid, NAME, port))
}

/// Asks servers under the name that the rules look for.
fn config(scraped: &Scraped<'_>, rules: Option<&Path>) -> String {
    let Scraped { targets, seconds } = scraped;
    let targets = targets.join("', '");
    let mut config = format!(
        "global: {{scrape_interval: {seconds}s, scrape_timeout: {seconds}s, \
         evaluation_interval: {seconds}s}}
scrape_configs:
  - job_name: gacp-api
    static_configs: [{{targets: ['{targets}']}}]
"
    );
    if let Some(rules) = rules {
        // Writing to a string cannot fail.
        let _written = writeln!(config, "rule_files: ['{}/*.yml']", rules.display());
    }
    config
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Scraped, config};

    #[test]
    fn rules_are_read_where_they_are_and_not_asked_for_where_they_are_not() {
        let targets = ["127.0.0.1:1", "127.0.0.1:2"].map(str::to_owned);
        let scraped = Scraped { targets: &targets, seconds: 5 };

        let with = config(&scraped, Some(Path::new("/w/rules")));

        assert!(with.ends_with("rule_files: ['/w/rules/*.yml']\n"), "{with}");
        assert!(with.contains("[{targets: ['127.0.0.1:1', '127.0.0.1:2']}]"), "{with}");
        assert!(!config(&scraped, None).contains("rule_files"));
    }
}
