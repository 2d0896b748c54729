//! Logins and everything else that happened, as their holder and as administrators see it.

use gacp_auth::{AuditRecord, SecurityEvent, SecurityEventKind};
use gacp_store::{HistoryEntry, Subject};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::history::ActorView;

/// What came of a login.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    /// It opened a session.
    Success,
    /// It did not.
    Failure,
}

/// Why a login opened no session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum LoginFailure {
    /// The password was not the account's.
    WrongPassword,
    /// There had been too many guesses.
    TooManyGuesses,
    /// The account was disabled.
    AccountDisabled,
}

/// A login to the caller's account, or an attempt at one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginAttemptView {
    #[schema(format = Uuid)]
    id: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(inline)]
    outcome: Outcome,
    /// Why it failed, if it did.
    #[schema(inline)]
    reason: Option<LoginFailure>,
    /// The network that it came from, not the address.
    #[schema(examples("203.0.113.0/24"))]
    network: Option<String>,
    /// What the device called its software.
    user_agent: Option<String>,
    /// The session that it opened.
    #[schema(format = Uuid)]
    session_id: Option<String>,
}

/// What kind of record an audit shows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum AuditKind {
    /// Something was changed.
    Change,
    /// Somebody proved who he is, or failed to.
    SecurityEvent,
}

/// What a record is about.
#[derive(Debug, Serialize, ToSchema)]
struct SubjectView {
    kind: &'static str,
    #[schema(format = Uuid)]
    id: String,
}

/// One thing that happened, to whatever it was.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditView {
    #[schema(format = Uuid)]
    id: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(inline)]
    kind: AuditKind,
    action: String,
    /// Who did it; nobody when a deadline did, or when nobody was proven yet.
    by: Option<ActorView>,
    /// What it happened to; nothing when a login named no account.
    subject: Option<SubjectView>,
    from: Option<String>,
    to: Option<String>,
    /// Names of the fields that changed.
    fields: Vec<String>,
    comment: Option<String>,
    request_id: Option<String>,
    /// The network that it came from, not the address.
    #[schema(examples("203.0.113.0/24"))]
    network: Option<String>,
    /// What the device called its software.
    user_agent: Option<String>,
    /// The session that it opened, or ended.
    #[schema(format = Uuid)]
    session_id: Option<String>,
}

impl LoginFailure {
    fn of(kind: SecurityEventKind) -> Option<Self> {
        match kind {
            SecurityEventKind::LoginSucceeded => None,
            SecurityEventKind::LoginLocked => Some(Self::TooManyGuesses),
            SecurityEventKind::LoginAccountDisabled => Some(Self::AccountDisabled),
            SecurityEventKind::LoginWrongPassword
            | SecurityEventKind::LoginUnknownAccount
            | SecurityEventKind::PasswordChangeRefused
            | SecurityEventKind::RefreshTokenReused => Some(Self::WrongPassword),
        }
    }
}

impl From<SecurityEvent> for LoginAttemptView {
    fn from(login: SecurityEvent) -> Self {
        let reason = LoginFailure::of(login.kind);
        Self {
            id: login.id.to_string(),
            at: login.at,
            outcome: if reason.is_none() { Outcome::Success } else { Outcome::Failure },
            reason,
            network: login.network,
            user_agent: login.user_agent,
            session_id: login.session.map(|session| session.to_string()),
        }
    }
}

impl From<Subject> for SubjectView {
    fn from(subject: Subject) -> Self {
        Self { kind: subject.kind.as_str(), id: subject.id.to_string() }
    }
}

impl From<AuditRecord> for AuditView {
    fn from(record: AuditRecord) -> Self {
        match record {
            AuditRecord::Change(entry) => entry.into(),
            AuditRecord::Event(event) => event.into(),
        }
    }
}

impl From<HistoryEntry> for AuditView {
    fn from(entry: HistoryEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: entry.at,
            kind: AuditKind::Change,
            action: entry.action,
            by: entry.by.map(ActorView::from),
            subject: Some(entry.subject.into()),
            from: entry.from,
            to: entry.to,
            fields: entry.fields,
            comment: entry.comment,
            request_id: entry.request_id,
            network: None,
            user_agent: None,
            session_id: None,
        }
    }
}

impl From<SecurityEvent> for AuditView {
    fn from(event: SecurityEvent) -> Self {
        let subject = event.subject().map(SubjectView::from);
        Self {
            id: event.id.to_string(),
            at: event.at,
            kind: AuditKind::SecurityEvent,
            action: event.kind.as_str().to_owned(),
            by: None,
            subject,
            from: None,
            to: None,
            fields: Vec::new(),
            comment: None,
            request_id: event.request_id,
            network: event.network,
            user_agent: event.user_agent,
            session_id: event.session.map(|session| session.to_string()),
        }
    }
}
