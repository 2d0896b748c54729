#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

use gacp_auth::{
    AuditFilter, AuditRecord, AuthError, EventFilter, EventStore, PasswordChange, SecurityEvent,
    SecurityEventKind as Kind, Unproven, Visit,
};
use gacp_store::{PageRequest, Violations};

use crate::harness::{
    EMAIL, PASSWORD, World, admin, another_registration, attempt, by_email, by_national_id, later,
    newcomer, unproven, visit,
};

const WRONG: &str = "correct-rice-batterz";

async fn events(world: &World) -> Vec<SecurityEvent> {
    let (filter, page) = (EventFilter::default(), PageRequest::first(100));
    world.stores.events().events(&filter, &page).await.unwrap().items
}

#[tokio::test]
async fn a_login_is_noted_with_where_it_came_from_and_what_it_opened() {
    let (world, account) = World::with_somchai().await;
    let from = Visit {
        address: Some("203.0.113.77".parse().unwrap()),
        user_agent: Some("Field app/1.0\u{7}"),
        ..visit(5)
    };

    let login = world.auth.log_in(Violations::check(by_email(EMAIL, PASSWORD)), &from).await;

    let caller = world.caller(&login.unwrap().tokens).await;
    let noted = events(&world).await;
    let event = SecurityEvent {
        id: noted[0].id,
        at: later(5),
        kind: Kind::LoginSucceeded,
        account: Some(account.id()),
        session: Some(caller.session),
        network: Some("203.0.113.0/24".to_owned()),
        user_agent: Some("Field app/1.0".to_owned()),
        request_id: Some("request-1".to_owned()),
    };
    assert_eq!(noted, [event]);
}

