//! The reference adapter of [`EventStore`]: events in memory.

use async_trait::async_trait;
use gacp_store::{Page, PageRequest, StoreError, least_uuid_at, page_of};
use jiff::Timestamp;

use super::MemoryAuth;
use crate::{EVENT_RETENTION, EventFilter, EventStore, SecurityEvent};

/// The security events of a [`MemoryAuth`].
#[derive(Debug, Clone)]
pub struct MemoryEvents(pub(super) MemoryAuth);

#[async_trait]
impl EventStore for MemoryEvents {
    async fn append(&self, event: &SecurityEvent) -> Result<(), StoreError> {
        self.0.lock().events.push(event.clone());
        Ok(())
    }

    async fn events(
        &self,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<SecurityEvent>, StoreError> {
        let state = self.0.lock();
        let admitted = state.events.iter().filter(|event| filter.admits(event)).cloned();
        Ok(page_of(admitted, page, SecurityEvent::cursor))
    }

    async fn prune(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut state = self.0.lock();
        let (before, first) = (state.events.len(), least_uuid_at(now - EVENT_RETENTION));
        state.events.retain(|event| event.id.uuid() >= first);
        Ok(u64::try_from(before - state.events.len()).unwrap_or(u64::MAX))
    }
}
