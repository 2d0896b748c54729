//! `deploy/`: what cannot be compiled and is wrong all the same when it does not fit.

mod alerts;
mod compose;
mod dashboards;
mod prometheus;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace::root;

/// One thing that must hold of the workspace in this folder.
type Step = (&'static str, fn(&Path) -> Result<()>);

const STEPS: [Step; 5] = [
    ("rules", prometheus::check),
    ("tests of rules", prometheus::test),
    ("runbooks", alerts::check),
    ("dashboards", dashboards::check),
    ("compose", compose::check),
];

/// Every step, the later ones also when an earlier one fails.
pub(super) fn run() -> Result<()> {
    let root = root()?;
    if !root.join("deploy/prometheus").is_dir() {
        println!("there is no deploy/prometheus");
        return Ok(());
    }
    let mut faults = Vec::new();
    for (what, step) in STEPS {
        println!("-- {what}");
        if let Err(fault) = step(root) {
            println!("{fault:#}");
            faults.push(what);
        }
    }
    if !faults.is_empty() {
        bail!("wrong: {}; said above", faults.join(", "));
    }
    Ok(())
}

/// The files of a folder with this extension, by name; a folder that is not there is an error.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder);
    let entries = entries.with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new(extension)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
