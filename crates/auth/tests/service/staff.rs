use gacp_auth::{AccountFilter, AccountPatch, AccountStatus, AuthError, StaffDraft};
use gacp_store::{Actor, Expected, PageRequest, Precondition, Revision, Role, Target, Violations};

use crate::harness::{PASSWORD, World, admin, attempt, by_email, later, newcomer};

fn actor(role: Role) -> Actor {
    Actor { role, ..admin() }
}

fn others_than(roles: &[Role]) -> impl Iterator<Item = Actor> {
    Role::ALL.into_iter().filter(|role| !roles.contains(role)).map(actor)
}

fn inspectors() -> AccountFilter {
    AccountFilter { role: Some(Role::Inspector), status: None }
}

#[tokio::test]
async fn a_member_of_staff_is_enrolled_and_logs_in() {
    let world = World::new().await;

    let account = world.enroll("malee@example.org", Role::Inspector).await;

    assert_eq!(
        (account.role(), account.phone(), account.national_id()),
        (Role::Inspector, None, None)
    );
    let login = world.log_in(by_email("malee@example.org", PASSWORD)).await.unwrap();
    assert_eq!(world.caller(&login.tokens).await.actor, account.actor());
    assert_eq!(world.history(&account).await[0].action, "enroll");
}

fn first_administrator() -> StaffDraft {
    StaffDraft {
        email: "Arunee@Example.org ".to_owned(),
        full_name: "อรุณี จันทร์เพ็ญ".to_owned(),
        role: Role::Admin,
        password: PASSWORD.to_owned(),
    }
}

#[tokio::test]
async fn whoever_runs_the_platform_appoints_its_first_administrator() {
    let world = World::new().await;

    let draft = Violations::check(first_administrator());
    let account = world.auth.appoint(draft, later(0)).await.unwrap();

    let login = world.log_in(by_email("arunee@example.org", PASSWORD)).await.unwrap();
    assert_eq!(world.caller(&login.tokens).await.actor.role, Role::Admin);
    let history = world.history(&account).await;
    let entries: Vec<_> = history.iter().map(|entry| (entry.action.as_str(), entry.by)).collect();
    assert_eq!(entries, [("enroll", None)]);
}

#[tokio::test]
async fn appointing_keeps_the_rules_of_enrolling() {
    let world = World::new().await;
    let appoint = async |draft| world.auth.appoint(Violations::check(draft), later(0)).await;
    appoint(first_administrator()).await.unwrap();

    let taken = appoint(first_administrator()).await;
    assert!(matches!(taken, Err(AuthError::AccountExists)), "{taken:?}");
    let farmer = StaffDraft { role: Role::Farmer, ..first_administrator() };
    let common = StaffDraft { password: "password1234".to_owned(), ..first_administrator() };
    for (draft, pointer) in [(farmer, "/role"), (common, "/password")] {
        let Err(AuthError::Invalid(wrong)) = appoint(draft).await else { panic!("{pointer}") };
        assert_eq!(wrong.iter().map(|it| it.pointer.as_str()).collect::<Vec<_>>(), [pointer]);
    }
}

#[tokio::test]
async fn only_administrators_look_after_accounts() {
    let (world, account) = World::with_somchai().await;
    let target = Target { id: account.id(), expected: Expected::Unsaid };
    for by in others_than(&[Role::Admin]) {
        let draft = StaffDraft {
            email: "x".to_owned(),
            full_name: String::new(),
            role: Role::Admin,
            password: String::new(),
        };
        let patch = Violations::check(AccountPatch::default());
        let outcomes = [
            world.auth.enroll_staff(&attempt(by, 1), Violations::check(draft)).await,
            world.auth.get_account(by, account.id()).await,
            world.auth.get_account(by, newcomer().id).await,
            world.auth.change_account(&attempt(by, 1), &target, patch).await,
        ];
        for outcome in outcomes {
            assert!(matches!(outcome, Err(AuthError::Forbidden)), "{by:?} {outcome:?}");
        }
    }
    assert_eq!(world.auth.get_account(admin(), account.id()).await.unwrap(), account);
    let outcome = world.auth.get_account(admin(), newcomer().id).await;
    assert!(matches!(outcome, Err(AuthError::NotFound)), "{outcome:?}");
}

