//! nginx before the servers: which of them it sends to is one file and one signal.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::client::Api;
use crate::interrupt;
use crate::services::install::{Tool, tool};
use crate::signal::{self, Signal};

const NGINX: Tool =
    Tool { program: "nginx", package: "nginx", inside: "usr/sbin/nginx", asks_version: "-v" };

/// How often a balancer that starts, lets go or ends is looked at.
const POLL: Duration = Duration::from_millis(5);

/// Longer than any reply takes, and a balancer waits for replies before it lets go.
const PATIENCE: Duration = Duration::from_secs(15);

/// What it may take to end by itself.
const GRACE: Duration = Duration::from_secs(3);

/// How many lines of its log are shown when it is the trouble.
const LOG_TAIL: usize = 10;

/// The header in which it says which server a reply came from.
pub(super) const SERVED_BY: &str = "x-served-by";

/// A running nginx; dropped, it is ended and its folder removed.
pub(super) struct Balancer {
    child: Child,
    folder: TempDir,
    port: u16,
    /// Where it listens.
    pub(super) base: String,
}

impl Balancer {
    /// Starts it before these servers, such as `127.0.0.1:8080`, and waits until it sends to them.
    pub(super) async fn start(servers: &[&str]) -> Result<Self> {
        let program = tool(&NGINX)?;
        let folder = TempDir::with_prefix("gacp-nginx-")?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        fs::write(config_file(&folder), config(folder.path(), port, servers))?;
        let log = File::create(log_file(&folder))?;
        let child = program
            .command()
            // Else it opens the system's log before it reads its configuration.
            .args(["-e", "stderr", "-p"])
            .arg(folder.path())
            .arg("-c")
            .arg(config_file(&folder))
            // An interrupt at the terminal goes to the group in front; it ends after its clients.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("nginx did not start")?;
        let mut balancer = Self { child, folder, port, base: format!("http://127.0.0.1:{port}") };
        balancer.serves().await?;
        Ok(balancer)
    }

    async fn serves(&mut self) -> Result<()> {
        let (api, begun) = (Api::new(&self.base)?, Instant::now());
        while begun.elapsed() < PATIENCE {
            if api.get("/health/live").send().await.is_ok_and(|reply| reply.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("nginx ended by itself ({status})\n{}", self.log_tail());
            }
            interrupt::check()?;
            sleep(POLL).await;
        }
        bail!("nginx does not serve after {PATIENCE:?}\n{}", self.log_tail())
    }

    /// From now on it sends to these servers alone: returns once the workers that knew of others
    /// have answered what they had and are gone.
    pub(super) async fn send_to(&self, servers: &[&str]) -> Result<()> {
        let former = self.workers()?;
        fs::write(config_file(&self.folder), config(self.folder.path(), self.port, servers))?;
        signal::send(self.child.id(), Signal::HUP)?;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let workers = self.workers()?;
            if !workers.is_empty() && workers.is_disjoint(&former) {
                return Ok(());
            }
            interrupt::check()?;
            sleep(POLL).await;
        }
        bail!("nginx has not let go after {PATIENCE:?}\n{}", self.log_tail())
    }

    /// The processes that serve for it.
    fn workers(&self) -> Result<BTreeSet<u32>> {
        let mut workers = BTreeSet::new();
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
            // It may be gone by now.
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if is_live_child(&stat, self.child.id()) {
                workers.insert(pid);
            }
        }
        Ok(workers)
    }

    fn log_tail(&self) -> String {
        let log = fs::read_to_string(log_file(&self.folder)).unwrap_or_default();
        let mut lines: Vec<&str> = log.lines().rev().take(LOG_TAIL).collect();
        lines.reverse();
        format!("--- nginx's last lines\n{}\n---", lines.join("\n"))
    }

    /// Asks it to end, and insists after a while: its workers are of its group.
    fn end(&mut self) -> Result<()> {
        signal::send(self.child.id(), Signal::TERM)?;
        let begun = Instant::now();
        while begun.elapsed() < GRACE {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(POLL);
        }
        signal::send_to_group(self.child.id(), Signal::KILL)?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        if let Err(fault) = self.end() {
            eprintln!("warning: nginx (process {}) was not ended: {fault:#}", self.child.id());
        }
    }
}

/// Whether this line of `/proc/<pid>/stat` is of a process that lives and has this parent.
fn is_live_child(stat: &str, parent: u32) -> bool {
    // The name before the bracket may contain anything, brackets too.
    let Some((_, rest)) = stat.rsplit_once(") ") else { return false };
    let mut fields = rest.split(' ');
    let lives = fields.next().is_some_and(|state| !state.starts_with(['Z', 'X']));
    lives && fields.next().and_then(|field| field.parse().ok()) == Some(parent)
}

fn config_file(folder: &TempDir) -> PathBuf {
    folder.path().join("nginx.conf")
}

fn log_file(folder: &TempDir) -> PathBuf {
    folder.path().join("nginx.log")
}

/// Needs no rights, and nothing outside its folder. It hides nothing from the clients: no request
/// is sent twice, a GET as little as a POST, and a server that fails gets its share all the same.
fn config(folder: &Path, port: u16, servers: &[&str]) -> String {
    let folder = folder.display();
    let servers: Vec<String> =
        servers.iter().map(|server| format!("server {server} max_fails=0;")).collect();
    let servers = servers.join(" ");
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("{what}_temp_path {folder}/{what};"))
        .join(" ");
    format!(
        "daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log stderr notice;
events {{ worker_connections 256; }}
http {{
    access_log off;
    {temporary}
    # Nothing is that large: nothing is written to files.
    client_body_buffer_size 1m;
    proxy_buffer_size 16k; proxy_buffers 16 64k; proxy_busy_buffers_size 128k;
    proxy_max_temp_file_size 0;
    upstream servers {{ {servers} keepalive 16; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://servers;
            proxy_http_version 1.1;
            proxy_set_header Connection \"\";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_next_upstream off;
            add_header {SERVED_BY} $upstream_addr always;
        }}
    }}
}}
"
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{config, is_live_child};

    #[test]
    fn a_worker_is_a_child_that_lives() {
        assert!(is_live_child("12 (nginx) S 7 7 7 0 -1", 7));
        assert!(is_live_child("12 (a) Z 9 (b) S 7 7 7 0 -1", 7), "brackets in a name");
        assert!(!is_live_child("12 (nginx) Z 7 7 7 0 -1", 7), "it has ended");
        assert!(!is_live_child("12 (nginx) S 77 7 7 0 -1", 7));
        assert!(!is_live_child("", 7));
    }

    #[test]
    fn only_the_servers_that_are_named_are_sent_to_and_nothing_is_sent_twice() {
        let config = config(Path::new("/f"), 1, &["127.0.0.1:2"]);

        assert_eq!(config.matches("max_fails=0").count(), 1);
        assert!(config.contains("upstream servers { server 127.0.0.1:2 max_fails=0; keepalive"));
        assert!(config.contains("proxy_next_upstream off;"));
    }
}
