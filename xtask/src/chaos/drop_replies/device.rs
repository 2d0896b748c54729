//! A client that keeps a session going, and repeats a refresh whose reply was lost.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::notes::Notes;
use super::promises::Promise;
use crate::client::{Api, Reply};
use crate::people::random;

/// A client thinks for so long between two refreshes, in ms: from the first to both together.
const THINKS_MS: u64 = 500;
const THINKS_MORE_MS: u64 = 1_000;

/// For so long after a token was replaced the server promises the same successor again.
const REPEATABLE: Duration = Duration::from_secs(10);

/// So many replies in a row are not lost by chance, even of nine in ten.
const MOST_REPETITIONS: u32 = 200;

/// A session on a device.
pub(super) struct Device {
    api: Api,
    number: usize,
    /// Its device token: every second client shows it, the others keep none.
    shows: Option<String>,
    access: String,
    /// Every refresh token that it got, the newest last.
    tokens: Vec<String>,
}

/// How a refresh ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Renewed,
    Refused,
}

impl Device {
    pub(super) async fn log_in(api: Api, number: usize, credentials: Value) -> Result<Self> {
        let reply = api.post("/api/auth/login", credentials).expect(200).await?;
        let device_token = reply.string("/data/deviceToken")?;
        let access = reply.string("/data/tokens/accessToken")?;
        let tokens = vec![reply.string("/data/tokens/refreshToken")?];
        let shows = number.is_multiple_of(2).then_some(device_token);
        Ok(Self { api, number, shows, access, tokens })
    }

    /// Refreshes so often, with a while between; ends early when it is logged out.
    pub(super) async fn play(
        mut self,
        refreshes: u32,
        repeat_after: Duration,
        notes: Notes,
    ) -> Result<Self> {
        for _refresh in 0..refreshes {
            sleep(Duration::from_millis(THINKS_MS + random(THINKS_MORE_MS)?)).await;
            if self.refresh(repeat_after, &notes).await? == Ending::Refused {
                break;
            }
        }
        Ok(self)
    }

    /// Presents the newest token until there is a reply.
    async fn refresh(&mut self, repeat_after: Duration, notes: &Notes) -> Result<Ending> {
        let first = Instant::now();
        for repetitions in 0..MOST_REPETITIONS {
            if first.elapsed() > REPEATABLE {
                let late = format!("{self} repeats after {} ms", first.elapsed().as_millis());
                notes.breach(Promise::Prompt, late);
            }
            // A lost connection is all that a client gets to know of a lost reply.
            if let Ok(reply) = self.present(&self.api, self.newest()).await {
                notes.answered(repetitions);
                return self.take(&reply, repetitions, notes);
            }
            sleep(repeat_after).await;
        }
        notes.breach(Promise::Replies, format!("{self} has none after {MOST_REPETITIONS}"));
        Ok(Ending::Refused)
    }

    fn take(&mut self, reply: &Reply, repetitions: u32, notes: &Notes) -> Result<Ending> {
        if reply.status != 200 {
            let generation = self.tokens.len();
            let promise = if reply.status == 401 { Promise::SignedIn } else { Promise::Replies };
            let (status, code) = (reply.status, reply.at("/code"));
            let example = format!(
                "{self} got {status} {code} for token {generation} after {repetitions} repetitions"
            );
            notes.breach(promise, example);
            return Ok(Ending::Refused);
        }
        self.access = reply.string("/data/tokens/accessToken")?;
        self.tokens.push(reply.string("/data/tokens/refreshToken")?);
        Ok(Ending::Renewed)
    }

    async fn present(&self, api: &Api, token: &str) -> Result<Reply> {
        let call = api.post("/api/auth/refresh", json!({"refreshToken": token}));
        match &self.shows {
            Some(device) => call.header("X-Device-Token", device).send().await,
            None => call.send().await,
        }
    }

    fn newest(&self) -> &str {
        self.tokens.last().map(String::as_str).unwrap_or_default()
    }

    /// Whether it has all the tokens that it should have.
    pub(super) fn has_refreshed(&self, refreshes: u32) -> bool {
        let different: BTreeSet<&String> = self.tokens.iter().collect();
        let due = usize::try_from(refreshes).ok().and_then(|refreshes| refreshes.checked_add(1));
        different.len() == self.tokens.len() && Some(self.tokens.len()) == due
    }

    /// Sees whether its chain is whole, and whether its holder is signed in at its end.
    pub(super) async fn still_works(&self, api: &Api, refreshes: u32, notes: &Notes) -> Result<()> {
        if !self.has_refreshed(refreshes) {
            let got = self.tokens.len();
            notes.breach(Promise::Chains, format!("{self} got {got} tokens in all"));
        }
        let reply = api.get("/api/auth/profile").bearer(&self.access).send().await?;
        if reply.status != 200 {
            notes.breach(Promise::Works, format!("{self} got {}", reply.status));
        }
        Ok(())
    }

    /// Somebody presents a token that was replaced long ago.
    pub(super) async fn is_stolen(&self, api: &Api, notes: &Notes) -> Result<()> {
        let oldest = self.tokens.first().map(String::as_str).unwrap_or_default();
        let reply = self.present(api, oldest).await?;
        let profile = api.get("/api/auth/profile").bearer(&self.access).send().await?;
        let is_found = reply.status == 401 && reply.at("/code") == "refresh-token-reused";
        if !is_found || profile.status != 401 {
            let (status, profile) = (reply.status, profile.status);
            notes.breach(Promise::Theft, format!("{status}, and {profile} for the access token"));
        }
        Ok(())
    }
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shows = if self.shows.is_some() { "shows" } else { "keeps no" };
        write!(f, "client {} ({shows} device token)", self.number)
    }
}
