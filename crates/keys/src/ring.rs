//! The keyring: every key, opened.

use std::fmt;
use std::sync::Arc;

use gacp_store::StoreError;
use jiff::Timestamp;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::mac::Tagger;
use crate::seal::{Cipher, KEY_BYTES};
use crate::signer::KeyPair;
use crate::{
    KeyError, KeyStore, MacKey, MasterKey, Purpose, Sealer, Signer, WrappedKey, random_bytes,
    to_base64url,
};

/// The keys of one purpose by name; never empty. The newest makes, all of them check.
pub(crate) struct Generations<K> {
    former: Vec<(String, K)>,
    newest: (String, K),
}

impl<K> Generations<K> {
    /// Takes keys, oldest first; nothing when there are none.
    pub(crate) fn of(mut keys: Vec<(String, K)>) -> Option<Self> {
        let newest = keys.pop()?;
        Some(Self { former: keys, newest })
    }

    pub(crate) fn newest(&self) -> (&str, &K) {
        (&self.newest.0, &self.newest.1)
    }

    pub(crate) fn find(&self, kid: &str) -> Option<&K> {
        let mut named = self.former.iter().chain([&self.newest]);
        named.find(|(name, _)| name == kid).map(|(_, key)| key)
    }

    /// Oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.former.iter().chain([&self.newest]).map(|(_, key)| key)
    }
}

/// Every key, opened. Cheap to clone: all clones share one ring.
#[derive(Clone)]
pub struct Keyring {
    keys: Arc<Keys>,
}

struct Keys {
    access_tokens: Signer,
    certificates: Signer,
    refresh: MacKey,
    national_ids: Sealer,
    national_id_index: MacKey,
    idempotency: MacKey,
    cursors: MacKey,
    devices: MacKey,
    pepper: MacKey,
}

impl Keyring {
    /// Opens every key of a store, after making those that were missing: any number of processes
    /// that start at once on an empty store end up with the same keys. Fails with
    /// [`KeyError::WrongMasterKey`], before anything is added, when a stored key does not open.
    pub async fn open(
        store: &dyn KeyStore,
        master: &MasterKey,
        now: Timestamp,
    ) -> Result<Self, KeyError> {
        let found = opened(store.keys().await?, master)?;
        for purpose in Purpose::ALL {
            if found.iter().all(|key| key.purpose != purpose) {
                store.add_first(&fresh(purpose, master, now)?).await?;
            }
        }
        let keys = Keys::sort(&opened(store.keys().await?, master)?)?;
        Ok(Self { keys: Arc::new(keys) })
    }

    /// Signs and verifies access tokens.
    pub fn access_token_signer(&self) -> &Signer {
        &self.keys.access_tokens
    }

    /// Signs and verifies certificates.
    pub fn certificate_signer(&self) -> &Signer {
        &self.keys.certificates
    }

    /// Authenticates refresh tokens and derives their successors.
    pub fn refresh_mac(&self) -> &MacKey {
        &self.keys.refresh
    }

    /// Seals national IDs.
    pub fn national_id_sealer(&self) -> &Sealer {
        &self.keys.national_ids
    }

    /// Makes the blind index by which national IDs are found.
    pub fn national_id_index(&self) -> &MacKey {
        &self.keys.national_id_index
    }

    /// Names requests that may be repeated, and fingerprints their bodies.
    pub fn idempotency_mac(&self) -> &MacKey {
        &self.keys.idempotency
    }

    /// Authenticates positions in lists.
    pub fn cursor_mac(&self) -> &MacKey {
        &self.keys.cursors
    }

    /// Authenticates devices.
    pub fn device_mac(&self) -> &MacKey {
        &self.keys.devices
    }

    /// Is mixed into passwords before they are hashed.
    pub fn pepper_mac(&self) -> &MacKey {
        &self.keys.pepper
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(…)")
    }
}

/// A key that the master key opened.
struct Opened {
    kid: String,
    purpose: Purpose,
    secret: Zeroizing<[u8; KEY_BYTES]>,
}

fn opened(stored: Vec<WrappedKey>, master: &MasterKey) -> Result<Vec<Opened>, KeyError> {
    let open = |WrappedKey { kid, purpose, sealed, .. }| {
        let secret = master.unwrap(&sealed, purpose, &kid)?;
        Ok(Opened { kid, purpose, secret })
    };
    stored.into_iter().map(open).collect()
}

