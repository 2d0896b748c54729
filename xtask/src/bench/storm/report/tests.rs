use std::time::Duration;

use super::Report;
use crate::bench::storm::notes::{Asked, Heard, Seen};
use crate::latency::Latency;
use crate::targets::Targets;

const SHOWN: (Asked, Heard) = (Asked::Profile, reply(200, false));
const TOKENS: (Asked, Heard) = (Asked::Login, reply(200, false));
const REFUSED: (Asked, Heard) = (Asked::Login, reply(503, true));

const fn reply(status: u16, retry_after: bool) -> Heard {
    Heard::Status { status, retry_after }
}

/// A second at a capacity of 100 logins/s, with so many of each, the last of which took so many ms
/// and every other one 1 ms.
fn storm(heard: &[((Asked, Heard), u64, u64)]) -> Report {
    let mut seen = Seen::new().unwrap();
    for (what, count, longest) in heard {
        let latency = seen.heard.entry(*what).or_insert_with(|| Latency::new().unwrap());
        for number in 1..=*count {
            let took = if number == *count { *longest } else { 1 };
            latency.enter(Duration::from_millis(took)).unwrap();
        }
    }
    Report {
        store: "embedded",
        capacity: 100.0,
        offered: 400.0,
        length: Duration::from_secs(1),
        connections: 200,
        seen,
    }
}

/// The targets that are missed.
fn missed(heard: &[((Asked, Heard), u64, u64)]) -> Vec<String> {
    let mut targets = Targets::default();
    storm(heard).judge(&mut targets);
    let told = targets.to_string();
    told.lines().filter(|line| line.starts_with("- MISSED")).map(str::to_owned).collect()
}

#[test]
fn a_storm_that_the_signed_in_do_not_notice_reaches_every_target() {
    // The slowest of a hundred profiles is beyond the 99th.
    let good = [(SHOWN, 100, 400), (TOKENS, 100, 1_900), (REFUSED, 300, 300)];

    assert_eq!(missed(&good), Vec::<String>::new());
}

#[test]
fn each_promise_that_is_not_kept_is_one_target_that_is_missed() {
    let (shown, tokens, refused) = ((SHOWN, 100, 40), (TOKENS, 100, 1_900), (REFUSED, 300, 290));
    let broken = [
        (vec![(SHOWN, 10, 51), tokens, refused], "p99 of profiles"),
        (
            vec![shown, ((Asked::Profile, Heard::Lost), 1, 5), tokens, refused],
            "profiles were not shown",
        ),
        (vec![shown, tokens, (REFUSED, 300, 301)], "refusals came after"),
        (
            vec![shown, tokens, refused, ((Asked::Login, reply(503, false)), 1, 5)],
            "did not say when",
        ),
        (
            vec![shown, tokens, refused, ((Asked::Login, Heard::Nothing), 1, 10_000)],
            "neither tokens nor a refusal",
        ),
        (vec![shown, tokens, refused, ((Asked::Login, reply(401, false)), 1, 5)], "neither"),
        (vec![shown, (TOKENS, 49, 100), refused], "49 % of the capacity"),
        (vec![shown, tokens, (REFUSED, 99, 100)], "were refused"),
    ];
    for (heard, what) in broken {
        let missed = missed(&heard);

        assert!(missed.len() == 1 && missed[0].contains(what), "{what}: {missed:?}");
    }
}
