//! Debian packages, unpacked into a folder: nothing of the system is changed, nothing started.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::{Program, Tool, folder, run};
use crate::services::state::home;

/// The program of the system's release, with the libraries that the system lacks.
pub(in crate::services) fn redis() -> Result<Program> {
    let folder = folder("redis-server", |folder| unpack("redis-server", folder))
        .context("put a `redis-server` on the PATH, or set REDIS_URL")?;
    let libraries = library_folders(&folder)?;
    Ok(Program { libraries, ..Program::alone(folder.join("usr/bin/redis-server")) })
}

/// The program of a package, with the libraries that the system lacks.
pub(super) fn tool(tool: &Tool) -> Result<Program> {
    let folder = folder(tool.package, |folder| unpack(tool.package, folder))
        .with_context(|| format!("put a `{}` on the PATH", tool.program))?;
    let libraries = library_folders(&folder)?;
    let modules = Some(folder.join("usr/lib/python3/dist-packages")).filter(|path| path.is_dir());
    Ok(Program { libraries, modules, ..Program::alone(folder.join(tool.inside)) })
}

/// The folders that have a package's libraries, with those that they need in turn.
pub(super) fn libraries(package: &str) -> Result<Vec<PathBuf>> {
    library_folders(&folder(package, |folder| unpack(package, folder))?)
}

/// Gets a package, with what the system lacks of what it needs, and unpacks all of it.
fn unpack(package: &str, folder: &Path) -> Result<()> {
    let archives = folder.join("archives");
    fs::create_dir_all(archives.join("partial"))?;
    if download(package, &archives, &[]).is_err() {
        let lists = refreshed()?;
        download(package, &archives, &lists)?;
    }
    for entry in fs::read_dir(&archives)? {
        let archive = entry?.path();
        if archive.extension() == Some(OsStr::new("deb")) {
            run(Command::new("dpkg").arg("--extract").args([archive.as_path(), folder]))?;
        }
    }
    Ok(fs::remove_dir_all(archives)?)
}

fn download(package: &str, archives: &Path, options: &[String]) -> Result<()> {
    let mut command = apt(options);
    command.arg("-o").arg(format!("Dir::Cache::archives={}", archives.display()));
    // Also a package that the system has already, whose program is not where one looks for it.
    command.args(["install", "--reinstall", "--yes", "--no-install-recommends"]);
    command.arg("--download-only");
    run(command.arg(package))
}

/// Package lists of our own, for a machine whose own are missing or old.
fn refreshed() -> Result<Vec<String>> {
    let lists = home()?.join("apt-lists");
    fs::create_dir_all(lists.join("partial"))?;
    let options = vec![format!("Dir::State::lists={}", lists.display())];
    run(apt(&options).arg("update"))?;
    Ok(options)
}

/// apt-get for a user who may change nothing: no locks of the system's, no second user.
fn apt(options: &[String]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(["-qq", "-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User="]);
    command.args(["-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache="]);
    command.args(options.iter().flat_map(|option| ["-o", option]));
    command
}

/// `usr/lib/<architecture>` and `lib/<architecture>` of an unpacked package.
fn library_folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for libraries in ["usr/lib", "lib"].map(|path| folder.join(path)) {
        if !libraries.is_dir() {
            continue;
        }
        for entry in fs::read_dir(libraries)? {
            let path = entry?.path();
            if path.is_dir() && path.to_string_lossy().ends_with("-linux-gnu") {
                found.push(path);
            }
        }
    }
    Ok(found)
}
