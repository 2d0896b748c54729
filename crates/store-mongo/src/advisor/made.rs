//! Documents made for explaining, the same ones every time: legal for the validators, as large as
//! real ones, and spread so that an index is seen to matter. No entity could be read from them.

use gacp_auth::AccountStatus;
use gacp_certifications::Status;
use gacp_farms::{Bounds, Crop, FarmStatus};
use gacp_keys::Purpose;
use gacp_store::{Role, SubjectKind};
use jiff::Timestamp;
use mongodb::bson::{Bson, DateTime, Document, doc, oid::ObjectId};

use crate::document::bytes;
use crate::farms::places::enlarged;

mod part;

use part::{CONTENT, Kind, content, hash, id, mixed, moment, pick, place};

/// How many farms an owner has, sessions an account, and so on: more than a page.
const MANY: u32 = 200;

/// How many plots a farm has, applications and certificates a farm, entries a record.
const SOME: u32 = 10;

/// How many documents the collections have of which there are only a handful.
const HANDFUL: u32 = 24;

const PROVINCES: u32 = 20;

const INSPECTORS: u32 = 20;

/// What the documents of a run have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    /// How many documents each collection gets.
    pub(super) documents: u32,
    /// The server removes receipts that it saw long before this.
    pub(super) now: Timestamp,
}

impl Made {
    /// How many documents of a collection there are.
    pub(super) fn count(self, collection: &str) -> u32 {
        match collection {
            "keys" | "counters" => self.documents.min(HANDFUL),
            _ => self.documents,
        }
    }

    /// The document of this number in a collection.
    pub(super) fn document(self, collection: &str, number: u32) -> Option<Document> {
        Some(match collection {
            "accounts" => account(number),
            "sessions" => self.session(number),
            "guesses" => self.guesses(number),
            "security_events" => self.event(number),
            "farms" => self.farm(number),
            "plots" => self.plot(number),
            "applications" => self.application(number),
            "application_numbers" => application_number(number),
            "bookings" => booking(number),
            "payments" => payment(number),
            "certificates" => self.certificate(number),
            "history" => self.entry(number),
            "history_notes" => note(number),
            "receipts" => self.receipt(number),
            "keys" => key(number),
            "counters" => doc! { "_id": format!("application/{}", 2000 + number), "last": 1_i64 },
            _ => return None,
        })
    }

    /// An account that holds farms, sessions or certificates.
    fn holder(self, number: u32) -> Bson {
        let holders = (self.documents / MANY).max(2);
        id(Kind::Account, mixed(number, 1) % holders)
    }

    fn session(self, number: u32) -> Document {
        doc! {
            "_id": id(Kind::Session, number),
            "doc": content(Kind::Session, number, 1),
            "account": self.holder(number),
            "currentHash": hash(number),
            "endsAt": moment(mixed(number, 2) % self.documents),
            "ended": mixed(number, 3) % 10 < 7,
        }
    }

    fn guesses(self, number: u32) -> Document {
        let seen = self.now.as_millisecond() + i64::from(number);
        doc! {
            "_id": hash(number),
            "count": 1_i64,
            "beganAt": moment(number),
            "waits": 0_i64,
            "lockedUntil": 0_i64,
            "seenAt": DateTime::from_millis(seen),
        }
    }

    fn event(self, number: u32) -> Document {
        doc! {
            "_id": id(Kind::Event, number),
            "doc": content(Kind::Event, number, 1),
            "account": self.holder(number),
            "login": !mixed(number, 21).is_multiple_of(10),
        }
    }

    fn farm(self, number: u32) -> Document {
        let status = pick(&FarmStatus::ALL, mixed(number, 4)).map(FarmStatus::as_str);
        let crops = [5, 6].map(|salt| pick(&Crop::ALL, mixed(number, salt)).map(Crop::as_str));
        let [lon, lat] = place(number);
        doc! {
            "_id": id(Kind::Farm, number),
            "doc": content(Kind::Farm, number, 4),
            "owner": self.holder(number),
            "name": format!("ไร่{number}"),
            "province": format!("เชียงใหม่{}", mixed(number, 7) % PROVINCES),
            "status": status,
            "archived": status == Some(FarmStatus::Archived.as_str()),
            "crops": crops.to_vec(),
            "location": { "type": "Point", "coordinates": [lon, lat] },
            "version": 1_i64,
            "updatedAt": self.changed(number),
        }
    }

    fn plot(self, number: u32) -> Document {
        let farm = number / SOME;
        let [lon, lat] = place(farm);
        // A farm's plots lie side by side, each about 200 m wide.
        let west = lon + 0.002 * f64::from(number % SOME);
        let bounds = Bounds { west, south: lat, east: west + 0.0018, north: lat + 0.0018 };
        let mut boundary = enlarged(&bounds);
        boundary.insert("note", CONTENT.repeat(10));
        doc! {
            "_id": id(Kind::Plot, number),
            "farm": id(Kind::Farm, farm),
            "owner": self.holder(farm),
            "crop": pick(&Crop::ALL, mixed(number, 8)).map(Crop::as_str),
            "bounds": enlarged(&bounds),
            "boundary": boundary,
            "digest": hash(number),
        }
    }

