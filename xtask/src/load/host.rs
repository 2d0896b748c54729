//! The server that a run asks: one that is there, or one that it starts for itself.

use std::net::{IpAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::accounts;
use super::scenario::Scenario;
use super::seed;
use crate::client::Api;
use crate::server::{Choice, Server, Variables};
use crate::services::{self, Given, Services};

/// How long somebody who listens may take to say so.
const KNOCK: Duration = Duration::from_secs(2);

/// Which server is asked.
#[derive(clap::Args)]
pub(super) struct Where {
    /// The server to ask, over http (default: the scenario's target; if nobody listens there, a
    /// server is started with raised limits, and the accounts of the data files are registered)
    #[arg(long, value_name = "URL")]
    target: Option<String>,
    /// Start a server even if somebody listens on the scenario's target
    #[arg(long, conflicts_with = "target")]
    start: bool,
    /// The server that is started keeps its records in MongoDB and shares limits through Redis:
    /// the given ones, or ones that are started for it
    #[arg(long, conflicts_with = "target")]
    mongo: bool,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    given: Given,
}

/// Somebody who answers; ours ends with it.
pub(super) struct Host {
    /// `127.0.0.1:8080`
    pub(super) authority: String,
    server: Option<Server>,
    _services: Option<Services>,
}

impl Where {
    /// Finds the server of a scenario, or starts one for it.
    pub(super) async fn find(&self, scenario: &Scenario) -> Result<Host> {
        let named = self.target.as_ref().or(scenario.target.as_ref());
        let named = named.map(|url| authority(url)).transpose()?;
        if let Some(authority) = named.filter(|_| !self.start && !self.mongo) {
            if answers(&authority).await {
                return Ok(Host { authority, server: None, _services: None });
            }
            ensure!(self.target.is_none(), "nobody listens on {authority}");
            ensure!(is_loopback(&authority), "nobody listens on {authority}");
            eprintln!("nobody listens on {authority}");
        }
        self.start(scenario).await
    }

    async fn start(&self, scenario: &Scenario) -> Result<Host> {
        let program = self.choice.obtain()?;
        let services = self.mongo.then(|| services::start(&self.given)).transpose()?;
        let variables = services.as_ref().map(variables_of).unwrap_or_default();
        let host = Host { _services: services, ..Host::start(program, variables).await? };
        host.register(scenario).await?;
        Ok(host)
    }
}

impl Host {
    /// A server that is started for this, with limits raised.
    pub(super) async fn start(program: PathBuf, variables: Variables) -> Result<Self> {
        let mut server = Server::start(program, variables).await?;
        server.ready(&Api::new(&server.base)?).await?;
        eprintln!("started a server at {}, with limits raised", server.base);
        let authority = server.authority().to_owned();
        Ok(Self { authority, server: Some(server), _services: None })
    }

    /// Registers the accounts in the data files of a scenario; says how many are new.
    pub(super) async fn register(&self, scenario: &Scenario) -> Result<usize> {
        let (api, mut all) = (self.api()?, 0);
        // What is not there yet may still be made.
        for payload in scenario.payloads.iter().filter(|payload| payload.file.exists()) {
            let accounts = accounts::in_payload(payload)?;
            if !accounts.is_empty() {
                let new = accounts::register(&api, &accounts).await?;
                eprintln!("registered {new} accounts of {}", payload.named);
                all += new;
            }
        }
        Ok(all)
    }

    pub(super) fn api(&self) -> Result<Api> {
        Api::new(&format!("http://{}", self.authority))
    }

    /// What it tells of itself, when it is ours.
    pub(super) async fn tells(&self) -> Result<String> {
        let server = self.server.as_ref();
        server.context("only a server of this task is asked for its metrics")?.tells().await
    }

    /// Makes so many farmers on it, whose files are written to a folder.
    pub(super) async fn make(&self, users: u32, seed: Option<u64>, folder: &Path) -> Result<()> {
        on_loopback(&format!("http://{}", self.authority))?;
        let program = || {
            let ours = self.server.as_ref().map(Server::command);
            ours.context("so many users are made by `cargo xtask load seed`, which knows the store")
        };
        let users = (users, seed.unwrap_or(seed::SEED));
        seed::make(&self.api()?, users, folder, &program).await
    }

    /// What the server logged of a request, when it is ours.
    pub(super) fn logged(&self, request_id: &str) -> String {
        self.server.as_ref().map(|server| server.logged(request_id)).unwrap_or_default()
    }

    /// What the server logged last, when it is ours.
    pub(super) fn log_tail(&self) -> Option<String> {
        self.server.as_ref().map(Server::log_tail)
    }
}

/// A server on which the accounts of these scenarios' data files have registered.
pub(super) async fn started(
    program: PathBuf,
    variables: Variables,
    scenarios: &[Scenario],
) -> Result<Server> {
    let host = Host::start(program, variables).await?;
    for scenario in scenarios {
        host.register(scenario).await?;
    }
    host.server.context("the server was started elsewhere")
}

/// A database of its own on these services.
pub(super) fn variables_of(services: &Services) -> Variables {
    let given = services.environment();
    let mut variables: Variables = given.map(|(name, value)| (name, value.to_owned())).collect();
    variables.push(("MONGODB_DATABASE", format!("gacp_load_{}", std::process::id())));
    variables
}

/// Host and port of an address over http.
fn authority(url: &str) -> Result<String> {
    let Some(authority) = url.trim_end_matches('/').strip_prefix("http://") else {
        bail!("{url} is not asked: it does not begin with http://");
    };
    ensure!(!authority.contains(['/', '?', '#', '@']), "{url} is more than a host and a port");
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    Ok(if has_port { authority.to_owned() } else { format!("{authority}:80") })
}

async fn answers(authority: &str) -> bool {
    timeout(KNOCK, TcpStream::connect(authority)).await.is_ok_and(|opened| opened.is_ok())
}

/// Whether an authority is on this machine, whatever it is called.
fn is_loopback(authority: &str) -> bool {
    let addresses = authority.to_socket_addrs();
    addresses.is_ok_and(|addresses| {
        let mut addresses = addresses.map(|address| address.ip()).peekable();
        addresses.peek().is_some() && addresses.all(|ip: IpAddr| ip.is_loopback())
    })
}

/// The authority of a server that has to be on this machine.
pub(super) fn on_loopback(url: &str) -> Result<String> {
    let authority = authority(url)?;
    ensure!(is_loopback(&authority), "{url} is not on this machine: people are made up only here");
    Ok(authority)
}

#[cfg(test)]
mod tests {
    use super::{authority, is_loopback};

    #[test]
    fn a_target_is_a_host_and_a_port() {
        assert_eq!(authority("http://127.0.0.1:8080/").unwrap(), "127.0.0.1:8080");
        assert_eq!(authority("http://example.org").unwrap(), "example.org:80");
        for url in ["https://a", "127.0.0.1:1", "http://a/b", "http://u@a"] {
            assert!(authority(url).is_err(), "{url}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        assert!(is_loopback("127.0.0.1:1") && is_loopback("[::1]:1"));
        assert!(!is_loopback("192.0.2.1:1") && !is_loopback("nobody.invalid:1"));
    }
}
