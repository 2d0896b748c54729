//! Reading what happened, as administrators do.

use gacp_store::{
    AccountId, Actor, Cursor, HistoryEntry, Page, PageRequest, StoreError, Subject, SubjectKind,
    page_of,
};

use super::Auth;
use super::staff::only_admins;
use crate::{AuthError, EventFilter, SecurityEvent};

/// Which records an audit wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFilter {
    /// All there are.
    Everything,
    /// What somebody did, and what came of proofs that it was he.
    By(AccountId),
    /// What happened to an account.
    About(AccountId),
}

/// One record of an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditRecord {
    /// Something was changed, whatever it was.
    Change(HistoryEntry),
    /// Somebody proved who he is, or failed to.
    Event(SecurityEvent),
}

impl AuditRecord {
    /// Its position in a list.
    pub fn cursor(&self) -> Cursor {
        match self {
            Self::Change(entry) => entry.cursor(),
            Self::Event(event) => event.cursor(),
        }
    }
}

impl AuditFilter {
    fn account(self) -> Option<AccountId> {
        match self {
            Self::Everything => None,
            Self::By(account) | Self::About(account) => Some(account),
        }
    }
}

impl Auth {
    /// Reads a page of everything that happened, changes and security events in one order, newest
    /// first. Administrators only.
    pub async fn audit(
        &self,
        by: Actor,
        filter: AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditRecord>, AuthError> {
        only_admins(by)?;
        // One more of each than the page holds: whichever of them it is cut from, it is full.
        let more = PageRequest { limit: page.limit.saturating_add(1), ..*page };
        let changes = self.changes(filter, &more).await?;
        let only = EventFilter { account: filter.account(), logins: false };
        let events = self.parts.events.events(&only, &more).await?;
        let changes = changes.items.into_iter().map(AuditRecord::Change);
        let events = events.items.into_iter().map(AuditRecord::Event);
        Ok(page_of(changes.chain(events), page, AuditRecord::cursor))
    }

    async fn changes(
        &self,
        filter: AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>, StoreError> {
        let history = &self.parts.history;
        match filter {
            AuditFilter::Everything => history.journal(None, page).await,
            AuditFilter::By(account) => history.journal(Some(account), page).await,
            AuditFilter::About(account) => {
                let subject = Subject { kind: SubjectKind::Account, id: account.uuid() };
                history.history(subject, page).await
            }
        }
    }
}
