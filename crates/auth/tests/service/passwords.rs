use gacp_auth::{Account, AuthError, Caller, PasswordChange, SessionId, Unproven};
use gacp_store::Violations;

use crate::harness::{EMAIL, PASSWORD, World, attempt, by_email, later, unproven, visit};

const NEW: &str = "another-rice-battery";

async fn change(
    world: &World,
    caller: &Caller,
    (current, new): (&str, &str),
) -> Result<Account, AuthError> {
    let draft =
        PasswordChange { current_password: current.to_owned(), new_password: new.to_owned() };
    let session: (SessionId, _) = (caller.session, Violations::check(draft));
    world.auth.change_password(&attempt(caller.actor, 5), session, &visit(5)).await
}

#[tokio::test]
async fn a_changed_password_replaces_the_old_one_and_ends_the_other_sessions() {
    let (world, account) = World::with_somchai().await;
    let (first, second) = (world.somchai_logs_in().await, world.somchai_logs_in().await);
    let (other, caller) = (world.caller(&first.tokens).await, world.caller(&second.tokens).await);

    let changed = change(&world, &caller, (PASSWORD, NEW)).await.unwrap();

    assert_eq!(changed.revision(), account.revision().next());
    assert!(world.auth.authenticate(&second.tokens.access_token, later(5)).await.is_ok());
    let ended = world.auth.authenticate(&first.tokens.access_token, later(5)).await;
    assert_eq!(unproven(ended), Unproven::Unauthenticated);
    assert_ne!(other.session, caller.session);
    let old = world.log_in(by_email(EMAIL, PASSWORD)).await;
    assert_eq!(unproven(old), Unproven::InvalidCredentials);
    assert!(world.log_in(by_email(EMAIL, NEW)).await.is_ok());
    assert_eq!(world.history(&account).await[0].action, "change-password");
}

#[tokio::test]
async fn who_does_not_know_the_present_password_changes_nothing_and_is_slowed_down() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let caller = world.caller(&login.tokens).await;
    let before = world.hasher.operations();

    for _ in 0..7 {
        let outcome = change(&world, &caller, ("correct-rice-batterz", NEW)).await;
        assert_eq!(unproven(outcome), Unproven::InvalidCredentials);
    }

    assert_eq!(world.hasher.operations() - before, 5);
    assert_eq!(world.history(&account).await.len(), 1);
}

#[tokio::test]
async fn a_new_password_keeps_the_rules_of_new_passwords() {
    let (world, _) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let caller = world.caller(&login.tokens).await;

    for new in ["short", &"x".repeat(129), "Password1234", "i-am-somchai-2026", "รักสมชายที่สุด"]
    {
        let outcome = change(&world, &caller, (PASSWORD, new)).await;

        let Err(AuthError::Invalid(violations)) = outcome else { panic!("{new}: {outcome:?}") };
        let pointers: Vec<&str> = violations.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(pointers, ["/newPassword"], "{new}");
    }
}
