//! `/api/admin/users`: accounts, for administrators.

use actix_web::web::{Data, Path};
use gacp_auth::{Account, AccountFilter, AccountPatch, AccountStatus, Auth, StaffDraft};
use gacp_store::{AccountId, Role, Target};
use serde::Deserialize;

use crate::access;
use crate::http::describe::Operation;
use crate::http::problem::Code;
use crate::http::reply::{created, no_content, ok};
use crate::http::{ApiError, Body, Call, Caller, Filter, IfMatch, List, Options, Reply, Routes};
use crate::routes::Paging;
use crate::views::AccountView;

/// Which accounts are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserQuery {
    /// With this role.
    #[param(value_type = Option<String>)]
    role: Option<Role>,
    /// In this status.
    #[param(inline)]
    status: Option<AccountStatus>,
}

impl Filter for UserQuery {
    const SYNC: bool = false;
}

fn shown(account: &Account) -> Reply {
    ok(account.revision(), &AccountView::from(account))
}

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("admin", summary)
    }
    Routes::new()
        .on(&access::LIST_USERS, Options::plain().lists::<UserQuery>(), list)
        .says(|| {
            op("Accounts.")
                .query::<UserQuery>()
                .query::<Paging>()
                .returns_page::<AccountView>("A page of accounts.")
        })
        .on(&access::ENROLL_USER, Options::plain().json().idempotent(), enroll)
        .says(|| {
            op("Opens an account for a member of staff.")
                .takes::<StaffDraft>()
                .returns::<AccountView>(201, "The account.")
                .refuses(&[Code::AccountExists, Code::TemporarilyOverloaded])
        })
        .on(&access::SHOW_USER, Options::plain(), show)
        .says(|| op("One account.").returns::<AccountView>(200, "The account."))
        .on(&access::CHANGE_USER, Options::plain().json(), change)
        .says(|| {
            op("Changes role or status; it counts on the next request.")
                .if_match()
                .takes::<AccountPatch>()
                .returns::<AccountView>(200, "The account.")
        })
        .on(&access::UNLOCK_USER, Options::plain().optional_json().idempotent(), unlock)
        .says(|| {
            op("Lets a locked account be logged in to again.")
                .returns_nothing(204, "The account is not locked.")
        })
        .on(&access::END_USER_SESSIONS, Options::plain(), end_sessions)
        .says(|| {
            op("Ends every session of an account.")
                .returns_nothing(204, "No session of the account lives.")
        })
}

/// `GET /api/admin/users`: accounts; inspectors for reviewers too.
async fn list(list: List<UserQuery>, caller: Caller, auth: Data<Auth>) -> Result<Reply, ApiError> {
    let filter = AccountFilter { role: list.filter.role, status: list.filter.status };
    let page = auth.list_accounts(caller.actor, &filter, &list.page).await?;
    Ok(list.reply(page, |account| AccountView::from(&account)))
}

/// `POST /api/admin/users`: opens an account for a member of staff.
async fn enroll(
    (call, caller): (Call, Caller),
    body: Body<StaffDraft>,
    auth: Data<Auth>,
) -> Result<Reply, ApiError> {
    let answer = |account: &Account| {
        let location = format!("/api/admin/users/{}", account.id());
        created(&location, account.revision(), &AccountView::from(account))
    };
    call.run(caller.actor, answer, async |attempt| auth.enroll_staff(attempt, body.0).await).await
}

/// `GET /api/admin/users/{id}`: one account.
async fn show(caller: Caller, id: Path<String>, auth: Data<Auth>) -> Result<Reply, ApiError> {
    let id = AccountId::parse_or_absent(&id);
    Ok(shown(&auth.get_account(caller.actor, id).await?))
}

/// `PATCH /api/admin/users/{id}`: changes role or status; it counts on the next request.
async fn change(
    (call, caller): (Call, Caller),
    (id, expected): (Path<String>, IfMatch),
    body: Body<AccountPatch>,
    auth: Data<Auth>,
) -> Result<Reply, ApiError> {
    let target = Target { id: AccountId::parse_or_absent(&id), expected: expected.0 };
    call.run(caller.actor, shown, async |attempt| {
        auth.change_account(attempt, &target, body.0).await
    })
    .await
}

/// `POST /api/admin/users/{id}/unlock`: lets a locked account be logged in to again.
async fn unlock(
    (call, caller): (Call, Caller),
    id: Path<String>,
    auth: Data<Auth>,
) -> Result<Reply, ApiError> {
    let id = AccountId::parse_or_absent(&id);
    let answer = |_: &Account| no_content();
    call.run(caller.actor, answer, async |attempt| auth.unlock_account(attempt, id).await).await
}

/// `DELETE /api/admin/users/{id}/sessions`: ends every session of an account.
async fn end_sessions(
    (call, caller): (Call, Caller),
    id: Path<String>,
    auth: Data<Auth>,
) -> Result<Reply, ApiError> {
    let id = AccountId::parse_or_absent(&id);
    let answer = |_: &Account| no_content();
    call.run(caller.actor, answer, async |attempt| auth.end_sessions(attempt, id).await).await
}
