//! Being inside, and how one leaves.

use std::fmt;
use std::sync::Arc;

use tokio::time::Instant;

use super::Shared;
use super::turn::{Next, Waiter};

/// Being inside; dropping it lets the next one in.
#[must_use = "whoever drops it is outside again"]
pub struct Pass {
    pub(super) shared: Arc<Shared>,
    pub(super) since: Instant,
    /// The place is somebody else's now.
    pub(super) is_given_away: bool,
}

impl Pass {
    pub(super) fn entered_after(&self, arrived: Instant) {
        self.shared.observer.entered(self.since.duration_since(arrived));
    }

    /// Leaves, and lets the next one in. If that is work, it is for the caller to do.
    pub(super) fn pass_on(mut self) -> Option<Next> {
        self.leave()
    }

    fn leave(&mut self) -> Option<Next> {
        self.is_given_away = true;
        let inside = self.since.elapsed();
        self.shared.tempo.note(inside);
        self.shared.observer.left(inside);
        loop {
            let who = self.shared.line().leave()?;
            let pass = self.shared.pass();
            match who {
                Waiter::Work(work) => return Some(Next { pass, work }),
                Waiter::Caller(give) => match give.send(pass) {
                    Ok(()) => return None,
                    // He has just gone away: the next one, then.
                    Err(mut pass) => pass.is_given_away = true,
                },
            }
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.is_given_away {
            return;
        }
        if let Some(next) = self.leave() {
            next.begin();
        }
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass(…)")
    }
}
