//! Trying again, without making it worse.
//!
//! Retries are more load exactly when there is too much of it. So there is a [`Budget`] for each
//! dependency, which the retries of all requests share; they wait for random times ([`Backoff`]);
//! and nobody retries for somebody who will not wait for it. Only what may happen twice is retried:
//! the caller says so, error by error, with a `Verdict`.

mod backoff;
mod budget;
mod observer;
#[cfg(feature = "tokio")]
mod run;

pub use backoff::Backoff;
pub use budget::{Allowance, Budget};
pub use observer::{GivenUp, Observer};
#[cfg(feature = "tokio")]
pub use run::{Retries, RetryPolicy, Verdict};
