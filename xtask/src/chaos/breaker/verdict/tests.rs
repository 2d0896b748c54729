use super::*;
use crate::chaos::breaker::told::Told;

/// Looks at a breaker, a second apart, and each of them takes no time.
fn sights(begun: Instant, told: &[(State, u64, u64)]) -> Vec<Sight> {
    let mut changes = 0;
    let mut last = State::Closed;
    (0..)
        .zip(told)
        .map(|(second, (state, openings, failures))| {
            changes += u64::from(*state != last);
            last = *state;
            let at = begun + Duration::from_secs(second);
            let told = Told { state: *state, changes, openings: *openings, failures: *failures };
            Sight { asked: at, answered: at, told }
        })
        .collect()
}

fn times(begun: Instant, [struck, healed, served]: [u64; 3]) -> Times {
    let at = |second| begun + Duration::from_secs(second);
    Times { struck: at(struck), healed: at(healed), served: at(served) }
}

const CLOSED: State = State::Closed;
const OPEN: State = State::Open;
const HALF: State = State::HalfOpen;

#[test]
fn an_opening_is_counted_from_the_fault_on() {
    let begun = Instant::now();
    let seen = sights(begun, &[(CLOSED, 1, 7), (CLOSED, 1, 8), (CLOSED, 1, 30), (OPEN, 2, 40)]);
    let since = begun + Duration::from_secs(1);

    let found = opening(&seen, since);

    assert_eq!(found, Some(Opening { after: Duration::from_secs(2), failures: 32 }));
    assert_eq!(opening(&seen[..3], since), None);
}

#[test]
fn a_breaker_opens_with_few_failures_or_within_a_window() {
    let after = |seconds, failures| {
        slow_to_open(Some(Opening { after: Duration::from_secs(seconds), failures }))
    };

    assert_eq!(after(40, 10), None, "few calls come to an end");
    assert_eq!(after(15, 1_000), None);
    assert!(after(16, 11).is_some());
    assert!(slow_to_open(None).is_some(), "one that does not open at all");
}

#[test]
fn who_is_refused_while_it_is_open_has_not_waited() {
    let waits = |prompt: usize, slow: usize| {
        let each = [(prompt, 1), (100 - prompt - slow, 5), (slow, 100)];
        let waits = each.map(|(times, ms)| vec![Duration::from_millis(ms); times]);
        waits.concat()
    };

    assert_eq!(slow_to_refuse(&waits(50, 5)), None);
    assert!(slow_to_refuse(&waits(49, 5)).is_some(), "they take 5 ms");
    assert!(slow_to_refuse(&waits(94, 6)).is_some(), "they wait for the store");
    assert!(slow_to_refuse(&waits(100, 0)[..9]).is_some(), "too few to tell");
}

#[test]
fn only_who_meets_an_open_breaker_from_beginning_to_end_counts() {
    let begun = Instant::now();
    let seen = sights(
        begun,
        &[(CLOSED, 0, 0), (OPEN, 1, 9), (OPEN, 1, 9), (HALF, 1, 9), (OPEN, 2, 10), (OPEN, 2, 10)],
    );
    let refused = |ms, took| Refusal {
        sent: begun + Duration::from_millis(ms),
        took: Duration::from_millis(took),
    };
    let refusals = [
        refused(500, 1),
        refused(1_200, 3),
        refused(1_500, 600),
        refused(2_500, 2),
        refused(4_100, 1),
    ];

    let found = waits(&seen, times(begun, [0, 5, 5]), &refusals);

    assert_eq!(found, [1, 3].map(Duration::from_millis));
}

#[test]
fn service_is_due_after_the_interval_that_is_current() {
    let begun = Instant::now();
    let closed = [(CLOSED, 0, 0); 8];
    let once = [(CLOSED, 0, 0), (OPEN, 1, 9), (OPEN, 1, 9), (OPEN, 1, 9)];
    let again = [(CLOSED, 0, 0), (OPEN, 1, 9), (HALF, 1, 9), (OPEN, 2, 10), (OPEN, 2, 10)];
    let in_a_row = [(OPEN, 1, 9), (CLOSED, 1, 9), (CLOSED, 1, 9), (OPEN, 2, 20)];
    let anew = [
        (CLOSED, 0, 0),
        (OPEN, 1, 9),
        (CLOSED, 1, 9),
        (CLOSED, 1, 9),
        (CLOSED, 1, 9),
        (CLOSED, 1, 9),
        (CLOSED, 1, 9),
        (OPEN, 2, 20),
    ];
    let due = |told: &[(State, u64, u64)], at| due(&sights(begun, told), times(begun, at));

    assert_eq!(due(&closed, [1, 3, 4]).as_secs(), 5 + 1, "as if it had just opened");
    assert_eq!(due(&once, [0, 3, 4]).as_secs(), 5 + 1);
    assert_eq!(due(&again, [0, 4, 5]).as_secs(), 10 + 1, "twice as long the second time");
    assert_eq!(due(&again, [0, 1, 5]).as_secs(), 2 + 10 + 1, "a probe that was under way failed");
    assert_eq!(due(&in_a_row, [1, 3, 4]).as_secs(), 5 + 1, "the first one was not seen");
    assert_eq!(due(&anew, [3, 7, 8]).as_secs(), 5 + 1, "it was closed for long enough");
}

#[test]
fn an_open_interval_has_its_cap() {
    assert_eq!([1, 2, 4, 5, 99].map(|n| longest_interval(n).as_secs()), [5, 10, 40, 60, 60]);
}
