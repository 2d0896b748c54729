//! A closed loop: clients that ask for one thing after another, each as soon as it is answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::cpu::Spent;
use crate::http1::{self, Wire};
use crate::latency::Latency;
use crate::people::Registration;
use crate::rate::Rate;

/// Until every client waits for a reply, and before a short phase no longer than a quarter of it.
const LEAD_IN: Duration = Duration::from_millis(500);

/// Clients, each with a connection and requests of its own, which it makes in turn.
pub(super) struct Crowd {
    clients: Vec<Client>,
}

struct Client {
    wire: Wire,
    requests: Vec<Vec<u8>>,
    next: usize,
}

/// What a phase came to.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) rate: Rate,
    pub(super) latency: Latency,
}

/// What the clients of a phase share.
struct Phase {
    turn: Turn,
    latency: Latency,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    LeadIn,
    Counting,
    Over,
}

/// The request with which somebody logs in.
pub(super) fn login(authority: &str, person: &Registration) -> Vec<u8> {
    let headers = [("Host", authority), ("Content-Type", "application/json")];
    http1::request("POST /api/auth/login", &headers, &person.credentials().to_string())
}

impl Crowd {
    /// A client for each of these courses of requests; not everybody begins with the first.
    pub(super) async fn gather(
        authority: &str,
        courses: impl IntoIterator<Item = Vec<Vec<u8>>>,
    ) -> Result<Self> {
        let mut clients = Vec::new();
        for (next, requests) in courses.into_iter().enumerate() {
            let wire = Wire::open(authority).await?;
            clients.push(Client { wire, requests, next });
        }
        Ok(Self { clients })
    }

    /// Lets everybody ask again and again, and counts for so long.
    pub(super) async fn measure(&mut self, server: u32, length: Duration) -> Result<Served> {
        let phase = Phase { turn: Turn::LeadIn, latency: Latency::new()? };
        let phase = Arc::new(Mutex::new(phase));
        let mut playing = JoinSet::new();
        for client in self.clients.drain(..) {
            playing.spawn(client.play(Arc::clone(&phase)));
        }
        sleep(LEAD_IN.min(length / 4)).await;
        let begun = Spent::with(server)?;
        locked(&phase).turn = Turn::Counting;
        sleep(length).await;
        let usage = Spent::with(server)?.since(&begun);
        locked(&phase).turn = Turn::Over;
        while let Some(client) = playing.join_next().await {
            self.clients.push(client??);
        }
        let latency = locked(&phase).latency.clone();
        Ok(Served { rate: Rate::new(latency.count(), usage)?, latency })
    }
}

impl Client {
    async fn play(mut self, phase: Arc<Mutex<Phase>>) -> Result<Self> {
        loop {
            self.next = (self.next + 1) % self.requests.len().max(1);
            let request = self.requests.get(self.next).context("there is nothing to ask for")?;
            let begun = Instant::now();
            let reply = self.wire.exchange(request).await?;
            if reply.status()? != 200 {
                let line = reply.first_line();
                bail!("a request was answered with {line}: is there other work on this machine?");
            }
            let mut phase = locked(&phase);
            match phase.turn {
                Turn::LeadIn => {}
                Turn::Counting => phase.latency.enter(begun.elapsed())?,
                Turn::Over => return Ok(self),
            }
        }
    }
}

fn locked(phase: &Mutex<Phase>) -> MutexGuard<'_, Phase> {
    phase.lock().unwrap_or_else(PoisonError::into_inner)
}
