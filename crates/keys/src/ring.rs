//! The keyring: every key, opened.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use gacp_store::StoreError;
use jiff::Timestamp;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::generations::{Dated, Generations};
use crate::mac::Tagger;
use crate::seal::{Cipher, KEY_BYTES};
use crate::signer::KeyPair;
use crate::{
    KeyError, KeyStore, MacKey, MasterKey, Purpose, Sealer, Signer, WrappedKey, random_bytes,
    to_base64url,
};

/// Every key, opened. Cheap to clone: all clones share one ring.
#[derive(Clone)]
pub struct Keyring {
    keys: Arc<Keys>,
}

struct Keys {
    master: MasterKey,
    signers: RwLock<Signers>,
    refresh: MacKey,
    national_ids: Sealer,
    national_id_index: MacKey,
    idempotency: MacKey,
    cursors: MacKey,
    devices: MacKey,
    pepper: MacKey,
}

/// What changes while a process runs. Each of them is replaced as a whole, so that whoever took
/// one goes on with it.
struct Signers {
    access_tokens: Arc<Signer>,
    certificates: Arc<Signer>,
}

/// When a key was made, and from when it is used for what it is for.
#[derive(Clone, Copy)]
pub(crate) struct Times {
    pub(crate) created_at: Timestamp,
    pub(crate) active_from: Timestamp,
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
                let at_once = Times { created_at: now, active_from: now };
                store.add_first(&fresh(purpose, master, at_once)?).await?;
            }
        }
        let keys = Keys::sort(&opened(store.keys().await?, master)?, master)?;
        Ok(Self { keys: Arc::new(keys) })
    }

    /// Takes up the signing keys that are stored by now; says whether they are others.
    pub(crate) fn take_up(&self, stored: Vec<WrappedKey>) -> Result<bool, KeyError> {
        let found = Signers::sort(&opened(stored, &self.keys.master)?)?;
        let mut held = self.keys.signers.write().unwrap_or_else(PoisonError::into_inner);
        Ok(held.take_up(found))
    }

    pub(crate) fn master(&self) -> &MasterKey {
        &self.keys.master
    }

    /// Held for as long as it takes to clone an [`Arc`].
    fn signers(&self) -> RwLockReadGuard<'_, Signers> {
        // A signer is replaced in one assignment: there is no half-done state to fear.
        self.keys.signers.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs and verifies access tokens, with the keys that are known at this moment.
    pub fn access_token_signer(&self) -> Arc<Signer> {
        Arc::clone(&self.signers().access_tokens)
    }

    /// Signs and verifies certificates, with the keys that are known at this moment. None of them
    /// is ever removed: certificates live for years.
    pub fn certificate_signer(&self) -> Arc<Signer> {
        Arc::clone(&self.signers().certificates)
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
    active_from: Timestamp,
    secret: Zeroizing<[u8; KEY_BYTES]>,
}

/// Opens keys, and puts them in the order in which those of a purpose follow one another.
fn opened(stored: Vec<WrappedKey>, master: &MasterKey) -> Result<Vec<Opened>, KeyError> {
    let open = |WrappedKey { kid, purpose, sealed, active_from, .. }| {
        let secret = master.unwrap(&sealed, purpose, &kid)?;
        Ok(Opened { kid, purpose, active_from, secret })
    };
    let mut opened = stored.into_iter().map(open).collect::<Result<Vec<_>, KeyError>>()?;
    opened.sort_by_key(|key| key.active_from);
    Ok(opened)
}

/// Makes a key and wraps it.
pub(crate) fn fresh(
    purpose: Purpose,
    master: &MasterKey,
    Times { created_at, active_from }: Times,
) -> Result<WrappedKey, KeyError> {
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
    Ok(WrappedKey { kid, purpose, sealed, created_at, active_from })
}

impl Signers {
    fn sort(keys: &[Opened]) -> Result<Self, KeyError> {
        let sign =
            |purpose| generations(keys, purpose, key_pair).and_then(Signer::new).map(Arc::new);
        Ok(Self {
            access_tokens: sign(Purpose::AccessToken)?,
            certificates: sign(Purpose::Certificate)?,
        })
    }

    /// Replaces those that hold other keys than what was found. The others stay the same ones:
    /// what was remembered of them holds.
    fn take_up(&mut self, found: Self) -> bool {
        let pairs = [
            (&mut self.access_tokens, found.access_tokens),
            (&mut self.certificates, found.certificates),
        ];
        let mut changed = false;
        for (held, found) in pairs {
            if !held.holds_the_keys_of(&found) {
                *held = found;
                changed = true;
            }
        }
        changed
    }
}

impl Keys {
    fn sort(keys: &[Opened], master: &MasterKey) -> Result<Self, KeyError> {
        let mac = |purpose| {
            let tagger = |key: &Opened| Ok(Tagger::new(&key.secret));
            generations(keys, purpose, tagger).map(MacKey::new)
        };
        let cipher = |key: &Opened| Ok(Cipher::new(&key.secret));
        Ok(Self {
            master: master.clone(),
            signers: RwLock::new(Signers::sort(keys)?),
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
    let dated = of_purpose.map(|key| {
        let (kid, active_from) = (key.kid.clone(), key.active_from);
        Ok(Dated { kid, active_from, key: make(key)? })
    });
    let dated = dated.collect::<Result<Vec<_>, KeyError>>()?;
    Generations::of(dated).ok_or_else(|| MissingKey::of(purpose))
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
pub(crate) struct MissingKey(&'static str);

impl MissingKey {
    pub(crate) fn of(purpose: Purpose) -> KeyError {
        corrupt(Self(purpose.as_str()))
    }
}

/// A stored signing key is not the one that its name says.
#[derive(Debug, Error)]
#[error("a signing key is stored under the name of another")]
struct MisnamedKey;

#[cfg(test)]
mod tests;
