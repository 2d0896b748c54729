//! Redis is killed under logins and comes back: the server limits by itself meanwhile.

use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::task::block_in_place;
use tokio::time::{Instant, sleep};

use super::breaker;
use super::drill::{self, Plan};
use super::judge::{Breaks, Needs, Wish};
use super::report::Report;
use super::rounds::{Fault, Moment, Pace, pause};
use super::rules::Rule;
use super::stage::Stage;
use crate::client::Api;
use crate::people::Registration;
use crate::server::{Server, Variables};
use crate::services::Own;

/// Logins that an address is granted at once, by all servers together. By the hour: none comes
/// back while the drill lasts.
const GRANTED: u32 = 8;

/// What a server grants by itself: half of it.
const GRANTED_ALONE: u32 = GRANTED / 2;

/// So many logins from an address show how many are granted.
const TRIED: u32 = GRANTED + 2;

/// Readiness tells of Redis again this long after it works: the server tries once a second.
const BACK: Duration = Duration::from_secs(2);

/// It is asked again this long after it works: a breaker that opened twice in a row leaves it alone
/// for 10 s, and wants to see a few answers then.
const ASKED: Duration = Duration::from_secs(15);

/// How often it is asked meanwhile.
const LOOK: Duration = Duration::from_millis(20);

/// Between two logins that meet the outage at any moment: each costs a hash.
const PAUSE: Duration = Duration::from_millis(100);

/// Far more than the drill takes: the end of one that does not end.
const MOST_LOGINS: u32 = 5_000;

const PACE: Pace = Pace {
    whole: Duration::from_millis(700),
    first_outage: Duration::from_secs(2),
    outage: Duration::from_secs(2),
};

const LOGIN: Wish = Wish {
    what: "POST /api/auth/login",
    status: 200,
    needs: Needs::Server,
    repeats: 0,
    rule: Rule::Replies,
};

/// What the server is told: limits of logins, and to believe where requests say they come from.
pub(super) fn variables(redis: &Own) -> Variables {
    vec![
        redis.variable(),
        ("GACP_RATE_LIMIT__LOGIN", format!("{GRANTED}/h")),
        ("GACP_SERVER__TRUSTED_PROXIES", "127.0.0.1".to_owned()),
    ]
}

pub(super) async fn play(server: &mut Server, redis: &mut Own, rounds: u32) -> Result<Report> {
    let api = Api::new(&server.base)?;
    server.ready(&api).await?;
    let person = Registration::invent()?;
    api.post("/api/auth/register", person.body()).expect(201).await?;
    let breaker = Some(breaker::Watch::start(&server.metrics()?)?);
    let plan = Plan { breaks: Breaks::Limiter, rounds, pace: PACE, breaker };
    let visitor = Visitor { api: api.clone(), person, hosts: 0 };
    let mut fault = Redis { process: redis, visitor, exhausted: String::new() };
    drill::play(&api, &mut fault, plan).await
}

struct Redis<'a> {
    process: &'a mut Own,
    visitor: Visitor,
    /// An address that has been granted all that it can be.
    exhausted: String,
}

impl Fault for Redis<'_> {
    fn strike(&mut self) -> Result<()> {
        block_in_place(|| self.process.kill())
    }

    async fn heal(&mut self) -> Result<()> {
        block_in_place(|| self.process.restart())
    }

    async fn look(&mut self, at: Moment, stage: &Stage) -> Result<()> {
        match at {
            Moment::Before => self.before(stage).await,
            Moment::Broken => self.meanwhile(stage).await,
            Moment::After => self.afterwards(stage).await,
        }
    }
}

