//! Accounts and sessions to test with. Equal numbers give equal names, different ones different.

use gacp_keys::Sealed;
use gacp_store::{AccountId, Attempt, Change, Role, Violations};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Account, AddressDraft, Concealed, ConsentDraft, EventId, PasswordHash, Registration,
    SealedNationalId, SecurityEvent, SecurityEventKind, Session, SessionId, StaffDraft, TokenHash,
};

/// The moment at which the cases start.
pub fn now() -> Timestamp {
    "2026-01-05T02:00:00.123456Z".parse().unwrap()
}

/// So many seconds after [`now`].
pub fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

/// A farmer's account with every field filled.
pub fn farmer(number: u32) -> Account {
    farmer_as(registration(number), national_id(number))
}

/// A farmer's account with this e-mail address; everything else is by number.
pub fn farmer_with_email(number: u32, email: &str) -> Account {
    let draft = Registration { email: email.to_owned(), ..registration(number) };
    farmer_as(draft, national_id(number))
}

/// A farmer's account with these values in its blind index; everything else is by number.
pub fn farmer_with_index(number: u32, index: &[&str]) -> Account {
    let index = index.iter().map(|value| (*value).to_owned()).collect();
    farmer_as(registration(number), SealedNationalId { index, ..national_id(number) })
}

/// A farmer's account with this telephone number; everything else is by number.
pub fn farmer_with_phone(number: u32, phone: &str) -> Account {
    let draft = Registration { phone: phone.to_owned(), ..registration(number) };
    farmer_as(draft, national_id(number))
}

/// The account of a member of staff.
pub fn staff(number: u32, role: Role) -> Account {
    let draft = StaffDraft {
        email: format!("staff{number}@example.org"),
        full_name: "มาลี สุขใจ".to_owned(),
        role,
        password: "correct-rice-battery".to_owned(),
    };
    let draft = Violations::check(draft).unwrap();
    Account::enroll(AccountId::at(now()), draft, hash(), now()).unwrap()
}

/// A session of an account, opened so many seconds after [`now`], that has not been used since.
pub fn session(account: &Account, seconds: i64) -> Session {
    let opened = later(seconds);
    Session {
        id: SessionId::at(opened),
        account: account.id(),
        current_hash: token(0),
        previous_hash: None,
        generation: 0,
        rotated_at: opened,
        rotated_by: Some("device-1".to_owned()),
        created_at: opened,
        last_used_at: opened,
        idle_expires_at: opened + SignedDuration::from_hours(1),
        absolute_expires_at: opened + SignedDuration::from_hours(2),
        device: Some("device-1".to_owned()),
        user_agent: Some("เบราว์เซอร์/1.0".to_owned()),
        revoked: None,
    }
}

/// The event of the login that opened a session.
pub fn login(session: &Session) -> SecurityEvent {
    SecurityEvent {
        id: EventId::at(session.created_at),
        at: session.created_at,
        kind: SecurityEventKind::LoginSucceeded,
        account: Some(session.account),
        session: Some(session.id),
        network: Some("203.0.113.0/24".to_owned()),
        user_agent: session.user_agent.clone(),
        request_id: Some("test-1".to_owned()),
    }
}

/// Something that happened to an account so many seconds after [`now`], or to none.
pub fn event(kind: SecurityEventKind, account: Option<AccountId>, seconds: i64) -> SecurityEvent {
    let at = later(seconds);
    SecurityEvent {
        id: EventId::at(at),
        at,
        kind,
        account,
        session: None,
        network: None,
        user_agent: None,
        request_id: None,
    }
}

/// The hash of a refresh token.
pub fn token(number: u8) -> TokenHash {
    TokenHash([number; 32])
}

fn registration(number: u32) -> Registration {
    Registration {
        email: format!("farmer{number}@example.org"),
        password: "correct-rice-battery".to_owned(),
        full_name: "สมชาย ใจดี".to_owned(),
        phone: format!("+668{number:08}"),
        national_id: "1234567890121".to_owned(),
        address: Some(AddressDraft {
            house_no: "99/1".to_owned(),
            moo: Some("5".to_owned()),
            soi: None,
            road: Some("เชียงใหม่-ลำปาง".to_owned()),
            tambon: "หนองหาร".to_owned(),
            amphoe: "สันทราย".to_owned(),
            changwat: "เชียงใหม่".to_owned(),
            postal_code: "50290".to_owned(),
        }),
        consent: ConsentDraft {
            terms_version: "2026-01".to_owned(),
            privacy_version: "2026-01".to_owned(),
        },
    }
}

fn national_id(number: u32) -> SealedNationalId {
    SealedNationalId {
        sealed: Sealed { kid: "k1".to_owned(), bytes: (0..=u8::MAX).collect() },
        index: vec![format!("new-{number}"), format!("old-{number}")],
        last4: "0121".to_owned(),
    }
}

fn farmer_as(draft: Registration, national_id: SealedNationalId) -> Account {
    let draft = Violations::check(draft).unwrap();
    let concealed = Concealed { password: hash(), national_id };
    Account::register(AccountId::at(now()), draft, concealed, now()).unwrap()
}

fn hash() -> PasswordHash {
    let text = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$bm90IGEgaGFzaCBvZiBhbnl0aGluZw";
    PasswordHash::parse(text.to_owned()).unwrap()
}

/// Another password's hash.
pub fn other_hash(word: &str) -> PasswordHash {
    PasswordHash::parse(format!("$sha256${word}")).unwrap()
}

/// The change that leads to an account's present state.
pub fn change(account: &Account, action: &str) -> Change {
    let attempt =
        Attempt { by: account.actor(), at: account.updated_at(), request_id: "test-1", once: None };
    attempt.change(vec![attempt.entry(account.subject(), action)], account)
}
