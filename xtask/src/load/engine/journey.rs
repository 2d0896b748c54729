//! One virtual user, from the first step to the last, or to the one that fails.

use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::{Instant, sleep_until};

use super::super::cause::{Failure, Heard, Reply};
use super::super::record::Outcome;
use super::super::scenario::{Action, Loop, Over, Request, Step};
use super::super::template::Template;
use super::Stage;
use super::asked::Asked;
use super::cookies::Cookies;
use super::judged::{self, Judged};
use super::pool::Fault;
use super::vars::Vars;
use crate::cache_status::is_hit;
use crate::http1::Message;

/// Where a journey stands.
pub(super) struct Journey<'a> {
    pub(super) stage: &'a Stage,
    pub(super) name: &'a str,
    pub(super) vars: Vars,
    cookies: Cookies,
    /// When the next request is to be sent, whenever it really is.
    due: Instant,
    is_flawed: bool,
}

/// A journey goes on, or is at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    On,
    Ends,
}

/// How a journey went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::load) struct Went {
    /// It came to its last step.
    pub(in crate::load) to_its_end: bool,
    /// Everything was as it should be.
    pub(in crate::load) well: bool,
}

impl<'a> Journey<'a> {
    pub(super) fn new(stage: &'a Stage, name: &'a str, vars: Vars, due: Instant) -> Self {
        Self { stage, name, vars, cookies: Cookies::default(), due, is_flawed: false }
    }

    pub(super) async fn play(&mut self, steps: &[Step]) -> anyhow::Result<Went> {
        let to_its_end = self.steps(steps).await? == Way::On;
        Ok(Went { to_its_end, well: to_its_end && !self.is_flawed })
    }

    async fn steps(&mut self, steps: &[Step]) -> anyhow::Result<Way> {
        for step in steps {
            let way = match &step.action {
                Action::Think(pause) => self.think(*pause).await,
                Action::Log(text) => self.log(text),
                Action::Request(request) => self.request(request).await?,
                // A future that holds itself needs a box.
                Action::Loop(inside) => Box::pin(self.rounds(inside)).await?,
            };
            if way == Way::Ends {
                return Ok(Way::Ends);
            }
        }
        Ok(Way::On)
    }

    async fn think(&mut self, pause: Duration) -> Way {
        self.due += pause;
        sleep_until(self.due).await;
        Way::On
    }

    fn log(&mut self, text: &Template) -> Way {
        match text.text(&mut self.vars) {
            Ok(text) => self.stage.log(&text),
            Err(name) => self.stage.log(&format!("`{name}` has no value")),
        }
        Way::On
    }

    async fn rounds(&mut self, inside: &Loop) -> anyhow::Result<Way> {
        let (from, values) = match &inside.over {
            Over::Rounds { from, to } => (*from, (*from..*to).map(Json::from).collect()),
            Over::Values(values) => (0, values.clone()),
            Over::Variable(name) => match self.vars.get(name) {
                Some(Json::Array(values)) => (0, values.clone()),
                _ => (0, Vec::new()),
            },
        };
        for (count, value) in (from..).zip(values) {
            self.vars.set(&inside.count, count.into());
            self.vars.set(&inside.element, value);
            if self.steps(&inside.steps).await? == Way::Ends {
                return Ok(Way::Ends);
            }
        }
        Ok(Way::On)
    }

    async fn request(&mut self, request: &Request) -> anyhow::Result<Way> {
        if let Some(condition) = &request.only_if
            && !condition.holds(&|name| self.vars.look_up(name))
        {
            return Ok(Way::On);
        }
        self.vars.take_used();
        let filled = Asked::fill(request, &self.stage.scenario.headers, &mut self.vars);
        let mut asked = match filled {
            Ok(asked) => asked,
            Err(name) => {
                self.fails(request, None, Heard::Unsent(name));
                return Ok(Way::Ends);
            }
        };
        asked.add_cookies(self.cookies.of(&asked.path));
        let bytes = asked.bytes(self.stage.pool.authority());
        let limit = self.stage.scenario.timeout;
        let (reply, sent) = self.stage.pool.exchange(&bytes, limit).await;
        let since_due = self.due.elapsed();
        let took = (since_due, sent.map_or(since_due, |sent| sent.elapsed()));
        let way = match read(reply) {
            Ok((reply, status)) => {
                self.stage.record().ended(&request.endpoint, Outcome::Status(status), took)?;
                if is_hit(&reply) {
                    self.stage.record().came_from_cache(&request.endpoint, took)?;
                }
                self.replied((request, asked), &reply, status).await
            }
            Err(fault) => {
                self.stage.record().ended(&request.endpoint, Outcome::Nothing, took)?;
                self.fails(request, Some(asked), Heard::Nothing(fault));
                Way::Ends
            }
        };
        self.due = Instant::now();
        Ok(way)
    }

    async fn replied(
        &mut self,
        (request, asked): (&Request, Asked),
        reply: &Message,
        status: u16,
    ) -> Way {
        self.cookies.keep(reply);
        let judged: Judged = judged::judge(request, reply, status, &mut self.vars);
        self.stage.record().judged(&request.endpoint, &judged);
        if judged.is_good() {
            return Way::On;
        }
        let breakers = if status == 503 { self.stage.open_breakers().await } else { Vec::new() };
        let (unmet, is_refusal) = (judged.unmet(), judged.is_refusal);
        let heard = Heard::Reply(Reply::of(reply, status, breakers));
        let failure = self.failure(request, Some(asked), heard);
        self.stage.record().failed(&Failure { unmet, is_refusal, ..failure });
        self.is_flawed = true;
        if judged.ends { Way::Ends } else { Way::On }
    }

    fn fails(&mut self, request: &Request, asked: Option<Asked>, heard: Heard) {
        let failure = self.failure(request, asked, heard);
        self.stage.record().failed(&failure);
        self.is_flawed = true;
    }

    fn failure<'r>(
        &mut self,
        request: &'r Request,
        asked: Option<Asked>,
        heard: Heard,
    ) -> Failure<'r>
    where
        'a: 'r,
    {
        let (rows, unmet) = (self.vars.take_used(), Vec::new());
        let (journey, at) = (self.name, self.stage.seconds());
        Failure { request, journey, rows, asked, heard, unmet, is_refusal: false, at }
    }
}

/// A reply with its status.
fn read(reply: Result<Message, Fault>) -> Result<(Message, u16), Fault> {
    let reply = reply?;
    match reply.status() {
        Ok(status) => Ok((reply, status)),
        Err(error) => Err(Fault::Unreadable(format!("{error:#}"))),
    }
}

/// What `before` left behind for every journey.
pub(super) type Kept = std::rc::Rc<[(String, Json)]>;
