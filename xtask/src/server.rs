//! A release server of our own: built, started on a free port over a fresh folder, ended.

mod variables;

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use tempfile::TempDir;

use crate::client::Api;
use crate::signal::{self, Signal};
use crate::workspace;
pub(crate) use variables::{Variables, keeps_nothing, master_key};

/// How often a server that starts is asked whether it is ready.
const POLL: Duration = Duration::from_millis(2);

/// Long past the time any start may take; then something hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many lines of its log are shown when the server is the trouble.
const LOG_TAIL: usize = 20;

/// Where a server listens at first; started again, it listens there again.
const FREE_PORT: &str = "127.0.0.1:0";

/// All of a demonstration comes from one address, faster than any farmer. What limits cost is
/// measured all the same: they are high, not off.
const LIMITS: [&str; 6] = ["EVERYTHING", "LOGIN", "REGISTER", "REFRESH", "VERIFY", "USER"];
const UNREACHED: &str = "1000000/s";

/// Which server is measured.
#[derive(clap::Args)]
pub(crate) struct Choice {
    /// A server that is built already, such as one of another version (default: build this one)
    #[arg(long, value_name = "FILE", global = true)]
    program: Option<PathBuf>,
}

impl Choice {
    /// The program; built as it is shipped if none was named.
    pub(crate) fn obtain(&self) -> Result<PathBuf> {
        self.named().unwrap_or_else(|| {
            eprintln!("building the release server");
            build()
        })
    }

    /// The program; built as `cargo run` does if none was named.
    pub(crate) fn obtain_for_use(&self) -> Result<PathBuf> {
        self.named().unwrap_or_else(|| {
            eprintln!("building the server");
            build_for_use()
        })
    }

    fn named(&self) -> Option<Result<PathBuf>> {
        let program = self.program.as_ref()?;
        // The server works in a folder of its own.
        let found = program.canonicalize();
        Some(found.with_context(|| format!("{} is no program", program.display())))
    }
}

/// Builds the server as it is shipped.
pub(crate) fn build() -> Result<PathBuf> {
    program(["build", "--release", "--package", "gacp-api"])
}

/// Builds the server as `cargo run` does, which is sooner done.
pub(crate) fn build_for_use() -> Result<PathBuf> {
    program(["build", "--package", "gacp-api"])
}

fn program<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<PathBuf> {
    let built = workspace::build(arguments)?;
    let server = built.into_iter().find(|built| built.target == "gacp-api");
    Ok(server.context("gacp-api has no binary")?.path)
}

/// A running server; dropped, it is killed and its folder removed.
pub(crate) struct Server {
    child: Child,
    program: PathBuf,
    folder: TempDir,
    variables: Variables,
    begun: Instant,
    /// Where it listens.
    pub(crate) base: String,
}

impl Server {
    /// Starts the server with the demonstration data, and waits until it says where it listens.
    pub(crate) async fn start(program: PathBuf, variables: Variables) -> Result<Self> {
        let folder = TempDir::with_prefix("gacp-")?;
        let begun = Instant::now();
        let child = spawn(&program, FREE_PORT, &folder, &variables)?;
        let mut server = Self { child, program, folder, variables, begun, base: String::new() };
        server.find_address().await?;
        Ok(server)
    }

    /// Kills the server without warning, and returns once it is gone.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// A command of the server's program, on what this server keeps.
    pub(crate) fn command(&self) -> Command {
        command(&self.program, &self.folder, &self.variables)
    }

    /// Asks the server to end, and returns how it did; fails when that takes longer than it may.
    pub(crate) async fn terminate(&mut self, limit: Duration) -> Result<ExitStatus> {
        let asked = Instant::now();
        signal::send(self.pid(), Signal::TERM)?;
        while asked.elapsed() < limit {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            tokio::time::sleep(POLL).await;
        }
        bail!("the server has not ended after {limit:?}\n{}", self.log_tail())
    }

    /// Starts a server that has ended where it was, and on what it left behind.
    pub(crate) async fn restart(&mut self) -> Result<()> {
        self.begun = Instant::now();
        self.child = spawn(&self.program, self.authority(), &self.folder, &self.variables)?;
        self.find_address().await
    }

    /// Asks until it is ready; returns the time since it was started.
    pub(crate) async fn ready(&mut self, api: &Api) -> Result<Duration> {
        while self.begun.elapsed() < PATIENCE {
            if api.get("/health/ready").send().await.is_ok_and(|reply| reply.status == 200) {
                return Ok(self.begun.elapsed());
            }
            self.pause().await?;
        }
        bail!("the server is not ready after {PATIENCE:?}\n{}", self.log_tail())
    }

