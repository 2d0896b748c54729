//! A server that tests need: started on a port of its own, waited for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::install::Program;
use super::process;
use super::state::{Run, Server};
use crate::interrupt;

/// How often a server that starts is asked whether it is ready.
const POLL: Duration = Duration::from_millis(10);

/// A first start makes its files, on whatever disk this is.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often a port may turn out to be taken, between the look and the start.
const ATTEMPTS: u32 = 3;

/// How many lines of its log are shown when a server is the trouble.
const LOG_TAIL: usize = 20;

/// How to get a server, how to start it, how to know that it works.
pub(super) struct Service {
    /// The file name of the program.
    pub(super) program: &'static str,
    /// The environment variable that tells its address.
    pub(super) variable: &'static str,
    pub(super) install: fn() -> Result<Program>,
    pub(super) arguments: fn(port: u16, folder: &Path) -> Vec<String>,
    pub(super) address: fn(port: u16) -> String,
    /// Asks the process on the port to get ready; true once it is.
    pub(super) settled: fn(port: u16, pid: u32) -> Result<bool>,
}

impl Service {
    /// Starts the server as a part of a run, and returns once it works.
    pub(super) fn launch(&self, program: &Program, run: &mut Run) -> Result<(Server, Child)> {
        for _ in 0..ATTEMPTS {
            let port = process::free_port()?;
            if let Some(launched) = self.launch_on(port, program, run)? {
                return Ok(launched);
            }
        }
        bail!(
            "{} found no free port in {ATTEMPTS} attempts\n{}",
            self.program,
            tail(&self.log(run))
        )
    }

    /// Starts it on a port and on what lies in its folder; nothing when somebody else took the
    /// port.
    pub(super) fn launch_on(
        &self,
        port: u16,
        program: &Program,
        run: &mut Run,
    ) -> Result<Option<(Server, Child)>> {
        let (server, mut process) = self.spawn(port, program, run)?;
        if self.settles(&server, &mut process, &self.log(run))? {
            return Ok(Some((server, process)));
        }
        process::stop(&server)?;
        run.forget(server.pid)?;
        Ok(None)
    }

    /// Waits until what was started as a part of this run works; false when it is gone.
    pub(super) fn settles_in(
        &self,
        run: &Run,
        server: &Server,
        process: &mut Child,
    ) -> Result<bool> {
        self.settles(server, process, &self.log(run))
    }

    fn spawn(&self, port: u16, program: &Program, run: &mut Run) -> Result<(Server, Child)> {
        let folder = run.folder().join(self.program);
        fs::create_dir_all(&folder)?;
        let process = process::spawn(program, &(self.arguments)(port, &folder), &self.log(run))?;
        let server = Server {
            program: self.program.to_owned(),
            pid: process.id(),
            port,
            variable: self.variable.to_owned(),
            address: (self.address)(port),
        };
        run.add(server.clone())?;
        Ok((server, process))
    }

    fn log(&self, run: &Run) -> PathBuf {
        run.folder().join(format!("{}.log", self.program))
    }

    /// Waits until the server works; false when somebody else took its port.
    fn settles(&self, server: &Server, process: &mut Child, log: &Path) -> Result<bool> {
        let (begun, name) = (Instant::now(), self.program);
        loop {
            let outcome = (self.settled)(server.port, server.pid);
            if outcome.as_ref().is_ok_and(|ready| *ready) {
                return Ok(true);
            }
            if let Some(status) = process.try_wait()? {
                // Whoever listens now was faster.
                if process::free(server.port) {
                    bail!("{name} ended by itself ({status})\n{}", tail(log));
                }
                return Ok(false);
            }
            interrupt::check()?;
            if begun.elapsed() > PATIENCE {
                let late = || format!("{name} is not ready after {PATIENCE:?}\n{}", tail(log));
                outcome.with_context(late)?;
                bail!(late());
            }
            sleep(POLL);
        }
    }
}

/// The last lines that a server logged.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let mut lines: Vec<&str> = text.lines().rev().take(LOG_TAIL).collect();
    lines.reverse();
    format!("--- last lines of {}\n{}\n---", log.display(), lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::path::{Path, PathBuf};

    use anyhow::Result;
    use tempfile::TempDir;

    use super::{Program, Run, Server, Service};

    /// A shell that is told its port and does what `script` says.
    fn shell(port: u16, script: &str) -> Vec<String> {
        ["-c", script, "sh", &port.to_string()].map(str::to_owned).into()
    }

    fn service(arguments: fn(u16, &Path) -> Vec<String>) -> Service {
        Service {
            program: "sh",
            variable: "SHELL_URL",
            install: || Ok(Program::alone(PathBuf::from("sh"))),
            arguments,
            address: |port| format!("shell://127.0.0.1:{port}"),
            settled: |_, _| Ok(false),
        }
    }

    fn launch(service: &Service) -> (TempDir, Run, Result<Server>) {
        let home = tempfile::tempdir().unwrap();
        let mut run = Run::create_in(home.path()).unwrap();
        let launched = service.launch(&(service.install)().unwrap(), &mut run);
        (home, run, launched.map(|(server, _process)| server))
    }

    #[test]
    fn a_server_is_remembered_and_ended_with_its_run() {
        // Not for ever: a test that fails ends nothing.
        let mut service = service(|port, _| shell(port, "sleep 9; exit"));
        service.settled = |_, _| Ok(true);

        let (_home, run, launched) = launch(&service);

        let server = run.servers()[0].clone();
        assert_eq!(launched.unwrap(), server);
        assert!(server.is_alive());
        run.end().unwrap();
        assert!(!server.is_alive() && !run.folder().exists());
    }

    #[test]
    fn a_server_that_ends_by_itself_is_an_error_that_shows_its_last_lines() {
        let service = service(|port, _| shell(port, "echo no disk; exit 3"));

        let (_home, run, launched) = launch(&service);

        let told = format!("{:#}", launched.unwrap_err());
        assert!(told.contains("no disk") && told.contains("exit status: 3"), "{told}");
        run.end().unwrap();
    }

    #[test]
    fn a_port_that_somebody_else_takes_is_given_up() {
        let service = service(|port, _| {
            std::mem::forget(TcpListener::bind(("127.0.0.1", port)).unwrap());
            shell(port, "echo address in use; exit 1")
        });

        let (_home, run, launched) = launch(&service);

        let told = format!("{:#}", launched.unwrap_err());
        assert!(told.contains("no free port in 3 attempts"), "{told}");
        assert_eq!(run.servers(), [], "none of them is left to be ended");
    }
}
