//! What made documents consist of: ids, moments, places, words that look like chance.

use gacp_farms::{Bounds, THAILAND};
use jiff::Timestamp;
use mongodb::bson::{Bson, Document, doc};
use uuid::Uuid;

use crate::document::{bytes, micros, uuid};

/// The first record is so old: 2026-01-01T00:00:00Z, in milliseconds since 1970.
const BEGINNING: u64 = 1_767_225_600_000;

/// The records of a collection are made so far apart.
const APART_MS: u64 = 60_000;

/// What a record holds beside what is searched by.
pub(super) const CONTENT: &str = "ไร่ขมิ้นชันบ้านดอย ตำบลแม่แรม อำเภอแม่ริม จังหวัดเชียงใหม่ ";

/// Kinds of ids: two records of different kinds never have the same.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Account,
    Session,
    Farm,
    Plot,
    Application,
    Payment,
    Certificate,
    Entry,
    Event,
}

/// A place in Thailand's box.
pub(super) fn place(farm: u32) -> [f64; 2] {
    let share = |salt| f64::from(mixed(farm, salt)) / f64::from(u32::MAX);
    let Bounds { west, south, east, north } = THAILAND;
    // Inside by more than a farm is wide.
    let (width, height) = (east - west - 0.1, north - south - 0.1);
    [west + 0.05 + width * share(21), south + 0.05 + height * share(22)]
}
/// A record as its crate would write it, as far as validators look, and so many times the content.
pub(super) fn content(kind: Kind, number: u32, times: usize) -> Document {
    let at = Timestamp::from_microsecond(moment(number)).unwrap_or_default().to_string();
    doc! {
        "id": raw_id(kind, number).to_string(),
        "revision": 1_i64,
        "createdAt": &at,
        "updatedAt": &at,
        "content": CONTENT.repeat(times),
    }
}

pub(super) fn id(kind: Kind, number: u32) -> Bson {
    uuid(raw_id(kind, number))
}

/// A UUID of version 7 that sorts by number.
fn raw_id(kind: Kind, number: u32) -> Uuid {
    let [a, b, c, d] = number.to_be_bytes();
    let kind = match kind {
        Kind::Account => 1,
        Kind::Session => 2,
        Kind::Farm => 3,
        Kind::Plot => 4,
        Kind::Application => 5,
        Kind::Payment => 6,
        Kind::Certificate => 7,
        Kind::Entry => 8,
        Kind::Event => 9,
    };
    let rest = [0, kind, 0, 0, 0, 0, a, b, c, d];
    uuid::Builder::from_unix_timestamp_millis(millis(number), &rest).into_uuid()
}

pub(super) fn hash(number: u32) -> Bson {
    let words = (0..8).flat_map(|salt| mixed(number, 100 + salt).to_be_bytes());
    bytes(words.collect::<Vec<u8>>())
}

/// When the record of this number was made, in milliseconds since 1970.
fn millis(number: u32) -> u64 {
    BEGINNING + APART_MS * u64::from(number)
}

/// The same in microseconds, as it is stored.
pub(super) fn moment(number: u32) -> i64 {
    let at = i64::try_from(millis(number)).map(Timestamp::from_millisecond);
    at.ok().and_then(Result::ok).map_or(0, micros)
}

pub(super) fn pick<T: Copy>(from: &[T], number: u32) -> Option<T> {
    from.iter().copied().cycle().nth(usize::try_from(number).ok()? % from.len().max(1))
}

/// A number that looks like chance and is the same every time (the finaliser of `SplitMix64`).
pub(super) fn mixed(number: u32, salt: u32) -> u32 {
    let mut word = (u64::from(salt) << 32 | u64::from(number)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^= word >> 31;
    u32::try_from(word >> 32).unwrap_or_default()
}
