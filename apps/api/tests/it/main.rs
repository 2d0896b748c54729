//! The API as its clients see it: the real server, over HTTP, on SQLite.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed setup must stop the test"
)]

mod access;
mod accounts;
mod app;
mod asking;
mod audit;
mod cached;
mod certifications;
mod farms;
mod idempotency;
mod journey;
mod limits;
mod lockout;
mod observed;
mod openapi;
mod operator;
mod place;
mod places;
mod process;
mod refusals;
mod reply;
mod secrets;
mod sessions;
mod stage;
mod verification;