#[tokio::test]
async fn administrators_list_everybody_and_reviewers_inspectors() {
    let (world, somchai) = World::with_somchai().await;
    let malee = world.enroll("malee@example.org", Role::Inspector).await;
    let page = PageRequest::first(10);
    let list = async |by, filter: AccountFilter| world.auth.list_accounts(by, &filter, &page).await;

    let all = list(admin(), AccountFilter::default()).await.unwrap();
    assert_eq!(all.items, [malee.clone(), somchai]);
    let found = list(actor(Role::Reviewer), inspectors()).await.unwrap();
    assert_eq!(found.items, [malee]);
    let everybody = list(actor(Role::Reviewer), AccountFilter::default()).await;
    assert!(matches!(everybody, Err(AuthError::Forbidden)), "{everybody:?}");
    for by in others_than(&[Role::Admin, Role::Reviewer]) {
        let outcome = list(by, inspectors()).await;
        assert!(matches!(outcome, Err(AuthError::Forbidden)), "{by:?}");
    }
}

#[tokio::test]
async fn a_change_of_role_and_status_is_two_entries_of_history() {
    let (world, account) = World::with_somchai().await;
    let status = Some(AccountStatus::Disabled);

    let changed = world.change(&account, AccountPatch { role: Some(Role::Finance), status }).await;

    assert_eq!((changed.role(), changed.status()), (Role::Finance, AccountStatus::Disabled));
    assert_eq!((changed.revision().get(), changed.updated_at()), (2, later(1)));
    let history = world.history(&account).await;
    let rows: Vec<_> = history
        .iter()
        .map(|entry| (entry.action.as_str(), entry.from.as_deref(), entry.to.as_deref()))
        .collect();
    assert_eq!(
        rows,
        [
            ("disable", Some("active"), Some("disabled")),
            ("change-role", Some("FARMER"), Some("FINANCE")),
            ("register", None, None),
        ]
    );
}

#[tokio::test]
async fn an_account_is_changed_in_the_state_that_was_meant() {
    let (world, account) = World::with_somchai().await;
    let change = async |expected| {
        let target = Target { id: account.id(), expected };
        let patch = Violations::check(AccountPatch { role: Some(Role::Finance), status: None });
        world.auth.change_account(&attempt(admin(), 1), &target, patch).await
    };

    let unsaid = change(Expected::Unsaid).await;
    let stale = change(Expected::OneOf(vec![Revision::FIRST.next()])).await;

    assert!(matches!(unsaid, Err(AuthError::Precondition(Precondition::Required))), "{unsaid:?}");
    assert!(matches!(stale, Err(AuthError::Precondition(Precondition::Stale))), "{stale:?}");
    assert!(change(Expected::OneOf(vec![account.revision()])).await.is_ok());
}

#[tokio::test]
async fn a_disabled_account_starts_anew_when_it_is_enabled() {
    let (world, account) = World::with_somchai().await;
    let login = world.somchai_logs_in().await;
    let disabled = world.disable(&account).await;

    let status = Some(AccountStatus::Active);
    world.change(&disabled, AccountPatch { role: None, status }).await;

    let outcome = world.auth.authenticate(&login.tokens.access_token, later(2)).await;
    assert!(matches!(outcome, Err(AuthError::Unproven(_))), "{outcome:?}");
    world.somchai_logs_in().await;
}

#[tokio::test]
async fn inspections_go_to_active_inspectors() {
    let (world, somchai) = World::with_somchai().await;
    let malee = world.enroll("malee@example.org", Role::Inspector).await;

    assert!(world.auth.is_active_inspector(malee.id()).await.unwrap());
    assert!(!world.auth.is_active_inspector(somchai.id()).await.unwrap());
    assert!(!world.auth.is_active_inspector(newcomer().id).await.unwrap());
    world.disable(&malee).await;
    assert!(!world.auth.is_active_inspector(malee.id()).await.unwrap());
    assert_eq!(world.auth.find_name(malee.id()).await.unwrap().as_deref(), Some("มาลี สุขใจ"));
}
