use gacp_keys::{MasterKey, MemoryKeys};
use jiff::SignedDuration;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

struct World {
    keyring: Keyring,
    keys: MemoryKeys,
    policy: Policy,
    seen: SeenTokens,
}

impl World {
    async fn remembering(tokens: usize) -> Self {
        let (keys, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
        let keyring = Keyring::open(&keys, &master, NOW).await.unwrap();
        let policy = Policy::new("https://gacp.example", "gacp-api");
        Self { keyring, keys, policy, seen: SeenTokens::at_most(tokens) }
    }

    /// The token of the session's generation.
    fn token(&self, generation: u64) -> String {
        let (account, session) = (AccountId::at(NOW), SessionId::at(NOW));
        let grant = Grant { account, role: Role::Farmer, session, generation, at: NOW };
        issue(&self.keyring, &self.policy, &grant).unwrap().0
    }

    fn reads(&self, token: &str, now: Timestamp) -> bool {
        read(&self.seen, (&self.keyring, &self.policy), token, now).is_some()
    }

    fn knows(&self, token: &str) -> bool {
        let signer = self.keyring.access_token_signer();
        self.seen.find(TokenName::of(token), &signer).is_some()
    }
}

#[tokio::test]
async fn what_was_accepted_before_is_looked_up_and_not_verified() {
    let world = World::remembering(100).await;
    let (token, signer) = (world.token(1), world.keyring.access_token_signer());
    assert!(world.reads(&token, NOW));
    let claims = world.seen.find(TokenName::of(&token), &signer).unwrap();

    // No signature would let this pass: it is believed because it was remembered.
    world.seen.remember(TokenName::of("no token"), claims, &signer);

    assert!(world.reads("no token", NOW));
    assert!(!world.reads("nor this", NOW));
}

#[tokio::test]
async fn of_more_tokens_than_there_is_room_for_all_are_accepted_and_few_remembered() {
    let world = World::remembering(100).await;
    let tokens: Vec<_> = (0..500).map(|generation| world.token(generation)).collect();

    for token in &tokens {
        assert!(world.reads(token, NOW));
    }

    assert!((50..=100).contains(&world.seen.len()), "{}", world.seen.len());
    assert!(tokens.iter().all(|token| world.reads(token, NOW)));
}

#[tokio::test]
async fn what_is_refused_is_not_remembered() {
    let world = World::remembering(100).await;
    let token = world.token(1);
    let foreign = World::remembering(1).await.token(1);
    let elsewhere = Policy::new("https://gacp.example", "another-api");
    let late = NOW + world.policy.access_lifetime + world.policy.leeway;

    for (garbage, now) in [("", NOW), ("a.b.c", NOW), (&foreign, NOW), (&token, late)] {
        assert!(!world.reads(garbage, now));
    }
    assert!(read(&world.seen, (&world.keyring, &elsewhere), &token, NOW).is_none());

    assert_eq!(world.seen.len(), 0);
}

#[tokio::test]
async fn a_token_that_was_seen_expires_all_the_same() {
    let world = World::remembering(100).await;
    let token = world.token(1);
    let end = NOW + world.policy.access_lifetime + world.policy.leeway;
    assert!(world.reads(&token, NOW));

    assert!(world.reads(&token, end - SignedDuration::from_secs(1)));
    assert!(!world.reads(&token, end));
    assert!(!world.reads(&token, NOW - world.policy.leeway - SignedDuration::from_secs(1)));
    assert!(world.knows(&token));
}

#[tokio::test]
async fn a_changed_token_is_refused_beside_the_one_that_was_seen() {
    let world = World::remembering(100).await;
    let token = world.token(1);
    assert!(world.reads(&token, NOW));

    for index in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
        assert!(!world.reads(&String::from_utf8(changed).unwrap(), NOW), "letter {index}");
    }

    assert!(world.reads(&token, NOW));
    assert_eq!(world.seen.len(), 1);
}

#[tokio::test]
async fn a_token_is_not_remembered_longer_than_its_key() {
    let mut world = World::remembering(100).await;
    world.policy.access_lifetime = SignedDuration::from_hours(24);
    let token = world.token(1);
    assert!(world.reads(&token, NOW));

    let next = world.keyring.rotate(&world.keys, NOW).await.unwrap();
    assert!(!world.knows(&token));
    assert!(world.reads(&token, NOW) && world.knows(&token));
    let gone = next.signs_from + SignedDuration::from_mins(16);
    let kept_for = SignedDuration::from_mins(15);
    assert_eq!(world.keyring.prune(&world.keys, kept_for, gone).await.unwrap(), 1);

    assert!(!world.knows(&token) && !world.reads(&token, gone));
}
