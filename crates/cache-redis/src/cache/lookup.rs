//! What stands in Redis, and whether it is valid.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use deadpool_redis::redis;
use gacp_cache::{Epochs, Key, Lookup, Tags, Unavailable};
use tokio::time::Instant;

use super::generations::Generation;
use super::local::Copied;
use super::names::Names;
use super::{Shared, payload, unavailable};
use crate::connection::Lent;

impl Shared {
    /// What the tags are, in Redis.
    pub(super) async fn epochs(
        &self,
        lent: &mut Lent,
        names: &Names,
        tags: &Tags,
    ) -> Result<Option<Epochs>, Unavailable> {
        let epochs = self.redis.values(lent, names.all_tags(tags).collect()).await;
        Ok(known(&epochs.map_err(unavailable)?))
    }

    /// What the tags are, and an entry, in Redis.
    async fn fetch(
        &self,
        lent: &mut Lent,
        names: &Names,
        key: &Key,
        tags: &Tags,
    ) -> Result<(Option<Epochs>, Option<Fetched>), Unavailable> {
        let entry = names.entry(key);
        let mut question = redis::pipe();
        // First: what ends between the two is missing, and not of an unknown age.
        question.cmd("PTTL").arg(&entry).cmd("MGET").arg(&entry);
        for name in names.all_tags(tags) {
            question.arg(name);
        }
        let answer = question.query_async::<(i64, Vec<Option<Bytes>>)>(&mut lent.connection).await;
        let (millis, mut values) = self.redis.settle(lent, answer).map_err(unavailable)?;
        let entry = if values.is_empty() { None } else { values.remove(0) };
        let remaining = u64::try_from(millis).ok().map(Duration::from_millis);
        let fetched =
            entry.zip(remaining).map(|(payload, remaining)| Fetched { payload, remaining });
        Ok((known(&values), fetched))
    }

    /// Looks in Redis for what is not copied, and copies it.
    pub(super) async fn look(
        &self,
        (mut lent, names): (Lent, Names),
        key: &Key,
        tags: &Tags,
    ) -> Result<Lookup, Unavailable> {
        let noted = self.generations.of(tags);
        let (epochs, fetched) = self.fetch(&mut lent, &names, key, tags).await?;
        let valid =
            epochs.as_ref().zip(fetched).and_then(|(now, fetched)| fetched.if_of(now, noted));
        let Some(copied) = valid else { return Ok(Lookup::Missing(epochs)) };
        self.local.keep(*key, copied.clone());
        Ok(Lookup::Found(copied.found()))
    }
}

/// What stands in Redis under a key, and how long it still will.
struct Fetched {
    payload: Bytes,
    remaining: Duration,
}

impl Fetched {
    /// The entry, if its tags were these before it was loaded.
    fn if_of(mut self, epochs: &Epochs, noted: Generation) -> Option<Copied> {
        let length = epochs.as_slice().len() * payload::EPOCH;
        if length > self.payload.len() {
            return None;
        }
        let of = payload::epochs(&self.payload.split_to(length));
        if of.as_ref() != Some(epochs) {
            return None;
        }
        let (entry, life) = payload::decode(self.payload)?;
        let (entry, epochs, came) = (Arc::new(entry), epochs.clone(), Instant::now());
        let age = life.hard.saturating_sub(self.remaining);
        Some(Copied { entry, epochs, life, noted, came, age })
    }
}

/// What tags are, if all of them are known. One that is in doubt holds marks, which are no value.
fn known(values: &[Option<Bytes>]) -> Option<Epochs> {
    let epochs = values.iter().map(|value| {
        let bytes = <[u8; payload::EPOCH]>::try_from(value.as_deref()?).ok()?;
        Some(u64::from_be_bytes(bytes))
    });
    epochs.collect()
}
