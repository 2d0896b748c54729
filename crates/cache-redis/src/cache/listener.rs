//! Hears what other processes invalidate.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use deadpool_redis::redis::{self, PushInfo, PushKind, Value};
use gacp_cache::{Invalidated, Tag, Tags};
use tokio::time::sleep;

use super::Shared;

/// Between two attempts to connect, and between two questions whether the connection still is one.
const PAUSE: Duration = Duration::from_secs(1);

/// Listens as long as the cache is there, on a connection of its own.
pub(super) async fn listen(shared: Weak<Shared>) {
    while let Some(alive) = shared.upgrade() {
        let heard = Weak::clone(&shared);
        let ended = hear(&alive, move |push| {
            let shared = heard.upgrade().ok_or(())?;
            shared.heard(push);
            Ok(())
        });
        if let Err(error) = ended.await {
            tracing::debug!(%error, "not listening to invalidations");
        }
        alive.stopped_listening();
        drop(alive);
        sleep(PAUSE).await;
    }
}

/// Ends when the connection does.
async fn hear(
    shared: &Arc<Shared>,
    on_push: impl Fn(PushInfo) -> Result<(), ()> + Send + Sync + 'static,
) -> Result<(), redis::RedisError> {
    let mut connection = shared.redis.listen(on_push).await?;
    connection.subscribe(shared.channel.as_str()).await?;
    shared.began_listening();
    loop {
        sleep(PAUSE).await;
        // A connection that is lost without a word is noticed by this.
        redis::cmd("PING").query_async::<()>(&mut connection).await?;
        if shared.debts.exist() {
            let _paid = shared.pay().await;
        }
    }
}

impl Shared {
    fn began_listening(&self) {
        self.missed_something();
        self.is_listening.store(true, Ordering::SeqCst);
    }

    fn stopped_listening(&self) {
        self.is_listening.store(false, Ordering::SeqCst);
        self.missed_something();
    }

    /// What was not heard may have been anything.
    fn missed_something(&self) {
        self.generations.raise_all();
        self.announcer.announce(Invalidated::Unknown);
    }

    fn heard(&self, push: PushInfo) {
        match (push.kind, push.data.last()) {
            (PushKind::Message, Some(Value::BulkString(message))) => match tags(message) {
                Some(tags) => {
                    self.generations.raise(&tags);
                    self.announcer.announce(Invalidated::Tags(tags));
                }
                None => self.missed_something(),
            },
            (PushKind::Disconnection, _) => self.stopped_listening(),
            _ => {}
        }
    }
}

/// Tags as they are announced: one after the other.
pub(super) fn message(tags: &Tags) -> Vec<u8> {
    tags.iter().flat_map(|tag| *tag.as_bytes()).collect()
}

fn tags(message: &[u8]) -> Option<Tags> {
    let (tags, rest) = message.as_chunks::<16>();
    let tags = Tags::all_of(tags.iter().map(|tag| Tag::from_bytes(*tag))).ok()?;
    rest.is_empty().then_some(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_announced_is_heard() {
        let announced = Tags::of([Tag::of("farm", "7"), Tag::EVERYTHING]);

        assert_eq!(tags(&message(&announced)), Some(announced));
        assert_eq!(tags(b"not a tag"), None);
    }
}
