//! An invalidating store keeps the contract of every port, and its writes make wrong nothing that
//! is kept.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

mod announced;
mod contract;
