//! What is known of one tag.

use tokio::time::Instant;

/// So many marks are kept on one tag: the ones that last longest. Whoever had one more, and died
/// after his write, is covered by the others.
const MARKS: usize = 64;

/// What is known of a tag.
#[derive(Debug)]
pub(super) enum State {
    /// It is what it is since this epoch.
    Settled(u64),
    /// It is being written.
    Doubted(Vec<Mark>),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    name: u64,
    until: Instant,
}

impl State {
    /// The epoch, if it is known.
    pub(super) fn epoch(&self) -> Option<u64> {
        match self {
            Self::Settled(epoch) => Some(*epoch),
            Self::Doubted(_) => None,
        }
    }

    /// Whether somebody writes it.
    pub(super) fn is_doubted(&self, now: Instant) -> bool {
        match self {
            Self::Settled(_) => false,
            Self::Doubted(marks) => marks.iter().any(|mark| mark.until > now),
        }
    }

    /// Somebody begins to write it.
    pub(super) fn doubt(&mut self, name: u64, until: Instant) {
        let mark = Mark { name, until };
        match self {
            Self::Settled(_) => *self = Self::Doubted(vec![mark]),
            Self::Doubted(marks) => {
                marks.push(mark);
                if marks.len() > MARKS {
                    marks.sort_unstable_by_key(|mark| std::cmp::Reverse(mark.until));
                    marks.truncate(MARKS);
                }
            }
        }
    }

    /// What it was is over; it is in doubt as long as others write it.
    pub(super) fn settle(&mut self, name: Option<u64>, fresh: u64, now: Instant) {
        if let Self::Doubted(marks) = self {
            marks.retain(|mark| Some(mark.name) != name && mark.until > now);
            if !marks.is_empty() {
                return;
            }
        }
        *self = Self::Settled(fresh);
    }
}
