//! Who may do what: role × operation × relation to the object, in one table.
//!
//! A route cannot be made without its row. From the row come the guard of the route, what the
//! description of the API says of its callers, `docs/access.md`, and the requests by which the
//! tests hold the server against it.
//!
//! The guard refuses a role that has no right to an operation whatever the object
//! ([`Rule::excludes`]). Where the answer depends on the object, the use cases of the domain
//! give it, because only they look for the object: 404 comes before 403.

mod matrix;
mod row;
mod rule;
#[cfg(test)]
mod tests;
mod words;

use actix_web::http::Method;
use gacp_store::Role::{Admin, Approver, Farmer, Finance, Inspector, Reviewer};

use Party::{Anybody, Holder, InspectorNamed, Owner, RefreshToken, Role, SignedIn, Staff};
use Thing::{Account, Application, Certificate, Farm, Session};

pub use matrix::{CALLERS, DOC_END, DOC_START, render};
pub use row::{Asked, Case, Row, When};
pub use rule::{Party, Relation, Rule, Subject, Thing, Verdict};

/// Makes the rows, and the list of all of them.
macro_rules! table {
    ($($name:ident $id:literal $method:ident $path:literal: $($case:expr),+;)+) => {
        $(pub(crate) static $name: Row =
            Row { id: $id, method: Method::$method, path: $path, cases: &[$($case),+] };)+

        static TABLE: &[&Row] = &[$(&$name),+];
    };
}

