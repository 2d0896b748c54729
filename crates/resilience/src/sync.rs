//! The atomics: the processor's, or those of the model checker (`--cfg gacp_loom`).

#[cfg(gacp_loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering, fence};
#[cfg(not(gacp_loom))]
pub(crate) use std::sync::atomic::{AtomicU64, Ordering, fence};

/// On a cache line of its own (a pair of them, as they are fetched): what many threads read is not
/// beside what they write.
#[repr(align(128))]
pub(crate) struct Apart<T>(pub(crate) T);
