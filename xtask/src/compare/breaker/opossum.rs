//! What npm's opossum makes of the cases: it plays them itself, in Node.js.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::case::Finding;
use super::figures::{EXTENT, Figures};
use crate::{npm, workspace};

/// The version of the plan's sketch.
const VERSION: &str = "10.0.0";

/// What was seen of it.
#[derive(Debug)]
pub(super) struct Opossum {
    pub(super) version: String,
    /// The version of Node.js.
    pub(super) node: String,
    pub(super) findings: Vec<Finding>,
}

/// Plays all of them.
pub(super) fn play() -> Result<Opossum> {
    let modules = npm::installed("opossum", VERSION)?;
    eprintln!("playing with opossum");
    let mut node = Command::new("node");
    node.arg(workspace::root()?.join("xtask/compare/opossum.cjs"))
        .arg(modules.join("opossum"))
        .arg(serde_json::to_string(&EXTENT)?)
        .stdin(Stdio::null());
    let seen = workspace::output(&mut node);
    read(&seen.context("opossum cannot be played; it needs Node.js on the PATH (`node`)")?)
}

fn read(seen: &str) -> Result<Opossum> {
    #[derive(Deserialize)]
    struct Seen {
        version: String,
        node: String,
        findings: Vec<Finding>,
        figures: Figures,
    }
    let seen: Seen = serde_json::from_str(seen).context("opossum's report is unreadable")?;
    let Seen { version, node, mut findings, figures } = seen;
    findings.push(figures.finding());
    Ok(Opossum { version, node, findings })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn figures_become_the_finding_of_the_last_case() {
        let seen = r#"{ "version": "10.0.0", "node": "v20.0.0",
            "findings": [{ "case": "o1", "right": false, "saw": "open" }],
            "figures": { "success": 2000, "reject": 8800, "few": 9000, "many": 7700000 } }"#;

        let opossum = read(seen).unwrap();

        let verdicts: Vec<_> = opossum.findings.iter().map(|it| (&*it.case, it.right)).collect();
        assert_eq!(verdicts, [("o1", false), ("O7", false)]);
        assert!(read("{}").is_err());
    }
}
