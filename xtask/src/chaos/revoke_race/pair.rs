//! Two processes of the server, on one MongoDB and one Redis.

use std::path::Path;

use anyhow::Result;

use crate::client::Api;
use crate::server::{Server, Variables};

/// The two; dropped, they end.
pub(super) struct Pair([Server; 2]);

impl Pair {
    /// Starts one after the other, as the first one sets up the store.
    pub(super) async fn start(program: &Path, variables: &Variables) -> Result<Self> {
        let one = ready(program, variables).await?;
        Ok(Self([one, ready(program, variables).await?]))
    }

    /// The first of them, for what either could do.
    pub(super) fn base(&self) -> &str {
        let [one, _other] = &self.0;
        &one.base
    }

    pub(super) fn authorities(&self) -> [&str; 2] {
        self.0.each_ref().map(Server::authority)
    }

    /// Clients of both, with connections of their own.
    pub(super) fn clients(&self) -> Result<[Api; 2]> {
        let [one, other] = &self.0;
        Ok([Api::new(&one.base)?, Api::new(&other.base)?])
    }

    /// Clients of what both tell of themselves.
    pub(super) fn metrics(&self) -> Result<[Api; 2]> {
        let at = |server: &Server| Api::new(&format!("http://{}", server.metrics()?));
        let [one, other] = &self.0;
        Ok([at(one)?, at(other)?])
    }

    /// What they said last, for whoever wonders why there is no report.
    pub(super) fn show_logs(&self) {
        for server in &self.0 {
            println!("{}", server.log_tail());
        }
    }
}

async fn ready(program: &Path, variables: &Variables) -> Result<Server> {
    let mut server = Server::start(program.to_owned(), variables.clone()).await?;
    let api = Api::new(&server.base)?;
    server.ready(&api).await?;
    Ok(server)
}
