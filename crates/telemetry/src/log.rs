//! Log lines: JSON for machines, each with the trace that it belongs to, and nothing in them that
//! must not be kept.

mod batched;
mod json;
mod line;
mod record;
pub mod redact;
#[cfg(test)]
mod tests;

pub use self::batched::{Batched, Writing};
pub use self::json::Json;
