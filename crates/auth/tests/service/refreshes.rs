use std::sync::Arc;

use gacp_auth::{AuthError, SessionStore, Tokens, Unproven, Visit};
use tokio::sync::Barrier;

use crate::harness::{World, later, unproven, visit};

const DAY: i64 = 24 * 60 * 60;

async fn refresh(world: &World, token: &str, seconds: i64) -> Result<Tokens, AuthError> {
    world.auth.refresh(token, &visit(seconds)).await
}

#[tokio::test]
async fn a_refresh_gives_new_tokens_of_the_same_session() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;

    let tokens = refresh(&world, &login.tokens.refresh_token, 60).await.unwrap();

    assert_ne!(tokens.refresh_token, login.tokens.refresh_token);
    assert_ne!(tokens.access_token, login.tokens.access_token);
    assert_eq!(tokens.expires_in, 15 * 60);
    let caller = world.auth.authenticate(&tokens.access_token, later(60)).await.unwrap();
    assert_eq!(caller, world.caller(&login.tokens).await);
    assert_eq!(world.live_sessions(&account, later(60)).await, 1);
}

#[tokio::test]
async fn a_retry_within_the_window_gets_the_same_successor() {
    let (world, _) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let first = refresh(&world, &login.tokens.refresh_token, 60).await.unwrap();

    let at_once = refresh(&world, &login.tokens.refresh_token, 60).await.unwrap();
    let at_the_end = refresh(&world, &login.tokens.refresh_token, 70).await.unwrap();

    assert!(at_once == first);
    assert_eq!(at_the_end.refresh_token, first.refresh_token);
    assert_eq!(at_the_end.access_token, first.access_token);
    assert_eq!(at_the_end.expires_in, 15 * 60 - 10);
    assert!(refresh(&world, &first.refresh_token, 71).await.is_ok(), "the successor works");
}

#[tokio::test]
async fn a_token_used_again_after_the_window_ends_the_session() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let next = refresh(&world, &login.tokens.refresh_token, 60).await.unwrap();

    let reused = refresh(&world, &login.tokens.refresh_token, 71).await;

    assert_eq!(unproven(reused), Unproven::RefreshTokenReused);
    assert_eq!(world.live_sessions(&account, later(71)).await, 0);
    let bearer = world.auth.authenticate(&next.access_token, later(71)).await;
    assert_eq!(unproven(bearer), Unproven::Unauthenticated);
    for token in [&next.refresh_token, &login.tokens.refresh_token] {
        let outcome = refresh(&world, token, 72).await;
        assert_eq!(unproven(outcome), Unproven::InvalidRefreshToken);
    }
}

#[tokio::test]
async fn a_token_two_generations_back_ends_the_session_at_any_time() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let second = refresh(&world, &login.tokens.refresh_token, 60).await.unwrap();
    refresh(&world, &second.refresh_token, 61).await.unwrap();

    let reused = refresh(&world, &login.tokens.refresh_token, 61).await;

    assert_eq!(unproven(reused), Unproven::RefreshTokenReused);
    assert_eq!(world.live_sessions(&account, later(61)).await, 0);
}

