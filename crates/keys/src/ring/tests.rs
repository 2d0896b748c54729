use serde_json::{Value, json};

use super::*;
use crate::MemoryKeys;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const AT_ONCE: Times = Times { created_at: NOW, active_from: NOW };

#[tokio::test]
async fn another_process_opens_the_same_keys() {
    let (store, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
    let first = Keyring::open(&store, &master, NOW).await.unwrap();

    let second = Keyring::open(&store, &master, NOW).await.unwrap();

    let token = first.access_token_signer().sign("t", &json!({"n": 1}), NOW).unwrap();
    assert!(second.access_token_signer().verify::<Value>("t", &token).is_ok());
    let sealed = first.national_id_sealer().seal(b"id", b"").unwrap();
    assert_eq!(*second.national_id_sealer().open(&sealed, b"").unwrap(), b"id");
    assert_eq!(first.cursor_mac().tag(&[b"a"]), second.cursor_mac().tag(&[b"a"]));
}

#[tokio::test]
async fn another_master_key_opens_nothing_and_adds_nothing() {
    let (store, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
    let only = fresh(Purpose::Cursor, &master, AT_ONCE).unwrap();
    store.add_first(&only).await.unwrap();

    let outcome = Keyring::open(&store, &MasterKey::generate().unwrap(), NOW).await;

    assert!(matches!(outcome, Err(KeyError::WrongMasterKey)), "{outcome:?}");
    assert_eq!(store.keys().await.unwrap(), [only]);
}

#[tokio::test]
async fn no_two_purposes_share_a_key() {
    let (store, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
    let ring = Keyring::open(&store, &master, NOW).await.unwrap();

    let macs = [
        ring.refresh_mac(),
        ring.national_id_index(),
        ring.idempotency_mac(),
        ring.cursor_mac(),
        ring.device_mac(),
        ring.pepper_mac(),
    ];
    let mut tags: Vec<_> = macs.iter().map(|mac| mac.tag(&[b"x"])).collect();
    tags.sort_unstable();
    tags.dedup();

    assert_eq!(tags.len(), macs.len());
    assert_ne!(ring.access_token_signer().jwks(), ring.certificate_signer().jwks());
}

#[tokio::test]
async fn a_signing_key_under_another_name_is_refused() {
    let (store, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
    let sealed = master.wrap(&[9; 32], Purpose::AccessToken, "mine").unwrap();
    let misnamed = WrappedKey {
        kid: "mine".to_owned(),
        purpose: Purpose::AccessToken,
        sealed,
        created_at: NOW,
        active_from: NOW,
    };
    store.add_first(&misnamed).await.unwrap();

    let outcome = Keyring::open(&store, &master, NOW).await;

    assert!(matches!(outcome, Err(KeyError::Store(StoreError::Corrupt(_)))), "{outcome:?}");
}
