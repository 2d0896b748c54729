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
pub(crate) struct Program {
    pub(super) path: PathBuf,
    /// Where it finds the libraries that the system lacks.
    pub(super) libraries: Vec<PathBuf>,
    /// Where it finds the Python modules that the system lacks, if it is written in Python.
    pub(super) modules: Option<PathBuf>,
    /// What it is told first, whoever runs it.
    pub(super) told: Vec<String>,
}

impl Program {
    /// A program that needs nothing beside the system.
    pub(super) fn alone(path: PathBuf) -> Self {
        Self { path, libraries: Vec::new(), modules: None, told: Vec::new() }
    }

    /// A program of the system's, found on the PATH or where only root's PATH leads.
    fn of_the_system(name: &str) -> Self {
        let of_root = Path::new("/usr/sbin").join(name);
        let path = if of_root.exists() { of_root } else { PathBuf::from(name) };
        Self::alone(path)
    }

    /// The command that runs it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        if !self.libraries.is_empty() {
            let paths = self.libraries.iter().map(|path| path.display().to_string());
            command.env("LD_LIBRARY_PATH", paths.collect::<Vec<_>>().join(":"));
        }
        if let Some(modules) = &self.modules {
            command.env("PYTHONPATH", modules);
        }
        command.args(&self.told);
        command
    }

    /// What keeps it from running: for a library that is missing, the loader's words.
    fn fault(&self, asks_version: &str) -> Option<String> {
        let mut command = self.command();
        match command.arg(asks_version).stdin(Stdio::null()).output() {
            Ok(output) if output.status.success() => None,
            Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(fault) => Some(fault.to_string()),
        }
    }
}

/// What nearly every program is asked to see whether it runs.
const ASKS_VERSION: &str = "--version";

/// A program of a Debian package that no service is.
pub(crate) struct Tool {
    pub(crate) program: &'static str,
    pub(crate) package: &'static str,
    /// Where the program lies in the package.
    pub(crate) inside: &'static str,
    /// The argument at which it says its version and ends.
    pub(crate) asks_version: &'static str,
}

/// Prometheus' own tool. Debian's package brings the daemon along: unpacked, it is not started.
pub(crate) const PROMTOOL: Tool = Tool {
    program: "promtool",
    package: "prometheus",
    inside: "usr/bin/promtool",
    asks_version: "--version",
};

/// The service's program, installed if the machine lacks it.
pub(super) fn program(service: &Service) -> Result<Program> {
    let instead = format!(", or set {}", service.variable);
    obtain((service.program, ASKS_VERSION), service.install, &instead)
}

/// A tool's program, unpacked if the machine lacks it.
pub(crate) fn tool(tool: &Tool) -> Result<Program> {
    obtain((tool.program, tool.asks_version), || apt::tool(tool), "")
}

fn obtain(
    (name, asks_version): (&str, &str),
    install: impl FnOnce() -> Result<Program>,
    instead: &str,
) -> Result<Program> {
    let program = Program::of_the_system(name);
    if program.fault(asks_version).is_none() {
        return Ok(program);
    }
    // Two tasks that start at once install once.
    let lock = File::create(home()?.join("install.lock"))?;
    lock.lock()?;
    let program = install()?;
    let fault = program.fault(asks_version);
    ensure!(
        fault.is_none(),
        "{} does not run: {}; put a `{name}` that does on the PATH{instead}",
        program.path.display(),
        fault.unwrap_or_default(),
    );
    Ok(program)
}

/// The receiver of spans, installed if the machine lacks it.
pub(super) fn rotel() -> Result<Program> {
    obtain(("rotel-agent", ASKS_VERSION), wheel::rotel, "")
}

/// Makes the folder `name` by filling a draft of it: it is there as a whole or not at all.
fn folder(name: &str, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    folder_in(&home()?, name, fill)
}

fn folder_in(home: &Path, name: &str, fill: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = home.join(name);
    if !folder.exists() {
        eprintln!("installing {name} to {} (once)", folder.display());
        fs::create_dir_all(home)?;
        let draft = tempfile::Builder::new().prefix("install-").tempdir_in(home)?;
        fill(draft.path())?;
        fs::rename(draft.keep(), &folder)?;
    }
    Ok(folder)
}

/// Runs an installer; what it says does not mix with what this task prints.
fn run(command: &mut Command) -> Result<()> {
    workspace::run(command.stdin(Stdio::null()).stdout(std::io::stderr()))
}
