//! What happens when somebody's turn comes.

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{Failed, Pass, Rejected};

/// Who waits in the line.
pub(super) enum Waiter {
    /// Somebody who is told, and works where he is.
    Caller(oneshot::Sender<Pass>),
    /// Work for whichever thread is free.
    Work(Work),
}

/// Work that waits for a thread, and for whom its outcome is.
pub(super) struct Work {
    /// Does it, or tells that it will not be done. What comes next is for the same thread.
    turn: Box<dyn FnOnce(Result<Pass, Rejected>) -> Option<Next> + Send>,
    /// Where threads come from.
    runtime: Handle,
}

/// Work whose turn has come.
pub(super) struct Next {
    pub(super) pass: Pass,
    pub(super) work: Work,
}

impl Waiter {
    /// His place went to somebody more urgent.
    pub(super) fn displace(self) {
        match self {
            // That tells.
            Self::Caller(give) => drop(give),
            Self::Work(work) => drop((work.turn)(Err(Rejected::Full))),
        }
    }
}

impl From<oneshot::Sender<Pass>> for Waiter {
    fn from(give: oneshot::Sender<Pass>) -> Self {
        Self::Caller(give)
    }
}

impl From<Work> for Waiter {
    fn from(work: Work) -> Self {
        Self::Work(work)
    }
}

impl Work {
    /// Must be called within a runtime.
    pub(super) fn new<R: Send + 'static>(
        work: impl FnOnce() -> R + Send + 'static,
        arrived: Instant,
        give: oneshot::Sender<Result<R, Failed>>,
    ) -> Self {
        let turn = move |turn: Result<Pass, Rejected>| {
            let (outcome, next) = match turn {
                Ok(pass) => {
                    pass.entered_after(arrived);
                    // Should it panic, `pass` is dropped, and `give` tells.
                    let done = work();
                    (Ok(done), pass.pass_on())
                }
                Err(why) => (Err(why.into()), None),
            };
            // Whoever has gone away need not be told.
            drop(give.send(outcome));
            next
        };
        Self { turn: Box::new(turn), runtime: Handle::current() }
    }
}

impl Next {
    /// On a thread for work that blocks.
    pub(super) fn begin(self) {
        let runtime = self.work.runtime.clone();
        drop(runtime.spawn_blocking(move || self.work_through()));
    }

    /// This, and whatever waits when it is done.
    fn work_through(self) {
        let mut next = Some(self);
        while let Some(Self { pass, work }) = next {
            next = (work.turn)(Ok(pass));
        }
    }
}

#[cfg(test)]
mod tests;
