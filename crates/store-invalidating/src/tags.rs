//! What replies are made of.
//!
//! A reply that is made of one record has the record's tag. One that depends on which records there
//! are, such as a list, has the tag of the set: of what an account has, or of all there are.

use gacp_auth::SessionId;
use gacp_cache::{Tag, Tags};
use gacp_certifications::{Application, ApplicationId, CertificateNumber};
use gacp_farms::FarmId;
use gacp_store::AccountId;

/// An account: its profile, role and status, and when somebody last logged in.
pub fn account(id: AccountId) -> Tag {
    Tag::of("account", id.uuid())
}

/// Whether a session lives.
pub fn session(id: SessionId) -> Tag {
    Tag::of("session", id.uuid())
}

/// A farm with its plots.
pub fn farm(id: FarmId) -> Tag {
    Tag::of("farm", id.uuid())
}

/// The farms of an account, and what they are.
pub fn farms_of(owner: AccountId) -> Tag {
    Tag::of("farms-of", owner.uuid())
}

/// All farms, and what they are.
pub fn farms() -> Tag {
    Tag::of("farms", "")
}

/// An application, its inspection and payments.
pub fn application(id: ApplicationId) -> Tag {
    Tag::of("application", id.uuid())
}

/// The applications of an account, and what they are.
pub fn applications_of(owner: AccountId) -> Tag {
    Tag::of("applications-of", owner.uuid())
}

/// All applications, and what they are.
pub fn applications() -> Tag {
    Tag::of("applications", "")
}

/// A certificate.
pub fn certificate(number: &CertificateNumber) -> Tag {
    Tag::of("certificate", number.to_string())
}

/// What a write of a farm makes wrong.
pub fn writing_farm(id: FarmId, owner: AccountId) -> Tags {
    Tags::of([farm(id), farms_of(owner), farms()])
}

/// What a write of an application makes wrong.
pub fn writing_application(id: ApplicationId, owner: AccountId) -> Tags {
    Tags::of([application(id), applications_of(owner), applications()])
}

/// What the opening of an application makes wrong: it takes a number of its farm's state.
pub(crate) fn of_opening(it: &Application) -> Tags {
    let (id, farm_id, owner) = (it.id(), it.farm(), it.owner());
    Tags::of([
        application(id),
        applications_of(owner),
        applications(),
        farm(farm_id),
        farms_of(owner),
        farms(),
    ])
}

/// What the issue of a certificate makes wrong.
pub(crate) fn of_issue(it: &Application, number: &CertificateNumber) -> Tags {
    Tags::of([
        application(it.id()),
        applications_of(it.owner()),
        applications(),
        certificate(number),
    ])
}

/// What the caller of a request may just have written, by whatever route: for a request whose
/// first run ended nobody knows how.
pub fn of_whoever(by: AccountId, id: &str) -> Tags {
    let number = CertificateNumber::parse(id).ok();
    let shared = [account(by), farms_of(by), farms(), applications_of(by), applications()];
    let named =
        [farm(FarmId::parse_or_absent(id)), application(ApplicationId::parse_or_absent(id))];
    let all = shared.into_iter().chain(named).chain(number.as_ref().map(certificate));
    // Eight at most.
    Tags::all_of(all).unwrap_or_else(|_too_many| Tags::everything())
}