table! {
    // Accounts and sessions
    REGISTER "register" POST "/api/auth/register": always(ANYBODY);
    LOG_IN "logIn" POST "/api/auth/login": always(ANYBODY);
    REFRESH "refresh" POST "/api/auth/refresh": always(free(&[RefreshToken]));
    SHOW_PROFILE "showProfile" GET "/api/auth/profile": always(SIGNED_IN);
    REVISE_PROFILE "reviseProfile" PATCH "/api/auth/profile": always(SIGNED_IN);
    CHANGE_PASSWORD "changePassword" POST "/api/auth/password/change": always(SIGNED_IN);
    LOG_OUT "logOut" POST "/api/auth/logout": always(SIGNED_IN);
    LOG_OUT_EVERYWHERE "logOutEverywhere" POST "/api/auth/logout-all": always(SIGNED_IN);
    LIST_SESSIONS "listSessions" GET "/api/auth/sessions": always(many(Session));
    SHOW_LOGIN_HISTORY "showLoginHistory" GET "/api/auth/login-history": always(SIGNED_IN);
    END_SESSION "endSession" DELETE "/api/auth/sessions/{id}": always(one(Session, &[Holder]));

    // Other people's accounts
    LIST_USERS "listUsers" GET "/api/admin/users":
        query("role", "INSPECTOR", free(&[Role(Admin), Role(Reviewer)])),
        always(free(&[Role(Admin)]));
    ENROLL_USER "enrollUser" POST "/api/admin/users": always(free(&[Role(Admin)]));
    SHOW_USER "showUser" GET "/api/admin/users/{id}": always(ACCOUNT);
    CHANGE_USER "changeUser" PATCH "/api/admin/users/{id}": always(ACCOUNT);
    UNLOCK_USER "unlockUser" POST "/api/admin/users/{id}/unlock": always(ACCOUNT);
    END_USER_SESSIONS "endUserSessions" DELETE "/api/admin/users/{id}/sessions": always(ACCOUNT);
    LIST_AUDIT "listAudit" GET "/api/admin/audit": always(free(&[Role(Admin)]));

    // Farms
    REGISTER_FARM "registerFarm" POST "/api/farms": always(free(&[Role(Farmer)]));
    LIST_FARMS "listFarms" GET "/api/farms": always(many(Farm));
    FIND_FARMS_NEAR "findFarmsNear" GET "/api/farms/near": always(many(Farm));
    SEARCH_FARMS "searchFarms" POST "/api/farms/search": always(many(Farm));
    SHOW_FARM "showFarm" GET "/api/farms/{id}": always(one(Farm, &[Owner, Staff]));
    REVISE_FARM "reviseFarm" PATCH "/api/farms/{id}": always(one(Farm, &[Owner]));
    ARCHIVE_FARM "archiveFarm" DELETE "/api/farms/{id}": always(one(Farm, &[Owner]));
    ADD_PLOT "addPlot" POST "/api/farms/{id}/plots": always(one(Farm, &[Owner]));
    REVISE_PLOT "revisePlot" PATCH "/api/farms/{id}/plots/{plotId}": always(one(Farm, &[Owner]));
    REMOVE_PLOT "removePlot" DELETE "/api/farms/{id}/plots/{plotId}": always(one(Farm, &[Owner]));
    ACT_ON_FARM "actOnFarm" POST "/api/farms/{id}/actions/{action}":
        action("submit", one(Farm, &[Owner])),
        action("start-review", one(Farm, &[Role(Reviewer), Role(Approver)])),
        action("approve", one(Farm, &[Role(Reviewer), Role(Approver)])),
        action("reject", one(Farm, &[Role(Reviewer), Role(Approver)])),
        action("suspend", one(Farm, &[Role(Reviewer), Role(Approver)])),
        action("reinstate", one(Farm, &[Role(Reviewer), Role(Approver)]));
    SHOW_FARM_HISTORY "showFarmHistory" GET "/api/farms/{id}/history":
        always(one(Farm, &[Owner, Staff]));

    // Applications
    OPEN_APPLICATION "openApplication" POST "/api/certifications": always(free(&[Role(Farmer)]));
    LIST_APPLICATIONS "listApplications" GET "/api/certifications": always(many(Application));
    SHOW_APPLICATION "showApplication" GET "/api/certifications/{id}":
        always(one(Application, &[Owner, Staff]));
    REVISE_APPLICATION "reviseApplication" PATCH "/api/certifications/{id}":
        always(one(Application, &[Owner]));
    ACT_ON_APPLICATION "actOnApplication" POST "/api/certifications/{id}/actions/{action}":
        action("submit", one(Application, &[Owner])),
        action("resubmit", one(Application, &[Owner])),
        action("withdraw", one(Application, &[Owner])),
        action("approve-documents", one(Application, &[Role(Reviewer)])),
        action("request-revision", one(Application, &[Role(Reviewer)])),
        action("schedule-inspection", one(Application, &[Role(Reviewer)])),
        action("reject", one(Application, &[Role(Reviewer)])).in_status("under-review"),
        action("reject", one(Application, &[Role(Approver)])).in_status("decision-pending"),
        action("approve", one(Application, &[Role(Approver)])),
        action("reschedule", one(Application, &[InspectorNamed])),
        action("complete-inspection", one(Application, &[InspectorNamed]));
    RECORD_ANSWERS "recordAnswers" POST "/api/certifications/{id}/inspection/answers":
        always(one(Application, &[InspectorNamed]));
    RECORD_PAYMENT "recordPayment" POST "/api/certifications/{id}/payments":
        always(one(Application, &[Role(Finance)]));
    SHOW_APPLICATION_HISTORY "showApplicationHistory" GET "/api/certifications/{id}/history":
        always(one(
            Application,
            &[Owner, Role(Reviewer), Role(Inspector), Role(Approver), Role(Admin)],
        ));

    // Certificates
    LIST_CERTIFICATES "listCertificates" GET "/api/certificates": always(many(Certificate));
    SHOW_CERTIFICATE "showCertificate" GET "/api/certificates/{number}":
        always(one(Certificate, &[Owner, Staff]));
    VERIFY_CERTIFICATE "verifyCertificate" GET "/api/certificates/{number}/verify": always(ANYBODY);
    ACT_ON_CERTIFICATE "actOnCertificate" POST "/api/certificates/{number}/actions/{action}":
        action("revoke", one(Certificate, &[Role(Approver)]));

    // What is public, and operations
    LIST_STANDARDS "listStandards" GET "/api/standards": always(ANYBODY);
    SHOW_STANDARD "showStandard" GET "/api/standards/{id}/{version}": always(ANYBODY);
    SHOW_ACCESS_TOKEN_KEYS "showAccessTokenKeys" GET "/.well-known/jwks.json": always(ANYBODY);
    SHOW_CERTIFICATE_KEYS "showCertificateKeys" GET "/.well-known/certificate-jwks.json":
        always(ANYBODY);
    SHOW_INDEX "showIndex" GET "/": always(ANYBODY);
    CHECK_LIVENESS "checkLiveness" GET "/health/live": always(ANYBODY);
    CHECK_READINESS "checkReadiness" GET "/health/ready": always(ANYBODY);
    DESCRIBE "describe" GET "/api/openapi.json": always(ANYBODY);
}

const ANYBODY: Rule = free(&[Anybody]);
const SIGNED_IN: Rule = free(&[SignedIn]);
const ACCOUNT: Rule = one(Account, &[Role(Admin)]);

/// Every row, in the order of this file.
pub fn table() -> &'static [&'static Row] {
    TABLE
}

const fn always(rule: Rule) -> Case {
    Case::new(When::Always, rule)
}

const fn action(name: &'static str, rule: Rule) -> Case {
    Case::new(When::Action(name), rule)
}

const fn query(name: &'static str, value: &'static str, rule: Rule) -> Case {
    Case::new(When::Query(name, value), rule)
}

/// These may, and no object has a say in it.
const fn free(parties: &'static [Party]) -> Rule {
    Rule::new(Subject::Nothing, parties)
}

/// These may do it with the thing that the path names.
const fn one(thing: Thing, parties: &'static [Party]) -> Rule {
    Rule::new(Subject::One(thing), parties)
}

/// Whoever is signed in gets a list of the things that he may know of.
const fn many(thing: Thing) -> Rule {
    Rule::new(Subject::Many(thing), &[SignedIn])
}
