//! An attempt to change something, and what is written beside the change.

use std::fmt;

use jiff::Timestamp;

use crate::{
    Actor, Expected, HistoryEntry, Lease, Receipt, ReceiptKey, StoredReply, Subject, fresh_uuid,
};

/// The record that a call means, and the state in which the caller believes it to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<Id> {
    /// Which record.
    pub id: Id,
    /// In which state.
    pub expected: Expected,
}

/// Who tries to change something, when, and by which request; `T` is what the change results in.
///
/// A use case turns it into the [`Change`] that its store writes in one transaction.
#[derive(Clone, Copy)]
pub struct Attempt<'a, T> {
    /// Who acts.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// By which request.
    pub request_id: &'a str,
    /// How the request can be repeated without acting again, if its client asked for that.
    pub once: Option<Once<'a, T>>,
}

/// Makes the reply that repetitions of a request get.
#[derive(Clone, Copy)]
pub struct Once<'a, T> {
    /// Which request.
    pub key: ReceiptKey,
    /// Which run of it.
    pub lease: Lease,
    /// The reply to a result; it must be the one that the first run sends.
    pub reply: &'a (dyn Fn(&T) -> StoredReply + Send + Sync),
}

/// What a store writes in the same transaction as a changed record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// What happened, to which records. A change has at least one entry.
    pub entries: Vec<HistoryEntry>,
    /// The reply to an idempotent request. When its lease is lost nothing is written:
    /// [`StoreError::Duplicate`](crate::StoreError::Duplicate) with [`Receipt::LOST_LEASE`].
    pub receipt: Option<Receipt>,
}

impl<T> Attempt<'_, T> {
    /// A history entry by this attempt.
    pub fn entry(&self, subject: Subject, action: impl Into<String>) -> HistoryEntry {
        HistoryEntry {
            id: fresh_uuid(self.at),
            subject,
            at: self.at,
            by: Some(self.by),
            action: action.into(),
            from: None,
            to: None,
            fields: Vec::new(),
            comment: None,
            request_id: Some(self.request_id.to_owned()),
        }
    }

    /// What is written beside a record that this attempt turned into `result`.
    pub fn change(&self, entries: Vec<HistoryEntry>, result: &T) -> Change {
        let receipt = self.once.as_ref().map(|once| Receipt {
            key: once.key,
            lease: once.lease,
            reply: (once.reply)(result),
        });
        Change { entries, receipt }
    }
}

impl<T> fmt::Debug for Attempt<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("by", &self.by)
            .field("at", &self.at)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}
