//! Why something failed: every failure has a cause, or fails the run.

mod causes;
mod class;
mod classify;
mod curl;
mod reply;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use super::data::Given;
use super::engine::{Asked, Fault};
use super::scenario::Request;
pub(super) use causes::{Card, Causes};
pub(super) use class::Class;
pub(super) use reply::Reply;

/// A request that did not go as it should.
#[derive(Debug)]
pub(super) struct Failure<'a> {
    pub(super) request: &'a Request,
    /// The name of the journey.
    pub(super) journey: &'a str,
    /// The rows of data files that something in it comes from.
    pub(super) rows: Vec<Rc<Given>>,
    /// Nothing when it could not be sent.
    pub(super) asked: Option<Asked>,
    pub(super) heard: Heard,
    /// What was expected and did not come, in words.
    pub(super) unmet: Vec<String>,
    /// The status is that of a failure, and nobody expected it.
    pub(super) is_refusal: bool,
    /// When, in seconds since 1970: tokens say so when they expire.
    pub(super) at: i64,
}

/// What came back.
#[derive(Debug)]
pub(super) enum Heard {
    /// It was not sent: this variable has no value.
    Unsent(String),
    Nothing(Fault),
    Reply(Reply),
}
