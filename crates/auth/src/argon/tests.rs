use std::time::Duration;

use gacp_keys::{KeyStore, Keyring, MasterKey, MemoryKeys, Purpose, WrappedKey};
use gacp_resilience::gate::Limits;
use jiff::Timestamp;

use super::*;

fn gate() -> Gate {
    Gate::new(Limits { at_once: 2, waiting: 64, patience: Duration::from_mins(1) })
}

fn hasher() -> Argon2Hasher {
    Argon2Hasher::new(HashCost::FLOOR, gate()).unwrap()
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
async fn what_is_no_sensible_hash_is_unreadable() {
    for text in [
        "$2b$12$abcdefghijklmnopqrstuuKq3vKq3vKq3vKq3vKq3vKq3vKq3vKq3v",
        "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
        "$2b$5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
        "$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=65536,t=4294967295,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ",
        "$argon2id$v=19$m=65536,t=2,p=1",
    ] {
        let outcome = hasher().verify(&Password::new("password"), &hash(text)).await;
        assert!(matches!(outcome, Err(HashError::Unreadable(_))), "{text} {outcome:?}");
    }
}

#[tokio::test]
async fn a_cost_below_the_floor_is_refused() {
    let floor = HashCost::FLOOR;
    for cost in [
        HashCost { memory_kib: floor.memory_kib - 1, ..floor },
        HashCost { passes: floor.passes - 1, ..floor },
        HashCost { lanes: 0, ..floor },
        HashCost { memory_kib: u32::MAX, ..floor },
        HashCost { passes: u32::MAX, ..floor },
    ] {
        assert_eq!(Argon2Hasher::new(cost, gate()).err(), Some(CostRefused), "{cost:?}");
    }
}

#[tokio::test]
async fn what_finds_no_place_is_refused_unhashed() {
    let gate = Gate::new(Limits { at_once: 1, waiting: 0, patience: Duration::from_mins(1) });
    let hasher = Argon2Hasher::new(HashCost::FLOOR, gate.clone()).unwrap();
    let _inside = gate.enter().await.unwrap();

    let outcome = hasher.verify_nothing(&Password::new("password")).await;

    assert!(matches!(outcome, Err(HashError::Overloaded)), "{outcome:?}");
    assert!(hasher.worker.memory.lock().unwrap().is_empty());
}

/// Hashes by others: a test vector of Openwall's `crypt_blowfish` in each version, and what npm's
/// `bcryptjs` 3 and `bcrypt` 6 made.
const BCRYPT: [(&str, &str); 5] = [
    ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("U*U", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("ข้าวหอมมะลิ-2568", "$2b$05$02Olpe56z.atn2rOKnczwu9Amrt2kEftlklbVNURa8a78CeOYS9EO"),
    ("ข้าวหอมมะลิ-2568", "$2b$05$xWhBq7qBZyINzQ2YHMBDBuExpyLpxMmdm4PVfn9I8nWFCIN4SbCdi"),
];

#[tokio::test]
async fn hashes_of_the_system_before_fit_their_passwords_and_are_outdated() {
    let hasher = hasher();
    for (password, text) in BCRYPT {
        let stored = hash(text);

        assert!(hasher.verify(&Password::new(password), &stored).await.unwrap(), "{text}");
        assert!(!hasher.verify(&Password::new("U*V"), &stored).await.unwrap(), "{text}");
        assert!(hasher.is_outdated(&stored));
    }
    // It took no memory of argon2id to tell.
    assert!(hasher.worker.memory.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_bcrypt_hash_looks_at_72_bytes_as_it_did_before() {
    let long = "ก".repeat(24);
    let text = bcrypt::hash(format!("{long}ข"), 4).unwrap();

    let fits = hasher().verify(&Password::new(&format!("{long}ค")), &hash(&text)).await;

    assert!(fits.unwrap(), "its owner logged in with this until now");
}

#[tokio::test]
async fn a_hash_at_another_cost_is_outdated() {
    let dearer = HashCost { passes: 3, ..HashCost::FLOOR };
    let (cheap, dear) = (hasher(), Argon2Hasher::new(dearer, gate()).unwrap());
    let password = Password::new("correct-rice-battery");
    let before = cheap.hash(&password).await.unwrap();

    assert!(!cheap.is_outdated(&before) && dear.is_outdated(&before));
    assert!(dear.verify(&password, &before).await.unwrap());
    assert!(!dear.is_outdated(&dear.hash(&password).await.unwrap()));
    // Nothing is known of what cannot be read, and there is nothing to do about it.
    assert!(!cheap.is_outdated(&hash("$plain$x")));
}

/// The ring of a store.
async fn ring(store: &MemoryKeys, master: &MasterKey) -> Keyring {
    Keyring::open(store, master, Timestamp::UNIX_EPOCH).await.unwrap()
}

#[tokio::test]
async fn a_peppered_hash_is_worth_nothing_without_its_key() {
    let (store, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
    let keyring = ring(&store, &master).await;
    let peppered = hasher().with_pepper(Pepper::applied(keyring.clone()));
    let password = Password::new("correct-rice-battery");

    let made = peppered.hash(&password).await.unwrap();

    assert!(
        made.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="),
        "{}",
        made.as_str()
    );
    assert!(peppered.verify(&password, &made).await.unwrap());
    assert!(!peppered.verify(&Password::new("correct-rice-batterz"), &made).await.unwrap());
    assert!(!peppered.is_outdated(&made));
    let strangers = ring(&MemoryKeys::default(), &MasterKey::generate().unwrap()).await;
    for without in [hasher(), hasher().with_pepper(Pepper::applied(strangers))] {
        let outcome = without.verify(&password, &made).await;
        assert!(matches!(outcome, Err(HashError::Unreadable(_))), "{outcome:?}");
    }
    // The name of the key is no part of the hash: what stands for the password is.
    let (bare, named) = made.as_str().split_once(",keyid=").unwrap();
    let (_, rest) = named.split_once('$').unwrap();
    let unnamed = hash(&format!("{bare}${rest}"));
    assert!(!hasher().verify(&password, &unnamed).await.unwrap());
}

#[tokio::test]
async fn peppers_come_and_go_without_anybody_losing_his_password() {
    let (store, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
    let keyring = ring(&store, &master).await;
    let password = Password::new("correct-rice-battery");
    let plain = hasher().hash(&password).await.unwrap();
    let applied = hasher().with_pepper(Pepper::applied(keyring.clone()));
    let retired = hasher().with_pepper(Pepper::retired(keyring));
    let peppered = applied.hash(&password).await.unwrap();

    for hasher in [&applied, &retired] {
        assert!(hasher.verify(&password, &plain).await.unwrap());
        assert!(hasher.verify(&password, &peppered).await.unwrap());
    }
    assert!(applied.is_outdated(&plain) && !applied.is_outdated(&peppered));
    assert!(!retired.is_outdated(&plain) && retired.is_outdated(&peppered));
}

#[tokio::test]
async fn a_hash_under_an_older_pepper_works_and_is_outdated() {
    let (before, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
    let password = Password::new("correct-rice-battery");
    let old = hasher().with_pepper(Pepper::applied(ring(&before, &master).await));
    let made = old.hash(&password).await.unwrap();

    let newer = Keyring::open(&TwoPeppers::over(&before, &master).await, &master, later()).await;
    let new = hasher().with_pepper(Pepper::applied(newer.unwrap()));

    assert!(new.verify(&password, &made).await.unwrap());
    assert!(new.is_outdated(&made));
    assert!(!new.is_outdated(&new.hash(&password).await.unwrap()));
}

fn later() -> Timestamp {
    Timestamp::from_second(86_400).unwrap()
}

/// The keys of a store, and a pepper that was added to them later.
struct TwoPeppers(Vec<WrappedKey>);

impl TwoPeppers {
    async fn over(store: &MemoryKeys, master: &MasterKey) -> Self {
        let mut keys = store.keys().await.unwrap();
        let other = MemoryKeys::default();
        Keyring::open(&other, master, later()).await.unwrap();
        let others = other.keys().await.unwrap();
        keys.extend(others.into_iter().filter(|key| key.purpose == Purpose::Pepper));
        Self(keys)
    }
}

#[async_trait]
impl KeyStore for TwoPeppers {
    async fn keys(&self) -> Result<Vec<WrappedKey>, gacp_store::StoreError> {
        Ok(self.0.clone())
    }

    async fn add_first(&self, _: &WrappedKey) -> Result<(), gacp_store::StoreError> {
        unreachable!("no key is missing")
    }

    async fn add_next(&self, _: &WrappedKey, _: &str) -> Result<(), gacp_store::StoreError> {
        unreachable!("no key is to follow")
    }

    async fn retire(&self, _: &str) -> Result<bool, gacp_store::StoreError> {
        unreachable!("no key is to go")
    }
}
