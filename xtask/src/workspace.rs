//! The workspace that the tasks work on: its folder, its cargo, what cargo builds in it.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The folder of the workspace's manifest.
pub(crate) fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in no workspace")
}

/// Where the tasks install the tools that a machine may lack.
pub(crate) fn tools() -> Result<PathBuf> {
    Ok(root()?.join("target/tools"))
}

/// Cargo, in the folder of the workspace.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<Command> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()?).args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_this_package) {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// Whether cargo set a variable for this package when it started the task. Build scripts look at
/// such variables (that of `ring` does): cargo would take them for a change, and build what
/// depends on them again with every task.
fn is_of_this_package(variable: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_NAME", "CARGO_BIN_NAME", "CARGO_PRIMARY_PACKAGE"]
        .iter()
        .any(|name| variable.starts_with(name))
}

/// Runs a command that writes to the terminal itself; a failure is an error that names it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    let status = command.status().with_context(|| format!("`{line}` did not start"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs a command and returns what it wrote to its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("`{line}` did not start"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` wrote no UTF-8"))
}

/// The names of the workspace's packages.
pub(crate) fn packages() -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        name: String,
    }
    let metadata = output(&mut cargo(["metadata", "--no-deps", "--format-version", "1"])?)?;
    let Metadata { packages } = serde_json::from_str(&metadata)?;
    Ok(packages.into_iter().map(|package| package.name).collect())
}

/// Something that cargo built and that can be run.
#[derive(Debug)]
pub(crate) struct Executable {
    /// The package that it belongs to.
    pub(crate) package: String,
    /// The binary or test target.
    pub(crate) target: String,
    /// The file.
    pub(crate) path: PathBuf,
}

/// Builds, and returns what can be run of it.
pub(crate) fn build<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<Vec<Executable>> {
    let mut command = cargo(arguments)?;
    let messages = output(command.arg("--message-format=json-render-diagnostics"))?;
    Ok(messages.lines().filter_map(executable).collect())
}

/// Builds this task as the server is built, and goes on as that: this process becomes it.
pub(crate) fn optimised() -> Result<()> {
    eprintln!("building the task itself");
    let built = build(["build", "--release", "--package", "xtask"])?;
    let task = built.into_iter().find(|built| built.target == "xtask");
    let task = task.context("xtask has no binary")?;
    let failed = Command::new(task.path).args(std::env::args_os().skip(1)).exec();
    Err(failed).context("the task cannot be started")
}

/// One line of cargo's report, when it is about something that can be run.
fn executable(line: &str) -> Option<Executable> {
    #[derive(Deserialize)]
    struct Message {
        package_id: String,
        target: Target,
        executable: Option<PathBuf>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
    }
    let message: Message = serde_json::from_str(line).ok()?;
    let package = package_name(&message.package_id)?.to_owned();
    Some(Executable { package, target: message.target.name, path: message.executable? })
}

/// The name in a package id: `path+file:///…/crates/farms#gacp-farms@0.1.0`.
///
/// Cargo leaves the name out where it is the folder's.
fn package_name(id: &str) -> Option<&str> {
    let (source, version) = id.rsplit_once('#')?;
    match version.split_once('@') {
        Some((name, _)) => Some(name),
        None => source.rsplit('/').next(),
    }
}

/// The command as one would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{is_of_this_package, package_name};

    #[test]
    fn what_cargo_tells_a_task_of_its_package_is_not_passed_on() {
        for variable in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
            assert!(is_of_this_package(variable), "{variable}");
        }
        for variable in ["CARGO", "CARGO_HOME", "CARGO_INCREMENTAL", "CARGO_TARGET_DIR", "PATH"] {
            assert!(!is_of_this_package(variable), "{variable}");
        }
    }

    #[test]
    fn a_package_id_names_its_package() {
        let renamed = package_name("path+file:///w/crates/farms#gacp-farms@0.1.0");
        let plain = package_name("path+file:///w/xtask#0.1.0");

        assert_eq!((renamed, plain), (Some("gacp-farms"), Some("xtask")));
    }
}
