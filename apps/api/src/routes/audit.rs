//! `/api/admin/audit`: what happened, for administrators.

use actix_web::web::Data;
use gacp_auth::{AuditFilter, Auth};
use gacp_store::AccountId;
use garde::Validate;
use serde::Deserialize;

use crate::access;
use crate::http::describe::Operation;
use crate::http::{ApiError, Caller, Filter, List, Options, Pairs, Reply, Routes, checked};
use crate::routes::Paging;
use crate::views::AuditView;

/// Which records are wanted: all of them, or those of one account.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// What this account's holder did. Not together with `account`.
    #[garde(custom(without(self.account)))]
    #[param(value_type = Option<uuid::Uuid>)]
    actor: Option<AccountId>,
    /// What happened to this account. Not together with `actor`.
    #[garde(skip)]
    #[param(value_type = Option<uuid::Uuid>)]
    account: Option<AccountId>,
}

impl Filter for AuditQuery {
    const SYNC: bool = false;

    fn read(pairs: &Pairs) -> Result<Self, ApiError> {
        checked(pairs)
    }
}

impl AuditQuery {
    fn filter(&self) -> AuditFilter {
        match (self.actor, self.account) {
            (Some(actor), _) => AuditFilter::By(actor),
            (None, Some(account)) => AuditFilter::About(account),
            (None, None) => AuditFilter::Everything,
        }
    }
}

fn without(other: Option<AccountId>) -> impl FnOnce(&Option<AccountId>, &()) -> garde::Result {
    move |value, ()| match (value, other) {
        (Some(_), Some(_)) => Err(gacp_auth::Malformed::Format.into()),
        _ => Ok(()),
    }
}

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    Routes::new().on(&access::LIST_AUDIT, Options::plain().lists::<AuditQuery>(), list).says(|| {
        Operation::new(
            "admin",
            "Everything that happened, changes and security events in one order, newest first.",
        )
        .query::<AuditQuery>()
        .query::<Paging>()
        .returns_page::<AuditView>("A page of records.")
    })
}

/// `GET /api/admin/audit`: everything that happened, newest first.
async fn list(list: List<AuditQuery>, caller: Caller, auth: Data<Auth>) -> Result<Reply, ApiError> {
    let page = auth.audit(caller.actor, list.filter.filter(), &list.page).await?;
    Ok(list.reply(page, AuditView::from))
}
