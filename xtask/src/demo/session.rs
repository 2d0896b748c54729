//! Scene six: tokens that rotate, one that is used twice, and the end of a session.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;

use super::journey::Cast;
use super::script::Script;
use crate::client::{Api, Reply};
use crate::people::{Registration, User};

pub(super) async fn play(
    api: &Api,
    script: &mut Script,
    cast: &Cast,
    person: &Registration,
) -> Result<()> {
    let chain = script.step("refresh tokens rotate", rotates(api, person)).await?;
    script.step("an old one kills its session", reused(api, &chain)).await?;
    script.step("log out", logs_out(api, &cast.farmer)).await
}

/// A session and the refresh tokens that it had, oldest first.
struct Chain {
    user: User,
    tokens: [String; 3],
}

async fn rotate(api: &Api, token: &str) -> Result<Reply> {
    api.post("/api/auth/refresh", json!({"refreshToken": token})).expect(200).await
}

/// A refresh whose reply was lost is sent again and gets the same successor.
async fn rotates(api: &Api, person: &Registration) -> Result<(Chain, String)> {
    let body = json!({"email": person.email, "password": person.password});
    let user = User::log_in(api, body).await?;
    let first = user.refresh.clone();
    let second = rotate(api, &first).await?.string("/data/tokens/refreshToken")?;
    rotate(api, &first).await?.check("/data/tokens/refreshToken", second.as_str())?;
    let reply = rotate(api, &second).await?;
    let third = reply.string("/data/tokens/refreshToken")?;
    reply.ensure(third != second, "a new token")?;
    let shows = "twice; a repeated request gets the same successor".to_owned();
    Ok((Chain { user, tokens: [first, second, third] }, shows))
}

async fn reused(api: &Api, chain: &Chain) -> Result<((), String)> {
    let [first, _, third] = &chain.tokens;
    let refresh = |token: &str| api.post("/api/auth/refresh", json!({"refreshToken": token}));
    refresh(first).expect_problem(401, "refresh-token-reused").await?;
    refresh(third).expect(401).await?;
    chain.user.get("/api/auth/profile").expect_problem(401, "unauthenticated").await?;
    Ok(((), "401 refresh-token-reused; its successors and access token are dead".to_owned()))
}

async fn logs_out(api: &Api, farmer: &User) -> Result<((), String)> {
    farmer.call(Method::POST, "/api/auth/logout").expect(204).await?;
    farmer.get("/api/auth/profile").expect_problem(401, "unauthenticated").await?;
    let refresh = json!({"refreshToken": farmer.refresh});
    api.post("/api/auth/refresh", refresh).expect_problem(401, "invalid-refresh-token").await?;
    Ok(((), "204, then 401 for the access and the refresh token".to_owned()))
}
