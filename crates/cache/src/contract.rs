//! What every adapter of [`Cache`] must do.
//!
//! `cache_contract!(fresh)` declares one test per case; `fresh` is an `async fn` that makes an
//! empty cache. [`schedules`] and [`race`] are what can be done to a cache and to one that is none:
//! an adapter passes, [`DeleteOnWrite`] must not.
#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a failed setup must stop the test, and a case is there to panic"
)]

mod fills;
mod model;
mod naive;
pub mod race;
pub mod schedules;
mod validity;

use std::sync::Arc;
use std::time::Duration;

use crate::{
    Begun, Cache, Committed, Consistency, Entry, Epochs, Fill, Found, Key, Life, Lookup, Scope,
    Tag, Tags,
};

pub use fills::*;
pub use model::Model;
pub use naive::DeleteOnWrite;
pub use validity::*;

/// Declares one test per case of the cache contract; `$fresh` is the name of an
/// `async fn() -> Arc<dyn Cache>`.
#[macro_export]
macro_rules! cache_contract {
    (@each $fresh:path; $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::$case($fresh().await).await;
        }
    )+};
    ($fresh:path) => {
        $crate::cache_contract! { @each $fresh;
            what_was_never_stored_is_missing
            what_is_stored_comes_back_as_it_was
            the_largest_entry_with_the_most_tags_comes_back
            an_entry_without_tags_comes_back
            keys_do_not_share
            an_entry_grows_older_and_ends
            each_of_its_tags_ends_an_entry
            other_tags_do_not_end_an_entry
            everything_ends_with_the_tag_of_everything
            while_a_tag_is_in_doubt_its_entries_are_missing
            what_was_in_doubt_is_never_valid_again
            everything_can_be_in_doubt
            a_mark_that_ends_leaves_nothing_valid
            a_tag_stays_in_doubt_until_its_last_mark_is_settled
            a_mark_that_has_ended_can_be_settled
            subscribers_are_told
            a_miss_says_what_the_tags_are
            the_lease_is_given_once
            a_lease_that_is_given_back_can_be_had_again
            nobody_gives_back_the_lease_of_another
            a_lease_that_is_too_old_stores_nothing
            who_begins_is_told_of_an_entry_that_came_meanwhile
            what_was_invalidated_meanwhile_is_not_stored
            what_is_in_doubt_is_not_stored
            what_is_in_doubt_cannot_be_filled
            of_many_at_once_one_has_the_lease
            of_many_at_once_nobody_revives_what_another_ends
            of_many_at_once_nobody_reads_what_an_acknowledged_write_replaced
        }
    };
}

/// Long enough for any case.
const LIFE: Life = Life { soft: Duration::from_mins(1), hard: Duration::from_mins(1) };

/// The key of a number.
pub(crate) fn key(number: u64) -> Key {
    Key::of("/contract/{id}", "GET", Scope::Public).path("id", &number.to_string()).key()
}

/// The tag of a number.
pub(crate) fn tag(number: u64) -> Tag {
    Tag::of("contract", number.to_le_bytes())
}

/// A reply that says a number.
pub(crate) fn entry(number: u64) -> Entry {
    Entry::new(200, "text/plain", &format!("\"{number}\""), number.to_string()).unwrap()
}

/// The number that a reply says.
pub(crate) fn number(entry: &Entry) -> u64 {
    String::from_utf8(entry.body().to_vec()).unwrap().parse().unwrap()
}

async fn look(cache: &dyn Cache, key: Key, tags: &Tags) -> Lookup {
    cache.get(&key, tags, Consistency::Checked).await.unwrap()
}

async fn find(cache: &dyn Cache, key: Key, tags: &Tags) -> Option<Found> {
    match look(cache, key, tags).await {
        Lookup::Found(found) => Some(found),
        Lookup::Missing(_) => None,
    }
}

async fn epochs(cache: &dyn Cache, key: Key, tags: &Tags) -> Option<Epochs> {
    match look(cache, key, tags).await {
        Lookup::Found(found) => Some(found.epochs),
        Lookup::Missing(epochs) => epochs,
    }
}

async fn lease(cache: &dyn Cache, key: Key, tags: &Tags) -> Fill {
    match cache.begin_fill(&key, tags).await.unwrap() {
        Begun::Leased { fill, .. } => fill,
        other => panic!("{other:?}"),
    }
}

async fn store(cache: &dyn Cache, key: Key, tags: &Tags, entry: Entry) {
    let fill = lease(cache, key, tags).await;
    let committed = cache.commit(fill, Arc::new(entry), LIFE).await.unwrap();
    assert_eq!(committed, Committed::Stored);
}
