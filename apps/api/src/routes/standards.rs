//! `/api/standards`: the checklists, as data, for everybody.

use actix_web::web::{Data, Path};
use gacp_certifications::{Certifications, Standard, StandardRef, Title};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::describe::Operation;
use crate::http::reply::data;
use crate::http::{ApiError, Options, Query, Reply, Routes};
use crate::routes::NoFilter;
use crate::{access, caching};

/// A standard without its checklist.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StandardRow {
    #[serde(flatten)]
    reference: StandardRef,
    title: Title,
    validity_years: u16,
}

impl From<&Standard> for StandardRow {
    fn from(standard: &Standard) -> Self {
        Self {
            reference: standard.reference(),
            title: standard.title().clone(),
            validity_years: standard.validity_years(),
        }
    }
}

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("standards", summary)
    }
    Routes::new()
        .on(&access::LIST_STANDARDS, Options::plain().kept(&caching::STANDARDS), list)
        .says(|| {
            op("Every standard in every version.").returns_all::<StandardRow>("The standards.")
        })
        .on(&access::SHOW_STANDARD, Options::plain().kept(&caching::STANDARDS), show)
        .says(|| op("One standard with its checklist.").returns::<Standard>(200, "The standard."))
}

/// `GET /api/standards`: every standard in every version.
async fn list(_: Query<NoFilter>, certifications: Data<Certifications>) -> Result<Reply, ApiError> {
    let rows: Vec<_> = certifications.standards().iter().map(StandardRow::from).collect();
    Ok(data(&rows))
}

/// `GET /api/standards/{id}/{version}`: one standard with its checklist.
async fn show(
    path: Path<(String, String)>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let (id, version) = path.into_inner();
    let standard = certifications.standards().get(&id, &version);
    Ok(data(standard.ok_or(ApiError::NotFound)?))
}
