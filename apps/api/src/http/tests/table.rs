//! Routes of every kind, and who may use them.

use gacp_cache::{Policy, Tag, Tags};

use super::*;
use crate::access::{Case, Party, Row, Rule, Subject, When};

const fn rule(parties: &'static [Party]) -> Rule {
    Rule::new(Subject::Nothing, parties)
}

const SIGNED_IN: &[Case] = &[Case::new(When::Always, rule(&[Party::SignedIn]))];
const ANYBODY: &[Case] = &[Case::new(When::Always, rule(&[Party::Anybody]))];
const REVIEWERS: &[Case] = &[Case::new(When::Always, rule(&[Party::Role(Role::Reviewer)]))];
const ACTIONS: &[Case] = &[
    Case::new(When::Action("grow"), rule(&[Party::Role(Role::Farmer)])),
    Case::new(When::Action("judge"), rule(&[Party::Role(Role::Reviewer)])),
];
const KINDS: &[Case] = &[
    Case::new(When::Query("kind", "plant"), rule(&[Party::Role(Role::Farmer)])),
    Case::new(When::Always, rule(&[Party::Role(Role::Admin)])),
];

static SHOW: Row = Row::of(Method::GET, "/api/things/{id}", SIGNED_IN);
static LIST: Row = Row::of(Method::GET, "/api/things", SIGNED_IN);
static MAKE: Row = Row::of(Method::POST, "/api/things", SIGNED_IN);
static CHANGE: Row = Row::of(Method::PATCH, "/api/things/{id}", SIGNED_IN);
static LARGE: Row = Row::of(Method::POST, "/api/things/large", ANYBODY);
static BUG: Row = Row::of(Method::GET, "/api/things/bug", ANYBODY);
static CHOSEN: Row = Row::of(Method::GET, "/api/things/chosen", ANYBODY);
static SECRETS: Row = Row::of(Method::GET, "/api/secrets", ANYBODY);
static JUDGE: Row = Row::of(Method::POST, "/api/judgements", REVIEWERS);
static ACT: Row = Row::of(Method::POST, "/api/things/{id}/actions/{action}", ACTIONS);
static SORT: Row = Row::of(Method::GET, "/api/kinds", KINDS);
static WHO: Row = Row::of(Method::GET, "/api/who", ANYBODY);
static MINE: Row = Row::of(Method::GET, "/api/mine", SIGNED_IN);
static COUNT: Row = Row::of(Method::GET, "/api/count", SIGNED_IN);

/// Each caller's own, for a minute.
static KEPT: cached::Rule =
    cached::Rule::for_the_caller(Policy::fresh_for(Duration::from_mins(1)), |_, by| {
        Some(Tags::of([Tag::of("owner", by.id.to_string())]))
    });

pub(super) fn routes() -> Routes {
    let choice = Options::plain().produces(&["application/json", "text/csv"]);
    Routes::new()
        .on(&SHOW, Options::plain(), show)
        .on(&LIST, Options::plain(), list)
        .on(&MAKE, Options::plain().json().idempotent(), make)
        .on(&CHANGE, Options::plain().json(), change)
        .on(&LARGE, Options::plain().large_json(), change)
        .on(&BUG, Options::plain(), bug)
        .on(&CHOSEN, choice, chosen)
        .on(&SECRETS, Options::plain().no_store(), bug)
        .on(&JUDGE, Options::plain().json().idempotent(), make)
        .on(&ACT, Options::plain(), act)
        .on(&SORT, Options::plain(), act)
        .on(&WHO, Options::plain(), whoami)
        .on(&MINE, Options::plain().kept(&KEPT), whoami)
        .on(&COUNT, Options::plain().kept(&KEPT), count)
}
