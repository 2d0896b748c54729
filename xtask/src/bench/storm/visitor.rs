//! Those who were there before the storm, and look at their profile at a steady pace.

use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::PATIENCE;
use super::notes::{Asked, Heard, Notes};
use crate::http1::{self, Wire};
use crate::people::User;

/// How many they are.
pub(super) const VISITORS: usize = 2;

/// How often each of them looks: together 50 times in a second.
const PACE: Duration = Duration::from_millis(40);

/// How far apart they begin, so that they do not meet.
const APART: Duration = Duration::from_millis(20);

/// Somebody with a session.
pub(super) struct Visitor {
    authority: String,
    wire: Wire,
    look: Vec<u8>,
    /// How long after the first of them.
    behind: Duration,
}

/// A visitor for each of these people.
pub(super) async fn gather(authority: &str, users: &[User]) -> Result<Vec<Visitor>> {
    let mut visitors = Vec::new();
    for (number, user) in (0..).zip(users) {
        let bearer = format!("Bearer {}", user.access);
        let headers = [("Host", authority), ("Authorization", &bearer)];
        visitors.push(Visitor {
            authority: authority.to_owned(),
            wire: Wire::open(authority).await?,
            look: http1::request("GET /api/auth/profile", &headers, ""),
            behind: APART * number,
        });
    }
    Ok(visitors)
}

impl Visitor {
    /// Looks at the profile when it is time, or at once when that is past.
    pub(super) async fn visit(
        mut self,
        begin: Instant,
        length: Duration,
        notes: Notes,
    ) -> Result<()> {
        let mut due = begin + self.behind;
        while due < begin + length {
            sleep_until(due).await;
            let heard = match timeout_at(due + PATIENCE, self.wire.exchange(&self.look)).await {
                Ok(Ok(reply)) => Heard::reply(&reply)?,
                Ok(Err(_lost)) => Heard::Lost,
                Err(_late) => Heard::Nothing,
            };
            notes.enter((Asked::Profile, heard), due.elapsed())?;
            if !matches!(heard, Heard::Status { .. }) {
                self.wire = Wire::open(&self.authority).await?;
            }
            due += PACE;
        }
        Ok(())
    }
}