#[tokio::test]
async fn every_refused_login_is_noted_with_its_reason_and_without_what_was_presented() {
    let (world, somchai) = World::with_somchai().await;
    let malee = world.register(another_registration()).await.unwrap();
    world.disable(&malee).await;
    let mut expected = Vec::new();
    for (draft, kind, account) in [
        (by_email(EMAIL, WRONG), Kind::LoginWrongPassword, Some(somchai.id())),
        (by_email("nobody@example.org", WRONG), Kind::LoginUnknownAccount, None),
        (by_national_id("1101700203451", WRONG), Kind::LoginUnknownAccount, None),
        (by_email("malee@example.org", PASSWORD), Kind::LoginAccountDisabled, Some(malee.id())),
        (by_email("malee@example.org", WRONG), Kind::LoginWrongPassword, Some(malee.id())),
    ] {
        assert_eq!(unproven(world.log_in(draft).await), Unproven::InvalidCredentials);
        expected.insert(0, (kind, account));
    }
    for _ in 0..5 {
        world.log_in(by_email(EMAIL, WRONG)).await.unwrap_err();
    }

    let noted = events(&world).await;

    assert_eq!(noted[0].kind, Kind::LoginLocked);
    let kinds: Vec<_> = noted[5..].iter().map(|event| (event.kind, event.account)).collect();
    assert_eq!(kinds, expected);
    let shown = format!("{noted:?}");
    for secret in [WRONG, "nobody", "110170", "somchai"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn a_reused_token_and_a_refused_change_of_password_are_noted() {
    let (world, account) = World::with_somchai().await;
    let tokens = world.somchai_logs_in().await.tokens;
    let caller = world.caller(&tokens).await;
    let change = PasswordChange {
        current_password: WRONG.to_owned(),
        new_password: "another-rice-battery".to_owned(),
    };
    let change = (caller.session, Violations::check(change));
    let unchanged =
        world.auth.change_password(&attempt(account.actor(), 1), change, &visit(1)).await;
    let next = world.auth.refresh(&tokens.refresh_token, &visit(2)).await.unwrap();
    world.auth.refresh(&next.refresh_token, &visit(3)).await.unwrap();
    let reused = world.auth.refresh(&tokens.refresh_token, &visit(60)).await;

    assert_eq!(unproven(unchanged), Unproven::InvalidCredentials);
    assert_eq!(unproven(reused), Unproven::RefreshTokenReused);
    let noted = events(&world).await;
    let kinds: Vec<_> = noted.iter().map(|event| (event.kind, event.session)).collect();
    let session = Some(caller.session);
    let expected = [Kind::RefreshTokenReused, Kind::PasswordChangeRefused, Kind::LoginSucceeded];
    assert_eq!(kinds, expected.map(|kind| (kind, session)));
}

#[tokio::test]
async fn a_holder_sees_his_latest_20_logins_and_nobody_elses() {
    let (world, somchai) = World::with_somchai().await;
    world.register(another_registration()).await.unwrap();
    world.log_in(by_email("malee@example.org", PASSWORD)).await.unwrap();
    world.log_in(by_email(EMAIL, WRONG)).await.unwrap_err();
    for _ in 0..20 {
        world.somchai_logs_in().await;
    }
    let before = world.caller(&world.somchai_logs_in().await.tokens).await;
    world.log_in(by_email(EMAIL, WRONG)).await.unwrap_err();

    let logins = world.auth.login_history(&before).await.unwrap();

    assert_eq!(logins.len(), 20);
    assert_eq!(logins[0].kind, Kind::LoginWrongPassword);
    assert_eq!(logins[1].session, Some(before.session));
    assert!(logins.iter().all(|login| login.account == Some(somchai.id())));
    assert!(logins.is_sorted_by(|newer, older| newer.id > older.id));
}

#[tokio::test]
async fn an_audit_holds_changes_and_events_in_one_order_page_by_page() {
    let (world, somchai) = World::with_somchai().await;
    world.register(another_registration()).await.unwrap();
    for second in 0..7 {
        world.log_in(by_email(EMAIL, PASSWORD)).await.unwrap();
        world.auth.unlock_account(&attempt(admin(), second), somchai.id()).await.unwrap();
    }
    let everything = AuditFilter::Everything;

    let mut request = PageRequest::first(4);
    let mut seen = Vec::new();
    loop {
        let page = world.auth.audit(admin(), everything, &request).await.unwrap();
        assert!(page.items.len() == 4 || page.next.is_none());
        seen.extend(page.items);
        let Some(next) = page.next else { break };
        request = request.after(next);
    }

    let whole = world.auth.audit(admin(), everything, &PageRequest::first(100)).await.unwrap();
    assert_eq!(seen, whole.items);
    assert_eq!(seen.len(), 2 + 7 + 7);
    assert!(seen.is_sorted_by(|newer, older| newer.cursor().id > older.cursor().id));
}

#[tokio::test]
async fn an_audit_tells_what_somebody_did_and_what_happened_to_an_account() {
    let (world, somchai) = World::with_somchai().await;
    let malee = world.register(another_registration()).await.unwrap();
    world.log_in(by_email(EMAIL, WRONG)).await.unwrap_err();
    world.log_in(by_email("malee@example.org", PASSWORD)).await.unwrap();
    let boss = admin();
    world.auth.unlock_account(&attempt(boss, 9), somchai.id()).await.unwrap();
    let told = async |filter| {
        let page = world.auth.audit(boss, filter, &PageRequest::first(100)).await.unwrap();
        let action = |record: &AuditRecord| match record {
            AuditRecord::Change(entry) => entry.action.clone(),
            AuditRecord::Event(event) => event.kind.as_str().to_owned(),
        };
        page.items.iter().map(action).collect::<Vec<_>>()
    };

    assert_eq!(told(AuditFilter::By(boss.id)).await, ["unlock"]);
    assert_eq!(told(AuditFilter::By(malee.id())).await, ["login-succeeded", "register"]);
    let about = told(AuditFilter::About(somchai.id())).await;
    assert_eq!(about, ["unlock", "login-wrong-password", "register"]);
}

#[tokio::test]
async fn an_audit_is_for_administrators() {
    let world = World::new().await;

    let outcome =
        world.auth.audit(newcomer(), AuditFilter::Everything, &PageRequest::first(1)).await;

    assert!(matches!(outcome, Err(AuthError::Forbidden)), "{outcome:?}");
}
