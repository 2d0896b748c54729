//! From the cache, or from a load that all who ask share.

mod flight;
mod flights;
mod load;

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::policy::Worth;
use crate::{Cache, Entry, Epochs, Event, Found, Key, Lookup, Observer, Policy, Tags, Unavailable};
use flight::{Landed, Ticket};
use flights::{Boarding, Flights};
use load::{Load, Plan};

/// What a load comes back with. `T` is a reply that is none of the cache's business.
#[derive(Debug, Clone)]
pub enum Loaded<T> {
    /// A reply to keep.
    Keep(Entry),
    /// A reply to keep, but not for longer than this: then it is wrong, though nobody writes.
    KeepFor(Entry, Duration),
    /// A reply that says that there is nothing; it is kept for a moment.
    Negative(Entry),
    /// A reply for those who asked, and for nobody after them.
    Pass(T),
    /// No reply: where the policy allows it, a stale one is given instead.
    Failed(T),
}

/// What is given.
#[derive(Debug, Clone)]
pub enum Reply<T> {
    /// What is, or could be, in the cache.
    Entry(Arc<Entry>),
    /// What is not.
    Other(T),
}

/// Where a reply comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// From the cache, and fresh.
    Hit,
    /// From the cache, and stale: the next one is being made.
    Stale,
    /// From the cache, and stale: there was no making the next one.
    StaleOnError,
    /// It was made.
    Miss,
    /// It was made for somebody else who had asked before.
    Collapsed,
    /// It was made, without the cache: that could not be asked, or was asked too much.
    Bypassed,
}

/// A reply, and what there is to say about it.
#[derive(Debug, Clone)]
pub struct Served<T> {
    /// What to send.
    pub reply: Reply<T>,
    /// Where it comes from.
    pub how: How,
    /// How old it is.
    pub age: Duration,
    /// For how long it is still fresh, if it is kept.
    pub fresh_for: Duration,
}

/// The load did not end: it panicked, or the runtime is being shut down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the load did not end")]
pub struct Aborted;

/// Reads through a cache: what is not there is loaded, once for all who ask for it at the moment,
/// and kept. Cheap to clone: all clones are one.
///
/// A load is a task of its own, and goes on when whoever asked first has left. Who asks while one
/// runs shares it only if it is known that nothing was written between its beginning and his
/// coming; otherwise he shares the next, which begins when that one has ended. So at most one load
/// of a key runs at once, and nobody is given what a write before his coming has made wrong.
pub struct ReadThrough<T> {
    shared: Arc<Shared<T>>,
}

pub(crate) struct Shared<T> {
    cache: Arc<dyn Cache>,
    observer: Arc<dyn Observer>,
    flights: Flights<T>,
}

impl<T> Clone for ReadThrough<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

/// What came of a lookup; [`ReadThrough::serve_looked`] makes a reply of it.
#[derive(Debug)]
pub struct Looked {
    arrived: u64,
    plan: Plan,
    found: Result<Lookup, Unavailable>,
}

/// What a lookup leaves to do.
struct Wanting {
    /// What the tags were when it was made, if that is known.
    observed: Option<Epochs>,
    /// What can be given if there is nothing better.
    last_resort: Option<Found>,
}

impl Looked {
    /// What was found, if it is fresh.
    pub fn fresh(&self) -> Option<&Entry> {
        self.fresh_one().map(|found| &*found.entry)
    }

    fn fresh_one(&self) -> Option<&Found> {
        let Ok(Lookup::Found(found)) = &self.found else { return None };
        (self.plan.policy.worth(found) == Worth::Fresh).then_some(found)
    }
}

