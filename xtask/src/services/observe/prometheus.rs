//! Prometheus, with the rules of `deploy/` where they are.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;

use super::super::install::{self, Program, Tool};
use super::super::process;
use super::super::service::Service;
use super::super::state::Run;
use super::{METRICS, status};
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

/// Starts it; returns its address.
pub(super) fn start(run: &mut Run) -> Result<String> {
    let folder = run.folder().join(NAME);
    fs::create_dir_all(&folder)?;
    let rules = root()?.join("deploy/prometheus/rules");
    fs::write(folder.join("prometheus.yml"), config(rules.is_dir().then_some(rules.as_path())))?;
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

/// Asks one server, often, under the name that the rules look for.
fn config(rules: Option<&Path>) -> String {
    let mut config = format!(
        "global: {{scrape_interval: 5s, evaluation_interval: 5s}}
scrape_configs:
  - job_name: gacp-api
    static_configs: [{{targets: ['{METRICS}']}}]
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

    use super::config;

    #[test]
    fn rules_are_read_where_they_are_and_not_asked_for_where_they_are_not() {
        assert!(config(Some(Path::new("/w/rules"))).ends_with("rule_files: ['/w/rules/*.yml']\n"));
        assert!(!config(None).contains("rule_files"));
    }
}
