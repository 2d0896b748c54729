//! Log lines: JSON for machines, each with the trace that it belongs to, and nothing in them that
//! must not be kept.

mod batched;
mod context;
mod json;
mod line;
mod readable;
mod record;
pub mod redact;
#[cfg(test)]
mod tests;

pub use self::batched::{Batched, Writing};
pub use self::context::{Context, along};
pub use self::json::Json;
pub use self::readable::Readable;
