use std::net::IpAddr;
use std::sync::Arc;

use gacp_auth::{AuthError, Login, LoginDraft, Unproven, Visit};
use gacp_store::Violations;
use tokio::sync::Barrier;

use crate::harness::{
    EMAIL, NATIONAL_ID, PASSWORD, World, admin, another_registration, attempt, by_email,
    by_national_id, later, newcomer, unproven, visit,
};

const WRONG: &str = "correct-rice-batterz";

/// A login at a second, from a device that may show a token.
async fn log_in(
    world: &World,
    draft: LoginDraft,
    (second, device_token): (i64, Option<&str>),
) -> Result<Login, AuthError> {
    let visit = Visit { device_token, ..visit(second) };
    world.auth.log_in(Violations::check(draft), &visit).await
}

async fn guess_wrongly(world: &World, times: usize, device_token: Option<&str>) {
    for _ in 0..times {
        let outcome = log_in(world, by_email(EMAIL, WRONG), (0, device_token)).await;
        assert_eq!(unproven(outcome), Unproven::InvalidCredentials);
    }
}

#[tokio::test]
async fn after_five_wrong_guesses_the_right_password_is_refused_and_after_the_wait_it_is_not() {
    let (world, _) = World::with_somchai().await;
    guess_wrongly(&world, 5, None).await;

    let at_once = log_in(&world, by_email(EMAIL, PASSWORD), (29, None)).await;
    let later = log_in(&world, by_email(EMAIL, PASSWORD), (30, None)).await;

    assert_eq!(unproven(at_once), Unproven::InvalidCredentials);
    assert!(later.is_ok());
}

#[tokio::test]
async fn a_right_password_starts_the_count_anew() {
    let (world, _) = World::with_somchai().await;

    for _ in 0..3 {
        guess_wrongly(&world, 4, None).await;
        assert!(log_in(&world, by_email(EMAIL, PASSWORD), (0, None)).await.is_ok());
    }
}

#[tokio::test]
async fn unknown_and_locked_accounts_cost_the_same() {
    let (world, _) = World::with_somchai().await;
    let known = by_email(EMAIL, WRONG);
    let unknown = by_email("nobody@example.org", WRONG);
    let mut costs = Vec::new();

    for draft in [known, unknown] {
        let mut cost = Vec::new();
        for _ in 0..8 {
            let (hashes, calls) = (world.hasher.operations(), world.calls());
            let outcome = log_in(&world, draft.clone(), (0, None)).await;
            assert_eq!(unproven(outcome), Unproven::InvalidCredentials);
            cost.push((world.hasher.operations() - hashes, world.calls() - calls));
        }
        costs.push(cost);
    }

    assert_eq!(costs[0], costs[1]);
    // One hash while guesses are allowed, none afterwards; the store is asked as often either way.
    let hashes: Vec<usize> = costs[0].iter().map(|(hashes, _)| *hashes).collect();
    let calls: Vec<usize> = costs[0].iter().map(|(_, calls)| *calls).collect();
    assert_eq!(hashes, [1, 1, 1, 1, 1, 0, 0, 0]);
    assert_eq!(calls, [3; 8]);
}

#[tokio::test]
async fn every_spelling_of_a_name_fills_one_bucket() {
    let (world, _) = World::with_somchai().await;
    for draft in [
        by_email(EMAIL, WRONG),
        by_email(" SOMCHAI@example.ORG ", WRONG),
        by_email("Somchai@Example.org", WRONG),
        by_email("somchai@EXAMPLE.org ", WRONG),
        by_email(EMAIL, WRONG),
    ] {
        log_in(&world, draft, (0, None)).await.unwrap_err();
    }
    let before = world.hasher.operations();

    log_in(&world, by_email(EMAIL, PASSWORD), (1, None)).await.unwrap_err();

    assert_eq!(world.hasher.operations(), before, "refused without a hash");
    // The national ID is another name, and has guesses of its own.
    assert!(log_in(&world, by_national_id(NATIONAL_ID, PASSWORD), (1, None)).await.is_ok());
}

#[tokio::test]
async fn whatever_others_guess_the_holders_own_device_is_not_delayed() {
    let (world, _) = World::with_somchai().await;
    let device = world.somchai_logs_in().await.device_token;
    guess_wrongly(&world, 500, None).await;

    let elsewhere = log_in(&world, by_email(EMAIL, PASSWORD), (1, None)).await;
    let trusted = log_in(&world, by_email(EMAIL, PASSWORD), (1, Some(&device))).await;
    let by_number = log_in(&world, by_national_id(NATIONAL_ID, PASSWORD), (1, Some(&device))).await;

    assert_eq!(unproven(elsewhere), Unproven::InvalidCredentials);
    assert!(trusted.is_ok() && by_number.is_ok());
    // And that success opened nothing for the others.
    let elsewhere = log_in(&world, by_email(EMAIL, PASSWORD), (1, None)).await;
    assert_eq!(unproven(elsewhere), Unproven::InvalidCredentials);
}

