use serde_json::{Value, json};

use super::*;
use crate::{MasterKey, MemoryKeys};

const LIFETIME: SignedDuration = SignedDuration::from_mins(15);
const ACCEPTED_FOR: SignedDuration = SignedDuration::from_secs(15 * 60 + 10);

fn minute(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

/// Two processes on one store, and what they signed.
struct World {
    store: MemoryKeys,
    rings: [Keyring; 2],
    tokens: Vec<(Timestamp, String)>,
}

impl World {
    async fn new() -> Self {
        let (store, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
        let rings = [
            Keyring::open(&store, &master, minute(0)).await.unwrap(),
            Keyring::open(&store, &master, minute(0)).await.unwrap(),
        ];
        Self { store, rings, tokens: Vec::new() }
    }

    /// Both sign a token, and both read every token that has not expired.
    fn work(&mut self, at: Timestamp) {
        for ring in &self.rings {
            let token = ring.access_token_signer().sign("t", &json!({}), at).unwrap();
            self.tokens.push((at + LIFETIME, token));
        }
        let live = self.tokens.iter().filter(|(expires_at, _)| at < *expires_at);
        for (expires_at, token) in live {
            for ring in &self.rings {
                let read = ring.access_token_signer().verify::<Value>("t", token);
                assert!(read.is_ok(), "at {at}, a token that expires at {expires_at}");
            }
        }
    }

    fn kids(&self, ring: usize) -> Vec<String> {
        let keys = self.rings[ring].access_token_signer().jwks().keys.clone();
        keys.into_iter().map(|key| key.kid).collect()
    }

    /// The key that signed the newest token of each process.
    fn signing(&self) -> Vec<String> {
        let newest = self.tokens.iter().rev().take(2).rev();
        newest.map(|(_, token)| jsonwebtoken::decode_header(token).unwrap().kid.unwrap()).collect()
    }
}

#[tokio::test]
async fn a_key_is_published_then_signs_then_is_superseded_then_gone_and_no_token_is_refused() {
    let mut world = World::new().await;
    let first = world.kids(0);
    let mut second = Vec::new();

    for at in 0..=60 {
        // One process rotates; the other looks every minute, and ten seconds late.
        if at == 5 {
            let next = world.rings[0].rotate(&world.store, minute(at)).await.unwrap();
            assert_eq!(next.signs_from, minute(15));
            second.push(next.kid);
        }
        world.work(minute(at));
        world.rings[1].reread(&world.store).await.unwrap();
        world.rings[1].prune(&world.store, ACCEPTED_FOR, minute(at)).await.unwrap();
        world.rings[0].reread(&world.store).await.unwrap();
        world.work(minute(at) + SignedDuration::from_secs(10));

        let both = [first.clone(), second.clone()].concat();
        let (published, signing) = match at {
            ..5 => (&first, &first),
            5..15 => (&both, &first),
            // The last token of the first key was signed just before minute 15.
            15..31 => (&both, &second),
            _ => (&second, &second),
        };
        assert_eq!([world.kids(0), world.kids(1)], [published.clone(), published.clone()], "{at}");
        let signed = world.signing();
        assert!(signed.iter().all(|kid| signing.contains(kid)), "{at}: {signed:?}");
    }
}

#[tokio::test]
async fn while_a_key_waits_rotating_again_answers_with_it() {
    let world = World::new().await;
    let [first] = world.kids(0).try_into().unwrap();
    let rotate =
        async |ring: usize, at| world.rings[ring].rotate(&world.store, minute(at)).await.unwrap();

    let next = rotate(0, 5).await;

    assert_eq!(next.supersedes, Some(first));
    assert_eq!([rotate(0, 5).await, rotate(1, 14).await], [next.clone(), next.clone()]);
    let after = rotate(1, 15).await;
    assert_ne!(after.kid, next.kid);
    assert_eq!((after.signs_from, after.supersedes), (minute(25), Some(next.kid)));
}

#[tokio::test]
async fn what_is_read_again_and_is_the_same_changes_nothing() {
    let world = World::new().await;
    let held = world.rings[1].access_token_signer();

    assert!(!world.rings[1].reread(&world.store).await.unwrap());
    assert!(std::sync::Arc::ptr_eq(&held, &world.rings[1].access_token_signer()));
    world.rings[0].rotate(&world.store, minute(1)).await.unwrap();
    assert!(world.rings[1].reread(&world.store).await.unwrap());
    assert!(!world.rings[1].reread(&world.store).await.unwrap());
}

#[tokio::test]
async fn a_key_that_signed_long_enough_is_rotated_once() {
    let world = World::new().await;
    let age = SignedDuration::from_mins(60);
    let rotated = async |at| {
        let rotated = world.rings[0].rotate_after(&world.store, age, minute(at)).await;
        rotated.unwrap().is_some()
    };

    assert!(!rotated(59).await);
    assert!(rotated(60).await);
    // It waits until minute 70, and signs until 130 then.
    assert!(!rotated(61).await && !rotated(129).await);
    assert!(rotated(130).await);
}

#[tokio::test]
async fn keys_of_all_but_access_tokens_stay_whatever_time_passes() {
    let world = World::new().await;
    let certificate = {
        let signer = world.rings[0].certificate_signer();
        signer.sign("c", &json!({}), minute(0)).unwrap()
    };
    for at in [5, 500, 5_000] {
        world.rings[0].rotate(&world.store, minute(at)).await.unwrap();
    }

    let pruned = world.rings[0].prune(&world.store, ACCEPTED_FOR, minute(50_000)).await.unwrap();

    assert_eq!(pruned, 3);
    let stored = world.store.keys().await.unwrap();
    assert!(
        Purpose::ALL
            .iter()
            .all(|purpose| { stored.iter().filter(|key| key.purpose == *purpose).count() == 1 })
    );
    assert!(world.rings[0].certificate_signer().verify::<Value>("c", &certificate).is_ok());
}

#[tokio::test]
async fn a_key_of_another_master_key_is_not_taken_up() {
    let world = World::new().await;
    let held = world.kids(0);
    let times = Times { created_at: minute(1), active_from: minute(1) };
    let foreign = fresh(Purpose::AccessToken, &MasterKey::generate().unwrap(), times).unwrap();
    world.store.add_next(&foreign, &held[0]).await.unwrap();

    let outcome = world.rings[0].reread(&world.store).await;

    assert!(matches!(outcome, Err(KeyError::WrongMasterKey)), "{outcome:?}");
    assert_eq!(world.kids(0), held);
}
