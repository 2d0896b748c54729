use gacp_auth::{AccountStore, AuthError, LoginDraft, PasswordHash, Unproven, Visit};
use gacp_store::Violations;

use crate::harness::{
    EMAIL, NATIONAL_ID, PASSWORD, World, by_email, by_national_id, later, unproven, visit,
};

#[tokio::test]
async fn a_farmer_logs_in_by_email_and_by_national_id_however_written() {
    let (world, account) = World::with_somchai().await;
    for draft in [
        by_email(EMAIL, PASSWORD),
        by_email(" SOMCHAI@example.ORG ", PASSWORD),
        by_national_id(NATIONAL_ID, PASSWORD),
        by_national_id("1-2345-67890-12-1", PASSWORD),
        by_national_id(" 1 2345 67890 12 1 ", PASSWORD),
    ] {
        let login = world.log_in(draft).await.unwrap();

        assert_eq!(login.account, account);
        assert_eq!(login.tokens.expires_in, 15 * 60);
        let caller = world.caller(&login.tokens).await;
        assert_eq!(caller.actor, account.actor());
    }
}

#[tokio::test]
async fn a_password_of_128_thai_characters_works_to_its_last() {
    let world = World::new().await;
    let password = format!("{}ข", "ก".repeat(127));
    let mut draft = crate::harness::registration();
    draft.password.clone_from(&password);
    world.register(draft).await.unwrap();

    assert!(world.log_in(by_email(EMAIL, &password)).await.is_ok());
    let wrong = format!("{}ค", "ก".repeat(127));
    let outcome = world.log_in(by_email(EMAIL, &wrong)).await;
    assert_eq!(unproven(outcome), Unproven::InvalidCredentials);
}

#[tokio::test]
async fn every_failed_login_is_refused_alike_after_one_hash() {
    let (world, _) = World::with_somchai().await;
    let malee = world.register(crate::harness::another_registration()).await.unwrap();
    world.disable(&malee).await;
    for (case, draft) in [
        ("wrong password", by_email(EMAIL, "correct-rice-batterz")),
        ("wrong password", by_national_id(NATIONAL_ID, "")),
        ("too long to be one", by_email(EMAIL, &"x".repeat(10_000))),
        ("unknown account", by_email("nobody@example.org", PASSWORD)),
        ("unknown account", by_national_id("1101700203451", PASSWORD)),
        ("disabled account", by_email("malee@example.org", PASSWORD)),
        ("disabled account", by_national_id("1000000000009", PASSWORD)),
        ("no address", by_email("nobody", PASSWORD)),
        ("no number", by_national_id("123", PASSWORD)),
        ("wrong check digit", by_national_id("1234567890123", PASSWORD)),
    ] {
        let before = world.hasher.operations();

        let outcome = world.log_in(draft).await;

        assert_eq!(unproven(outcome), Unproven::InvalidCredentials, "{case}");
        assert_eq!(world.hasher.operations() - before, 1, "{case}");
    }
}

#[tokio::test]
async fn a_login_costs_one_hash() {
    let (world, _) = World::with_somchai().await;
    let before = world.hasher.operations();

    world.somchai_logs_in().await;

    assert_eq!(world.hasher.operations() - before, 1);
}

#[tokio::test]
async fn a_login_hashes_an_outdated_password_anew_and_changes_nothing_else() {
    let (world, account) = World::with_somchai().await;
    let outdated = PasswordHash::parse(format!("$2b$10${PASSWORD}")).unwrap();
    let store = world.stores.accounts();
    store.rehash(account.id(), account.password(), &outdated).await.unwrap();
    let before = world.hasher.operations();

    let wrong = world.log_in(by_email(EMAIL, "correct-rice-batterz")).await;
    let kept = store.find(account.id()).await.unwrap().unwrap();
    let login = world.somchai_logs_in().await;
    let stored = store.find(account.id()).await.unwrap();
    world.somchai_logs_in().await;

    assert_eq!(unproven(wrong), Unproven::InvalidCredentials);
    assert_eq!(*kept.password(), outdated, "a wrong password proves nothing");
    assert_eq!(stored, Some(account.clone()), "the same state, with a hash of today");
    assert_eq!(login.account.revision(), account.revision());
    // One for the wrong one, two for the login that hashed anew, one for the next.
    assert_eq!(world.hasher.operations() - before, 4);
}

