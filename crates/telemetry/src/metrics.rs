//! Metrics: counted in the process, scraped from it.

mod dependency;
mod exposition;
mod http;
mod label;
mod process;
#[cfg(test)]
mod tests;

pub use self::dependency::{CallLabels, Calls};
pub use self::exposition::{Exposition, Format};
pub use self::http::{Ending, HttpMetrics, InFlight, Method, Scheme};
pub use self::process::Process;

/// Metrics of one's own are made with this crate, in this version; its derive macros want to find
/// it among one's dependencies.
pub use prometheus_client;
pub use prometheus_client::registry::Registry;
