//! The words that every store port of the platform shares.
//!
//! A domain crate says *what* it keeps in ports of its own; what those ports have in common stands
//! here: why a store could not do its work ([`StoreError`]), who acts ([`Actor`]), which state of
//! a record was meant ([`Revision`], [`Expected`]), how lists are read ([`Page`]), what is written
//! beside a change in the same transaction ([`Change`]: history entries and the receipt of an
//! idempotent request), and what was wrong with what somebody sent ([`Violations`]).
//!
//! It knows no database, no HTTP and no clock. [`MemoryLedger`] is the reference adapter of its
//! two ports, [`HistoryStore`] and [`ReceiptStore`].
//!
//! ```
//! use gacp_store::{Expected, Revision};
//!
//! let current = Revision::FIRST.next();
//! assert!(Expected::OneOf(vec![current]).check(current).is_ok());
//! assert!(Expected::OneOf(vec![Revision::FIRST]).check(current).is_err());
//! ```
#![deny(clippy::future_not_send)]

mod actor;
mod attempt;
#[cfg(feature = "contract")]
pub mod contract;
mod error;
mod history;
mod id;
mod memory;
mod page;
mod receipt;
mod revision;
mod violation;

pub use actor::{AccountId, Actor, Role, UnknownRole};
pub use attempt::{Attempt, Change, Once, Target};
pub use error::{BoxError, NoServer, StoreError};
pub use history::{HistoryEntry, HistoryStore, Subject, SubjectKind};
pub use id::{MalformedId, fresh_uuid, least_uuid_at};
pub use memory::MemoryLedger;
pub use page::{Cursor, Order, Page, PageRequest, page_of};
pub use receipt::{
    Claim, Fingerprint, Lease, RECEIPT_LEASE, RECEIPT_RETENTION, Receipt, ReceiptKey, ReceiptStore,
    StoredReply,
};
pub use revision::{Expected, Precondition, Revision};
pub use violation::{Submitted, Violation, Violations};

#[doc(hidden)]
pub use {serde, uuid};
