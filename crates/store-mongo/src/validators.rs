//! What a document must be like to be written (`$jsonSchema`), collection by collection.
//!
//! They guard what queries and indexes rely on, against hands and tools that write without this
//! store: types, words, and that a record is there. What makes a record legal is for its crate to
//! say, when it is read. Fields that are not named are let through, so that a newer server can be
//! taken back.

use gacp_auth::AccountStatus;
use gacp_certifications::Status;
use gacp_farms::{Crop, FarmStatus};
use gacp_keys::Purpose;
use gacp_store::{Role, SubjectKind};
use mongodb::bson::{Bson, Document, doc};

/// `$jsonSchema` for a document with these fields; those after `optional` may be missing.
fn schema(required: &[(&str, Document)], optional: &[(&str, Document)]) -> Document {
    let names: Vec<&str> = required.iter().map(|(name, _)| *name).collect();
    let rules = required.iter().chain(optional);
    let properties: Document =
        rules.map(|(name, rule)| ((*name).to_owned(), rule.clone().into())).collect();
    doc! { "$jsonSchema": { "bsonType": "object", "required": names, "properties": properties } }
}

fn binary() -> Document {
    doc! { "bsonType": "binData" }
}

fn text() -> Document {
    doc! { "bsonType": "string", "minLength": 1 }
}

fn flag() -> Document {
    doc! { "bsonType": "bool" }
}

/// Microseconds since 1970.
fn moment() -> Document {
    doc! { "bsonType": "long" }
}

fn revision() -> Document {
    doc! { "bsonType": "long", "minimum": 1 }
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Document {
    let words: Vec<Bson> = words.into_iter().map(Bson::from).collect();
    doc! { "enum": words }
}

fn list(items: Document) -> Document {
    doc! { "bsonType": "array", "items": items }
}

/// A record with states.
fn record() -> Document {
    doc! {
        "bsonType": "object",
        "required": ["id", "revision", "createdAt", "updatedAt"],
        "properties": { "id": text(), "revision": revision(), "updatedAt": text() },
    }
}

/// A record that is written once.
fn entry() -> Document {
    doc! { "bsonType": "object", "required": ["id"], "properties": { "id": text() } }
}

fn geometry(kinds: &[&str]) -> Document {
    doc! {
        "bsonType": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": words(kinds.iter().copied()),
            "coordinates": { "bsonType": "array" },
        },
    }
}

pub(crate) fn accounts() -> Document {
    let statuses = [AccountStatus::Active, AccountStatus::Disabled].map(AccountStatus::as_str);
    schema(
        &[
            ("_id", binary()),
            ("doc", record()),
            ("email", text()),
            ("role", words(Role::ALL.map(Role::as_str))),
            ("status", words(statuses)),
            ("version", revision()),
            ("updatedAt", moment()),
        ],
        &[("phone", text()), ("nationalIds", list(text())), ("lastLoginAt", moment())],
    )
}

pub(crate) fn sessions() -> Document {
    schema(
        &[
            ("_id", binary()),
            ("doc", entry()),
            ("account", binary()),
            ("currentHash", binary()),
            ("endsAt", moment()),
            ("ended", flag()),
        ],
        &[],
    )
}

pub(crate) fn guesses() -> Document {
    let count = doc! { "bsonType": "long" };
    schema(
        &[
            ("_id", binary()),
            ("count", count.clone()),
            ("beganAt", moment()),
            ("waits", count),
            ("lockedUntil", moment()),
            ("seenAt", doc! { "bsonType": "date" }),
        ],
        &[],
    )
}

pub(crate) fn events() -> Document {
    schema(&[("_id", binary()), ("doc", entry()), ("login", flag())], &[("account", binary())])
}