#[tokio::test]
async fn a_retry_from_another_device_ends_the_session() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let other = world.somchai_logs_in().await;
    let on = |device_token, seconds| Visit { device_token, ..visit(seconds) };
    let (own, other) = (Some(login.device_token.as_str()), Some(other.device_token.as_str()));
    let token = &login.tokens.refresh_token;
    let first = world.auth.refresh(token, &on(own, 60)).await.unwrap();

    let retried = world.auth.refresh(token, &on(own, 61)).await.unwrap();
    let stolen = world.auth.refresh(token, &on(other, 62)).await;

    assert_eq!(retried.refresh_token, first.refresh_token);
    assert_eq!(unproven(stolen), Unproven::RefreshTokenReused);
    assert_eq!(world.live_sessions(&account, later(62)).await, 1, "the other login lives on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_32_refreshes_at_once_all_get_the_same_reply() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let barrier = Arc::new(Barrier::new(32));
    let runs: Vec<_> = (0..32)
        .map(|_| {
            let (auth, barrier) = (world.auth.clone(), Arc::clone(&barrier));
            let token = login.tokens.refresh_token.clone();
            tokio::spawn(async move {
                barrier.wait().await;
                auth.refresh(&token, &visit(60)).await.unwrap()
            })
        })
        .collect();

    let mut replies = Vec::new();
    for run in runs {
        replies.push(run.await.unwrap());
    }

    assert!(replies.windows(2).all(|pair| pair[0] == pair[1]));
    let sessions = world.stores.sessions().list_live(account.id(), later(60)).await.unwrap();
    let generations: Vec<u64> = sessions.iter().map(|session| session.generation).collect();
    assert_eq!(generations, [1], "one session, rotated once");
    assert!(refresh(&world, &replies[0].refresh_token, 61).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_32_refreshes_and_a_logout_from_everywhere_at_once_the_logout_wins() {
    let (world, account) = World::with_somchai().await;
    for _ in 0..16 {
        let login = world.somchai_logs_in().await;
        let caller = world.caller(&login.tokens).await;
        let barrier = Arc::new(Barrier::new(33));
        let runs: Vec<_> = (0..32)
            .map(|_| {
                let (auth, barrier) = (world.auth.clone(), Arc::clone(&barrier));
                let mut given = login.tokens.clone();
                let token = given.refresh_token.clone();
                tokio::spawn(async move {
                    barrier.wait().await;
                    while let Ok(tokens) = auth.refresh(&token, &visit(1)).await {
                        given = tokens;
                        tokio::task::yield_now().await;
                    }
                    given
                })
            })
            .collect();

        barrier.wait().await;
        world.auth.log_out_everywhere(&caller, later(1)).await.unwrap();

        assert_eq!(world.live_sessions(&account, later(1)).await, 0);
        for run in runs {
            let tokens = run.await.unwrap();
            let again = refresh(&world, &tokens.refresh_token, 2).await;
            assert_eq!(unproven(again), Unproven::InvalidRefreshToken);
            let bearer = world.auth.authenticate(&tokens.access_token, later(2)).await;
            assert_eq!(unproven(bearer), Unproven::Unauthenticated);
        }
    }
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused_and_ends_nothing() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let elsewhere = {
        let (world, _) = World::with_somchai().await;
        world.somchai_logs_in().await.tokens.refresh_token
    };
    for token in
        ["", "grt_", "x", &login.tokens.access_token, &login.device_token, elsewhere.as_str()]
    {
        let outcome = refresh(&world, token, 1).await;
        assert_eq!(unproven(outcome), Unproven::InvalidRefreshToken, "{token}");
    }
    assert_eq!(world.live_sessions(&account, later(1)).await, 1);
}

#[tokio::test]
async fn a_session_that_idles_too_long_is_over() {
    let (world, _) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let kept = refresh(&world, &login.tokens.refresh_token, 14 * DAY - 1).await.unwrap();

    let kept = refresh(&world, &kept.refresh_token, 28 * DAY - 2).await.unwrap();
    let over = refresh(&world, &kept.refresh_token, 42 * DAY - 2).await;

    assert_eq!(unproven(over), Unproven::InvalidRefreshToken);
}

#[tokio::test]
async fn a_session_is_over_after_90_days_however_often_it_is_used() {
    let (world, _) = World::with_somchai().await;
    let mut tokens = world.somchai_logs_in().await.tokens;
    for week in 1..=12 {
        tokens = refresh(&world, &tokens.refresh_token, week * 7 * DAY).await.unwrap();
    }
    tokens = refresh(&world, &tokens.refresh_token, 90 * DAY - 1).await.unwrap();

    let over = refresh(&world, &tokens.refresh_token, 90 * DAY).await;

    assert_eq!(unproven(over), Unproven::InvalidRefreshToken);
    let bearer = world.auth.authenticate(&tokens.access_token, later(90 * DAY)).await;
    assert_eq!(unproven(bearer), Unproven::Unauthenticated);
}

#[tokio::test]
async fn after_a_logout_neither_token_works() {
    let (world, _) = World::with_somchai().await;
    let (login, other) = (world.somchai_logs_in().await, world.somchai_logs_in().await);
    let caller = world.caller(&login.tokens).await;

    world.auth.log_out(&caller, later(1)).await.unwrap();

    let bearer = world.auth.authenticate(&login.tokens.access_token, later(1)).await;
    assert_eq!(unproven(bearer), Unproven::Unauthenticated);
    let outcome = refresh(&world, &login.tokens.refresh_token, 1).await;
    assert_eq!(unproven(outcome), Unproven::InvalidRefreshToken);
    assert!(refresh(&world, &other.tokens.refresh_token, 1).await.is_ok());
}

#[tokio::test]
async fn logging_out_everywhere_ends_every_session() {
    let (world, account) = World::with_somchai().await;
    let (login, other) = (world.somchai_logs_in().await, world.somchai_logs_in().await);
    let caller = world.caller(&login.tokens).await;

    assert_eq!(world.auth.log_out_everywhere(&caller, later(1)).await.unwrap(), 2);

    assert_eq!(world.live_sessions(&account, later(1)).await, 0);
    let bearer = world.auth.authenticate(&other.tokens.access_token, later(1)).await;
    assert_eq!(unproven(bearer), Unproven::Unauthenticated);
}

#[tokio::test]
async fn a_disabled_account_gets_no_new_tokens() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    world.disable(&account).await;

    let outcome = refresh(&world, &login.tokens.refresh_token, 1).await;

    assert_eq!(unproven(outcome), Unproven::InvalidRefreshToken);
}
