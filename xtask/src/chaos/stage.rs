//! The stage: what everybody shares who takes part in a drill.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use super::course::{Course, Mark};
use super::judge::{Breaks, Heard, Met, Wish, objection};
use super::notes::Notes;
use crate::client::{Call, Reply};

/// What everybody shares; a clone is the same stage.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) breaks: Breaks,
    pub(super) course: Course,
    pub(super) notes: Notes,
    end: Arc<OnceLock<Instant>>,
}

/// What came of a request.
pub(super) struct Answer {
    pub(super) heard: Heard,
    /// The reply to success.
    pub(super) success: Option<Reply>,
    /// When the request was sent.
    pub(super) begun: Mark,
    /// The same as a time.
    pub(super) sent: Instant,
    pub(super) took: Duration,
}

impl Stage {
    pub(super) fn new(breaks: Breaks) -> Self {
        Self { breaks, course: Course::default(), notes: Notes::default(), end: Arc::default() }
    }

    /// Sends a request, and judges what comes back.
    pub(super) async fn ask(&self, call: Call<'_>, wish: Wish) -> Answer {
        let (begun, sent_at) = (self.course.mark(), Instant::now());
        let reply = call.send().await;
        let (span, took) = (self.course.since(begun), sent_at.elapsed());
        let heard = Heard::of(&reply);
        let met = Met { breaks: self.breaks, span, took };
        if let Some((rule, why)) = objection(&heard, wish, met) {
            self.notes.breach(rule, why);
        }
        let success = reply.ok().filter(|reply| reply.status == wish.status);
        Answer { heard, success, begun, sent: sent_at, took }
    }

    /// From now on nothing new is asked; what is open may be asked for a while longer.
    pub(super) fn close(&self, patience: Duration) {
        // Whoever closes again changes nothing.
        self.end.set(Instant::now() + patience).ok();
    }

    /// When the last question may be asked, once that is known.
    pub(super) fn end(&self) -> Option<Instant> {
        self.end.get().copied()
    }
}