impl Redis<'_> {
    async fn before(&mut self, stage: &Stage) -> Result<()> {
        if self.exhausted.is_empty() {
            tokio::spawn(keep_logging_in(self.visitor.companion()?, stage.clone()));
        }
        self.exhausted = self.visitor.address();
        self.grants(&self.exhausted, GRANTED, stage).await
    }

    async fn meanwhile(&mut self, stage: &Stage) -> Result<()> {
        if self.visitor.redis_is("down").await? {
            stage.notes.in_round(|round| round.was_told = true);
        }
        // An outage is no reason to begin anew.
        self.grants(&self.exhausted, 0, stage).await?;
        let address = self.visitor.address();
        self.grants(&address, GRANTED_ALONE, stage).await
    }

    async fn afterwards(&mut self, stage: &Stage) -> Result<()> {
        let begun = Instant::now();
        while !self.visitor.redis_is("up").await? {
            if begun.elapsed() > BACK {
                let late = format!("Redis is not told as up {BACK:?} after it works");
                stage.notes.breach(Rule::Recovery, late);
                break;
            }
            pause(LOOK).await?;
        }
        // Those who log in meanwhile find out that it is well.
        while !self.visitor.redis_is_asked().await? {
            if begun.elapsed() > ASKED {
                let late = format!("Redis is not asked {ASKED:?} after it works");
                stage.notes.breach(Rule::Recovery, late);
                break;
            }
            pause(LOOK).await?;
        }
        let address = self.visitor.address();
        self.grants(&address, GRANTED, stage).await
    }

    /// Looks how many logins an address is granted.
    async fn grants(&self, address: &str, due: u32, stage: &Stage) -> Result<()> {
        let granted = self.visitor.granted(address, stage).await?;
        if granted != due {
            let other = format!("{address} was granted {granted} of {TRIED} logins, {due} are due");
            stage.notes.breach(Rule::Limits, other);
        }
        Ok(())
    }
}

/// Logs in from new addresses until the stage closes: none of them is ever refused.
async fn keep_logging_in(mut visitor: Visitor, stage: Stage) {
    for _login in 0..MOST_LOGINS {
        if stage.end().is_some() {
            return;
        }
        let address = visitor.address();
        let call = visitor.api.post("/api/auth/login", visitor.person.credentials());
        let answer = stage.ask(call.header("X-Forwarded-For", address), LOGIN).await;
        stage.notes.heard(&answer);
        sleep(PAUSE).await;
    }
}

/// Somebody who logs in, from wherever.
struct Visitor {
    api: Api,
    person: Registration,
    hosts: u32,
}

impl Visitor {
    /// Somebody else, at addresses of another network.
    fn companion(&self) -> Result<Self> {
        let person = Registration { email: self.person.email.clone(), ..Registration::invent()? };
        Ok(Self { api: self.api.clone(), person, hosts: 1 << 16 })
    }

    /// An address that nobody had before.
    fn address(&mut self) -> String {
        self.hosts += 1;
        let [_, network, subnet, host] = self.hosts.to_be_bytes();
        format!("10.{network}.{subnet}.{host}")
    }

    /// How many of a handful of logins an address is granted.
    async fn granted(&self, address: &str, stage: &Stage) -> Result<u32> {
        let mut granted = 0;
        for _login in 0..TRIED {
            let call = self.api.post("/api/auth/login", self.person.credentials());
            let reply = call.header("X-Forwarded-For", address).send().await?;
            let waits = reply.header("retry-after").and_then(|wait| wait.parse::<u64>().ok());
            match (reply.status, waits) {
                (200, _) => granted += 1,
                (429, Some(1..)) if reply.at("/code") == "rate-limited" => {}
                (status, _) => {
                    let other = format!("POST /api/auth/login: {status} {}", reply.at("/code"));
                    stage.notes.breach(Rule::Replies, other);
                }
            }
        }
        Ok(granted)
    }

    /// Whether the circuit breaker around Redis lets everybody through.
    async fn redis_is_asked(&self) -> Result<bool> {
        let reply = self.api.get("/health/ready").expect(200).await?;
        Ok(reply.string("/breakers/redis")? == "closed")
    }

    /// Whether `/health/ready` tells this of Redis, and serves all the same.
    async fn redis_is(&self, state: &str) -> Result<bool> {
        let reply = self.api.get("/health/ready").expect(200).await?;
        let told = reply.string("/checks/redis")?;
        ensure!(matches!(told.as_str(), "up" | "down"), "Redis is {told}");
        Ok(told == state)
    }
}
