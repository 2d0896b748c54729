//! The MongoDB store keeps the contract of every port, and some promises of its own.
//!
//! It needs a replica set under `MONGODB_URI`: `cargo xtask test` brings one up.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

mod auth;
mod certifications;
mod changes;
mod connecting;
mod explain;
mod farms;
mod faulty;
mod history;
mod keys;
mod ledger;
mod schema;
mod scratch;
mod transactions;
