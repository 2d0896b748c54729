use std::sync::Arc;

use gacp_auth::{AccountStatus, AccountStore, AddressDraft, AuthError, ProfilePatch, Registration};
use gacp_store::{Expected, Precondition, Revision, Role, Violations};
use tokio::sync::Barrier;

use crate::harness::{
    NATIONAL_ID, World, another_registration, attempt, later, newcomer, now, registration,
};

fn address() -> AddressDraft {
    AddressDraft {
        house_no: " 99/1 ".to_owned(),
        moo: None,
        soi: None,
        road: None,
        tambon: "หนองหาร".to_owned(),
        amphoe: "สันทราย".to_owned(),
        changwat: "เชียงใหม่".to_owned(),
        postal_code: "50290".to_owned(),
    }
}

#[tokio::test]
async fn a_registration_makes_a_farmers_account() {
    let world = World::new().await;
    let by = gacp_store::Actor { role: Role::Admin, ..newcomer() };
    let draft = Registration { address: Some(address()), ..registration() };

    let account = world.auth.register(&attempt(by, 0), Violations::check(draft)).await.unwrap();

    assert_eq!((account.id(), account.role()), (by.id, Role::Farmer));
    assert_eq!(account.status(), AccountStatus::Active);
    assert_eq!(account.email().as_str(), "somchai@example.org");
    assert_eq!(account.full_name(), "สมชาย ใจดี");
    assert_eq!(account.phone().unwrap().as_str(), "+66812345678");
    assert_eq!(account.address().unwrap().house_no, "99/1");
    assert!(!account.is_email_verified());
    let consent = account.consent().unwrap();
    assert_eq!((consent.privacy_version.as_str(), consent.at), ("2026-02", now()));
    assert_eq!((account.revision(), account.updated_at()), (Revision::FIRST, now()));
    assert_eq!(world.stores.accounts().find(by.id).await.unwrap(), Some(account.clone()));
    let history = world.history(&account).await;
    assert_eq!(history.len(), 1);
    assert_eq!((history[0].action.as_str(), history[0].by), ("register", Some(by)));
}

#[tokio::test]
async fn a_national_id_is_kept_sealed_and_opens_for_its_account_alone() {
    let (world, account) = World::with_somchai().await;
    let kept = account.national_id().unwrap();

    let sealer = world.keyring.national_id_sealer();
    let opened = sealer.open(&kept.sealed, account.id().uuid().as_bytes()).unwrap();

    assert_eq!(opened.as_slice(), NATIONAL_ID.as_bytes());
    assert!(sealer.open(&kept.sealed, newcomer().id.uuid().as_bytes()).is_err());
    assert_eq!(kept.last4, "0121");
    let stored = serde_json::to_string(&account).unwrap();
    assert!(!stored.contains(NATIONAL_ID) && !stored.contains("correct-rice"), "{stored}");
    let shown = format!("{account:?}");
    assert!(!shown.contains("0121") && !shown.contains("sha256"), "{shown}");
}

#[tokio::test]
async fn whatever_is_taken_the_answer_is_the_same() {
    let (world, _) = World::with_somchai().await;
    let other = another_registration();
    let (email, phone) = (registration().email, registration().phone);
    for draft in [
        Registration { email, ..other.clone() },
        Registration { phone, ..other.clone() },
        Registration { national_id: NATIONAL_ID.to_owned(), ..other.clone() },
    ] {
        let outcome = world.register(draft).await;
        assert!(matches!(outcome, Err(AuthError::AccountExists)), "{outcome:?}");
    }
    assert!(world.register(other).await.is_ok());
}

#[tokio::test]
async fn a_registration_with_errors_is_neither_hashed_nor_kept() {
    let world = World::new().await;
    let draft = Registration { phone: "1".to_owned(), ..registration() };

    let outcome = world.register(draft).await;

    assert!(matches!(outcome, Err(AuthError::Invalid(_))), "{outcome:?}");
    assert_eq!(world.hasher.operations(), 0);
}

