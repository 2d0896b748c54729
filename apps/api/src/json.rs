//! What clients send, read whole: every problem at once, each at its place.
//!
//! serde stops at the first field that it cannot read. A farmer on a slow network should not learn
//! of his mistakes one reply at a time, so a body is first parsed to a [`Node`] (anything wrong
//! there makes it unreadable), then [`read`] as a draft by a deserializer that notes what is
//! missing, unknown or of the wrong type and carries on with a stand-in, and finally checked by
//! the draft's garde rules ([`submitted`]).
//!
//! The configuration goes through the same reader: TOML and environment variables become nodes.
//!
//! Limits: `#[serde(flatten)]`, `alias` and `default` say nothing to the reader (a field that may
//! be absent is an `Option`).
//!
//! ```
//! use gacp_api::json::{Node, read};
//!
//! #[derive(Debug, serde::Deserialize)]
//! struct Plot {
//!     name: String,
//!     area: f64,
//! }
//!
//! let node = Node::parse(br#"{"area": "big", "colour": "green"}"#).unwrap();
//! let (_, problems) = read::<Plot>(&node);
//! let found: Vec<_> = problems.iter().map(|p| (p.pointer.as_str(), p.code.as_str())).collect();
//! assert_eq!(
//!     found,
//!     [("/name", "required"), ("/area", "wrong-type"), ("/colour", "unknown-field")]
//! );
//! ```

mod access;
mod deserializer;
mod node;
mod order;
mod parse;
mod path;
mod reader;
mod state;
mod submitted;

pub use node::Node;
pub use parse::Unreadable;
pub use reader::read;
pub use submitted::submitted;

#[cfg(test)]
mod tests;
