//! What happened to a record, as those see it who may.

use gacp_store::{Actor, HistoryEntry};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryView {
    #[schema(format = Uuid)]
    id: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Nobody when a deadline did it.
    by: Option<ActorView>,
    action: String,
    from: Option<String>,
    to: Option<String>,
    /// Names of the fields that changed.
    fields: Vec<String>,
    comment: Option<String>,
    request_id: Option<String>,
}

/// Who did something, in the role of that moment.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ActorView {
    #[schema(format = Uuid)]
    id: String,
    role: &'static str,
}

impl From<Actor> for ActorView {
    fn from(by: Actor) -> Self {
        Self { id: by.id.to_string(), role: by.role.as_str() }
    }
}

impl From<HistoryEntry> for HistoryView {
    fn from(entry: HistoryEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: entry.at,
            by: entry.by.map(ActorView::from),
            action: entry.action,
            from: entry.from,
            to: entry.to,
            fields: entry.fields,
            comment: entry.comment,
            request_id: entry.request_id,
        }
    }
}
