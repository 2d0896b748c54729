//! A small disk of a drill's own: a file system in memory, which nobody else sees.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::interrupt;

/// Room for the records of the drill, and little more to fill.
const SIZE: &str = "size=32m,mode=0700";

/// A file grows by whole pages.
const PAGE: usize = 4_096;

/// Who may mount may make a namespace for it; others may where they become root in one of users.
const NAMESPACES: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];

/// Runs this task again where it may mount, and where what it mounts is seen by nobody else and
/// goes with the last of its processes. `argument` tells it that it is there.
pub(in crate::chaos) fn run_in_namespace(argument: &str) -> Result<()> {
    for namespace in NAMESPACES {
        let tried = Command::new("unshare").args(namespace).arg("true").output();
        if tried.context("unshare (util-linux) cannot be run")?.status.success() {
            let mut command = Command::new("unshare");
            command.args(namespace).arg(std::env::current_exe()?);
            command.args(std::env::args_os().skip(1)).arg(argument);
            let mut child = interrupt::spawn(&mut command)?;
            let status = interrupt::wait(&mut child)?;
            ensure!(status.success(), "the drill ended with {status}");
            return Ok(());
        }
    }
    bail!("no file system can be mounted here: be root, or allow namespaces of users")
}

/// The disk; dropped, it is gone.
pub(in crate::chaos) struct Disk(TempDir);

impl Disk {
    /// Mounts it; only where [`run_in_namespace`] has led.
    pub(in crate::chaos) fn mount() -> Result<Self> {
        let folder = TempDir::with_prefix("gacp-disk-")?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "gacp"]).arg(folder.path());
        ensure!(mount.status()?.success(), "no small file system can be mounted");
        Ok(Self(folder))
    }

    /// Where it is.
    pub(in crate::chaos) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Leaves no room on it.
    pub(in crate::chaos) fn fill(&mut self) -> Result<()> {
        let mut ballast = File::create(self.ballast())?;
        loop {
            match ballast.write_all(&[0; PAGE]) {
                Ok(()) => {}
                Err(fault) if fault.kind() == ErrorKind::StorageFull => return Ok(()),
                Err(fault) => return Err(fault.into()),
            }
        }
    }

    /// Makes room again.
    pub(in crate::chaos) fn clear(&mut self) -> Result<()> {
        Ok(fs::remove_file(self.ballast())?)
    }

    fn ballast(&self) -> PathBuf {
        self.folder().join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // With whatever of it is still in use; the folder can be removed then.
        Command::new("umount").arg("--lazy").arg(self.folder()).status().ok();
    }
}
