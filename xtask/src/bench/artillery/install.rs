//! artillery, as npm has it: installed once, beside the other tools.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::workspace;

/// The version that is played with.
pub(super) const VERSION: &str = "2.0.34";

/// The program; installed if it is not there. Needs Node.js and npm.
pub(super) fn artillery() -> Result<PathBuf> {
    let tools = workspace::tools()?;
    let folder = tools.join(format!("artillery-{VERSION}"));
    if !folder.exists() {
        eprintln!("installing artillery {VERSION} to {} (once)", folder.display());
        fs::create_dir_all(&tools)?;
        // A draft: what is there is there as a whole.
        let draft = tempfile::Builder::new().prefix("install-").tempdir_in(&tools)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", "."])
            .arg(format!("artillery@{VERSION}"))
            .current_dir(draft.path())
            .stdin(Stdio::null())
            .stdout(std::io::stderr());
        workspace::run(&mut npm).context("artillery cannot be installed")?;
        fs::rename(draft.keep(), &folder)?;
    }
    Ok(folder.join("node_modules/.bin/artillery"))
}
