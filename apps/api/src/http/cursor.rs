//! Cursors: a position in one list, sealed so that only we can make one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gacp_farms::{Distance, Nearness};
use gacp_keys::MacKey;
use gacp_store::Cursor;
use jiff::Timestamp;
use uuid::Uuid;

use super::ApiError;

const ID: usize = 16;
const TIME: usize = 16;
const DISTANCE: usize = 4;
/// 128 bits of the tag: not to be guessed, and short in an address.
const TAG: usize = 16;

/// A position in a list of one order or another, as the bytes that are sealed.
pub trait Position: Sized {
    /// Which order: positions of different ones are never taken for each other.
    const KIND: &'static [u8];

    /// The position as bytes.
    fn bytes(&self) -> Vec<u8>;

    /// The position in such bytes.
    fn of(bytes: &[u8]) -> Option<Self>;
}

/// By age or by change.
impl Position for Cursor {
    const KIND: &'static [u8] = b"cursor";

    fn bytes(&self) -> Vec<u8> {
        let time = self.updated_at.as_nanosecond().to_be_bytes();
        [self.id.as_bytes().as_slice(), &time].concat()
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let (id, time) = parts::<ID, TIME>(bytes)?;
        let updated_at = Timestamp::from_nanosecond(i128::from_be_bytes(time)).ok()?;
        Some(Self { id: Uuid::from_bytes(id), updated_at })
    }
}

/// By distance.
impl Position for Nearness {
    const KIND: &'static [u8] = b"nearness";

    fn bytes(&self) -> Vec<u8> {
        let distance = self.distance.millimetres().to_be_bytes();
        [distance.as_slice(), self.id.uuid().as_bytes()].concat()
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        let (distance, id) = parts::<DISTANCE, ID>(bytes)?;
        let distance = Distance::of_millimetres(u32::from_be_bytes(distance));
        Some(Self { distance, id: Uuid::from_bytes(id).into() })
    }
}

/// Exactly two fields of known length.
fn parts<const A: usize, const B: usize>(bytes: &[u8]) -> Option<([u8; A], [u8; B])> {
    let (first, rest) = bytes.split_first_chunk::<A>()?;
    Some((*first, rest.try_into().ok()?))
}

/// Seals a position; `list` names the list and its filters, and opens it again.
pub(super) fn seal<P: Position>(key: &MacKey, list: &str, position: &P) -> String {
    let mut bytes = position.bytes();
    let tag = key.tag(&[P::KIND, list.as_bytes(), &bytes]);
    bytes.extend(tag.iter().take(TAG));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Opens a position of this list. Fails with [`ApiError::InvalidCursor`] on any other.
pub(super) fn open<P: Position>(key: &MacKey, list: &str, text: &str) -> Result<P, ApiError> {
    opened(key, list, text).ok_or(ApiError::InvalidCursor)
}

fn opened<P: Position>(key: &MacKey, list: &str, text: &str) -> Option<P> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (position, tag) = bytes.split_last_chunk::<TAG>()?;
    key.verify(&[P::KIND, list.as_bytes(), position], tag).then(|| P::of(position))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::keyring;

    #[tokio::test]
    async fn a_cursor_opens_in_its_own_list_only_and_cannot_be_changed() {
        let keyring = keyring().await;
        let key = keyring.cursor_mac();
        let at = "2026-01-05T02:00:00.123456789Z".parse().unwrap();
        let cursor = Cursor { id: Uuid::from_u128(7), updated_at: at };

        let sealed = seal(key, "farms?status=draft", &cursor);

        let open = |list, text: &str| super::open::<Cursor>(key, list, text);
        assert_eq!(open("farms?status=draft", &sealed).unwrap(), cursor);
        assert!(open("farms?status=approved", &sealed).is_err());
        for index in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(open("farms?status=draft", &changed).is_err(), "{changed}");
        }
        for garbage in ["", "x", "%", &sealed[1..], &format!("{sealed}AAAA")] {
            assert!(open("farms?status=draft", garbage).is_err(), "{garbage}");
        }
    }

    #[tokio::test]
    async fn a_position_opens_in_lists_of_its_own_order_only() {
        let keyring = keyring().await;
        let key = keyring.cursor_mac();
        let distance = Distance::of_millimetres(181_981_374);
        let nearness = Nearness { distance, id: Uuid::from_u128(7).into() };
        let cursor = Cursor { id: Uuid::from_u128(7), updated_at: Timestamp::UNIX_EPOCH };

        let (near, by_age) = (seal(key, "farms?", &nearness), seal(key, "farms?", &cursor));

        assert_eq!(open::<Nearness>(key, "farms?", &near).unwrap(), nearness);
        assert!(open::<Cursor>(key, "farms?", &near).is_err());
        assert!(open::<Nearness>(key, "farms?", &by_age).is_err());
        assert!(open::<Nearness>(key, "farms?", "").is_err());
    }
}
