//! How often something may happen: the words of rate limiters, and their port.
//!
//! A [`Quota`] says how many units there are per window. A [`RateLimiter`] takes units from the
//! bucket of a [`Key`] and gives a [`Verdict`] each time: how many are left, and when more come.
//! Units come back one by one, evenly over the window (the generic cell rate algorithm), so that
//! there is no moment at which everybody starts anew.
//!
//! The crate limits nothing by itself: an adapter does, in one process or across many, and the
//! suite of the feature `contract` says what it must do. Whom a key stands for is its caller's
//! business.
//!
//! ```
//! use std::time::Duration;
//!
//! use gacp_limits::Quota;
//!
//! let quota: Quota = "60/min".parse()?;
//! assert_eq!((quota.units(), quota.window()), (60, Duration::from_mins(1)));
//! assert_eq!(quota.interval(), Duration::from_secs(1));
//! assert_eq!(quota.halved().to_string(), "30/min");
//! # Ok::<(), gacp_limits::NoQuota>(())
//! ```
#![deny(clippy::future_not_send)]

#[cfg(feature = "contract")]
pub mod contract;
mod ports;
mod quota;
mod verdict;

pub use ports::{Key, RateLimiter, Unavailable};
pub use quota::{NoQuota, Quota};
pub use verdict::Verdict;
