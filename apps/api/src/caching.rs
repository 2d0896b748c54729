//! Which replies are kept, for how long, and what they are made of: one rule per route.
//!
//! A rule is right if every write of what a reply is made of has one of its tags:
//! `gacp-store-invalidating` says which write has which. Who asks is known, and may ask, before
//! any reply is looked for.

use std::time::Duration;

use gacp_cache::{Policy, Tags};
use gacp_certifications::{ApplicationId, CertificateNumber};
use gacp_farms::FarmId;
use gacp_store::{Actor, Role};
use gacp_store_invalidating::tags;

use crate::http::cached::Rule;

const MINUTE: Duration = Duration::from_mins(1);

/// The caller's own account.
pub(crate) static PROFILE: Rule =
    Rule::for_the_caller(Policy::fresh_for(MINUTE), |_, by| Some(Tags::of([tags::account(by.id)])));

/// One farm.
pub(crate) static FARM: Rule =
    Rule::for_the_caller(Policy::fresh_for(Duration::from_mins(5)), |asked, _| {
        Some(Tags::of([tags::farm(FarmId::parse_or_absent(asked.path("id")?))]))
    });

/// One application. What can be done with it depends on its farm, too.
pub(crate) static APPLICATION: Rule =
    Rule::for_the_caller(Policy::fresh_for(MINUTE), |asked, by| {
        let id = ApplicationId::parse_or_absent(asked.path("id")?);
        Some(Tags::of([tags::application(id), farms_seen_by(by)]))
    });

/// A page of applications. What is overdue changes without a write: such lists are not kept.
pub(crate) static APPLICATIONS: Rule = Rule::for_the_caller(Policy::fresh_for(MINUTE), |_, by| {
    let all = match by.role {
        Role::Farmer => tags::applications_of(by.id),
        _ => tags::applications(),
    };
    Some(Tags::of([all]))
})
.by(&["status", "farmId", "assignee", "limit", "cursor"]);

/// What anybody may know of a certificate.
pub(crate) static VERIFICATION: Rule = Rule::for_anybody(Policy::fresh_for(MINUTE), |asked| {
    let number = CertificateNumber::parse(asked.path("number")?).ok()?;
    Some(Tags::of([tags::certificate(&number)]))
});

/// The standards: they are part of the program.
pub(crate) static STANDARDS: Rule = Rule::for_anybody(
    Policy::fresh_for(MINUTE)
        .stale_while_revalidate(MINUTE)
        .stale_if_error(Duration::from_mins(10))
        .immutable(),
    |_| Some(Tags::of([])),
);

/// The farms of those whose applications he sees.
fn farms_seen_by(by: Actor) -> gacp_cache::Tag {
    match by.role {
        Role::Farmer => tags::farms_of(by.id),
        _ => tags::farms(),
    }
}