    fn application(self, number: u32) -> Document {
        let farm = number / SOME;
        // One application for a farm can be live.
        let live = number.is_multiple_of(SOME);
        let statuses: Vec<Status> =
            Status::ALL.iter().copied().filter(|status| status.is_live() == live).collect();
        let status = pick(&statuses, mixed(number, 9));
        let mut application = doc! {
            "_id": id(Kind::Application, number),
            "doc": content(Kind::Application, number, 12),
            "owner": self.holder(farm),
            "farm": id(Kind::Farm, farm),
            "standard": "thai-gacp",
            "status": status.map(Status::as_str),
            "live": live,
            "version": 1_i64,
            "updatedAt": self.changed(number),
        };
        if mixed(number, 10).is_multiple_of(2) {
            application.insert("assignee", inspector(mixed(number, 11)));
        }
        if live {
            let deadline = moment(mixed(number, 12) % self.documents);
            application.insert("deadline", deadline);
            if status.is_some_and(Status::can_expire) {
                application.insert("expiresAt", deadline);
            }
        }
        application
    }

    fn certificate(self, number: u32) -> Document {
        let farm = number / SOME;
        let year = pick(&[2025, 2026, 2027, 2028], mixed(number, 13));
        let month = 1 + mixed(number, 14) % 12;
        let mut certificate = doc! {
            "_id": id(Kind::Certificate, number),
            "doc": content(Kind::Certificate, number, 4),
            "number": format!("GACP-TH-2026-{number:06}"),
            "holder": self.holder(farm),
            "farm": id(Kind::Farm, farm),
            "validUntil": format!("{}-{month:02}-15", year.unwrap_or(2025)),
            "endsIn": year,
            "version": 1_i64,
            "updatedAt": self.changed(number),
        };
        if mixed(number, 15).is_multiple_of(20) {
            certificate.insert("revokedAt", self.changed(number));
        }
        certificate
    }

    fn receipt(self, number: u32) -> Document {
        let seen = self.now.as_millisecond() + i64::from(number);
        doc! {
            "_id": hash(number),
            "fingerprint": hash(number),
            "lease": i64::from(number),
            "claimedAt": moment(number),
            "seenAt": DateTime::from_millis(seen),
            "status": 201,
            "headers": [["ETag", "\"1\""]],
            "body": bytes(CONTENT.repeat(4)),
        }
    }

    fn entry(self, number: u32) -> Document {
        let kinds = [SubjectKind::Farm, SubjectKind::Application];
        // Entries of one record lie far apart, as they do where many write.
        let subject = mixed(number, 19) % (number / SOME + 1);
        doc! {
            "_id": id(Kind::Entry, number),
            "doc": content(Kind::Entry, number, 1),
            "kind": pick(&kinds, subject).map(SubjectKind::as_str),
            "subject": id(Kind::Farm, subject),
            "at": moment(number),
            "by": self.holder(subject),
        }
    }

    /// When a record was last changed: in another order than they were made.
    fn changed(self, number: u32) -> i64 {
        moment(mixed(number, 16) % self.documents)
    }
}

fn application_number(number: u32) -> Document {
    let application = id(Kind::Application, number);
    doc! { "_id": format!("APP-2026-{number:06}"), "application": application }
}

fn booking(number: u32) -> Document {
    let [a, b, c, d] = number.to_be_bytes();
    doc! {
        "_id": ObjectId::from_bytes([0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]),
        "inspector": inspector(number),
        "startsAt": moment(number / INSPECTORS),
        "application": id(Kind::Application, number / 4),
    }
}

fn payment(number: u32) -> Document {
    doc! {
        "_id": id(Kind::Payment, number),
        "doc": content(Kind::Payment, number, 1),
        "reference": format!("gateway-{number:010}"),
        "application": id(Kind::Application, number / 2),
    }
}

fn account(number: u32) -> Document {
    let staff = number.is_multiple_of(SOME);
    let role = if staff { pick(&Role::ALL, number / SOME) } else { Some(Role::Farmer) };
    let disabled = mixed(number, 17).is_multiple_of(20);
    let status = if disabled { AccountStatus::Disabled } else { AccountStatus::Active };
    let mut account = doc! {
        "_id": id(Kind::Account, number),
        "doc": content(Kind::Account, number, 2),
        "email": format!("somying.{number}@farm.example"),
        "role": role.map(Role::as_str),
        "status": status.as_str(),
        "version": 1_i64,
        "updatedAt": moment(mixed(number, 18) % 1_000_000),
    };
    if !staff {
        account.insert("phone", format!("+668{number:08}"));
        account.insert("nationalIds", vec![format!("{number:064x}")]);
    }
    account
}

fn note(number: u32) -> Document {
    doc! { "_id": id(Kind::Entry, number), "comment": CONTENT }
}

fn key(number: u32) -> Document {
    let mut key = doc! {
        "_id": kid(number),
        "purpose": pick(&Purpose::ALL, number).map(Purpose::as_str),
        "sealed": hash(number),
        "createdAt": moment(number),
        "activeFrom": moment(number),
    };
    let purposes = u32::try_from(Purpose::ALL.len()).unwrap_or(u32::MAX);
    match number.checked_sub(purposes) {
        None => key.insert("first", true),
        Some(former) => key.insert("follows", kid(former)),
    };
    key
}

fn kid(number: u32) -> String {
    format!("{:x}", mixed(number, 20))
}

fn inspector(number: u32) -> Bson {
    id(Kind::Account, number % INSPECTORS)
}
