//! The use cases of accounts and sessions, over the in-memory stores.

mod accounts;
mod breaches;
mod counting;
mod events;
mod guesses;
mod harness;
mod logins;
mod passwords;
mod refreshes;
mod staff;
mod tokens;
