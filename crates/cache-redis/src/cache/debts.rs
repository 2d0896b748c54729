//! Invalidations that could not be made.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gacp_cache::{Tag, Tags};

/// So many tags are remembered; beyond that everything is owed.
const MOST: usize = 10_000;

/// What this process owes to the cache: tags that it could not make invalid. While it owes
/// something it must read nothing.
#[derive(Default)]
pub(super) struct Debts {
    exist: AtomicBool,
    owed: Mutex<Owed>,
}

#[derive(Default)]
struct Owed {
    /// How often something was owed.
    times: u64,
    /// Since which time each tag is owed, the latest.
    tags: BTreeMap<Tag, u64>,
}

/// Some of what is owed, as of one time.
pub(super) struct Bill {
    pub(super) tags: Tags,
    times: u64,
}

impl Debts {
    pub(super) fn exist(&self) -> bool {
        self.exist.load(Ordering::SeqCst)
    }

    /// These could not be made invalid.
    pub(super) fn owe(&self, tags: &Tags) {
        let mut owed = self.owed();
        owed.times += 1;
        let times = owed.times;
        owed.tags.extend(tags.iter().map(|tag| (*tag, times)));
        if owed.tags.len() > MOST {
            owed.tags = BTreeMap::from([(Tag::EVERYTHING, times)]);
        }
        self.exist.store(true, Ordering::SeqCst);
    }

    /// What is to be paid first; nothing if nothing is owed.
    pub(super) fn bill(&self) -> Option<Bill> {
        let owed = self.owed();
        let tags = Tags::all_of(owed.tags.keys().take(Tags::MOST).copied()).ok()?;
        (!tags.is_empty()).then_some(Bill { tags, times: owed.times })
    }

    /// These were made invalid; what came to be owed meanwhile still is.
    pub(super) fn paid(&self, bill: &Bill) {
        let mut owed = self.owed();
        for tag in bill.tags.iter() {
            if owed.tags.get(tag).is_some_and(|times| *times <= bill.times) {
                owed.tags.remove(tag);
            }
        }
        self.exist.store(!owed.tags.is_empty(), Ordering::SeqCst);
    }

    fn owed(&self) -> MutexGuard<'_, Owed> {
        // What is done while it is held cannot panic half-way.
        self.owed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_owed_is_bounded_and_nothing_is_forgotten() {
        let debts = Debts::default();
        assert!(!debts.exist());

        for id in 0..10_001_u32 {
            debts.owe(&Tags::of([Tag::of("farm", id.to_le_bytes())]));
        }

        assert!(debts.exist());
        let bill = debts.bill().unwrap();
        assert_eq!(bill.tags, Tags::everything());
        debts.paid(&bill);
        assert!(!debts.exist());
        assert!(debts.bill().is_none());
    }

    #[test]
    fn what_comes_on_top_stays_owed() {
        let (one, other) = (Tags::of([Tag::of("farm", "1")]), Tags::of([Tag::of("farm", "2")]));
        for meanwhile in [&one, &other] {
            let debts = Debts::default();
            debts.owe(&one);
            let bill = debts.bill().unwrap();
            debts.owe(meanwhile);

            debts.paid(&bill);
            assert!(debts.exist());
            assert_eq!(debts.bill().unwrap().tags, *meanwhile);
            debts.paid(&debts.bill().unwrap());
            assert!(!debts.exist());
        }
    }
}
