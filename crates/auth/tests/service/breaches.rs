use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use gacp_auth::{AuthError, BreachedPasswords, Password, PasswordChange, StaffDraft, Unproven};
use gacp_store::{BoxError, Role, Violations};

use crate::harness::{
    EMAIL, PASSWORD, World, admin, attempt, by_email, registration, unproven, visit,
};

/// What the service says, whatever it is asked.
#[derive(Clone, Copy)]
enum Says {
    Fine,
    Breached,
    Nothing,
    Late,
}

struct Fake {
    says: Mutex<Says>,
    asked: AtomicUsize,
}

impl Fake {
    fn new(says: Says) -> Arc<Self> {
        Arc::new(Self { says: Mutex::new(says), asked: AtomicUsize::new(0) })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl BreachedPasswords for Fake {
    async fn hold(&self, password: &Password) -> Result<bool, BoxError> {
        assert!(!password.as_bytes().is_empty());
        self.asked.fetch_add(1, Ordering::SeqCst);
        let says = *self.says.lock().unwrap_or_else(PoisonError::into_inner);
        match says {
            Says::Fine => Ok(false),
            Says::Breached => Ok(true),
            Says::Nothing => Err("connection refused".into()),
            Says::Late => {
                tokio::time::sleep(Duration::from_hours(1)).await;
                Ok(true)
            }
        }
    }
}

fn staff() -> StaffDraft {
    StaffDraft {
        email: "malee@example.org".to_owned(),
        full_name: "มาลี สุขใจ".to_owned(),
        role: Role::Reviewer,
        password: PASSWORD.to_owned(),
    }
}

fn refused<T>(outcome: Result<T, AuthError>) -> Violations {
    match outcome {
        Err(AuthError::Invalid(violations)) => violations,
        Err(other) => unreachable!("{other:?}"),
        Ok(_) => unreachable!("it was accepted"),
    }
}

#[tokio::test]
async fn a_breached_password_is_refused_for_farmers_and_staff_before_any_hash() {
    let fake = Fake::new(Says::Breached);
    let world = World::asking(Arc::<Fake>::clone(&fake)).await;

    let registered = refused(world.register(registration()).await);
    let staff = Violations::check(staff());
    let enrolled = refused(world.auth.enroll_staff(&attempt(admin(), 0), staff).await);

    for violations in [registered, enrolled] {
        assert_eq!(violations, Violations::one("/password", "invalid-format"));
    }
    assert_eq!((world.hasher.operations(), fake.asked()), (0, 2));
}

#[tokio::test]
async fn nobody_changes_to_a_breached_password_and_only_its_holder_learns_that_it_is_one() {
    let fake = Fake::new(Says::Fine);
    let world = World::asking(Arc::<Fake>::clone(&fake)).await;
    let account = world.register(registration()).await.unwrap();
    let caller = world.caller(&world.somchai_logs_in().await.tokens).await;
    *fake.says.lock().unwrap() = Says::Breached;
    let change = |current: &str| {
        let draft = PasswordChange {
            current_password: current.to_owned(),
            new_password: "another-rice-battery".to_owned(),
        };
        (caller.session, Violations::check(draft))
    };
    let attempt = attempt(caller.actor, 5);

    let stranger = world.auth.change_password(&attempt, change("no idea of it"), &visit(5)).await;
    let holder = world.auth.change_password(&attempt, change(PASSWORD), &visit(5)).await;

    assert_eq!(unproven(stranger), Unproven::InvalidCredentials);
    assert_eq!(refused(holder), Violations::one("/newPassword", "invalid-format"));
    assert_eq!(world.history(&account).await.len(), 1, "nothing was changed");
    // A password that was accepted once still opens its account.
    assert!(world.log_in(by_email(EMAIL, PASSWORD)).await.is_ok());
    assert_eq!(fake.asked(), 2, "at the registration and by the holder");
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_service_keeps_nobody_from_registering_and_is_counted() {
    for says in [Says::Nothing, Says::Late] {
        let fake = Fake::new(says);
        let world = World::asking(Arc::<Fake>::clone(&fake)).await;

        let registered = world.register(registration()).await;

        assert!(registered.is_ok(), "{registered:?}");
        assert_eq!(world.auth.unanswered_breach_checks(), 1);
    }
}
