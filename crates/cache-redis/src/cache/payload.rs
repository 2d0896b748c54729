//! An entry as bytes: first the epochs of its tags, which the scripts compare, then the rest.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use gacp_cache::{Entry, Epochs, Life};

/// How the rest is laid out; what says otherwise is not read.
const LAYOUT: u8 = 1;

/// Bytes of an epoch.
pub(super) const EPOCH: usize = 8;

/// An epoch as it stands at a tag.
pub(super) fn epoch(number: u64) -> [u8; EPOCH] {
    number.to_be_bytes()
}

/// Epochs that stand one after the other.
pub(super) fn epochs(bytes: &[u8]) -> Option<Epochs> {
    let (epochs, rest) = bytes.as_chunks::<EPOCH>();
    rest.is_empty().then(|| epochs.iter().map(|epoch| u64::from_be_bytes(*epoch)).collect())
}

/// The bytes of an entry. What does not fit in its place cannot be encoded: there is no such entry.
pub(super) fn encode(epochs: &Epochs, entry: &Entry, life: Life) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(entry.size() + 256);
    for number in epochs.as_slice() {
        bytes.put_slice(&epoch(*number));
    }
    bytes.put_u8(LAYOUT);
    bytes.put_u64(millis(life.soft));
    bytes.put_u64(millis(life.hard));
    bytes.put_u16(entry.status());
    put_text(&mut bytes, entry.content_type())?;
    put_text(&mut bytes, entry.etag())?;
    let headers = entry.headers();
    bytes.put_u32(u32::try_from(headers.len()).ok()?);
    for (name, value) in headers {
        put_text(&mut bytes, name)?;
        put_text(&mut bytes, value)?;
    }
    bytes.put_slice(entry.body());
    Some(bytes)
}

/// What follows the epochs. Nothing if it is no entry.
pub(super) fn decode(mut bytes: Bytes) -> Option<(Entry, Life)> {
    if bytes.try_get_u8().ok()? != LAYOUT {
        return None;
    }
    let soft = Duration::from_millis(bytes.try_get_u64().ok()?);
    let hard = Duration::from_millis(bytes.try_get_u64().ok()?);
    let status = bytes.try_get_u16().ok()?;
    let content_type = text(&mut bytes)?;
    let etag = text(&mut bytes)?;
    let mut headers = Vec::new();
    for _ in 0..bytes.try_get_u32().ok()? {
        headers.push((text(&mut bytes)?, text(&mut bytes)?));
    }
    let str = |bytes: &Bytes| std::str::from_utf8(bytes).map(str::to_owned).ok();
    let mut entry = Entry::new(status, &str(&content_type)?, &str(&etag)?, bytes).ok()?;
    for (name, value) in headers {
        entry = entry.with_header(&str(&name)?, &str(&value)?).ok()?;
    }
    Some((entry, Life { soft, hard }))
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn put_text(bytes: &mut Vec<u8>, text: &str) -> Option<()> {
    bytes.put_u32(u32::try_from(text.len()).ok()?);
    bytes.put_slice(text.as_bytes());
    Some(())
}

fn text(bytes: &mut Bytes) -> Option<Bytes> {
    let length = usize::try_from(bytes.try_get_u32().ok()?).ok()?;
    (length <= bytes.len()).then(|| bytes.split_to(length))
}

#[cfg(test)]
mod tests;
