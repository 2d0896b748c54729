//! `/api/auth/logout…`, `/api/auth/sessions` and `/api/auth/login-history`: the caller's own
//! sessions, and how they were opened.

use actix_web::web::{Data, Path};
use gacp_auth::{Auth, SessionId};

use crate::access;
use crate::http::describe::Operation;
use crate::http::reply::{data, no_content};
use crate::http::{ApiError, Call, Caller, Options, Reply, Routes};
use crate::views::{LoginAttemptView, SessionView};

/// The table of these routes.
pub(crate) fn routes() -> Routes {
    fn op(summary: &'static str) -> Operation {
        Operation::new("auth", summary)
    }
    Routes::new()
        .on(&access::LOG_OUT, Options::plain().optional_json(), log_out)
        .says(|| {
            op("Ends this session, its access token too.")
                .returns_nothing(204, "The session has ended.")
        })
        .on(&access::LOG_OUT_EVERYWHERE, Options::plain().optional_json(), log_out_everywhere)
        .says(|| {
            op("Ends every session of the account.")
                .returns_nothing(204, "All sessions have ended.")
        })
        .on(&access::LIST_SESSIONS, Options::plain(), list)
        .says(|| {
            op("The caller's sessions, newest first.")
                .returns_all::<SessionView>("The sessions that live.")
        })
        .on(&access::SHOW_LOGIN_HISTORY, Options::plain(), login_history)
        .says(|| {
            op("The latest 20 logins to the account, newest first.")
                .returns_all::<LoginAttemptView>("Those that failed, too.")
        })
        .on(&access::END_SESSION, Options::plain(), end)
        .says(|| {
            op("Ends one of the caller's sessions.").returns_nothing(204, "The session has ended.")
        })
}

/// `POST /api/auth/logout`: ends this session, its access token too.
async fn log_out(call: Call, caller: Caller, auth: Data<Auth>) -> Result<Reply, ApiError> {
    auth.log_out(&caller.in_session(), call.at).await?;
    Ok(no_content())
}

/// `POST /api/auth/logout-all`: ends every session of the account.
async fn log_out_everywhere(
    call: Call,
    caller: Caller,
    auth: Data<Auth>,
) -> Result<Reply, ApiError> {
    auth.log_out_everywhere(&caller.in_session(), call.at).await?;
    Ok(no_content())
}

/// `GET /api/auth/sessions`: the sessions that live, newest first.
async fn list(call: Call, caller: Caller, auth: Data<Auth>) -> Result<Reply, ApiError> {
    let caller = caller.in_session();
    let sessions = auth.sessions(&caller, call.at).await?;
    let view = |session: &_| SessionView::of(session, caller.session);
    Ok(data(&sessions.iter().map(view).collect::<Vec<_>>()))
}

/// `GET /api/auth/login-history`: the latest logins, those that failed too.
async fn login_history(caller: Caller, auth: Data<Auth>) -> Result<Reply, ApiError> {
    let logins = auth.login_history(&caller.in_session()).await?;
    Ok(data(&logins.into_iter().map(LoginAttemptView::from).collect::<Vec<_>>()))
}

/// `DELETE /api/auth/sessions/{id}`: ends one of them.
async fn end(
    call: Call,
    caller: Caller,
    id: Path<String>,
    auth: Data<Auth>,
) -> Result<Reply, ApiError> {
    let id = SessionId::parse_or_absent(&id);
    auth.end_session(&caller.in_session(), id, call.at).await?;
    Ok(no_content())
}
