use std::time::Duration;

use super::*;

fn tag(id: u32) -> Tag {
    Tag::of("farm", id.to_le_bytes())
}

#[test]
fn an_epoch_stays_until_it_is_settled() {
    let (epochs, now) = (TagEpochs::new(100), Instant::now());
    for tag in [tag(1), Tag::EVERYTHING] {
        let first = epochs.known(&tag, now).unwrap();
        assert_eq!(epochs.current(&tag), Some(first));
        assert_eq!(epochs.known(&tag, now), Some(first));

        epochs.settle(&tag, None, now);

        assert_ne!(epochs.current(&tag), Some(first));
        assert!(epochs.current(&tag).is_some());
    }
}

#[test]
fn a_tag_is_in_doubt_until_the_last_mark_is_gone() {
    let (epochs, now) = (TagEpochs::new(100), Instant::now());
    let until = now + Duration::from_secs(30);
    for tag in [tag(1), Tag::EVERYTHING] {
        let before = epochs.known(&tag, now).unwrap();
        epochs.doubt(&tag, 7, until);
        epochs.doubt(&tag, 8, until);
        assert_eq!((epochs.current(&tag), epochs.known(&tag, now)), (None, None));

        epochs.settle(&tag, Some(7), now);
        assert_eq!((epochs.current(&tag), epochs.known(&tag, now)), (None, None));
        epochs.settle(&tag, None, now);
        assert_eq!((epochs.current(&tag), epochs.known(&tag, now)), (None, None));

        epochs.settle(&tag, Some(8), now);
        assert!(epochs.current(&tag).is_some_and(|after| after != before));
    }
}

#[test]
fn a_mark_that_ends_leaves_nothing_valid() {
    let (epochs, now) = (TagEpochs::new(100), Instant::now());
    for tag in [tag(1), Tag::EVERYTHING] {
        let before = epochs.known(&tag, now).unwrap();
        epochs.doubt(&tag, 7, now + Duration::from_secs(30));
        let later = now + Duration::from_secs(30);

        assert_eq!(epochs.current(&tag), None);
        assert!(epochs.known(&tag, later).is_some_and(|after| after != before));
    }
}

#[test]
fn what_is_forgotten_is_never_the_same_again() {
    let (epochs, now) = (TagEpochs::new(64), Instant::now());
    let first: Vec<_> = (0..64).map(|id| epochs.known(&tag(id), now).unwrap()).collect();

    for id in 64..10_000 {
        epochs.known(&tag(id), now);
    }

    assert!(epochs.len() <= 2 * 64 + 2 * SHARDS, "{}", epochs.len());
    for (id, before) in (0..64).zip(first) {
        assert_eq!(epochs.current(&tag(id)), None);
        assert_ne!(epochs.known(&tag(id), now), Some(before));
    }
}

#[test]
fn what_is_used_is_not_forgotten() {
    let (epochs, now) = (TagEpochs::new(1_600), Instant::now());
    let first = epochs.known(&tag(0), now);

    for id in 1..10_000 {
        epochs.known(&tag(id), now);
        assert_eq!(epochs.known(&tag(0), now), first);
    }
}

#[test]
fn marks_on_one_tag_are_bounded() {
    let (epochs, now) = (TagEpochs::new(64), Instant::now());
    for mark in 0..1_000 {
        epochs.doubt(&tag(1), mark, now + Duration::from_secs(mark));
    }
    for mark in 0..999 {
        epochs.settle(&tag(1), Some(mark), now);
    }

    assert_eq!(epochs.current(&tag(1)), None, "the mark that lasts longest is still there");
    epochs.settle(&tag(1), Some(999), now);
    assert!(epochs.current(&tag(1)).is_some());
}
