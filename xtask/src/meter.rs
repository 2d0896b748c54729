//! What the requests of a run take, and what they cost the database, by route.

mod report;
mod routes;
mod row;
mod table;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use reqwest::Method;

use crate::client::Reply;
use crate::services::counters::{Commands, Counters};
pub(crate) use report::Report;
pub(crate) use routes::Routes;
use row::{Outcome, Row};

/// For so long nothing may happen in the database before a request counts as done: what a server
/// does behind its reply belongs to the request that made it do that. A driver aborts a refused
/// transaction so late; on a machine with other work 2 ms were too short for that.
const QUIET: Duration = Duration::from_millis(10);

/// Measures the requests of a client. They must be made one after the other: what happens in the
/// database meanwhile is put down to the one that is under way.
#[derive(Debug)]
pub(crate) struct Meter {
    routes: Routes,
    book: Mutex<Book>,
}

/// What was measured so far.
#[derive(Debug, Default)]
struct Book {
    rows: BTreeMap<Outcome, Row>,
    database: Option<Database>,
}

/// The database's counters at the moments that matter.
#[derive(Debug)]
struct Database {
    counters: Counters,
    /// When the request began that is under way.
    begun: Commands,
    latest: Commands,
    /// What ran while no request was under way.
    between: Commands,
}

impl Meter {
    /// A meter for a server with these routes; with the counters of the database that it alone
    /// uses, it measures operations too.
    pub(crate) fn new(routes: Routes, counters: Option<Counters>) -> Result<Self> {
        let database = counters.map(Database::watched_by).transpose()?;
        let book = Mutex::new(Book { database, ..Book::default() });
        Ok(Self { routes, book })
    }

    /// Looks at the database just before a request.
    pub(crate) fn begins(&self) -> Result<()> {
        self.book().database.as_mut().map_or(Ok(()), Database::begin)
    }

    /// Enters a request that was answered, once the database is quiet again.
    pub(crate) async fn ends(&self, method: &Method, path: &str, reply: &Reply) -> Result<()> {
        self.settle().await?;
        let outcome = Outcome {
            route: format!("{method} {}", self.routes.template(path)?),
            status: reply.status,
            is_replay: reply.header("idempotency-replayed") == Some("true"),
        };
        self.book().enter(outcome, reply.took)
    }

    /// What was measured, over so many rounds of one journey.
    pub(crate) fn report(&self, rounds: u32) -> Report {
        let book = self.book();
        Report::of(rounds, &book.rows, book.database.as_ref().map(|database| &database.between))
    }

    /// Waits until nothing happens in the database any more.
    async fn settle(&self) -> Result<()> {
        let look = || self.book().database.as_mut().map_or(Ok(false), Database::has_moved);
        look()?;
        while self.is_counting() {
            tokio::time::sleep(QUIET).await;
            if !look()? {
                break;
            }
        }
        Ok(())
    }

    fn is_counting(&self) -> bool {
        self.book().database.is_some()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn enter(&mut self, outcome: Outcome, took: Duration) -> Result<()> {
        let spent = self.database.as_ref().map(|it| it.latest.since(&it.begun));
        let row = match self.rows.entry(outcome) {
            Entry::Occupied(row) => row.into_mut(),
            Entry::Vacant(place) => place.insert(Row::new()?),
        };
        row.enter(took, spent)
    }
}

impl Database {
    fn watched_by(mut counters: Counters) -> Result<Self> {
        let latest = counters.read()?;
        Ok(Self { counters, begun: latest.clone(), latest, between: Commands::default() })
    }

    fn begin(&mut self) -> Result<()> {
        let now = self.counters.read()?;
        self.between.add(&now.since(&self.latest), 1);
        (self.begun, self.latest) = (now.clone(), now);
        Ok(())
    }

    fn has_moved(&mut self) -> Result<bool> {
        let now = self.counters.read()?;
        let moved = now != self.latest;
        self.latest = now;
        Ok(moved)
    }
}
