//! The HTTP shell: everything that is the same for every route.
//!
//! A request passes the `shell` (request id, access log, headers), the [`limits`], the router,
//! and the `pipeline` of its route: its own limit, negotiation, body, authentication,
//! idempotency, handler. What goes wrong anywhere becomes one [`ApiError`] and leaves as a [`Problem`](problem::Problem).

pub mod address;
mod admit;
pub mod app;
pub mod aside;
pub mod authenticate;
pub mod body;
pub(crate) mod cached;
pub mod call;
pub(crate) mod conditional;
pub mod cursor;
pub(crate) mod describe;
pub mod error;
pub mod expected;
mod headers;
mod idempotency;
pub mod ingress;
pub mod limits;
mod negotiate;
pub mod page;
mod pipeline;
pub mod problem;
mod quality;
mod query;
pub mod reply;
pub mod request_id;
pub mod routes;
mod shell;
mod tidied;
mod visit;

pub use self::address::ClientAddress;
pub use self::app::{Shell, app};
pub use self::aside::aside;
pub use self::authenticate::{Authenticate, Caller};
pub use self::body::Body;
pub use self::call::Call;
pub use self::error::ApiError;
pub use self::expected::IfMatch;
pub use self::limits::{Limit, Limits, Quotas, Throttle};
pub use self::negotiate::Negotiated;
pub use self::page::{Filter, List, Paged, Posted};
pub use self::query::{Pairs, Query, checked};
pub use self::reply::Reply;
pub use self::request_id::RequestId;
pub use self::routes::{Options, Routes};

#[cfg(test)]
pub(crate) mod tests;
