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

/// A registry that is being filled, and what can be put into it.
pub use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::family::Family;
pub use prometheus_client::metrics::gauge::Gauge;
pub use prometheus_client::metrics::histogram::Histogram;
pub use prometheus_client::metrics::info::Info;
pub use prometheus_client::registry::Registry;

#[doc(hidden)]
pub use prometheus_client as client;
