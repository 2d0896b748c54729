//! A server with somebody who has something to ask for.

pub(super) mod routes;

use std::iter::repeat_n;
use std::path::Path;

use anyhow::{Context, Result};

use super::crowd::{Crowd, Served};
use super::extent::Extent;
use crate::client::Api;
use crate::demo::journey;
use crate::demo::script::Script;
use crate::http1;
use crate::people::{Registration, Staff, User};
use crate::round::Round;
use crate::server::{Server, Variables};
use crate::services::Services;
use crate::services::counters::Counters;
use routes::{Route, Things};

/// So many replies, so that what is asked by the way hardly counts.
const REPLIES: u32 = 200;

/// One server, and a crowd of clients that are one farmer.
pub(super) struct Stand {
    pub(super) server: Server,
    farmer: User,
    staff: Staff,
    things: Things,
}

/// Tells a server to use MongoDB and Redis; each has keys of its own, and so a database.
pub(super) fn on(
    services: &Services,
    variables: impl Into<Variables>,
    database: &str,
) -> Variables {
    let mut variables = variables.into();
    variables.extend(services.environment().map(|(name, value)| (name, value.to_owned())));
    let name = format!("gacp_bench_{}_{database}", std::process::id());
    variables.push(("MONGODB_DATABASE", name));
    variables
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
        let (staff, _) = Staff::log_in(&api).await?;
        Ok(Self { server, farmer, staff, things })
    }

    /// How many bytes a reply has.
    pub(super) async fn size(&self, route: Route) -> Result<usize> {
        let reply = self.farmer.get(route.path(&self.things)).expect(200).await?;
        Ok(reply.text.len())
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
        let request = self.request(&self.farmer, &route.path(&self.things));
        let requests = (0..extent.connections).map(|_| vec![request.clone()]);
        let mut crowd = Crowd::gather(self.server.authority(), requests).await?;
        crowd.measure(self.server.pid(), extent.phase()).await
    }

    /// The cheapest request that somebody signed in makes.
    pub(super) fn profile(&self) -> Vec<Vec<u8>> {
        vec![self.request(&self.farmer, &Route::Profile.path(&self.things))]
    }

    /// The requests of ten journeys of `platform-mix.yml`, in shares as there: four of farmers,
    /// three of whoever verifies, two of staff, one through lists.
    pub(super) fn day(&self) -> Vec<Vec<u8>> {
        let farmer = |route: Route| self.request(&self.farmer, &route.path(&self.things));
        let staff = |path| self.request(&self.staff.reviewer, path);
        let at_the_farm = [Route::Profile, Route::Farm, Route::Application].map(farmer);
        let at_the_office = [
            "/api/certifications?status=under-review&limit=20",
            "/api/farms/near?lon=98.98&lat=18.79&radiusM=25000",
        ];
        let lists = ["/api/certifications?limit=20", "/api/farms?limit=20"];
        let lists = lists.map(|path| self.request(&self.farmer, path));
        let mut day = Vec::new();
        day.extend(repeat_n(at_the_farm, 4).flatten());
        day.extend(repeat_n(farmer(Route::Verification), 3));
        day.extend(repeat_n(at_the_office.map(staff), 2).flatten());
        day.extend(lists);
        day
    }

    fn request(&self, user: &User, path: &str) -> Vec<u8> {
        let bearer = format!("Bearer {}", user.access);
        let headers = [("Host", self.server.authority()), ("Authorization", bearer.as_str())];
        http1::request(&format!("GET {path}"), &headers, "")
    }
}
