//! Identifiers: `UUIDv7`, made from the time that the caller says it is.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use thiserror::Error;
use uuid::{ContextV7, Uuid};

/// The text is not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a UUID")]
pub struct MalformedId;

/// Orders ids made within one millisecond, so that "newest first" holds there too.
static WITHIN_A_MILLISECOND: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A new `UUIDv7` (RFC 9562) for the moment `now`; later calls sort after earlier ones.
pub fn fresh_uuid(now: Timestamp) -> Uuid {
    // A context that another thread left behind mid-call still yields unique ids.
    let context = WITHIN_A_MILLISECOND.lock().unwrap_or_else(PoisonError::into_inner);
    // Before 1970 there is nothing to identify: such a clock counts as 1970.
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(&*context, seconds, nanoseconds))
}

/// The least `UUIDv7` of a moment, to the millisecond: what was made before sorts before it.
pub fn least_uuid_at(moment: Timestamp) -> Uuid {
    let milliseconds = u64::try_from(moment.as_millisecond()).unwrap_or_default();
    Uuid::from_u128(u128::from(milliseconds) << 80)
}

/// Defines an id: a `UUIDv7` of its own type.
///
/// `at(now)` makes a new one, `parse` reads one, `parse_or_absent` reads one from a path, where
/// text that is no UUID names something that does not exist.
#[macro_export]
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            $crate::serde::Serialize, $crate::serde::Deserialize,
        )]
        #[serde(transparent, crate = "gacp_store::serde")]
        pub struct $name($crate::uuid::Uuid);

        impl $name {
            /// A new id for the moment `now`.
            pub fn at(now: jiff::Timestamp) -> Self {
                Self($crate::fresh_uuid(now))
            }

            /// Reads the hyphenated form. Fails with [`MalformedId`]($crate::MalformedId).
            pub fn parse(text: &str) -> Result<Self, $crate::MalformedId> {
                $crate::uuid::Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_malformed| $crate::MalformedId)
            }

            /// Reads an id from a path; text that is no UUID becomes an id that nothing has.
            pub fn parse_or_absent(text: &str) -> Self {
                Self::parse(text).unwrap_or(Self($crate::uuid::Uuid::nil()))
            }

            /// The UUID itself.
            pub fn uuid(self) -> $crate::uuid::Uuid {
                self.0
            }
        }

        impl From<$crate::uuid::Uuid> for $name {
            fn from(uuid: $crate::uuid::Uuid) -> Self {
                Self(uuid)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_moment_sort_in_the_order_they_were_made() {
        let now = Timestamp::UNIX_EPOCH;

        let ids: Vec<Uuid> = (0..1_000).map(|_| fresh_uuid(now)).collect();

        assert!(ids.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn what_was_made_before_a_moment_sorts_before_its_least_id() {
        let moment: Timestamp = "2026-01-05T02:00:00.123Z".parse().unwrap();
        let millisecond = jiff::SignedDuration::from_millis(1);

        assert!(fresh_uuid(moment - millisecond) < least_uuid_at(moment));
        assert!(least_uuid_at(moment) < fresh_uuid(moment));
        assert!(fresh_uuid(moment) < least_uuid_at(moment + millisecond));
    }
}
