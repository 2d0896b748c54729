//! A farmer's app at work: it reads and writes without pause, over one connection that it keeps, or
//! over one for each request.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Error, Result};
use serde_json::Value;
use tokio::time::sleep;

use super::balancer::SERVED_BY;
use super::notes::{Asked, Connection, Notes};
use super::promises::Promise;
use crate::bodies::{self, Corner};
use crate::client::{Api, Call, Reply};
use crate::people::{Registration, User, random};

/// A moment between two requests: the machine is to have something to do, not too much.
const PAUSE: Duration = Duration::from_millis(8);

/// Far more than any drill takes: the end of one that does not end.
const MOST_REQUESTS: usize = 200_000;

/// One write of so many is sent again, as if its reply had been lost: whichever server gets it
/// must tell the same.
const SENT_AGAIN: u32 = 5;

/// Somebody at work.
pub(super) struct Farmer {
    pub(super) user: User,
    /// Not signed in, over the same connection.
    api: Api,
    connection: Connection,
    number: usize,
    begun: u32,
    /// Names of farms, and the ids that the servers told.
    pub(super) acknowledged: BTreeMap<String, String>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
enum Step {
    Profile,
    Farms,
    Register,
    Standards,
    Keys,
}

/// Reads and writes as they come in a day's work, in turn.
const STEPS: [Step; 6] =
    [Step::Profile, Step::Register, Step::Farms, Step::Standards, Step::Register, Step::Keys];

impl Farmer {
    /// Logs somebody in who has registered.
    pub(super) async fn log_in(
        base: &str,
        connection: Connection,
        (number, who): (usize, &Registration),
    ) -> Result<Self> {
        // A kept connection is the client's: each has a client of its own.
        let api = match connection {
            Connection::Kept => Api::new(base)?,
            Connection::Renewed => Api::renewing(base)?,
        };
        let user = User::log_in(&api, who.credentials()).await?;
        Ok(Self { user, api, connection, number, begun: 0, acknowledged: BTreeMap::new() })
    }

    /// Works until the drill closes.
    pub(super) async fn work(mut self, notes: Notes) -> Result<Self> {
        // Not everybody asks for the same at the same time.
        for step in STEPS.iter().cycle().skip(self.number).take(MOST_REQUESTS) {
            if notes.is_over() {
                break;
            }
            self.take(*step, &notes).await?;
            sleep(PAUSE).await;
        }
        Ok(self)
    }

    async fn take(&mut self, step: Step, notes: &Notes) -> Result<()> {
        let (route, call) = match step {
            Step::Profile => ("GET profile", self.user.get("/api/auth/profile")),
            Step::Farms => ("GET farms", self.user.get("/api/farms")),
            Step::Standards => ("GET standards", self.api.get("/api/standards")),
            Step::Keys => ("GET keys", self.api.get("/.well-known/jwks.json")),
            Step::Register => return self.register(notes).await,
        };
        ask((route, self.connection), call, 200, notes).await;
        Ok(())
    }

    /// Registers a farm; a failure is final, as the drill is to have none.
    async fn register(&mut self, notes: &Notes) -> Result<()> {
        self.begun += 1;
        let name = format!("สวน {}-{}", self.number, self.begun);
        let key = format!("rolling-{:016x}", random(u64::MAX)?);
        let body = bodies::farm(&name, Corner::of_cell(0));
        self.send(&name, &key, &body, notes).await;
        if self.begun.is_multiple_of(SENT_AGAIN) {
            self.send(&name, &key, &body, notes).await;
        }
        Ok(())
    }

    async fn send(&mut self, name: &str, key: &str, body: &Value, notes: &Notes) {
        let call = self.user.post("/api/farms", body.clone()).idempotency_key(key);
        let asked = ("POST farms", self.connection);
        let Some(reply) = ask(asked, call, 201, notes).await else { return };
        let id = reply.at("/data/id").as_str().unwrap_or_default().to_owned();
        if let Some(former) = self.acknowledged.insert(name.to_owned(), id.clone())
            && former != id
        {
            notes.breach(Promise::Once, format!("{name} was told as {former}, then {id}"));
        }
    }
}

/// Sends a request and notes what came of it; the reply, if it was the one that was due.
async fn ask(asked: Asked, call: Call<'_>, due: u16, notes: &Notes) -> Option<Reply> {
    let before = notes.moment();
    let mut sent = call.clone().send().await;
    if sent.as_ref().is_err_and(is_closed_connection) && notes.may_repeat(asked, before) {
        sent = call.send().await;
    }
    match &sent {
        Ok(reply) if reply.status == due => {
            notes.answered(asked, reply.header(SERVED_BY).unwrap_or_default(), before);
        }
        Ok(reply) => {
            let code = reply.at("/code").as_str().unwrap_or("no problem's body");
            notes.failed(asked, &format!("{} ({code})", reply.status));
        }
        Err(fault) => notes.failed(asked, &fault.root_cause().to_string()),
    }
    sent.ok().filter(|reply| reply.status == due)
}

/// Whether a connection ended before anything came over it. A server that fails does not look
/// like this: the balancer answers for it.
fn is_closed_connection(fault: &Error) -> bool {
    fault
        .downcast_ref::<reqwest::Error>()
        .is_some_and(|fault| fault.is_request() && !fault.is_timeout() && !fault.is_connect())
}
