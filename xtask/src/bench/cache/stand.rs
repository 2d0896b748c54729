//! A server with somebody who has something to ask for.

use std::path::Path;

use anyhow::{Context, Result};

use super::routes::{Route, Things};
use crate::bench::crowd::{Crowd, Served};
use crate::bench::extent::Extent;
use crate::client::Api;
use crate::demo::journey;
use crate::demo::script::Script;
use crate::http1;
use crate::people::{Registration, User};
use crate::round::Round;
use crate::server::{Server, Variables};
use crate::services::counters::Counters;

/// So many replies, so that what is asked by the way hardly counts.
const REPLIES: u32 = 200;

/// One server, and a crowd of clients that are one farmer.
pub(super) struct Stand {
    server: Server,
    farmer: User,
    things: Things,
}

impl Stand {
    pub(super) async fn set(program: &Path, variables: Variables) -> Result<Self> {
        let mut server = Server::start(program.to_owned(), variables).await?;
        let api = Api::new(&server.base)?;
        server.ready(&api).await?;
        let round = Round::first()?;
        let number = journey::play(&api, &mut Script::silent(), round).await?;
        let farmer = User::log_in(&api, Registration::of(round).credentials()).await?;
        let first = async |path: &'static str| {
            let reply = farmer.get(path).expect(200).await?;
            reply.string("/data/0/id").with_context(|| format!("{path} is empty"))
        };
        let things = Things {
            farm: first("/api/farms").await?,
            application: first("/api/certifications").await?,
            number,
        };
        Ok(Self { server, farmer, things })
    }

    /// What MongoDB is asked for one reply, on average of a few in a row.
    pub(super) async fn operations(
        &self,
        route: Route,
        counters: &mut Option<Counters>,
    ) -> Result<Option<f64>> {
        let Some(counters) = counters else { return Ok(None) };
        let path = route.path(&self.things);
        self.farmer.get(&path).expect(200).await?;
        let before = counters.read()?;
        for _reply in 0..REPLIES {
            self.farmer.get(&path).expect(200).await?;
        }
        let asked = u32::try_from(counters.read()?.since(&before).total())?;
        Ok(Some(f64::from(asked) / f64::from(REPLIES)))
    }

    /// Asks for one thing for as long as a turn takes.
    pub(super) async fn measure(&mut self, route: Route, extent: Extent) -> Result<Served> {
        let authority = self.server.authority();
        let bearer = format!("Bearer {}", self.farmer.access);
        let headers = [("Host", authority), ("Authorization", bearer.as_str())];
        let line = format!("GET {}", route.path(&self.things));
        let request = http1::request(&line, &headers, "");
        let requests = (0..extent.connections).map(|_| request.clone());
        let mut crowd = Crowd::gather(authority, requests).await?;
        crowd.measure(self.server.pid(), extent.phase()).await
    }
}
