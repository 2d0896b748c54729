//! Watchers: readers of farms, and the probes that an operator's machines send.

use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tokio::time::sleep;

use super::judge::{Needs, Wish};
use super::rules::Rule;
use super::stage::Stage;
use crate::client::Api;
use crate::people::{STAFF_PASSWORD, User};

/// A reader looks at what he has read.
const LOOK: Duration = Duration::from_millis(50);

/// More often than machines probe, to see the edges.
const PROBE: Duration = Duration::from_millis(200);

/// Far more than any drill takes: the end of one that does not end.
const MOST_REQUESTS: u32 = 20_000;

const LIST: Wish = Wish {
    what: "GET /api/farms",
    status: 200,
    needs: Needs::Records,
    repeats: 0,
    rule: Rule::Replies,
};

const LIVE: Wish =
    Wish { what: "GET /health/live", needs: Needs::Server, rule: Rule::Liveness, ..LIST };

const READY: Wish = Wish { what: "GET /health/ready", rule: Rule::Readiness, ..LIST };

/// Somebody of the staff, who sees every farm.
pub(super) async fn reader(api: &Api) -> Result<User> {
    User::log_in(api, json!({"email": "reviewer@demo.example", "password": STAFF_PASSWORD})).await
}

/// Reads the newest farms until the stage closes.
pub(super) async fn read(reader: User, stage: Stage) {
    for _request in 0..MOST_REQUESTS {
        if stage.end().is_some() {
            return;
        }
        let answer = stage.ask(reader.get("/api/farms?limit=20"), LIST).await;
        stage.notes.heard(&answer);
        sleep(LOOK).await;
    }
}

/// Asks whether the server lives, and whether it can serve, until the stage closes.
pub(super) async fn probe(api: Api, stage: Stage) {
    for _request in 0..MOST_REQUESTS {
        if stage.end().is_some() {
            return;
        }
        stage.ask(api.get("/health/live"), LIVE).await;
        stage.ask(api.get("/health/ready"), READY).await;
        sleep(PROBE).await;
    }
}
