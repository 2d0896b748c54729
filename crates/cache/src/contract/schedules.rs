//! Every interleaving of a few loaders and a writer.
//!
//! A loader looks, begins, loads and commits; a writer marks, writes and settles. Between any two
//! of these steps, any other may come. Each schedule has a key and a tag of its own, so that one
//! cache can play them all.

use super::{
    Arc, Begun, Cache, Committed, Duration, Fill, Key, LIFE, Tags, entry, find, key, number, tag,
};
use crate::Doubt;

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cast {
    /// So many load.
    pub loaders: usize,
    /// One writes.
    pub writer: Writer,
}

/// How somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// Mark, write, settle, and then it is acknowledged.
    Marks,
    /// The mark could not be set: write, invalidate, and then it is acknowledged.
    DoesNotMark,
    /// Mark, write, and then it dies: the write is not acknowledged, but done.
    Dies,
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The reply of before the write, or of after it, was in the cache.
    Hit(u64),
    /// There was none.
    Missing,
    /// The loader may store what it loads.
    Leased,
    /// Another loader may.
    Taken,
    /// Nobody may.
    InDoubt,
    /// What the loader read.
    Read(u64),
    /// What it loaded was stored.
    Stored,
    /// It was not.
    NotStored,
    /// What the writer did.
    Wrote,
    /// A loader that had a hit had nothing left to do.
    Idle,
}

/// A schedule that was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// What came of each step, and of the look of somebody who comes after all.
    pub outcomes: Vec<Outcome>,
    /// Whether somebody was given what was written over before he came: after the write, if it was
    /// marked, or after it was acknowledged.
    pub is_stale: bool,
}

/// Look, begin, load, commit.
const LOADS: usize = 4;

/// Longer than any schedule takes.
const MARK: Duration = Duration::from_mins(1);

const BEFORE: u64 = 0;
const AFTER: u64 = 1;

impl Cast {
    fn steps(self) -> Vec<usize> {
        let mut steps = vec![LOADS; self.loaders];
        steps.push(self.writer.acts().len());
        steps
    }

    /// Every order of their steps; each step is said by whose it is, the writer's are the last.
    pub fn schedules(self) -> Vec<Vec<usize>> {
        let mut found = Vec::new();
        extend(&mut self.steps(), &mut Vec::new(), &mut found);
        found
    }
}

fn extend(left: &mut Vec<usize>, begun: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
    if left.iter().all(|left| *left == 0) {
        found.push(begun.clone());
    }
    for actor in 0..left.len() {
        if left.get(actor).is_some_and(|left| *left > 0) {
            *left.get_mut(actor).unwrap() -= 1;
            begun.push(actor);
            extend(left, begun, found);
            begun.pop();
            *left.get_mut(actor).unwrap() += 1;
        }
    }
}

/// Plays a schedule with the key and tag of a number.
pub async fn play(cache: &dyn Cache, cast: Cast, schedule: &[usize], id: u64) -> Played {
    let mut stage = Stage {
        cache,
        key: key(id),
        tags: Tags::of([tag(id)]),
        store: BEFORE,
        doubt: None,
        is_over: false,
        is_stale: false,
    };
    let mut loaders = vec![Loader::Looks; cast.loaders];
    let mut acts = cast.writer.acts().iter();
    let mut outcomes = Vec::new();
    for actor in schedule {
        outcomes.push(match loaders.get_mut(*actor) {
            Some(loader) => stage.load(loader).await,
            None => stage.write(*acts.next().unwrap()).await,
        });
    }
    outcomes.push(stage.look().await);
    Played { outcomes, is_stale: stage.is_stale }
}

/// What happens to one key.
struct Stage<'a> {
    cache: &'a dyn Cache,
    key: Key,
    tags: Tags,
    store: u64,
    doubt: Option<Doubt>,
    /// Whether whoever comes now must not be given what was before the write.
    is_over: bool,
    is_stale: bool,
}

/// What a loader does next.
#[derive(Debug, Clone)]
enum Loader {
    Looks,
    Begins,
    Loads(Option<Fill>),
    Commits(Option<Fill>, u64),
    Has,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Mark,
    Write,
    Settle,
}

impl Writer {
    fn acts(self) -> &'static [Act] {
        match self {
            Self::Marks => &[Act::Mark, Act::Write, Act::Settle],
            Self::DoesNotMark => &[Act::Write, Act::Settle],
            Self::Dies => &[Act::Mark, Act::Write],
        }
    }
}

impl Stage<'_> {
    async fn look(&mut self) -> Outcome {
        match find(self.cache, self.key, &self.tags).await {
            Some(found) => {
                let value = number(&found.entry);
                self.is_stale |= self.is_over && value == BEFORE;
                Outcome::Hit(value)
            }
            None => Outcome::Missing,
        }
    }

    async fn load(&mut self, loader: &mut Loader) -> Outcome {
        let (next, outcome) = match std::mem::replace(loader, Loader::Has) {
            Loader::Looks => match self.look().await {
                Outcome::Missing => (Loader::Begins, Outcome::Missing),
                hit => (Loader::Has, hit),
            },
            Loader::Begins => match self.cache.begin_fill(&self.key, &self.tags).await.unwrap() {
                Begun::Leased { fill, .. } => (Loader::Loads(Some(fill)), Outcome::Leased),
                Begun::Taken => (Loader::Loads(None), Outcome::Taken),
                Begun::InDoubt => (Loader::Loads(None), Outcome::InDoubt),
            },
            Loader::Loads(fill) => (Loader::Commits(fill, self.store), Outcome::Read(self.store)),
            Loader::Commits(fill, value) => (Loader::Has, self.commit(fill, value).await),
            Loader::Has => (Loader::Has, Outcome::Idle),
        };
        *loader = next;
        outcome
    }

    async fn commit(&self, fill: Option<Fill>, value: u64) -> Outcome {
        let Some(fill) = fill else { return Outcome::NotStored };
        match self.cache.commit(fill, Arc::new(entry(value)), LIFE).await.unwrap() {
            Committed::Stored => Outcome::Stored,
            Committed::Superseded | Committed::LeaseLost => Outcome::NotStored,
        }
    }

    async fn write(&mut self, act: Act) -> Outcome {
        match act {
            Act::Mark => {
                self.doubt = Some(self.cache.doubt(&self.tags, MARK).await.unwrap());
            }
            Act::Write => {
                self.store = AFTER;
                self.is_over |= self.doubt.is_some();
            }
            Act::Settle => {
                match self.doubt.take() {
                    Some(doubt) => self.cache.settle(doubt).await.unwrap(),
                    None => self.cache.invalidate(&self.tags).await.unwrap(),
                }
                self.is_over = true;
            }
        }
        Outcome::Wrote
    }
}
