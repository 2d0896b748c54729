//! The programs: on the PATH, or installed under `target/services` without touching the system.

pub(super) mod apt;
pub(super) mod wheel;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

use super::service::Service;
use super::state::home;
use crate::workspace;

/// A program that can be run.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// Where it finds the libraries that the system lacks.
    pub(super) libraries: Vec<PathBuf>,
}

impl Program {
    /// A program of the system's, found on the PATH.
    fn of_the_system(name: &str) -> Self {
        Self { path: PathBuf::from(name), libraries: Vec::new() }
    }

    /// The command that runs it.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        if !self.libraries.is_empty() {
            let paths = self.libraries.iter().map(|path| path.display().to_string());
            command.env("LD_LIBRARY_PATH", paths.collect::<Vec<_>>().join(":"));
        }
        command
    }

    /// What keeps it from running: for a library that is missing, the loader's words.
    fn fault(&self) -> Option<String> {
        let mut command = self.command();
        match command.arg("--version").stdin(Stdio::null()).output() {
            Ok(output) if output.status.success() => None,
            Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(fault) => Some(fault.to_string()),
        }
    }
}

/// The service's program, installed if the machine lacks it.
pub(super) fn program(service: &Service) -> Result<Program> {
    let program = Program::of_the_system(service.program);
    if program.fault().is_none() {
        return Ok(program);
    }
    // Two tasks that start at once install once.
    let lock = File::create(home()?.join("install.lock"))?;
    lock.lock()?;
    let program = (service.install)()?;
    let fault = program.fault();
    ensure!(
        fault.is_none(),
        "{} does not run: {}; put a `{}` that does on the PATH, or set {}",
        program.path.display(),
        fault.unwrap_or_default(),
        service.program,
        service.variable
    );
    Ok(program)
}

/// Makes the folder `name` by filling a draft of it: it is there as a whole or not at all.
fn folder(name: &str, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = home()?.join(name);
    if !folder.exists() {
        eprintln!("installing {name} to {} (once)", folder.display());
        let draft = tempfile::Builder::new().prefix("install-").tempdir_in(home()?)?;
        fill(draft.path())?;
        fs::rename(draft.keep(), &folder)?;
    }
    Ok(folder)
}

/// Runs an installer; what it says does not mix with what this task prints.
fn run(command: &mut Command) -> Result<()> {
    workspace::run(command.stdin(Stdio::null()).stdout(std::io::stderr()))
}