#[tokio::test]
async fn a_profile_changes_where_its_patch_says_so() {
    let (world, account) = World::with_somchai().await;
    let patch = ProfilePatch { address: Some(address()), ..ProfilePatch::default() };
    let expected = Expected::OneOf(vec![account.revision()]);

    let by = attempt(account.actor(), 5);
    let revised = world.auth.revise_profile(&by, &expected, Violations::check(patch)).await;

    let revised = revised.unwrap();
    assert_eq!(revised.full_name(), account.full_name());
    assert_eq!(revised.phone(), account.phone());
    assert_eq!(revised.address().unwrap().changwat, "เชียงใหม่");
    assert_eq!((revised.revision().get(), revised.updated_at()), (2, later(5)));
    assert_eq!(world.auth.profile(account.id()).await.unwrap().account, revised);
    let history = world.history(&account).await;
    assert_eq!(
        (history[0].action.as_str(), &*history[0].fields),
        ("revise-profile", &["address".to_owned()][..])
    );
}

#[tokio::test]
async fn refusals_of_a_profile_change_come_in_their_order() {
    let (world, account) = World::with_somchai().await;
    world.register(another_registration()).await.unwrap();
    let bad = || ProfilePatch { phone: Some("1".to_owned()), ..ProfilePatch::default() };
    let revise = async |by, expected: Expected, patch| {
        let patch = Violations::check(patch);
        world.auth.revise_profile(&attempt(by, 1), &expected, patch).await
    };
    let stale = Expected::OneOf(vec![Revision::FIRST.next()]);
    let current = Expected::OneOf(vec![account.revision()]);
    let taken = ProfilePatch { phone: Some("0899999999".to_owned()), ..ProfilePatch::default() };
    let somchai = account.actor();

    let outcome = revise(newcomer(), Expected::Unsaid, bad()).await;
    assert!(matches!(outcome, Err(AuthError::NotFound)), "{outcome:?}");
    let outcome = revise(somchai, Expected::Unsaid, bad()).await;
    assert!(matches!(outcome, Err(AuthError::Precondition(Precondition::Required))), "{outcome:?}");
    let outcome = revise(somchai, stale, bad()).await;
    assert!(matches!(outcome, Err(AuthError::Precondition(Precondition::Stale))), "{outcome:?}");
    let outcome = revise(somchai, current.clone(), bad()).await;
    assert!(matches!(outcome, Err(AuthError::Invalid(_))), "{outcome:?}");
    let outcome = revise(somchai, current, taken).await;
    assert!(matches!(outcome, Err(AuthError::AccountExists)), "{outcome:?}");
}

#[tokio::test]
async fn an_absent_account_has_no_profile() {
    let world = World::new().await;

    let outcome = world.auth.profile(newcomer().id).await;

    assert!(matches!(outcome, Err(AuthError::NotFound)), "{outcome:?}");
    assert_eq!(world.auth.find_name(newcomer().id).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_32_changes_of_one_state_one_is_made() {
    let (world, account) = World::with_somchai().await;
    let barrier = Arc::new(Barrier::new(32));
    let runs: Vec<_> = (0..32)
        .map(|number| {
            let (auth, barrier) = (world.auth.clone(), Arc::clone(&barrier));
            let (by, revision) = (account.actor(), account.revision());
            tokio::spawn(async move {
                let full_name = Some(format!("ชื่อ {number}"));
                let patch = ProfilePatch { full_name, ..ProfilePatch::default() };
                let expected = Expected::OneOf(vec![revision]);
                barrier.wait().await;
                auth.revise_profile(&attempt(by, 1), &expected, Violations::check(patch)).await
            })
        })
        .collect();

    let mut made = 0;
    for run in runs {
        match run.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => {
                assert!(matches!(error, AuthError::Precondition(Precondition::Stale)), "{error:?}");
            }
        }
    }

    assert_eq!(made, 1);
    assert_eq!(world.auth.profile(account.id()).await.unwrap().account.revision().get(), 2);
}
