//! The API as its clients see it: the cases of `tests/it`, on MongoDB.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed setup must stop the test"
)]

#[path = "../it/access.rs"]
mod access;
#[path = "../it/accounts.rs"]
mod accounts;
#[path = "../it/app.rs"]
mod app;
#[path = "../it/asking.rs"]
mod asking;
#[path = "../it/audit.rs"]
mod audit;
#[path = "../it/cached.rs"]
mod cached;
#[path = "../it/certifications.rs"]
mod certifications;
#[path = "../../../../crates/cache-redis/tests/it/door.rs"]
mod door;
#[path = "../it/farms.rs"]
mod farms;
#[path = "../it/idempotency.rs"]
mod idempotency;
#[path = "../it/journey.rs"]
mod journey;
mod kept_by_two;
#[path = "../it/lockout.rs"]
mod lockout;
#[path = "../it/observed.rs"]
mod observed;
#[path = "../it/operator.rs"]
mod operator;
mod place;
#[path = "../it/places.rs"]
mod places;
#[path = "../it/process.rs"]
mod process;
#[path = "../it/refusals.rs"]
mod refusals;
#[path = "../it/reply.rs"]
mod reply;
#[path = "../it/secrets.rs"]
mod secrets;
#[path = "../it/sessions.rs"]
mod sessions;
mod shared_limits;
#[path = "../it/stage.rs"]
mod stage;
mod two_servers;
#[path = "../it/verification.rs"]
mod verification;
