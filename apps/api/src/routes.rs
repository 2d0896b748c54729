//! Every route of the API, in one screen per resource: what it asks, who handles it, what it is.

pub(crate) mod admin;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod certificates;
pub(crate) mod certifications;
pub(crate) mod farms;
pub(crate) mod keys;
pub mod operations;
pub(crate) mod places;
pub(crate) mod plots;
pub(crate) mod sessions;
pub(crate) mod standards;
mod visitor;

use serde::Deserialize;

use crate::http::{Filter, Routes};

/// A list without parameters but those of its pages.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoFilter {}

impl Filter for NoFilter {
    const SYNC: bool = false;
}

/// The page of a list.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Paging {
    /// 1 to 100, by default 20.
    #[expect(dead_code, reason = "it describes; `List` reads the parameters")]
    limit: Option<u32>,
    /// `page.next` of the page before.
    #[expect(dead_code, reason = "it describes; `List` reads the parameters")]
    cursor: Option<String>,
}

/// The page of a list that can also be read in the order of change.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Sync {
    /// Changed at or after this moment, in the order of change.
    #[expect(dead_code, reason = "it describes; `List` reads the parameters")]
    #[param(rename = "updatedSince", format = DateTime)]
    updated_since: Option<String>,
}

const PUBLIC_KEYS: &str = "public, max-age=300";

/// All routes.
pub(crate) fn all() -> Routes {
    auth::routes()
        .and(sessions::routes())
        .and(admin::routes())
        .and(audit::routes())
        .and(farms::routes())
        .and(farms::life_routes())
        .and(places::routes())
        .and(plots::routes())
        .and(certifications::routes())
        .and(certifications::desk_routes())
        .and(certificates::routes())
        .and(standards::routes())
        .and(keys::routes())
        .and(operations::routes())
}
