use std::time::Duration;

use super::{Pair, Pairs};
use crate::bench::crowd::Served;
use crate::cpu::Usage;
use crate::latency::Latency;
use crate::rate::Rate;
use crate::targets::Targets;

/// So much was done in a second, at so much processor time each, in µs.
fn rate(done: u64, each: u64) -> Rate {
    let elapsed = Duration::from_secs(1);
    let worker = Duration::from_micros(done * each);
    Rate::new(done, Usage { elapsed, worker, client: Duration::ZERO, machine: worker }).unwrap()
}

fn reached(pairs: &[(Rate, Rate)]) -> [bool; 2] {
    let pair = |(hashes, logins): &(Rate, Rate)| {
        let logins = Served { rate: *logins, latency: Latency::new().unwrap() };
        Pair { hashes: *hashes, logins }
    };
    let pairs = Pairs { store: "embedded", pairs: pairs.iter().map(pair).collect() };
    let mut targets = Targets::default();
    pairs.judge(&mut targets);
    let told = targets.to_string();
    let lines: Vec<bool> = told.lines().map(|line| line.starts_with("- reached")).collect();
    lines.try_into().unwrap()
}

#[test]
fn a_login_may_cost_little_beside_its_hash() {
    assert_eq!(reached(&[(rate(100, 16_000), rate(90, 17_499))]), [true, true]);
    assert_eq!(reached(&[(rate(100, 16_000), rate(89, 17_000))]), [false, true]);
    assert_eq!(reached(&[(rate(100, 16_000), rate(95, 17_600))]), [true, false]);
}

#[test]
fn a_slow_machine_is_slow_at_everything() {
    assert_eq!(reached(&[(rate(50, 32_000), rate(46, 34_900))]), [true, true]);
    assert_eq!(reached(&[(rate(50, 32_000), rate(46, 35_100))]), [true, false]);
}

#[test]
fn one_phase_that_was_disturbed_decides_nothing() {
    let good = (rate(100, 16_000), rate(95, 17_000));
    let disturbed = (rate(100, 16_000), rate(20, 30_000));

    assert_eq!(reached(&[good, disturbed, good]), [true, true]);
    assert_eq!(reached(&[disturbed, good, disturbed]), [false, false]);
}

#[test]
fn a_machine_that_changes_its_pace_between_pairs_decides_nothing() {
    let fast = (rate(100, 16_000), rate(95, 17_000));
    let slow = (rate(50, 32_000), rate(46, 33_400));
    let slowing = (rate(100, 16_000), rate(46, 33_400));

    assert_eq!(reached(&[fast, fast, slowing, slow, slow]), [true, true]);
}
