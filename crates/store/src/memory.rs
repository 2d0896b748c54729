//! The reference adapter of the shared ports: history and receipts in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{
    AccountId, Change, Claim, Fingerprint, HistoryEntry, HistoryStore, Lease, Page, PageRequest,
    RECEIPT_LEASE, RECEIPT_RETENTION, Receipt, ReceiptKey, ReceiptStore, StoreError, StoredReply,
    Subject, page_of,
};

/// History and receipts in memory; the in-memory stores of the domain crates write to it.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    history: Vec<HistoryEntry>,
    receipts: HashMap<ReceiptKey, Row>,
}

#[derive(Debug)]
struct Row {
    fingerprint: Fingerprint,
    lease: Lease,
    claimed_at: Timestamp,
    reply: Option<StoredReply>,
}

impl MemoryLedger {
    /// An empty ledger to share among stores.
    pub fn shared() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Writes what belongs to a change, or nothing when its receipt's lease is lost
    /// ([`StoreError::Duplicate`]). Call it while the changed records are locked, before changing
    /// them.
    pub fn append(&self, change: &Change) -> Result<(), StoreError> {
        let mut state = self.lock();
        if let Some(receipt) = &change.receipt {
            let row = state.running(receipt.key, receipt.lease);
            let row = row.ok_or(StoreError::Duplicate { key: Receipt::LOST_LEASE })?;
            row.reply = Some(receipt.reply.clone());
        }
        state.history.extend(change.entries.iter().cloned());
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change under the lock is a single assignment or push: nothing is left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn running(&mut self, key: ReceiptKey, lease: Lease) -> Option<&mut Row> {
        let row = self.receipts.get_mut(&key)?;
        (row.lease == lease && row.reply.is_none()).then_some(row)
    }
}

#[async_trait]
impl HistoryStore for MemoryLedger {
    async fn history(
        &self,
        subject: Subject,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>, StoreError> {
        let state = self.lock();
        let entries = state.history.iter().filter(|entry| entry.subject == subject).cloned();
        Ok(page_of(entries, page, HistoryEntry::cursor))
    }

    async fn journal(
        &self,
        by: Option<AccountId>,
        page: &PageRequest,
    ) -> Result<Page<HistoryEntry>, StoreError> {
        let state = self.lock();
        let meant = |entry: &&HistoryEntry| {
            by.is_none_or(|id| entry.by.is_some_and(|actor| actor.id == id))
        };
        let entries = state.history.iter().filter(meant).cloned();
        Ok(page_of(entries, page, HistoryEntry::cursor))
    }
}

#[async_trait]
impl ReceiptStore for MemoryLedger {
    async fn claim(
        &self,
        key: &ReceiptKey,
        fingerprint: &Fingerprint,
        lease: Lease,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let mut state = self.lock();
        if let Some(row) = state.receipts.get(key) {
            let kept = now < row.claimed_at + RECEIPT_RETENTION;
            let held = now < row.claimed_at + RECEIPT_LEASE;
            if kept && (row.reply.is_some() || held) && row.fingerprint != *fingerprint {
                return Ok(Claim::Reused);
            }
            match &row.reply {
                Some(reply) if kept => return Ok(Claim::Answered(reply.clone())),
                None if held => return Ok(Claim::Running),
                Some(_) | None => {}
            }
        }
        let row = Row { fingerprint: *fingerprint, lease, claimed_at: now, reply: None };
        state.receipts.insert(*key, row);
        Ok(Claim::Granted)
    }

    async fn settle(&self, receipt: &Receipt) -> Result<(), StoreError> {
        if let Some(row) = self.lock().running(receipt.key, receipt.lease) {
            row.reply = Some(receipt.reply.clone());
        }
        Ok(())
    }

    async fn release(&self, key: &ReceiptKey, lease: Lease) -> Result<(), StoreError> {
        let mut state = self.lock();
        if state.running(*key, lease).is_some() {
            state.receipts.remove(key);
        }
        Ok(())
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut state = self.lock();
        let before = state.receipts.len();
        state.receipts.retain(|_, row| now < row.claimed_at + RECEIPT_RETENTION);
        Ok(u64::try_from(before - state.receipts.len()).unwrap_or(u64::MAX))
    }
}
