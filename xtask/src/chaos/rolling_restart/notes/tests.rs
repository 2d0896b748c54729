use super::{Asked, Closed, Connection, Notes, Parts};
use crate::chaos::breaches::Rules;
use crate::chaos::rolling_restart::promises::Promise;

fn notes() -> Notes {
    Notes::of(vec!["h:1".to_owned(), "h:2".to_owned()], Closed::Repeated)
}

fn kept(route: &'static str) -> Asked {
    (route, Connection::Kept)
}

/// The promises that are broken.
fn broken(notes: &Notes) -> Vec<Promise> {
    let shown = notes.seen().breaches.to_string();
    let is_broken = |promise: &Promise| shown.contains(&format!("BROKEN  {promise}"));
    Promise::ALL.iter().copied().filter(is_broken).collect()
}

fn answered_by(notes: &Notes, server: &str) {
    notes.answered(kept("GET /"), server, notes.moment());
}

#[test]
fn a_restart_that_nobody_notices_breaks_nothing() {
    let notes = notes();
    answered_by(&notes, "h:1");
    notes.begin_restart(0);
    let before = notes.moment();
    notes.set_aside(Some((0, 0)));
    notes.answered(kept("GET /"), "h:1", before);
    answered_by(&notes, "h:2");
    notes.set_aside(None);
    notes.end_restart(Parts::default());
    answered_by(&notes, "h:1");

    assert_eq!(broken(&notes), []);
    let seen = notes.seen();
    assert_eq!((seen.restarts[0].answered, seen.restarts[0].by_others), (2, 1));
    assert_eq!(seen.routes[&kept("GET /")].answered, 4);
}

#[test]
fn a_server_that_nobody_asked_before_proves_nothing() {
    let notes = notes();
    answered_by(&notes, "h:2");
    notes.begin_restart(0);
    answered_by(&notes, "h:2");
    notes.end_restart(Parts::default());

    assert_eq!(broken(&notes), [Promise::Felt]);
}

#[test]
fn a_restart_during_which_nobody_else_served_is_found() {
    let notes = notes();
    answered_by(&notes, "h:1");
    notes.begin_restart(0);
    answered_by(&notes, "h:1");
    notes.end_restart(Parts::default());
    answered_by(&notes, "h:2");

    assert_eq!(broken(&notes), [Promise::Others]);
}

#[test]
fn a_request_to_a_server_that_is_out_is_found() {
    let notes = notes();
    answered_by(&notes, "h:1");
    notes.begin_restart(0);
    notes.set_aside(Some((0, 0)));
    answered_by(&notes, "h:1");
    answered_by(&notes, "h:2");
    notes.end_restart(Parts::default());

    assert_eq!(broken(&notes), [Promise::Aside]);
}

#[test]
fn failures_are_counted_by_their_cause() {
    let notes = notes();
    for cause in ["502", "reset", "502"] {
        notes.failed(kept("GET /"), cause);
    }

    assert_eq!(broken(&notes), [Promise::Answered]);
    assert_eq!(notes.seen().causes["GET / over a kept connection: 502"], 2);
    assert_eq!(notes.seen().routes[&kept("GET /")].failed, 3);
}

#[test]
fn only_who_met_a_change_of_workers_may_send_again() {
    let notes = notes();
    let long_before = notes.moment();
    assert!(!notes.may_repeat(kept("GET /"), long_before), "nothing has closed it");
    notes.turn();
    let during = notes.moment();
    assert!(
        notes.may_repeat(kept("GET /"), long_before) && notes.may_repeat(kept("GET /"), during)
    );
    notes.turn();
    assert!(
        notes.may_repeat(kept("GET /"), long_before) && notes.may_repeat(kept("GET /"), during)
    );
    assert!(!notes.may_repeat(kept("GET /"), notes.moment()), "it is over");
    assert_eq!(notes.seen().routes[&kept("GET /")].repeated, 4);

    notes.turn();
    let renewed = ("GET /", Connection::Renewed);
    assert!(!notes.may_repeat(renewed, long_before), "nobody closes a connection of its own");

    let strict = Notes::of(Vec::new(), Closed::Failed);
    strict.turn();
    assert!(!strict.may_repeat(kept("GET /"), strict.moment()));
}