impl<T: Clone + Send + Sync + 'static> ReadThrough<T> {
    /// Reads through this cache, with so many loads of different keys at once. What comes on top
    /// is loaded by whoever asks, and not kept.
    pub fn new(cache: Arc<dyn Cache>, observer: Arc<dyn Observer>, loads: usize) -> Self {
        Self { shared: Arc::new(Shared { cache, observer, flights: Flights::new(loads) }) }
    }

    /// Gives a reply. `load` is called where there is none, in the task of the caller, so that its
    /// future can take along what belongs to that; the future is polled in a task of its own.
    /// Everything that the reply is made of has its tag, and the load reads what is written with
    /// `Writes` not before it is polled.
    ///
    /// Must be called within a runtime, or it panics.
    pub async fn serve<L, F>(
        &self,
        key: Key,
        tags: &Tags,
        policy: &Policy,
        load: L,
    ) -> Result<Served<T>, Aborted>
    where
        L: FnOnce() -> F,
        F: Future<Output = Loaded<T>> + Send + 'static,
    {
        let looked = self.look(key, tags.clone(), policy).await;
        self.serve_looked(looked, load).await
    }

    /// Looks for a reply, for [`serve_looked`](Self::serve_looked): so that what decides whether
    /// it is given can be found out meanwhile.
    pub async fn look(&self, key: Key, tags: Tags, policy: &Policy) -> Looked {
        let shared = &self.shared;
        let arrived = shared.flights.tick();
        let found = shared.cache.get(&key, &tags, policy.consistency()).await;
        let plan = Plan { key, tags, policy: *policy, is_reachable: found.is_ok() };
        Looked { arrived, plan, found }
    }

    /// Gives the reply that was found, if it is fresh: the part of
    /// [`serve_looked`](Self::serve_looked) that needs no load.
    pub fn serve_fresh(&self, looked: &Looked) -> Option<Served<T>> {
        let found = looked.fresh_one()?;
        Some(self.shared.give(Served::kept(found, How::Hit)))
    }

    /// Gives the reply that was looked for, as [`serve`](Self::serve) does. It is what it was when
    /// it was looked for: whoever holds a lookup for long gives what has become wrong since.
    ///
    /// Must be called within a runtime, or it panics.
    pub async fn serve_looked<L, F>(&self, looked: Looked, load: L) -> Result<Served<T>, Aborted>
    where
        L: FnOnce() -> F,
        F: Future<Output = Loaded<T>> + Send + 'static,
    {
        let shared = &self.shared;
        let Looked { arrived, plan, found } = looked;
        let wanting = match found {
            Ok(Lookup::Found(found)) => match plan.policy.worth(&found) {
                Worth::Fresh => return Ok(shared.give(Served::kept(&found, How::Hit))),
                Worth::Stale => {
                    self.refresh(plan, arrived, &found, load);
                    return Ok(shared.give(Served::kept(&found, How::Stale)));
                }
                Worth::LastResort => Wanting::with(Some(found.epochs.clone()), Some(found)),
                Worth::Spent => Wanting::with(Some(found.epochs), None),
            },
            Ok(Lookup::Missing(observed)) => Wanting::with(observed, None),
            Err(_unavailable) => {
                shared.observer.saw(Event::Unavailable);
                Wanting::with(None, None)
            }
        };
        // Most replies are kept: they do not carry the room for making one.
        Box::pin(self.load(plan, arrived, wanting, load)).await
    }

    /// Notes that a request went past the cache: its reply depends on what no key says.
    pub fn bypassed(&self) {
        self.shared.observer.saw(Event::Bypassed);
    }

    /// Loads, or waits for somebody who does.
    async fn load<L, F>(
        &self,
        plan: Plan,
        arrived: u64,
        wanting: Wanting,
        load: L,
    ) -> Result<Served<T>, Aborted>
    where
        L: FnOnce() -> F,
        F: Future<Output = Loaded<T>> + Send + 'static,
    {
        let shared = &self.shared;
        match shared.flights.board(plan.key, arrived, wanting.observed.as_ref()) {
            Boarding::Joined(ticket) => shared.wait(ticket, wanting, How::Collapsed).await,
            Boarding::Leads(pilot, ticket) => {
                tokio::spawn(Load::new(Arc::clone(shared), plan, pilot).run(load()));
                shared.wait(ticket, wanting, How::Miss).await
            }
            Boarding::Full => {
                shared.observer.saw(Event::Crowded);
                let landed = Landed::made(load().await);
                Ok(shared.give(wanting.served(landed, How::Bypassed)))
            }
        }
    }

    /// Makes the next reply of a stale one, unless somebody does, or there is too much to do.
    fn refresh<L, F>(&self, plan: Plan, arrived: u64, stale: &Found, load: L)
    where
        L: FnOnce() -> F,
        F: Future<Output = Loaded<T>> + Send + 'static,
    {
        match self.shared.flights.board(plan.key, arrived, Some(&stale.epochs)) {
            Boarding::Joined(_) => {}
            Boarding::Leads(pilot, _) => {
                tokio::spawn(Load::new(Arc::clone(&self.shared), plan, pilot).run(load()));
            }
            Boarding::Full => self.shared.observer.saw(Event::Crowded),
        }
    }
}

impl<T: Clone + Send + Sync> Shared<T> {
    async fn wait(
        &self,
        ticket: Ticket<T>,
        wanting: Wanting,
        how: How,
    ) -> Result<Served<T>, Aborted> {
        let Some(landed) = ticket.landed().await else {
            self.observer.saw(Event::Aborted);
            return Err(Aborted);
        };
        Ok(self.give(wanting.served(landed, how)))
    }

    /// Gives it, and says so.
    fn give(&self, served: Served<T>) -> Served<T> {
        self.observer.saw(match served.how {
            How::Hit => Event::Hit,
            How::Stale => Event::Stale,
            How::StaleOnError => Event::StaleOnError,
            How::Miss => Event::Miss,
            How::Collapsed => Event::Collapsed,
            How::Bypassed => Event::Bypassed,
        });
        served
    }
}

impl Wanting {
    fn with(observed: Option<Epochs>, last_resort: Option<Found>) -> Self {
        Self { observed, last_resort }
    }

    /// What has landed; or the last resort, if it is none.
    fn served<T>(self, landed: Landed<T>, how: How) -> Served<T> {
        match self.last_resort {
            Some(found) if landed.is_failure => Served::kept(&found, How::StaleOnError),
            _ => Served {
                how: landed.how(how),
                reply: landed.reply,
                age: landed.age,
                fresh_for: landed.fresh_for,
            },
        }
    }
}

impl<T> Served<T> {
    fn kept(found: &Found, how: How) -> Self {
        Self {
            reply: Reply::Entry(Arc::clone(&found.entry)),
            how,
            age: found.age,
            fresh_for: found.life.soft.saturating_sub(found.age),
        }
    }
}

#[cfg(test)]
mod tests;
