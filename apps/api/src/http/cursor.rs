//! Cursors: a position in one list, sealed so that only we can make one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gacp_keys::MacKey;
use gacp_store::Cursor;
use jiff::Timestamp;
use uuid::Uuid;

use super::ApiError;

const ID: usize = 16;
const TIME: usize = 16;
/// 128 bits of the tag: not to be guessed, and short in an address.
const TAG: usize = 16;

/// Seals a position; `list` names the list and its filters, and opens it again.
pub(super) fn seal(key: &MacKey, list: &str, cursor: &Cursor) -> String {
    let mut bytes = Vec::with_capacity(ID + TIME + TAG);
    bytes.extend_from_slice(cursor.id.as_bytes());
    bytes.extend_from_slice(&cursor.updated_at.as_nanosecond().to_be_bytes());
    let tag = key.tag(&[b"cursor", list.as_bytes(), &bytes]);
    bytes.extend(tag.iter().take(TAG));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Opens a position of this list. Fails with [`ApiError::InvalidCursor`] on any other.
pub(super) fn open(key: &MacKey, list: &str, text: &str) -> Result<Cursor, ApiError> {
    opened(key, list, text).ok_or(ApiError::InvalidCursor)
}

fn opened(key: &MacKey, list: &str, text: &str) -> Option<Cursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (position, tag) = bytes.split_at_checked(ID + TIME).filter(|(_, tag)| tag.len() == TAG)?;
    if !key.verify(&[b"cursor", list.as_bytes(), position], tag) {
        return None;
    }
    let (id, time) = position.split_at_checked(ID)?;
    let nanosecond = i128::from_be_bytes(time.try_into().ok()?);
    let updated_at = Timestamp::from_nanosecond(nanosecond).ok()?;
    Some(Cursor { id: Uuid::from_slice(id).ok()?, updated_at })
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

        assert_eq!(open(key, "farms?status=draft", &sealed).unwrap(), cursor);
        assert!(open(key, "farms?status=approved", &sealed).is_err());
        for index in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(open(key, "farms?status=draft", &changed).is_err(), "{changed}");
        }
        for garbage in ["", "x", "%", &sealed[1..], &format!("{sealed}AAAA")] {
            assert!(open(key, "farms?status=draft", garbage).is_err(), "{garbage}");
        }
    }
}
