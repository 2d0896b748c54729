//! `/api/auth`: registration, login, refresh and the caller's own account.

use std::time::Instant;

use actix_web::web::Data;
use gacp_auth::{Auth, LoginDraft, PasswordChange, ProfilePatch, Registration, SessionId};
use gacp_store::{AccountId, Actor, Role};
use garde::Validate;
use serde::Deserialize;

use crate::http::describe::Operation;
use crate::http::problem::Code;
use crate::http::reply::{created, data, no_content, ok};
use crate::http::{ApiError, Body, Call, Caller, IfMatch, Limit, Options, Reply, Routes, Throttle};
use crate::observe::Logins;
use crate::routes::visitor::{Visitor, device_cookie};
use crate::views::{AccountView, LoginView, ProfileView, RefreshView};
use crate::{access, caching};

const PROFILE: &str = "/api/auth/profile";

/// What a client sends for new tokens.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RefreshDraft {
    /// The newest refresh token of the session.
    #[garde(skip)]
    refresh_token: String,
}

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("auth", summary)
    }
    Routes::new()
        .on(
            &access::REGISTER,
            Options::plain().json().idempotent().limited(Limit::Register),
            register,
        )
        .says(|| {
            op("Opens a farmer's account.")
                .takes::<Registration>()
                .returns::<AccountView>(201, "The account.")
                .refuses(&[Code::AccountExists, Code::TemporarilyOverloaded])
        })
        .on(
            &access::LOG_IN,
            Options::plain().json().no_store().limited(Limit::Login).urgent(),
            log_in,
        )
        .says(|| {
            op("Opens a session, by e-mail or by national ID.")
                .takes::<LoginDraft>()
                .returns::<LoginView>(200, "Tokens, and whose they are.")
                .refuses(&[Code::InvalidCredentials, Code::TemporarilyOverloaded])
        })
        .on(&access::REFRESH, Options::plain().json().no_store().urgent(), refresh)
        .says(|| {
            op("Exchanges a refresh token for the next pair.")
                .takes::<RefreshDraft>()
                .returns::<RefreshView>(200, "The next tokens.")
                .refuses(&[Code::InvalidRefreshToken, Code::RefreshTokenReused])
        })
        .on(&access::SHOW_PROFILE, Options::plain().kept(&caching::PROFILE), profile)
        .says(|| op("The caller's own account.").returns::<ProfileView>(200, "The account."))
        .on(&access::REVISE_PROFILE, Options::plain().json(), revise_profile)
        .says(|| {
            op("Changes name, phone or address.")
                .if_match()
                .takes::<ProfilePatch>()
                .returns::<ProfileView>(200, "The account.")
                .refuses(&[Code::AccountExists])
        })
        .on(&access::CHANGE_PASSWORD, Options::plain().json().no_store(), change_password)
        .says(|| {
            op("Changes the password, and ends every other session.")
                .takes::<PasswordChange>()
                .returns_nothing(204, "The password is changed.")
                .refuses(&[Code::InvalidCredentials, Code::TemporarilyOverloaded])
        })
}

/// `POST /api/auth/register`: opens a farmer's account.
async fn register(
    call: Call,
    body: Body<Registration>,
    auth: Data<Auth>,
) -> Result<Reply, ApiError> {
    // Nobody is signed in: who acts is the farmer that the account makes.
    let by = Actor { id: AccountId::at(call.at), role: Role::Farmer };
    let answer = |account: &gacp_auth::Account| {
        created(PROFILE, account.revision(), &AccountView::from(account))
    };
    call.run(by, answer, async |attempt| auth.register(attempt, body.0).await).await
}

/// `POST /api/auth/login`: opens a session.
async fn log_in(
    call: Call,
    visitor: Visitor,
    body: Body<LoginDraft>,
    (auth, logins): (Data<Auth>, Data<Logins>),
) -> Result<Reply, ApiError> {
    let begun = Instant::now();
    let outcome = auth.log_in(body.0, &visitor.visit(call.at)).await;
    logins.ended(outcome.as_ref().map(|login| login.account.role()), begun.elapsed());
    let login = outcome?;
    let cookie = device_cookie(login.device_token.clone(), visitor.is_secure());
    Ok(data(&LoginView::from(login)).cookie(&cookie).no_store())
}

/// `POST /api/auth/refresh`: exchanges a refresh token for the next ones.
async fn refresh(
    (call, throttle): (Call, Throttle),
    visitor: Visitor,
    body: Body<RefreshDraft>,
    auth: Data<Auth>,
) -> Result<Reply, ApiError> {
    let draft = body.0?.into_inner();
    let session = auth.session_of(&draft.refresh_token);
    throttle.refresh(session.map(SessionId::uuid)).await?;
    let tokens = auth.refresh(&draft.refresh_token, &visitor.visit(call.at)).await?;
    Ok(data(&RefreshView::from(tokens)).no_store())
}

/// `GET /api/auth/profile`: the caller's own account.
async fn profile(caller: Caller, auth: Data<Auth>) -> Result<Reply, ApiError> {
    let profile = auth.profile(caller.actor.id).await?;
    Ok(ok(profile.account.revision(), &ProfileView::of(&profile)))
}

/// `PATCH /api/auth/profile`: changes name, phone or address.
async fn revise_profile(
    (call, caller): (Call, Caller),
    expected: IfMatch,
    body: Body<ProfilePatch>,
    auth: Data<Auth>,
) -> Result<Reply, ApiError> {
    let last_login_at = auth.profile(caller.actor.id).await?.last_login_at;
    let answer = |account: &gacp_auth::Account| {
        let profile = gacp_auth::Profile { account: account.clone(), last_login_at };
        ok(account.revision(), &ProfileView::of(&profile))
    };
    call.run(caller.actor, answer, async |attempt| {
        auth.revise_profile(attempt, &expected.0, body.0).await
    })
    .await
}

/// `POST /api/auth/password/change`: changes the password, and ends every other session.
async fn change_password(
    (call, caller): (Call, Caller),
    visitor: Visitor,
    body: Body<PasswordChange>,
    auth: Data<Auth>,
) -> Result<Reply, ApiError> {
    let (session, visit) = (caller.session.into(), visitor.visit(call.at));
    let answer = |_: &gacp_auth::Account| no_content().no_store();
    call.run(caller.actor, answer, async |attempt| {
        auth.change_password(attempt, (session, body.0), &visit).await
    })
    .await
}
