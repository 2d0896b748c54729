//! The advisor: what every query of the catalogue costs, asked of the server itself.
//!
//! [`Mongo::fill`] fills an empty database with documents made for it, [`Mongo::explain`] puts
//! each query to the server with values of documents that are there. A query is at fault that
//! walks another index than the catalogue says, or none, that sorts in memory, or that reads many
//! more documents than it returns; see [`Explanation::faults`].

mod asking;
mod dump;
mod example;
mod explanation;
mod filling;
mod made;
mod typical;

pub use asking::Without;
pub use explanation::{Explanation, Fault};
pub use filling::Filling;
