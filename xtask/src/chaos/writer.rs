//! Writers: farmers whose app sends a farm until it has an answer, as an honest client does.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use super::judge::{Needs, Wish};
use super::rules::Rule;
use super::stage::Stage;
use crate::bodies::{self, Corner};
use crate::client::{Api, Reply};
use crate::people::{Registration, User, random};

/// The app is less patient than `Retry-After` asks for: that shows sooner when service resumes,
/// and is harder on the server.
const PAUSE: Duration = Duration::from_millis(250);

/// What `Retry-After` says of a request that still runs. Others are sent meanwhile.
const A_WHILE: Duration = Duration::from_secs(1);

/// One reply of so many is lost on its way to the app, which asks again: it must hear the same.
const LOST_ON_THE_WAY: u32 = 10;

/// Far more than any drill takes: the end of one that does not end.
const MOST_REQUESTS: u32 = 50_000;

/// A farmer, and what the app has sent and not.
pub(super) struct Writer {
    pub(super) farmer: User,
    number: usize,
    begun: u32,
    outbox: Vec<Pending>,
    /// Names of farms, and the ids that the server told.
    pub(super) acknowledged: BTreeMap<String, String>,
}

/// A farm without an answer: sent again as it was, with the key that it had.
struct Pending {
    name: String,
    key: String,
    body: Value,
    repeats: u32,
    due: Instant,
}

enum Next {
    Send(Pending),
    Wait(Instant),
    Nothing,
}

impl Writer {
    /// A farmer who is registered and logged in.
    pub(super) async fn enrol(api: &Api, number: usize) -> Result<Self> {
        let person = Registration::invent()?;
        api.post("/api/auth/register", person.body()).expect(201).await?;
        let credentials = json!({"email": person.email, "password": person.password});
        let farmer = User::log_in(api, credentials).await?;
        let (outbox, acknowledged) = (Vec::new(), BTreeMap::new());
        Ok(Self { farmer, number, begun: 0, outbox, acknowledged })
    }

    /// Registers farms until the stage closes, and then waits for the answers that are open.
    pub(super) async fn write(mut self, stage: Stage) -> Result<Self> {
        for _request in 0..MOST_REQUESTS {
            match self.next(&stage)? {
                Next::Send(pending) => self.send(&stage, pending).await,
                Next::Wait(until) => sleep_until(until).await,
                Next::Nothing => break,
            }
        }
        for Pending { name, repeats, .. } in &self.outbox {
            let open = format!("{name} has none after {repeats} repetitions");
            stage.notes.breach(Rule::Answered, open);
        }
        Ok(self)
    }

    fn next(&mut self, stage: &Stage) -> Result<Next> {
        let (now, end) = (Instant::now(), stage.end());
        if end.is_some_and(|end| now >= end) {
            return Ok(Next::Nothing);
        }
        self.outbox.sort_by_key(|pending| pending.due);
        match self.outbox.first().map(|pending| pending.due) {
            Some(due) if due <= now => Ok(Next::Send(self.outbox.remove(0))),
            Some(due) if end.is_some() => Ok(Next::Wait(due)),
            None if end.is_some() => Ok(Next::Nothing),
            _ => Ok(Next::Send(self.fresh()?)),
        }
    }

    /// A farm that was never sent.
    fn fresh(&mut self) -> Result<Pending> {
        self.begun += 1;
        let name = format!("สวน {}-{}", self.number, self.begun);
        let key = format!("chaos-{:016x}", random(u64::MAX)?);
        let body = bodies::farm(&name, Corner::of_cell(0));
        Ok(Pending { name, key, body, repeats: 0, due: Instant::now() })
    }

    async fn send(&mut self, stage: &Stage, mut pending: Pending) {
        let wish = Wish {
            what: "POST /api/farms",
            status: 201,
            needs: Needs::Room,
            repeats: pending.repeats,
            rule: Rule::Replies,
        };
        let call = self.farmer.post("/api/farms", pending.body.clone());
        let answer = stage.ask(call.idempotency_key(&pending.key), wish).await;
        stage.notes.heard(&answer);
        let is_told = answer.success.as_ref().is_some_and(|reply| {
            stage.notes.acknowledged(self.number, answer.begun);
            self.told(stage, &pending.name, reply)
        });
        if is_told {
            return;
        }
        pending.repeats += 1;
        pending.due = Instant::now();
        if answer.success.is_some() || answer.heard.is_held_up() {
            pending.due += A_WHILE;
        } else {
            sleep(PAUSE).await;
        }
        self.outbox.push(pending);
    }

    /// Writes down what was acknowledged; says whether the app got to know.
    fn told(&mut self, stage: &Stage, name: &str, reply: &Reply) -> bool {
        let id = reply.at("/data/id").as_str().unwrap_or_default().to_owned();
        match self.acknowledged.insert(name.to_owned(), id.clone()) {
            Some(former) if former != id => {
                stage.notes.breach(Rule::Once, format!("{name} was told as {former}, then {id}"));
                true
            }
            Some(_same) => true,
            None => !self.begun.is_multiple_of(LOST_ON_THE_WAY),
        }
    }
}