fn fresh(purpose: Purpose, master: &MasterKey, now: Timestamp) -> Result<WrappedKey, KeyError> {
    let secret = Zeroizing::new(random_bytes::<KEY_BYTES>()?);
    let kid = match purpose {
        Purpose::AccessToken | Purpose::Certificate => KeyPair::new(&secret)?.kid().to_owned(),
        Purpose::RefreshMac
        | Purpose::NationalIdSeal
        | Purpose::NationalIdIndex
        | Purpose::Idempotency
        | Purpose::Cursor
        | Purpose::Device => to_base64url(&random_bytes::<16>()?),
        // A password's hash carries the name, and has room for so much (`keyid` of argon2).
        Purpose::Pepper => to_base64url(&random_bytes::<8>()?),
    };
    let sealed = master.wrap(&secret, purpose, &kid)?;
    Ok(WrappedKey { kid, purpose, sealed, created_at: now })
}

impl Keys {
    fn sort(keys: &[Opened]) -> Result<Self, KeyError> {
        let sign = |purpose| generations(keys, purpose, key_pair).map(Signer::new);
        let mac = |purpose| {
            let tagger = |key: &Opened| Ok(Tagger::new(&key.secret));
            generations(keys, purpose, tagger).map(MacKey::new)
        };
        let cipher = |key: &Opened| Ok(Cipher::new(&key.secret));
        Ok(Self {
            access_tokens: sign(Purpose::AccessToken)?,
            certificates: sign(Purpose::Certificate)?,
            refresh: mac(Purpose::RefreshMac)?,
            national_ids: Sealer::new(generations(keys, Purpose::NationalIdSeal, cipher)?),
            national_id_index: mac(Purpose::NationalIdIndex)?,
            idempotency: mac(Purpose::Idempotency)?,
            cursors: mac(Purpose::Cursor)?,
            devices: mac(Purpose::Device)?,
            pepper: mac(Purpose::Pepper)?,
        })
    }
}

fn generations<K>(
    keys: &[Opened],
    purpose: Purpose,
    make: impl Fn(&Opened) -> Result<K, KeyError>,
) -> Result<Generations<K>, KeyError> {
    let of_purpose = keys.iter().filter(|key| key.purpose == purpose);
    let named = of_purpose.map(|key| Ok((key.kid.clone(), make(key)?)));
    let named = named.collect::<Result<Vec<_>, KeyError>>()?;
    Generations::of(named).ok_or_else(|| corrupt(MissingKey(purpose.as_str())))
}

fn key_pair(key: &Opened) -> Result<KeyPair, KeyError> {
    let pair = KeyPair::new(&key.secret)?;
    // A token's `kid` must be one that its readers find in the published set.
    if pair.kid() == key.kid { Ok(pair) } else { Err(corrupt(MisnamedKey)) }
}

fn corrupt(error: impl std::error::Error + Send + Sync + 'static) -> KeyError {
    KeyError::Store(StoreError::Corrupt(Box::new(error)))
}

/// A store keeps no key of a purpose although it was given one.
#[derive(Debug, Error)]
#[error("no `{0}` key is stored")]
struct MissingKey(&'static str);

/// A stored signing key is not the one that its name says.
#[derive(Debug, Error)]
#[error("a signing key is stored under the name of another")]
struct MisnamedKey;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::MemoryKeys;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[tokio::test]
    async fn another_process_opens_the_same_keys() {
        let (store, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
        let first = Keyring::open(&store, &master, NOW).await.unwrap();

        let second = Keyring::open(&store, &master, NOW).await.unwrap();

        let token = first.access_token_signer().sign("t", &json!({"n": 1})).unwrap();
        assert!(second.access_token_signer().verify::<Value>("t", &token).is_ok());
        let sealed = first.national_id_sealer().seal(b"id", b"").unwrap();
        assert_eq!(*second.national_id_sealer().open(&sealed, b"").unwrap(), b"id");
        assert_eq!(first.cursor_mac().tag(&[b"a"]), second.cursor_mac().tag(&[b"a"]));
    }

    #[tokio::test]
    async fn another_master_key_opens_nothing_and_adds_nothing() {
        let (store, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
        let only = fresh(Purpose::Cursor, &master, NOW).unwrap();
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
        };
        store.add_first(&misnamed).await.unwrap();

        let outcome = Keyring::open(&store, &master, NOW).await;

        assert!(matches!(outcome, Err(KeyError::Store(StoreError::Corrupt(_)))), "{outcome:?}");
    }
}
