//! Every interleaving of refreshes, retries, replays and a logout in a small world, checked.
//!
//! The servers of the world run the product's own steps: [`Session::is_live`](crate::Session),
//! [`Session::rotate`](crate::Session::rotate) and [`Renewal::of`](super::Renewal). Run with
//! another rule, each property is broken: they can be.

mod properties;
mod rule;
mod world;

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use properties::{LOGOUT, ONE_LINEAGE, REPLAYS, RETRIES};
use rule::Rule;
use world::World;

/// Two servers, a thief, and time for a replay after the window.
const WITH_A_THIEF: World =
    World { rule: Rule::Product, servers: 2, thief: true, ticks: 2, rotations: 2 };

/// Three servers, and time for two rotations with all their retries.
const WITHOUT: World =
    World { rule: Rule::Product, servers: 3, thief: false, ticks: 4, rotations: 3 };

fn check(world: World) {
    let checker = world.checker().spawn_bfs().join();
    eprintln!("{} states, {} deep", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
}

/// Looks for a way to break a property, and shows it.
fn breaks(rule: Rule, world: World, property: &'static str) {
    let wanted = HasDiscoveries::AllOf(BTreeSet::from([property]));
    let checker = World { rule, ..world }.checker().finish_when(wanted).spawn_bfs().join();
    let way = checker.assert_any_discovery(property);
    eprintln!("{rule:?}: {:#?}", way.into_actions());
}

#[test]
fn the_rule_holds_for_a_client_that_misses_replies() {
    check(WITHOUT);
}

#[test]
fn the_rule_holds_against_a_thief() {
    check(WITH_A_THIEF);
}

#[test]
fn without_a_window_a_thief_gets_in_later() {
    breaks(Rule::NoWindow, WITH_A_THIEF, REPLAYS);
}

#[test]
fn without_a_look_at_the_device_a_thief_gets_in_beside_the_client() {
    breaks(Rule::AnyDevice, WITH_A_THIEF, REPLAYS);
}

#[test]
fn without_an_ending_a_replay_changes_nothing() {
    breaks(Rule::NoRevocation, WITH_A_THIEF, REPLAYS);
}

#[test]
fn without_a_retry_a_lost_reply_logs_the_client_out() {
    breaks(Rule::NoRetry, WITHOUT, RETRIES);
}

#[test]
fn with_successors_of_their_own_two_lineages_live() {
    breaks(Rule::Grace, WITHOUT, ONE_LINEAGE);
}

#[test]
fn with_a_look_before_the_rotation_alone_tokens_are_given_after_a_logout() {
    breaks(Rule::EndNotChecked, WITHOUT, LOGOUT);
}

#[test]
fn with_a_session_written_as_it_was_read_a_logout_is_undone() {
    breaks(Rule::NotAtomic, WITHOUT, LOGOUT);
}
