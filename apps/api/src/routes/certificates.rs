//! `/api/certificates`: certificates, their verification and revocation.

use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, ETAG, HeaderValue};
use actix_web::web::{Data, Path};
use gacp_certifications::{
    Certificate, CertificateFilter, CertificateStatus, Certifications, RevocationDraft,
    Verification,
};
use gacp_store::Target;
use serde::Deserialize;

use crate::http::conditional::CHECKED_AT;
use crate::http::describe::Operation;
use crate::http::problem::Code;
use crate::http::reply::{data, ok};
use crate::http::{
    ApiError, Body, Call, Caller, Filter, IfMatch, Limit, List, Options, Reply, Routes,
};
use crate::routes::Paging;
use crate::views::{CertificateView, VerificationView};
use crate::{access, caching};

/// A verification reads one record: whoever stands before a customs officer does not wait for a store
/// that takes longer.
const AT_THE_BORDER: Duration = Duration::from_secs(5);

/// Which certificates are wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct CertificateQuery {
    /// Worth this now.
    #[param(inline)]
    status: Option<CertificateStatus>,
    /// Valid now, for at most so many days more.
    expiring_within_days: Option<u16>,
}

impl Filter for CertificateQuery {
    const SYNC: bool = false;
}

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("certificates", summary)
    }
    Routes::new()
        .on(&access::LIST_CERTIFICATES, Options::plain().lists::<CertificateQuery>(), list)
        .says(|| {
            op("A farmer's own certificates, everybody's for staff.")
                .query::<CertificateQuery>()
                .query::<Paging>()
                .returns_page::<CertificateView>("A page of certificates.")
        })
        .on(&access::SHOW_CERTIFICATE, Options::plain(), show)
        .says(|| {
            op("One certificate with its signature.")
                .returns::<CertificateView>(200, "The certificate.")
        })
        .on(
            &access::VERIFY_CERTIFICATE,
            Options::plain()
                .limited(Limit::Verify)
                .within(AT_THE_BORDER)
                .kept(&caching::VERIFICATION),
            verify,
        )
        .says(|| {
            op("What anybody may know of a certificate.")
                .returns::<VerificationView>(200, "What it is worth now.")
                .refuses(&[Code::InvalidFields])
        })
        .on(&access::ACT_ON_CERTIFICATE, Options::plain().optional_json().idempotent(), act)
        .says(|| {
            op("`revoke` takes a certificate back, for good.")
                .if_match()
                .takes::<RevocationDraft>()
                .returns::<CertificateView>(200, "The certificate.")
                .refuses(&[Code::InvalidTransition])
        })
}

/// `GET /api/certificates`: a farmer's own certificates, everybody's for staff.
async fn list(
    list: List<CertificateQuery>,
    (call, caller): (Call, Caller),
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let filter = CertificateFilter {
        status: list.filter.status,
        expiring_within_days: list.filter.expiring_within_days,
        ..CertificateFilter::at(call.at)
    };
    let page = certifications.certificates(caller.actor, &filter, &list.page).await?;
    Ok(list.reply(page, |certificate| CertificateView::of(&certificate, call.at)))
}

/// `GET /api/certificates/{number}`: one certificate, for its holder and staff.
async fn show(
    (call, caller): (Call, Caller),
    number: Path<String>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let certificate = certifications.certificate(caller.actor, &number).await?;
    Ok(ok(certificate.revision(), &CertificateView::of(&certificate, call.at)))
}

/// `GET /api/certificates/{number}/verify`: what anybody may know of a certificate.
async fn verify(
    call: Call,
    number: Path<String>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let verification = certifications.verify(&number, call.at).await?;
    let etag = verification_etag(&verification);
    let until = verification.next_change_at;
    let reply = data(&VerificationView::from(verification));
    let reply =
        reply.with((ETAG, etag)).with((CACHE_CONTROL, HeaderValue::from_static("no-cache")));
    Ok(reply.with((CHECKED_AT, call.at.to_string())).good_until(until))
}

/// A certificate expires without being changed: its state alone is no tag.
fn verification_etag(verification: &Verification) -> String {
    format!("\"{}-{}\"", verification.revision.get(), verification.status)
}

/// `POST /api/certificates/{number}/actions/{action}`: `revoke` takes a certificate back.
async fn act(
    (call, caller): (Call, Caller),
    (path, expected): (Path<(String, String)>, IfMatch),
    body: Body<RevocationDraft>,
    certifications: Data<Certifications>,
) -> Result<Reply, ApiError> {
    let (id, action) = path.into_inner();
    if action != "revoke" {
        return Err(ApiError::NotFound);
    }
    let target = Target { id, expected: expected.0 };
    let at = call.at;
    let answer = move |certificate: &Certificate| {
        ok(certificate.revision(), &CertificateView::of(certificate, at))
    };
    call.run(caller.actor, answer, async |attempt| {
        certifications.revoke(attempt, &target, body.0).await
    })
    .await
}
