//! Work that nobody can drop.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;

/// Runs in the task of whoever waits for it, and in one of its own from when it is dropped: most
/// work ends in time, and costs one allocation instead of a task.
pub(super) struct Detached<F, H, L>
where
    F: Future<Output: Send + 'static> + Send + 'static,
    H: Send + 'static,
    L: FnOnce(F::Output) + Send + 'static,
{
    rest: Option<Rest<F, H, L>>,
    runtime: Handle,
}

struct Rest<F, H, L> {
    work: Pin<Box<F>>,
    held: H,
    on_late: L,
}

impl<F, H, L> Detached<F, H, L>
where
    F: Future<Output: Send + 'static> + Send + 'static,
    H: Send + 'static,
    L: FnOnce(F::Output) + Send + 'static,
{
    pub(super) fn new(held: H, work: F, on_late: L) -> Self {
        let rest = Rest { work: Box::pin(work), held, on_late };
        Self { rest: Some(rest), runtime: Handle::current() }
    }
}

// Nothing in it is pinned but what is in a box.
impl<F, H, L> Unpin for Detached<F, H, L>
where
    F: Future<Output: Send + 'static> + Send + 'static,
    H: Send + 'static,
    L: FnOnce(F::Output) + Send + 'static,
{
}

impl<F, H, L> Future for Detached<F, H, L>
where
    F: Future<Output: Send + 'static> + Send + 'static,
    H: Send + 'static,
    L: FnOnce(F::Output) + Send + 'static,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // Taken out while it runs: work that panics does not go on.
        let Some(mut rest) = self.rest.take() else { return Poll::Pending };
        let polled = rest.work.as_mut().poll(context);
        if polled.is_pending() {
            self.rest = Some(rest);
        }
        polled
    }
}

impl<F, H, L> Drop for Detached<F, H, L>
where
    F: Future<Output: Send + 'static> + Send + 'static,
    H: Send + 'static,
    L: FnOnce(F::Output) + Send + 'static,
{
    fn drop(&mut self) {
        if let Some(Rest { work, held, on_late }) = self.rest.take() {
            drop(self.runtime.spawn(async move {
                let held = held;
                on_late(work.await);
                drop(held);
            }));
        }
    }
}
