//! recloser: a ring of bits; it knows no window of time and reads the clock only when it is open.

use std::ops::Range;
use std::sync::Arc;

use ::recloser::Error;

use super::{Fault, OPEN, Rival, Window, reply};

/// A breaker of recloser's.
#[derive(Debug, Clone)]
pub struct Recloser(Arc<::recloser::Recloser>);

/// Calls in its window.
const LENGTH: usize = 100;

fn breaker() -> ::recloser::Recloser {
    // It opens at the threshold: here only if every single one fails.
    ::recloser::Recloser::custom().closed_len(LENGTH).error_rate(1.0).open_wait(OPEN).build()
}

impl Rival for Recloser {
    const NAME: &str = "recloser 1.4";

    fn closed(window: Window) -> Result<Option<Self>, Fault> {
        Ok((window == Window::Calls).then(|| Self(Arc::new(breaker()))))
    }

    fn open() -> Result<Self, Fault> {
        let breaker = breaker();
        // It looks at the window once that was full before.
        for _ in 0..=LENGTH {
            let _: Result<(), Error<()>> = breaker.call(|| Err(()));
        }
        Ok(Self(Arc::new(breaker)))
    }

    fn calls(&self, numbers: Range<u64>, fail: bool) -> u64 {
        let mut refused = 0;
        for nth in numbers {
            if matches!(self.0.call(|| reply(nth, fail)), Err(Error::Rejected)) {
                refused += 1;
            }
        }
        refused
    }
}
