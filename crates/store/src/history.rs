//! What happened to a record: written with the change, read by those who may.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AccountId, Actor, Cursor, Page, PageRequest, StoreError};

/// What kind of record an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// An account.
    Account,
    /// A farm, its plots included.
    Farm,
    /// An application.
    Application,
    /// A certificate.
    Certificate,
}

impl SubjectKind {
    /// The name under which stores keep it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Farm => "farm",
            Self::Application => "application",
            Self::Certificate => "certificate",
        }
    }
}

/// The record that an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Which one it is.
    pub id: Uuid,
}

/// One thing that happened to one record. It holds names and states, never personal values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// The entry's own id, in time order.
    pub id: Uuid,
    /// What it happened to.
    pub subject: Subject,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it; nobody when a deadline, a job, or whoever runs the platform did.
    pub by: Option<Actor>,
    /// What was done, in kebab-case: `submit`, `plot-added`.
    pub action: String,
    /// The state before, where the record has states.
    pub from: Option<String>,
    /// The state after, where the record has states.
    pub to: Option<String>,
    /// Names of the fields that changed, as clients know them.
    pub fields: Vec<String>,
    /// What was said about it. Kept apart from the entry, so that it can be erased.
    pub comment: Option<String>,
    /// The request that asked for it.
    pub request_id: Option<String>,
}

impl HistoryEntry {
    /// The same entry with the states between which the record moved.
    #[must_use]
    pub fn moved(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.from = Some(from.into());
        self.to = Some(to.into());
        self
    }

    /// The same entry with the names of the fields that changed.
    #[must_use]
    pub fn touching<S: Into<String>>(mut self, fields: impl IntoIterator<Item = S>) -> Self {
        self.fields = fields.into_iter().map(Into::into).collect();
        self
    }

    /// Its position in a list.
    pub fn cursor(&self) -> Cursor {
        Cursor { id: self.id, updated_at: self.at }
    }

    /// The same entry with what was said about it.
    #[must_use]
    pub fn saying(mut self, comment: Option<String>) -> Self {
        self.comment = comment;
        self
    }
}

/// Where history is read. It is written by the ports that change records, in their transaction.
#[async_trait]
pub trait HistoryStore: Send + Sync {
    /// Entries of one record. [`PageRequest::order`] is always newest first.
    async fn history(
        &self,
        subject: Subject,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>, StoreError>;

    /// Entries of all records, or those by one actor. [`PageRequest::order`] is always newest
    /// first.
    async fn journal(
        &self,
        by: Option<AccountId>,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>, StoreError>;
}
