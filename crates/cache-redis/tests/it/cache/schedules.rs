//! Every interleaving of one or two loaders and a writer, each step on Redis: what comes of it is
//! what comes of the model.

use std::sync::Arc;

use gacp_cache::Cache;
use gacp_cache::contract::Model;
use gacp_cache::contract::schedules::{Cast, Played, Writer, play};
use tokio::task::JoinSet;

use super::naive::DeleteOnWrite;
use super::{fresh, name};

const WRITERS: [Writer; 3] = [Writer::Marks, Writer::DoesNotMark, Writer::Dies];

/// Schedules have nothing to do with one another, so many of them wait for Redis at once.
const AT_ONCE: usize = 64;

/// All schedules of a cast, in their order.
async fn all(cache: &Arc<dyn Cache>, cast: Cast) -> Vec<Played> {
    let mut played = Vec::new();
    let mut playing = JoinSet::new();
    for (id, schedule) in (0..).zip(cast.schedules()) {
        if playing.len() == AT_ONCE {
            played.push(playing.join_next().await.unwrap().unwrap());
        }
        let cache = Arc::clone(cache);
        playing.spawn(async move { (id, play(&*cache, cast, &schedule, id).await) });
    }
    played.extend(playing.join_all().await);
    played.sort_unstable_by_key(|(id, _)| *id);
    played.into_iter().map(|(_, played)| played).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_schedule_gives_what_a_write_replaced() {
    for loaders in [1, 2] {
        for writer in WRITERS {
            let cast = Cast { loaders, writer };
            let model: Arc<dyn Cache> = Arc::new(Model::default());
            let expected = all(&model, cast).await;
            let played = all(&fresh().await, cast).await;

            let schedules = cast.schedules();
            assert_eq!(played.len(), schedules.len());
            for (schedule, (expected, played)) in schedules.iter().zip(expected.iter().zip(&played))
            {
                assert!(!played.is_stale, "{cast:?}: {schedule:?} {played:?}");
                assert_eq!(played, expected, "{cast:?}: {schedule:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_deletes_what_is_written_is_found_out() {
    for writer in WRITERS {
        let cast = Cast { loaders: 1, writer };
        let naive: Arc<dyn Cache> = Arc::new(DeleteOnWrite::of_name(&name()).await);
        let stale = all(&naive, cast).await.iter().filter(|played| played.is_stale).count();
        assert!(stale > 0, "{cast:?}");
    }
}
