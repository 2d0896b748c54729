//! The rota: which server is out, and everything that happens to it meanwhile.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::balancer::Balancer;
use super::notes::Notes;
use super::promises::Promise;
use crate::client::Api;
use crate::server::{Server, Variables};

/// As many as a rota needs: one serves while the other is out.
const SERVERS: u32 = 2;

/// How long a server keeps serving once it is asked to end: whoever takes it out beforehand needs
/// no time to notice.
pub(super) const DRAIN: Duration = Duration::from_secs(1);

/// What a server may take to end: that, and 30 s for what is in flight.
const LIMIT: Duration = Duration::from_secs(31);

/// Servers behind a balancer.
pub(super) struct Rota {
    /// Goes first when this is dropped.
    balancer: Balancer,
    places: Vec<Place>,
    /// Whether a server is taken out before it is restarted.
    takes_out: bool,
}

struct Place {
    server: Server,
    /// Past the balancer.
    direct: Api,
}

/// How long each part of a restart took.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parts {
    /// Until the balancer had let the server go.
    pub(super) out: Duration,
    /// Until it had ended.
    pub(super) end: Duration,
    /// From its start until it was ready.
    pub(super) start: Duration,
    /// Until the balancer sent to it again.
    pub(super) back: Duration,
}

impl Rota {
    /// Starts the servers one after another, as the first one sets up the store.
    pub(super) async fn start(
        program: &Path,
        variables: &Variables,
        takes_out: bool,
    ) -> Result<Self> {
        let mut places = Vec::new();
        for _place in 0..SERVERS {
            let mut server = Server::start(program.to_owned(), variables.clone()).await?;
            let direct = Api::new(&server.base)?;
            server.ready(&direct).await?;
            places.push(Place { server, direct });
        }
        let all: Vec<&str> = places.iter().map(|place| place.server.authority()).collect();
        let balancer = Balancer::start(&all).await?;
        Ok(Self { balancer, places, takes_out })
    }

    /// Where the balancer listens.
    pub(super) fn base(&self) -> &str {
        &self.balancer.base
    }

    /// The servers, as the balancer names them.
    pub(super) fn authorities(&self) -> Vec<String> {
        self.places.iter().map(|place| place.server.authority().to_owned()).collect()
    }

    /// Restarts the server whose turn it is, and returns once it serves again.
    pub(super) async fn restart(&mut self, number: u32, notes: &Notes) -> Result<()> {
        let turn = usize::try_from(number % SERVERS)?;
        notes.begin_restart(turn);
        let mut parts = Parts::default();
        if self.takes_out {
            parts.out = self.send_to(|place| place != turn, notes).await?;
            notes.set_aside(Some((number, turn)));
        }
        if let Some(place) = self.places.get_mut(turn) {
            (parts.end, parts.start) = place.restart(notes).await?;
        }
        notes.set_aside(None);
        if self.takes_out {
            parts.back = self.send_to(|_any| true, notes).await?;
        }
        notes.end_restart(parts);
        Ok(())
    }

    async fn send_to(&self, is_in: impl Fn(usize) -> bool, notes: &Notes) -> Result<Duration> {
        let begun = Instant::now();
        let places = self.places.iter().enumerate().filter(|(number, _)| is_in(*number));
        let servers: Vec<&str> = places.map(|(_, place)| place.server.authority()).collect();
        notes.turn();
        self.balancer.send_to(&servers).await?;
        notes.turn();
        Ok(begun.elapsed())
    }

    /// What the servers said last, for whoever wonders why there is no report.
    pub(super) fn show_logs(&self) {
        for place in &self.places {
            println!("{}", place.server.log_tail());
        }
    }
}

impl Place {
    /// Returns how long it took to end, and then until it was ready again.
    async fn restart(&mut self, notes: &Notes) -> Result<(Duration, Duration)> {
        let begun = Instant::now();
        let status = self.server.terminate(LIMIT).await?;
        let ended = begun.elapsed();
        if !status.success() {
            notes.breach(Promise::Ended, format!("{} with {status}", self.server.authority()));
        }
        self.server.restart().await?;
        Ok((ended, self.server.ready(&self.direct).await?))
    }
}
