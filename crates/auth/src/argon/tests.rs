use std::time::Duration;

use super::*;

fn hasher() -> Argon2Hasher {
    let limits = HashLimits { at_once: 2, waiting: 64, patience: Duration::from_mins(1) };
    Argon2Hasher::new(HashCost::FLOOR, limits).unwrap()
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::parse(text.to_owned()).unwrap()
}

/// A test vector of the reference implementation: "password" with the salt "somesalt".
const REFERENCE: &str = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ\
    $CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

#[tokio::test]
async fn a_hash_fits_its_password_and_no_other() {
    let hasher = hasher();
    let hash = hasher.hash(&Password::new("ข้าวหอมมะลิ๑๐๕")).await.unwrap();

    assert!(hasher.verify(&Password::new("ข้าวหอมมะลิ๑๐๕"), &hash).await.unwrap());
    assert!(!hasher.verify(&Password::new("ข้าวหอมมะลิ๑๐๖"), &hash).await.unwrap());
}

#[tokio::test]
async fn the_last_of_128_thai_characters_counts() {
    let hasher = hasher();
    let typed = "ก".repeat(127);
    let hash = hasher.hash(&Password::new(&format!("{typed}ข"))).await.unwrap();

    assert!(hasher.verify(&Password::new(&format!("{typed}ข")), &hash).await.unwrap());
    assert!(!hasher.verify(&Password::new(&format!("{typed}ค")), &hash).await.unwrap());
    assert!(!hasher.verify(&Password::new(&typed), &hash).await.unwrap());
}

#[tokio::test]
async fn composed_and_decomposed_letters_are_one_password() {
    let hasher = hasher();
    let hash = hasher.hash(&Password::new("caf\u{e9} au lait 1")).await.unwrap();

    assert!(hasher.verify(&Password::new("cafe\u{301} au lait 1"), &hash).await.unwrap());
}

#[tokio::test]
async fn one_password_has_many_hashes_and_each_says_its_cost() {
    let hasher = hasher();
    let password = Password::new("correct-rice-battery");

    let (first, second) = (hasher.hash(&password).await, hasher.hash(&password).await);

    let (first, second) = (first.unwrap(), second.unwrap());
    assert_ne!(first, second);
    assert!(first.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", first.as_str());
}

#[tokio::test]
async fn a_hash_of_the_reference_implementation_is_verified_by_its_own_parameters() {
    let hasher = hasher();

    assert!(hasher.verify(&Password::new("password"), &hash(REFERENCE)).await.unwrap());
    assert!(!hasher.verify(&Password::new("passwort"), &hash(REFERENCE)).await.unwrap());
}

#[tokio::test]
async fn memory_of_one_size_serves_hashes_of_another() {
    let hasher = hasher();
    let password = Password::new("correct-rice-battery");
    let own = hasher.hash(&password).await.unwrap();

    for _ in 0..2 {
        assert!(hasher.verify(&Password::new("password"), &hash(REFERENCE)).await.unwrap());
        assert!(hasher.verify(&password, &own).await.unwrap());
    }
    assert_eq!(hasher.worker.memory.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_no_argon2id_hash_is_unreadable() {
    for text in [
        "$2b$12$abcdefghijklmnopqrstuuKq3vKq3vKq3vKq3vKq3vKq3vKq3vKq3v",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
        "$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ",
        "$argon2id$v=19$m=65536,t=2,p=1",
    ] {
        let outcome = hasher().verify(&Password::new("password"), &hash(text)).await;
        assert!(matches!(outcome, Err(HashError::Unreadable(_))), "{text} {outcome:?}");
    }
}

#[tokio::test]
async fn a_cost_below_the_floor_is_refused() {
    let limits = HashLimits { at_once: 1, waiting: 0, patience: Duration::ZERO };
    let floor = HashCost::FLOOR;
    for cost in [
        HashCost { memory_kib: floor.memory_kib - 1, ..floor },
        HashCost { passes: floor.passes - 1, ..floor },
        HashCost { lanes: 0, ..floor },
        HashCost { memory_kib: u32::MAX, ..floor },
    ] {
        assert_eq!(Argon2Hasher::new(cost, limits).err(), Some(CostRefused), "{cost:?}");
    }
}

#[tokio::test]
async fn what_finds_no_place_is_refused_unhashed() {
    let limits = HashLimits { at_once: 1, waiting: 0, patience: Duration::from_mins(1) };
    let hasher = Argon2Hasher::new(HashCost::FLOOR, limits).unwrap();
    let _inside = hasher.gate.enter().await.unwrap();

    let outcome = hasher.verify_nothing(&Password::new("password")).await;

    assert!(matches!(outcome, Err(HashError::Overloaded)), "{outcome:?}");
    assert!(hasher.worker.memory.lock().unwrap().is_empty());
}
