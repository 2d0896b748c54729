//! The use cases of accounts and sessions, over the in-memory stores.

mod accounts;
mod harness;
mod logins;
mod refreshes;
mod staff;
mod tokens;
