//! What npm has: installed once, beside the other tools.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::workspace;

/// The `node_modules` with a package of that version in it; installed if it is not there. Needs
/// Node.js and npm.
pub(crate) fn installed(package: &str, version: &str) -> Result<PathBuf> {
    let tools = workspace::tools()?;
    let folder = tools.join(format!("{package}-{version}"));
    if !folder.exists() {
        eprintln!("installing {package} {version} to {} (once)", folder.display());
        fs::create_dir_all(&tools)?;
        // A draft: what is there is there as a whole.
        let draft = tempfile::Builder::new().prefix("install-").tempdir_in(&tools)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-fund", "--no-audit", "--ignore-scripts", "--prefix", "."])
            .arg(format!("{package}@{version}"))
            .current_dir(draft.path())
            .stdin(Stdio::null())
            .stdout(std::io::stderr());
        workspace::run(&mut npm).with_context(|| {
            format!("{package} cannot be installed; it needs Node.js and npm on the PATH")
        })?;
        fs::rename(draft.keep(), &folder)?;
    }
    Ok(folder.join("node_modules"))
}
