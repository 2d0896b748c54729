//! Prometheus: its configuration, its rules and their tests, read by its own tool.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Result, ensure};

use super::files;
use crate::services::install::{PROMTOOL, tool};
use crate::workspace::run;

/// The configuration, which names the rules, and the rules that it may have forgotten to name.
pub(super) fn check(root: &Path) -> Result<()> {
    let folder = root.join("deploy/prometheus");
    let rules = files(&folder.join("rules"), "yml")?;
    ensure!(!rules.is_empty(), "deploy/prometheus/rules has no rules");
    promtool(&["check", "config"], &[folder.join("prometheus.yml")])?;
    promtool(&["check", "rules"], &rules)
}

/// What the rules make of series that are written down beside them.
pub(super) fn test(root: &Path) -> Result<()> {
    let tests = files(&root.join("deploy/prometheus/tests"), "yml")?;
    ensure!(!tests.is_empty(), "deploy/prometheus/tests has no tests");
    promtool(&["test", "rules"], &tests)
}

fn promtool(what: &[&str], files: &[impl AsRef<Path>]) -> Result<()> {
    let mut command = tool(&PROMTOOL)?.command();
    command.args(what).args(files.iter().map(AsRef::as_ref)).stdin(Stdio::null());
    run(&mut command)
}
