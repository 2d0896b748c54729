//! The SQLite store keeps the contract of every port, and some promises of its own.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

mod auth;
mod certifications;
mod engine;
mod farms;
mod history;
mod keys;
mod ledger;
mod scratch;