#[tokio::test]
async fn a_login_that_names_nobody_or_somebody_twice_is_invalid_before_any_hash() {
    let (world, _) = World::with_somchai().await;
    let before = world.hasher.operations();
    let neither = LoginDraft { email: None, ..by_email(EMAIL, PASSWORD) };
    let both = LoginDraft { email: Some(EMAIL.to_owned()), ..by_national_id(NATIONAL_ID, "x") };
    for draft in [neither, both] {
        let outcome = world.log_in(draft).await;
        assert!(matches!(outcome, Err(AuthError::Invalid(_))), "{outcome:?}");
    }
    assert_eq!(world.hasher.operations(), before);
}

#[tokio::test]
async fn a_device_keeps_its_token_and_a_forged_one_is_replaced() {
    let (world, _) = World::with_somchai().await;
    let first = world.somchai_logs_in().await;
    let log_in = async |device_token: &str| {
        let draft = Violations::check(by_email(EMAIL, PASSWORD));
        let visit = Visit { device_token: Some(device_token), ..visit(1) };
        world.auth.log_in(draft, &visit).await.unwrap().device_token
    };

    assert!(first.device_token.starts_with("gdt_"));
    assert_eq!(log_in(&first.device_token).await, first.device_token);
    let forged = first.device_token.replace("gdt_", "gdt_A");
    for token in [forged.as_str(), "", "gdt_", "gdt_é", first.tokens.refresh_token.as_str()] {
        let given = log_in(token).await;
        assert!(given != token && given != first.device_token, "{token}");
    }
}

#[tokio::test]
async fn a_login_shows_in_the_profile_and_changes_no_version() {
    let (world, account) = World::with_somchai().await;
    let before = world.auth.profile(account.id()).await.unwrap();
    world.somchai_logs_in().await;

    let after = world.auth.profile(account.id()).await.unwrap();

    assert_eq!((before.last_login_at, after.last_login_at), (None, Some(later(0))));
    assert_eq!(before.account, after.account);
}

#[tokio::test]
async fn own_sessions_are_listed_and_ended_and_nobody_elses() {
    let (world, _) = World::with_somchai().await;
    let malee = world.register(crate::harness::another_registration()).await.unwrap();
    let hers = world.log_in(by_email("malee@example.org", PASSWORD)).await.unwrap();
    let hers = world.caller(&hers.tokens).await;
    let (first, second) = (world.somchai_logs_in().await, world.somchai_logs_in().await);
    let (first, caller) = (world.caller(&first.tokens).await, world.caller(&second.tokens).await);

    let listed = world.auth.sessions(&caller, later(1)).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|session| session.id).collect();
    assert_eq!(ids, [caller.session, first.session]);
    assert_eq!(listed[0].user_agent.as_deref(), Some("Field app/1.0"));

    let outcome = world.auth.end_session(&caller, hers.session, later(1)).await;
    assert!(matches!(outcome, Err(AuthError::NotFound)), "{outcome:?}");
    assert_eq!(world.live_sessions(&malee, later(1)).await, 1);

    world.auth.end_session(&caller, first.session, later(1)).await.unwrap();
    let listed = world.auth.sessions(&caller, later(1)).await.unwrap();
    assert_eq!(listed.len(), 1);
}

#[tokio::test]
async fn what_a_login_gives_does_not_show_itself() {
    let (world, _) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;

    let device_token = Some(login.device_token.as_str());
    let shown = format!("{login:?} {:?} {:?}", login.tokens, Visit { device_token, ..visit(0) });

    for secret in ["grt_", "gdt_", "eyJ"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
