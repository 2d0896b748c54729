//! Every interleaving of one or two loaders and a writer: nobody is given what a write replaced
//! that was acknowledged before he came, or that was marked. A cache that deletes what is written
//! fails the same.

use gacp_cache::contract::schedules::{Cast, Played, Writer, play};
use gacp_cache::contract::{DeleteOnWrite, Model};
use gacp_cache::{Cache, InProcess};

const WRITERS: [Writer; 3] = [Writer::Marks, Writer::DoesNotMark, Writer::Dies];

async fn all(cache: &dyn Cache, cast: Cast) -> Vec<Played> {
    let mut played = Vec::new();
    for (id, schedule) in (0..).zip(cast.schedules()) {
        played.push(play(cache, cast, &schedule, id).await);
    }
    played
}

#[test]
fn there_are_as_many_schedules_as_there_are_orders() {
    // (4 + 3)! / (4! 3!), (4 + 4 + 3)! / (4! 4! 3!), and with two steps of the writer
    for (loaders, writer, count) in [
        (1, Writer::Marks, 35),
        (1, Writer::Dies, 15),
        (2, Writer::Marks, 11_550),
        (2, Writer::DoesNotMark, 3_150),
    ] {
        assert_eq!(Cast { loaders, writer }.schedules().len(), count);
    }
}

#[tokio::test]
async fn no_schedule_gives_what_a_write_replaced() {
    for loaders in [1, 2] {
        for writer in WRITERS {
            let cast = Cast { loaders, writer };
            let (model, cache) = (Model::default(), InProcess::of_bytes(64 << 20));
            let expected = all(&model, cast).await;
            let played = all(&cache, cast).await;

            for (schedule, (expected, played)) in
                cast.schedules().iter().zip(expected.iter().zip(&played))
            {
                assert!(!expected.is_stale, "the model, {cast:?}: {schedule:?} {expected:?}");
                assert_eq!(played, expected, "{cast:?}: {schedule:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_cache_that_deletes_what_is_written_is_found_out() {
    for writer in WRITERS {
        let cast = Cast { loaders: 1, writer };
        let played = all(&DeleteOnWrite::default(), cast).await;
        assert!(played.iter().any(|played| played.is_stale), "{cast:?}");
    }
}
