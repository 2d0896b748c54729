//! An overload that outlives its cause: the server is slow for a few seconds, everybody retries,
//! and the retries alone are more than it can do. Simulated, in steps of 10 ms; nothing is random
//! but what a seed makes.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use gacp_resilience::clock::Moment;
use gacp_resilience::retry::{Backoff, Budget};

const STEP: Duration = Duration::from_millis(10);
const SECOND: u64 = 100;
/// Requests in a step, and how many the server can answer: 700 and 1 000 in a second.
const OFFERED: u32 = 7;
const CAPACITY: usize = 10;
/// The server is slow from the tenth second to the fifteenth: it can do a tenth.
const SLOW: std::ops::Range<u64> = 10 * SECOND..15 * SECOND;
/// For so long a client waits, then it tries again, three times. The server does not notice, and
/// answers those that have gone, too.
const PATIENCE: u64 = SECOND;
const RETRIES: u32 = 3;
const END: u64 = 120 * SECOND;

#[derive(Clone, Copy)]
struct Attempt {
    began: u64,
    nth: u32,
}

struct World {
    budget: Option<Budget>,
    random: u64,
    /// What the server has to do, in the order in which it came, those that have gone included.
    queue: VecDeque<Attempt>,
    /// Attempts that wait for their time.
    later: BTreeMap<u64, Vec<u32>>,
    /// How many retries each of the attempts made in a step had before it; those in the front of
    /// the queue are answered first.
    unanswered: BTreeMap<u64, Vec<u32>>,
    /// Answers in time, second by second.
    good: Vec<u32>,
    attempts: u64,
}

impl World {
    fn new(budget: Option<Budget>) -> Self {
        Self {
            budget,
            random: 42,
            queue: VecDeque::new(),
            later: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            good: vec![],
            attempts: 0,
        }
    }

    fn run(mut self) -> Self {
        for tick in 0..END {
            if tick % SECOND == 0 {
                self.good.push(0);
            }
            for _ in 0..OFFERED {
                if let Some(budget) = &self.budget {
                    budget.request();
                }
                self.attempt(tick, 0);
            }
            for nth in self.later.remove(&tick).unwrap_or_default() {
                self.attempt(tick, nth);
            }
            self.answer(tick);
            self.give_up(tick);
        }
        self
    }

    fn attempt(&mut self, now: u64, nth: u32) {
        self.attempts += 1;
        self.queue.push_back(Attempt { began: now, nth });
        self.unanswered.entry(now).or_default().push(nth);
    }

    fn answer(&mut self, now: u64) {
        let capacity = if SLOW.contains(&now) { CAPACITY / 10 } else { CAPACITY };
        for _ in 0..capacity {
            let Some(Attempt { began, nth }) = self.queue.pop_front() else { return };
            // Whoever has gone is answered, too, and nobody has anything of it.
            let Some(waiting) = self.unanswered.get_mut(&began) else { continue };
            let place = waiting.iter().position(|it| *it == nth).unwrap();
            waiting.swap_remove(place);
            *self.good.last_mut().unwrap() += 1;
        }
    }

    /// Those who have waited for long enough go, and come back if they may.
    fn give_up(&mut self, now: u64) {
        let Some(began) = now.checked_sub(PATIENCE) else { return };
        for nth in self.unanswered.remove(&began).unwrap_or_default() {
            let at = Moment::START.plus(STEP * u32::try_from(now).unwrap());
            let may = self.budget.as_ref().is_none_or(|budget| budget.try_retry(at));
            if nth < RETRIES && may {
                self.random = self.random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                let wait = Backoff::default().wait(nth, self.random);
                let steps = u64::try_from(wait.as_nanos() / STEP.as_nanos()).unwrap();
                self.later.entry(now + 1 + steps).or_default().push(nth + 1);
            }
        }
    }

    /// So many of a hundred requests were answered in time, in the seconds from one to another.
    fn percent(&self, seconds: std::ops::Range<usize>) -> u32 {
        let offered = OFFERED * 100 * u32::try_from(seconds.len()).unwrap();
        let good: u32 = self.good.get(seconds).unwrap().iter().sum();
        100 * good / offered
    }
}

#[test]
fn without_a_budget_the_overload_outlives_its_cause() {
    let world = World::new(None).run();

    assert_eq!(world.percent(0..10), 100);
    assert!(world.percent(15..120) < 5, "{:?}", world.good);
    assert!(world.percent(110..120) < 5, "a minute and a half later: {:?}", world.good);
    // Nearly each request is made four times.
    assert!(world.attempts > 3 * u64::from(OFFERED) * END, "{}", world.attempts);
}

#[test]
fn with_a_budget_it_ends() {
    let world = World::new(Some(Budget::default())).run();

    assert_eq!(world.percent(0..10), 100);
    assert!(world.percent(12..20) < 5, "it was as bad: {:?}", world.good);
    assert_eq!(world.percent(60..120), 100, "{:?}", world.good);
    let offered = u64::from(OFFERED) * END;
    assert!(world.attempts < offered + offered / 5 + 3 * END / SECOND, "{}", world.attempts);
}