    /// Where it listens, as a `Host` header says it: `127.0.0.1:8080`.
    pub(crate) fn authority(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Where its metrics are.
    pub(crate) fn metrics(&self) -> Result<String> {
        let log = fs::read_to_string(log_file(&self.folder))?;
        let address = log.lines().find_map(|line| listening(line, "metrics"));
        address.with_context(|| format!("no metrics are served\n{}", self.log_tail()))
    }

    /// What it tells of itself, in the text format of metrics.
    pub(crate) async fn tells(&self) -> Result<String> {
        let metrics = Api::new(&format!("http://{}", self.metrics()?))?;
        Ok(metrics.get("/metrics").expect(200).await?.text)
    }

    /// The id of its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The memory that it occupies, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let figure = line.and_then(|line| line.split_whitespace().next());
        Ok(figure.context("the kernel does not say how much memory it occupies")?.parse()?)
    }

    /// The lines that it logged about something, such as the id of a request.
    pub(crate) fn logged(&self, about: &str) -> String {
        let log = fs::read_to_string(log_file(&self.folder)).unwrap_or_default();
        log.split_inclusive('\n').filter(|line| line.contains(about)).collect()
    }

    /// The last lines that it logged.
    pub(crate) fn log_tail(&self) -> String {
        let log = fs::read_to_string(log_file(&self.folder)).unwrap_or_default();
        let mut lines: Vec<&str> = log.lines().rev().take(LOG_TAIL).collect();
        lines.reverse();
        format!("--- the server's last lines\n{}\n---", lines.join("\n"))
    }

    /// Leaves the server running and its folder where it is; says where that is.
    pub(crate) fn keep(self) -> String {
        let kept = format!(
            "{} (process {}, folder {})",
            self.base,
            self.child.id(),
            self.folder.path().display()
        );
        // Without the drops that would end the process and remove the folder.
        std::mem::forget(self);
        kept
    }

    async fn find_address(&mut self) -> Result<()> {
        while self.begun.elapsed() < PATIENCE {
            let log = fs::read_to_string(log_file(&self.folder))?;
            if let Some(address) = log.lines().find_map(|line| listening(line, "api")) {
                self.base = format!("http://{address}");
                return Ok(());
            }
            self.pause().await?;
        }
        bail!("the server does not say where it listens\n{}", self.log_tail())
    }

    /// Waits a little, unless the server has ended.
    async fn pause(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server ended by itself ({status})\n{}", self.log_tail());
        }
        tokio::time::sleep(POLL).await;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do about a process that cannot be killed.
        self.kill().ok();
    }
}

/// The address in the line that a server logs for each of its listeners.
fn listening(line: &str, whose: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Line {
        message: String,
        listener: String,
        address: String,
    }
    let line: Line = serde_json::from_str(line).ok()?;
    (line.message == "listening" && line.listener == whose).then_some(line.address)
}

fn log_file(folder: &TempDir) -> PathBuf {
    folder.path().join("server.log")
}

/// Starts the server; its log goes to a file, so that it can outlive this task.
fn spawn(
    program: &PathBuf,
    listen: &str,
    folder: &TempDir,
    variables: &Variables,
) -> Result<Child> {
    let log = File::create(log_file(folder))?;
    command(program, folder, variables)
        .arg("--demo")
        .env("GACP_LISTEN", listen)
        .env("GACP_METRICS_LISTEN", "127.0.0.1:0")
        .envs(LIMITS.map(|name| (format!("GACP_RATE_LIMIT__{name}"), UNREACHED)))
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("{} did not start", program.display()))
}

/// The program on a store in a folder, or on that of the variables.
fn command(program: &PathBuf, folder: &TempDir, variables: &Variables) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env("GACP_DATA_DIR", folder.path().join("data"))
        .env("GACP_LOG", "info")
        // Whatever the caller's shell is set up for: this server is on its own.
        .env_remove("GACP_SECRETS__MASTER_KEY")
        .env_remove("MONGODB_URI")
        .env_remove("REDIS_URL")
        .envs(variables.iter().map(|(name, value)| (name, value)));
    command
}

#[cfg(test)]
mod tests {
    use super::listening;

    #[test]
    fn only_the_line_of_a_listener_gives_its_address() {
        let of = |listener| {
            format!(r#"{{"message":"listening","listener":"{listener}","address":"127.0.0.1:1"}}"#)
        };

        assert_eq!(listening(&of("api"), "api").as_deref(), Some("127.0.0.1:1"));
        assert_eq!(listening(&of("metrics"), "api"), None);
        assert_eq!(listening("farmer@demo.example", "api"), None);
    }
}
