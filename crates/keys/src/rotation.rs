//! How the keys that sign access tokens follow one another.
//!
//! A key is published first and signs later, so that every process, and whoever verifies
//! elsewhere, holds it before the first token that it signs. Its times stand in the store: all
//! processes agree on which key signs at a moment, and none has to be told.

use jiff::{SignedDuration, Timestamp};

use crate::ring::{MissingKey, Times, fresh};
use crate::{KeyError, KeyStore, Keyring, Purpose, WrappedKey};

/// How long a key is published before it signs. Whoever holds published keys must look again more
/// often than that.
pub const PUBLISHED_AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// Which key signs access tokens next, or does by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The name of the newest key.
    pub kid: String,
    /// From when it signs.
    pub signs_from: Timestamp,
    /// The name of the key that signs until then; nothing when there is no other.
    pub supersedes: Option<String>,
}

impl Keyring {
    /// Makes the next key that signs access tokens, from [`PUBLISHED_AHEAD`] on. While one waits
    /// for its time that is the next one, and none is made: of any number of calls at once, in
    /// whatever processes, one adds a key and all tell the same.
    pub async fn rotate(
        &self,
        store: &dyn KeyStore,
        now: Timestamp,
    ) -> Result<Succession, KeyError> {
        let newest = succession(&store.keys().await?)?;
        if newest.signs_from > now {
            return Ok(newest);
        }
        let times = Times { created_at: now, active_from: now + PUBLISHED_AHEAD };
        let next = fresh(Purpose::AccessToken, self.master(), times)?;
        store.add_next(&next, &newest.kid).await?;
        let stored = store.keys().await?;
        let next = succession(&stored)?;
        self.take_up(stored)?;
        Ok(next)
    }

    /// Rotates when the newest key has signed for so long.
    pub async fn rotate_after(
        &self,
        store: &dyn KeyStore,
        age: SignedDuration,
        now: Timestamp,
    ) -> Result<Option<Succession>, KeyError> {
        let signs_from = self.access_token_signer().newest_signs_from();
        if now.duration_since(signs_from) < age {
            return Ok(None);
        }
        self.rotate(store, now).await.map(Some)
    }

    /// Takes up what other processes did to the signing keys; says whether that was anything.
    /// Nobody who signs or verifies meanwhile waits for it. Of two that overlap, the one that read
    /// less may come last: what it missed is read the next time, well within [`PUBLISHED_AHEAD`].
    pub async fn reread(&self, store: &dyn KeyStore) -> Result<bool, KeyError> {
        self.take_up(store.keys().await?)
    }

    /// Removes the keys whose last access token was signed `accepted_for` ago or more, so that no
    /// process accepts it any longer; says how many. The key that signs stays, and so does one
    /// that waits for its time.
    pub async fn prune(
        &self,
        store: &dyn KeyStore,
        accepted_for: SignedDuration,
        now: Timestamp,
    ) -> Result<usize, KeyError> {
        let mut pruned = 0;
        for kid in self.access_token_signer().superseded_by(now - accepted_for) {
            pruned += usize::from(store.retire(&kid).await?);
        }
        if pruned > 0 {
            self.reread(store).await?;
        }
        Ok(pruned)
    }
}

/// The newest key of those that sign access tokens, and the one before it.
fn succession(stored: &[WrappedKey]) -> Result<Succession, KeyError> {
    let of_purpose = stored.iter().filter(|key| key.purpose == Purpose::AccessToken);
    let mut keys: Vec<&WrappedKey> = of_purpose.collect();
    keys.sort_by_key(|key| key.active_from);
    let newest = keys.pop().ok_or_else(|| MissingKey::of(Purpose::AccessToken))?;
    Ok(Succession {
        kid: newest.kid.clone(),
        signs_from: newest.active_from,
        supersedes: keys.pop().map(|key| key.kid.clone()),
    })
}

#[cfg(test)]
mod tests;