#[tokio::test]
async fn a_device_that_somebody_else_logged_in_on_is_not_the_holders() {
    let (world, _) = World::with_somchai().await;
    world.register(another_registration()).await.unwrap();
    let hers = log_in(&world, by_email("malee@example.org", PASSWORD), (0, None)).await.unwrap();
    guess_wrongly(&world, 5, None).await;

    let outcome = log_in(&world, by_email(EMAIL, PASSWORD), (1, Some(&hers.device_token))).await;

    assert_eq!(unproven(outcome), Unproven::InvalidCredentials);
}

#[tokio::test]
async fn a_telephone_that_two_share_is_trusted_by_both() {
    let (world, _) = World::with_somchai().await;
    world.register(another_registration()).await.unwrap();
    let his = world.somchai_logs_in().await.device_token;
    let hers = by_email("malee@example.org", PASSWORD);
    let shared = log_in(&world, hers, (0, Some(&his))).await.unwrap().device_token;
    guess_wrongly(&world, 5, None).await;

    assert!(log_in(&world, by_email(EMAIL, PASSWORD), (1, Some(&shared))).await.is_ok());
}

#[tokio::test]
async fn a_trusted_device_has_five_guesses_too() {
    let (world, _) = World::with_somchai().await;
    let device = world.somchai_logs_in().await.device_token;
    guess_wrongly(&world, 5, Some(&device)).await;

    let own = log_in(&world, by_email(EMAIL, PASSWORD), (1, Some(&device))).await;
    let elsewhere = log_in(&world, by_email(EMAIL, PASSWORD), (1, None)).await;

    assert_eq!(unproven(own), Unproven::InvalidCredentials);
    assert!(elsewhere.is_ok());
}

#[tokio::test]
async fn guesses_at_many_accounts_from_one_network_are_slowed_down_and_trusted_devices_are_not() {
    let (world, _) = World::with_somchai().await;
    let device = world.somchai_logs_in().await.device_token;
    let from =
        |last: usize| -> Option<IpAddr> { Some(format!("203.0.113.{last}").parse().unwrap()) };
    let at_home = |address, device_token| Visit { address, device_token, ..visit(0) };
    for number in 0..200 {
        let draft = Violations::check(by_email(&format!("farmer{number}@example.org"), WRONG));
        world.auth.log_in(draft, &at_home(from(number), None)).await.unwrap_err();
    }
    let right = || Violations::check(by_email(EMAIL, PASSWORD));

    let neighbour = world.auth.log_in(right(), &at_home(from(201), None)).await;
    let trusted = world.auth.log_in(right(), &at_home(from(201), Some(&device))).await;
    let stranger = Some("203.0.114.1".parse().unwrap());
    let stranger = world.auth.log_in(right(), &at_home(stranger, None)).await;

    assert_eq!(unproven(neighbour), Unproven::InvalidCredentials);
    assert!(trusted.is_ok() && stranger.is_ok());
}

#[tokio::test]
async fn what_was_not_hashed_was_no_guess() {
    let (world, _) = World::with_somchai().await;
    world.hasher.overload(true);
    for _ in 0..20 {
        let outcome = log_in(&world, by_email(EMAIL, PASSWORD), (0, None)).await;
        assert!(matches!(outcome, Err(AuthError::Overloaded)), "{outcome:?}");
    }
    world.hasher.overload(false);

    assert!(log_in(&world, by_email(EMAIL, PASSWORD), (0, None)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_200_wrong_guesses_at_once_five_are_looked_at() {
    let (world, _) = World::with_somchai().await;
    let world = Arc::new(world);
    let before = world.hasher.operations();
    let barrier = Arc::new(Barrier::new(200));
    let guesses: Vec<_> = (0..200)
        .map(|_| {
            let (world, barrier) = (Arc::clone(&world), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                log_in(&world, by_email(EMAIL, WRONG), (0, None)).await.unwrap_err();
            })
        })
        .collect();
    for guess in guesses {
        guess.await.unwrap();
    }

    assert_eq!(world.hasher.operations() - before, 5);
}

#[tokio::test]
async fn an_administrator_unlocks_every_name_and_device_and_it_is_on_record() {
    let (world, account) = World::with_somchai().await;
    let device = world.somchai_logs_in().await.device_token;
    guess_wrongly(&world, 6, None).await;
    guess_wrongly(&world, 6, Some(&device)).await;
    for _ in 0..6 {
        log_in(&world, by_national_id(NATIONAL_ID, WRONG), (0, None)).await.unwrap_err();
    }

    let farmer = world.auth.unlock_account(&attempt(newcomer(), 1), account.id()).await;
    world.auth.unlock_account(&attempt(admin(), 1), account.id()).await.unwrap();

    assert!(matches!(farmer, Err(AuthError::Forbidden)), "{farmer:?}");
    for (draft, device) in [
        (by_email(EMAIL, PASSWORD), None),
        (by_email(EMAIL, PASSWORD), Some(device.as_str())),
        (by_national_id(NATIONAL_ID, PASSWORD), None),
    ] {
        assert!(log_in(&world, draft, (2, device)).await.is_ok());
    }
    assert_eq!(world.history(&account).await[0].action, "unlock");
    assert_eq!(later(1), world.history(&account).await[0].at);
}
