//! Processes that outlive the task that starts them: known again by their id, ended by it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::install::Program;
use super::state::Server;
use crate::signal::{self, Signal};

/// How often a process that ends is looked at.
const POLL: Duration = Duration::from_millis(10);

/// How often a process is looked at that shows no command line; one of the kernel's never will.
const LOOKS: u32 = 50;

/// What a server may take to end by itself.
const GRACE: Duration = Duration::from_secs(10);

/// A port that nobody listens on, until somebody takes it.
pub(super) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// Whether nobody listens on a port.
pub(super) fn free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Starts a program that goes on when this task ends, or is interrupted.
pub(super) fn spawn(program: &Program, arguments: &[String], log: &Path) -> Result<Child> {
    lift_file_limit()?;
    let log = File::create(log)?;
    program
        .command()
        .args(arguments)
        // An interrupt at the terminal goes to the group in front; this is another.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("{} did not start", program.path.display()))
}

/// Lets a server open all the files that it may: a database is a file per collection and index.
fn lift_file_limit() -> Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    Ok(())
}

/// Whether the process of this id is this program on this port, and not a later one.
pub(super) fn is(pid: u32, program: &str, port: u16) -> bool {
    for _ in 0..LOOKS {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        if !line.is_empty() {
            return names(&String::from_utf8_lossy(&line), program, port);
        }
        if has_ended(pid) {
            return false;
        }
        // Just started or about to end: for a moment it has no command line.
        sleep(POLL);
    }
    false
}

/// Whether there is no such process, or only the rest of one that nobody waited for.
fn has_ended(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name before the bracket may contain anything, brackets too.
    stat.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with(['Z', 'X']))
}

/// Redis rewrites its command line to `redis-server 127.0.0.1:6379`: the words count, not where.
fn names(line: &str, program: &str, port: u16) -> bool {
    let mut words = line.split(['\0', ' ', ':']);
    let first = words.next().and_then(|path| path.rsplit('/').next());
    first == Some(program) && words.any(|word| word == port.to_string())
}

/// Ends a server: asks, and after a while insists. One that is gone is no fault.
pub(super) fn stop(server: &Server) -> Result<()> {
    for signal in [Signal::TERM, Signal::KILL] {
        if !server.is_alive() {
            return Ok(());
        }
        // It may end between the look and the signal.
        signal::send(server.pid, signal).ok();
        let begun = Instant::now();
        while server.is_alive() && begun.elapsed() < GRACE {
            sleep(POLL);
        }
    }
    if server.is_alive() {
        bail!("{} (process {}) does not end", server.program, server.pid);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_process_is_known_by_its_program_and_its_port() {
        let mongod = "/w/target/services/mongod/mongod\0--port\x0041234\0--quiet\0";
        let redis = "redis-server 127.0.0.1:41234\0\0\0";

        assert!(names(mongod, "mongod", 41_234));
        assert!(names(redis, "redis-server", 41_234));
    }

    #[test]
    fn a_later_process_of_the_same_id_is_not_taken_for_it() {
        for line in [
            "",
            "mongod\0--port\x00412345\0",
            "mongos\0--port\x0041234\0",
            "/usr/bin/less\0mongod\x0041234\0",
            "41234\0",
        ] {
            assert!(!names(line, "mongod", 41_234), "{line:?}");
        }
    }
}
