//! What all journeys of a run share.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use serde_json::Value as Json;
use tokio::time::Instant;

use super::super::record::Record;
use super::super::scenario::Scenario;
use super::pool::Pool;

/// The most lines that `log` writes in a run.
const LOG_LINES: u32 = 100;

/// How long a look at the breakers counts.
const LOOK: Duration = Duration::from_secs(1);

/// What all journeys share.
pub(in crate::load) struct Stage {
    pub(super) scenario: Rc<Scenario>,
    pub(super) pool: Pool,
    record: RefCell<Record>,
    logged: Cell<u32>,
    begun: Instant,
    /// In seconds since 1970.
    began_at: i64,
    breakers: tokio::sync::Mutex<Option<(Instant, Vec<String>)>>,
}

impl Stage {
    /// Before anything was played.
    pub(super) fn new(
        scenario: Rc<Scenario>,
        authority: &str,
        (places, began_at): (usize, i64),
    ) -> Result<Self> {
        Ok(Self {
            scenario,
            pool: Pool::new(authority, places),
            record: RefCell::new(Record::new(format!("http://{authority}"))?),
            logged: Cell::new(0),
            begun: Instant::now(),
            began_at,
            breakers: tokio::sync::Mutex::default(),
        })
    }

    /// What came of it.
    pub(super) fn into_record(self) -> Record {
        self.record.into_inner()
    }

    pub(super) fn record(&self) -> RefMut<'_, Record> {
        self.record.borrow_mut()
    }

    /// The time, in seconds since 1970.
    pub(super) fn seconds(&self) -> i64 {
        self.began_at.saturating_add_unsigned(self.begun.elapsed().as_secs())
    }

    /// A bounded number of lines: at a thousand journeys a second nobody reads more.
    pub(super) fn log(&self, text: &str) {
        let logged = self.logged.get();
        if logged < LOG_LINES {
            eprintln!("log: {text}");
            self.logged.set(logged + 1);
        }
    }

    /// Which of the server's breakers are open; asked once in a while.
    pub(super) async fn open_breakers(&self) -> Vec<String> {
        let mut known = self.breakers.lock().await;
        if let Some((when, open)) = &*known
            && when.elapsed() < LOOK
        {
            return open.clone();
        }
        let headers = [("Host", self.pool.authority())];
        let ask = crate::http1::request("GET /health/ready", &headers, "");
        let told = self.pool.exchange(&ask, LOOK).await.0.ok();
        let told = told.and_then(|reply| serde_json::from_slice(reply.body()).ok());
        let open = told.map(|told: Json| open_in(&told)).unwrap_or_default();
        *known = Some((Instant::now(), open.clone()));
        open
    }
}

/// The breakers that a reply of `/health/ready` says are open.
fn open_in(told: &Json) -> Vec<String> {
    let breakers = told.get("breakers").and_then(Json::as_object).into_iter().flatten();
    let open = breakers.filter(|(_, state)| state.as_str().is_some_and(|it| it != "closed"));
    open.map(|(name, _)| name.clone()).collect()
}
