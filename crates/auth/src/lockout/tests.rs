use proptest::prelude::*;

use super::*;

const RULE: Backoff = Backoff::at_an_account();

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + seconds).unwrap()
}

/// Guesses at these seconds; whether each was allowed.
fn guessed(seconds: &[i64]) -> Vec<bool> {
    let mut bucket = None;
    let mut allowed = Vec::new();
    for second in seconds {
        let (next, charged) = Bucket::charge(bucket, &RULE, at(*second));
        bucket = Some(next);
        allowed.push(charged.allowed);
    }
    allowed
}

#[test]
fn five_guesses_are_free_and_then_the_wait_doubles() {
    let seconds = [0, 0, 0, 0, 0, 29, 30, 89, 90, 209, 210, 449, 450];

    let allowed = guessed(&seconds);

    assert_eq!(
        allowed,
        [true, true, true, true, true, false, true, false, true, false, true, false, true]
    );
}

#[test]
fn the_window_starts_at_the_first_guess_and_nothing_prolongs_it() {
    assert_eq!(guessed(&[0, 0, 0, 0, 900, 900, 900, 900]), [true; 8]);
    // The lock of 30 s that the fifth guess brought outlives the window.
    assert_eq!(
        guessed(&[0, 0, 0, 0, 899, 900, 928, 929, 929]),
        [true, true, true, true, true, false, false, true, true]
    );
}

#[test]
fn a_guess_that_is_refused_prolongs_no_wait() {
    let mut seconds = vec![0; 5];
    seconds.extend(0..30);
    seconds.push(30);

    let allowed = guessed(&seconds);

    assert_eq!(allowed.iter().filter(|allowed| **allowed).count(), 6);
    assert_eq!(allowed.last(), Some(&true));
}

#[test]
fn the_longest_wait_is_the_longest() {
    let waits = [0, 1, 4, 5, 30, 31, 32, u32::MAX].map(|waits| RULE.wait_after(waits).as_secs());

    assert_eq!(waits, [30, 60, 480, 900, 900, 900, 900, 900]);
}

#[test]
fn what_is_taken_back_is_what_was_there_and_no_more() {
    let four = (0..4).fold(None, |bucket, _| Some(Bucket::charge(bucket, &RULE, at(0)).0));
    let (bucket, fifth) = Bucket::charge(four, &RULE, at(1));
    let key = BucketKey([0; 32]);
    let own = Refund { key, began_at: fifth.began_at, count: fifth.count };

    assert_eq!(bucket.refund(&own), None);
    // Somebody else guessed in between: that guess stays, and so does the lock.
    let (bucket, _) = Bucket::charge(Some(bucket), &RULE, at(2));
    let left = bucket.refund(&own).unwrap();
    assert_eq!((left.count, left.locked_until), (1, at(31)));
    // A later window is none of its business.
    let later = Bucket::charge(None, &RULE, at(2_000)).0;
    assert_eq!(later.refund(&own), Some(later));
}

#[test]
fn rules_that_cannot_be_kept_are_refused() {
    let seconds = SignedDuration::from_secs;
    let rule = |free, first, longest, window| {
        Backoff::new(free, (seconds(first), seconds(longest)), seconds(window))
    };

    assert_eq!(rule(5, 30, 900, 900), Ok(RULE));
    for refused in [
        rule(0, 30, 900, 900),
        rule(5, 0, 900, 900),
        rule(5, 31, 30, 900),
        rule(5, 30, 900, 0),
        rule(5, 30, 900, 86_401),
        rule(5, 30, 86_401, 900),
    ] {
        assert_eq!(refused, Err(NoBackoff));
    }
}

#[test]
fn neighbours_are_one_network_however_the_address_is_written() {
    let of = |text: &str| network(text.parse().unwrap());

    assert_eq!(of("203.0.113.7"), of("203.0.113.250"));
    assert_eq!(of("203.0.113.7"), of("::ffff:203.0.113.7"));
    assert_ne!(of("203.0.113.7"), of("203.0.114.7"));
    assert_eq!(of("2001:db8:0:1200::1"), of("2001:db8:0:12ff::2"));
    assert_ne!(of("2001:db8:0:1200::1"), of("2001:db8:0:1300::1"));
}

#[test]
fn a_network_is_written_with_its_length() {
    let name = |address: &str| network_name(address.parse().unwrap());

    assert_eq!(name("203.0.113.7"), "203.0.113.0/24");
    assert_eq!(name("::ffff:203.0.113.7"), "203.0.113.0/24");
    assert_eq!(name("2001:db8:0:12ff::2"), "2001:db8:0:1200::/56");
}

proptest! {
    /// Whatever the times: no window lets more through than is free and the waits allow.
    #[test]
    fn at_most_ten_guesses_are_allowed_in_a_window(
        steps in prop::collection::vec(0_i64..40, 1..400),
    ) {
        let mut second = 0;
        let times: Vec<i64> = steps.iter().map(|step| { second += step; second }).collect();

        let allowed = guessed(&times);

        // In any 15 minutes: those of one window (5 free, 4 after waits of 30, 60, 120 and 240 s)
        // and of the next one that begins in it.
        for (start, _) in times.iter().enumerate() {
            let within = times[start..].iter().zip(&allowed[start..]);
            let count = within
                .take_while(|(second, _)| **second < times[start] + 900)
                .filter(|(_, allowed)| **allowed)
                .count();
            prop_assert!(count <= 19, "{count}");
        }
    }

    /// Every guess is counted.
    #[test]
    fn the_count_is_the_number_of_guesses_in_the_window(guesses in 1_u32..500) {
        let bucket = (0..guesses).fold(None, |bucket, _| {
            Some(Bucket::charge(bucket, &RULE, at(0)).0)
        });

        prop_assert_eq!(bucket.map(|bucket| bucket.count), Some(guesses));
    }
}
