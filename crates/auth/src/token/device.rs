//! Device tokens: a device that logged in before is known again, and for which accounts it did.

use gacp_keys::{KeyError, MacKey, from_base64url, random_bytes, to_base64url};
use gacp_store::AccountId;

/// What every device token starts with.
const PREFIX: &str = "gdt_";

/// The length of a device's id.
const ID_BYTES: usize = 16;

/// How much of the keyed hash a token carries: 128 bits.
const TAG_BYTES: usize = 16;

/// How much of an account's id is carried: enough for the accounts of one device.
const MARK_BYTES: usize = 8;

/// How many accounts a device is trusted for: a family's telephone. The one that logged in longest
/// ago gives way.
const MOST_ACCOUNTS: usize = 8;

/// A device that can show that it was named here, and who logged in on it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Device {
    id: [u8; ID_BYTES],
    /// Marks of accounts, the latest login first.
    accounts: Vec<[u8; MARK_BYTES]>,
}

impl Device {
    /// A device seen for the first time.
    pub(crate) fn new() -> Result<Self, KeyError> {
        Ok(Self { id: random_bytes()?, accounts: Vec::new() })
    }

    /// Reads a token that was made here; anything else is nothing.
    pub(crate) fn parse(text: &str, mac: &MacKey) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX)?;
        if encoded.len() > 2 * (ID_BYTES + MOST_ACCOUNTS * MARK_BYTES + TAG_BYTES) {
            return None;
        }
        let bytes = from_base64url(encoded)?;
        let (body, tag) = bytes.split_last_chunk::<TAG_BYTES>()?;
        let (id, marks) = body.split_first_chunk::<ID_BYTES>()?;
        let (accounts, rest) = marks.as_chunks::<MARK_BYTES>();
        let made_here = rest.is_empty()
            && accounts.len() <= MOST_ACCOUNTS
            && mac.verify(&[b"device", body], tag);
        made_here.then(|| Self { id: *id, accounts: accounts.to_vec() })
    }

    /// The device of this name, as nobody has logged in on it yet.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let id = from_base64url(name)?.try_into().ok()?;
        Some(Self { id, accounts: Vec::new() })
    }

    /// The token as the device holds it; the same until somebody else logs in.
    pub(crate) fn encode(&self, mac: &MacKey) -> String {
        let mut bytes = self.id.to_vec();
        bytes.extend(self.accounts.as_flattened());
        let tag = mac.tag(&[b"device", &bytes]);
        bytes.extend(tag.iter().take(TAG_BYTES));
        format!("{PREFIX}{}", to_base64url(&bytes))
    }

    /// The same device, on which this account has logged in.
    pub(crate) fn trusted_by(mut self, account: AccountId) -> Self {
        let mark = mark(account);
        self.accounts.retain(|known| *known != mark);
        self.accounts.insert(0, mark);
        self.accounts.truncate(MOST_ACCOUNTS);
        self
    }

    /// Whether this account has logged in on it.
    pub(crate) fn is_trusted_by(&self, account: AccountId) -> bool {
        self.accounts.contains(&mark(account))
    }

    /// The device's name in sessions; it does not let anybody make the token.
    pub(crate) fn name(&self) -> String {
        to_base64url(&self.id)
    }
}

/// The random end of an account's id: its beginning is a time, and alike in accounts of one day.
fn mark(account: AccountId) -> [u8; MARK_BYTES] {
    account.uuid().as_bytes().last_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use gacp_keys::{Keyring, MasterKey, MemoryKeys};
    use jiff::Timestamp;

    use super::*;

    fn keyring() -> Keyring {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (keys, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
        runtime.block_on(Keyring::open(&keys, &master, Timestamp::UNIX_EPOCH)).unwrap()
    }

    fn account() -> AccountId {
        AccountId::at(Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_token_tells_who_logged_in_on_the_device() {
        let ring = keyring();
        let (hers, his, nobodys) = (account(), account(), account());
        let device = Device::new().unwrap().trusted_by(hers).trusted_by(his).trusted_by(hers);

        let read = Device::parse(&device.encode(ring.device_mac()), ring.device_mac()).unwrap();

        assert!(read == device && read.name() == device.name());
        assert!(read.is_trusted_by(hers) && read.is_trusted_by(his));
        assert!(!read.is_trusted_by(nobodys));
    }

    #[test]
    fn the_account_that_logged_in_longest_ago_gives_way() {
        let ring = keyring();
        let accounts: Vec<AccountId> = (0..9).map(|_| account()).collect();
        let none = Device::new().unwrap();
        let device = accounts.iter().fold(none, |device, account| device.trusted_by(*account));

        let read = Device::parse(&device.encode(ring.device_mac()), ring.device_mac()).unwrap();

        let trusted = accounts.iter().map(|account| read.is_trusted_by(*account));
        assert_eq!(trusted.filter(|trusted| !trusted).count(), 1);
        assert!(!read.is_trusted_by(accounts[0]));
    }

    #[test]
    fn nobody_can_add_an_account_to_a_token() {
        let ring = keyring();
        let (victim, mine) = (account(), account());
        let token = Device::new().unwrap().trusted_by(mine).encode(ring.device_mac());
        let mut bytes = from_base64url(token.strip_prefix(PREFIX).unwrap()).unwrap();
        bytes.splice(ID_BYTES..ID_BYTES, mark(victim));

        let forged = format!("{PREFIX}{}", to_base64url(&bytes));

        assert!(Device::parse(&forged, ring.device_mac()).is_none());
    }
}