pub(crate) fn farms() -> Document {
    schema(
        &[
            ("_id", binary()),
            ("doc", record()),
            ("owner", binary()),
            ("name", doc! { "bsonType": "string" }),
            ("province", doc! { "bsonType": "string" }),
            ("status", words(FarmStatus::ALL.map(FarmStatus::as_str))),
            ("archived", flag()),
            ("crops", list(words(Crop::ALL.map(Crop::as_str)))),
            ("location", geometry(&["Point"])),
            ("version", revision()),
            ("updatedAt", moment()),
        ],
        &[],
    )
}

pub(crate) fn plots() -> Document {
    schema(
        &[
            ("_id", binary()),
            ("farm", binary()),
            ("owner", binary()),
            ("crop", words(Crop::ALL.map(Crop::as_str))),
            ("bounds", geometry(&["Polygon"])),
            ("boundary", geometry(&["Polygon", "MultiPolygon"])),
            ("digest", binary()),
        ],
        &[],
    )
}

pub(crate) fn applications() -> Document {
    schema(
        &[
            ("_id", binary()),
            ("doc", record()),
            ("owner", binary()),
            ("farm", binary()),
            ("standard", text()),
            ("status", words(Status::ALL.iter().map(|status| status.as_str()))),
            ("live", flag()),
            ("version", revision()),
            ("updatedAt", moment()),
        ],
        &[("assignee", binary()), ("deadline", moment()), ("expiresAt", moment())],
    )
}

pub(crate) fn application_numbers() -> Document {
    schema(&[("_id", text()), ("application", binary())], &[])
}

pub(crate) fn bookings() -> Document {
    schema(
        &[
            ("_id", doc! { "bsonType": "objectId" }),
            ("inspector", binary()),
            ("startsAt", moment()),
            ("application", binary()),
        ],
        &[],
    )
}

pub(crate) fn payments() -> Document {
    schema(
        &[("_id", binary()), ("doc", entry()), ("reference", text()), ("application", binary())],
        &[],
    )
}

pub(crate) fn certificates() -> Document {
    let day = doc! { "bsonType": "string", "pattern": "^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}$" };
    schema(
        &[
            ("_id", binary()),
            ("doc", record()),
            ("number", text()),
            ("holder", binary()),
            ("farm", binary()),
            ("validUntil", day),
            ("endsIn", doc! { "bsonType": "int" }),
            ("version", revision()),
            ("updatedAt", moment()),
        ],
        &[("revokedAt", moment())],
    )
}

pub(crate) fn history() -> Document {
    let kinds = [
        SubjectKind::Account,
        SubjectKind::Farm,
        SubjectKind::Application,
        SubjectKind::Certificate,
    ];
    schema(
        &[
            ("_id", binary()),
            ("doc", entry()),
            ("kind", words(kinds.map(SubjectKind::as_str))),
            ("subject", binary()),
            ("at", moment()),
        ],
        &[("by", binary())],
    )
}

pub(crate) fn history_notes() -> Document {
    schema(&[("_id", binary()), ("comment", doc! { "bsonType": "string" })], &[])
}

pub(crate) fn receipts() -> Document {
    let header = doc! { "bsonType": "array", "minItems": 2, "maxItems": 2 };
    schema(
        &[
            ("_id", binary()),
            ("fingerprint", binary()),
            ("lease", doc! { "bsonType": "long" }),
            ("claimedAt", moment()),
            ("seenAt", doc! { "bsonType": "date" }),
        ],
        &[
            ("status", doc! { "bsonType": "int", "minimum": 100, "maximum": 999 }),
            ("headers", list(header)),
            ("body", binary()),
        ],
    )
}

pub(crate) fn keys() -> Document {
    schema(
        &[
            ("_id", text()),
            ("purpose", words(Purpose::ALL.map(Purpose::as_str))),
            ("sealed", binary()),
            ("createdAt", moment()),
        ],
        &[("first", flag()), ("activeFrom", moment()), ("follows", text())],
    )
}

pub(crate) fn counters() -> Document {
    schema(&[("_id", text()), ("last", doc! { "bsonType": "long", "minimum": 1 })], &[])
}
