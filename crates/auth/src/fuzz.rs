//! Everything that reads text from outside, given text that is nearly right.
//!
//! Each target says more than that nothing panics: what is read is read again as the same, and no
//! token has two texts. The hashes of passwords have theirs beside their parser.

use std::sync::LazyLock;

use bolero::check;
use gacp_keys::{Keyring, MasterKey, MemoryKeys, to_base64url};
use gacp_store::{AccountId, Role};
use jiff::{SignedDuration, Timestamp};
use unicode_normalization::is_nfc;
use uuid::Uuid;

use crate::text::is_invisible;
use crate::token::access::{self, Grant};
use crate::token::device::Device;
use crate::token::refresh::RefreshToken;
use crate::token::seen::SeenTokens;
use crate::{Email, NationalId, Phone, Policy, SessionId};

/// One change to a text: where, what, one of the usual letters there, and any other.
pub(crate) type Edit = (u8, u8, u8, char);

/// The letters of tokens.
pub(crate) const BASE64URL: &str =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.";

/// The letters of numbers.
const DIGITS: &str = "0123456789- +๑";

/// A few of those of e-mail addresses, and some that change their shape in lower case.
const ADDRESS: &str = "aZ09.-_+@ \"กิİßſK\u{301}\u{200b}";

static RING: LazyLock<Keyring> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (keys, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
    runtime.block_on(Keyring::open(&keys, &master, now())).unwrap()
});

fn now() -> Timestamp {
    "2026-01-05T02:00:00Z".parse().unwrap()
}

/// A text with at most three changes.
pub(crate) fn edited(text: &str, edits: &[Edit], usual: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let usual: Vec<char> = usual.chars().collect();
    for (place, what, letter, any) in edits.iter().copied().take(3) {
        let place = usize::from(place) % (letters.len() + 1);
        let known = usual[usize::from(letter) % usual.len()];
        let letter = if what & 0b1100 == 0 { any } else { known };
        match what % 4 {
            0 => letters.insert(place, letter),
            1 => letters.truncate(place),
            _ if place == letters.len() => letters.push(letter),
            2 => letters[place] = letter,
            _ => drop(letters.remove(place)),
        }
    }
    letters.into_iter().collect()
}

#[test]
fn refresh_tokens() {
    check!().with_iterations(3_000).with_type::<(u128, bool, Vec<Edit>, Vec<u8>)>().for_each(
        |(id, is_second, edits, bytes)| {
            let mac = RING.refresh_mac();
            let first = RefreshToken::first(SessionId::from(Uuid::from_u128(*id))).unwrap();
            let token = if *is_second { first.successor(mac) } else { first };
            let text = token.encode(mac);

            let read = RefreshToken::parse(&text, mac).unwrap();
            assert!(read == token && read.hash() == token.hash());
            assert_eq!(read.session().uuid().as_u128(), *id);
            assert_eq!(read.generation(), u64::from(*is_second));

            let other = edited(&text, edits, BASE64URL);
            assert_eq!(RefreshToken::parse(&other, mac).is_some(), other == text, "{other}");
            assert!(RefreshToken::parse(&format!("grt_{}", to_base64url(bytes)), mac).is_none());
        },
    );
}

#[test]
fn device_tokens() {
    check!().with_iterations(3_000).with_type::<(Vec<u128>, Vec<Edit>, Vec<u8>)>().for_each(
        |(ids, edits, bytes)| {
            let mac = RING.device_mac();
            let ids = ids.iter().map(|id| AccountId::from(Uuid::from_u128(*id)));
            let ids: Vec<AccountId> = ids.take(10).collect();
            let device =
                ids.iter().fold(Device::new().unwrap(), |device, id| device.trusted_by(*id));
            let text = device.encode(mac);

            let read = Device::parse(&text, mac).unwrap();
            assert!(read == device && ids.iter().rev().take(8).all(|id| read.is_trusted_by(*id)));
            assert!(Device::named(&read.name()).is_some_and(|named| named.name() == read.name()));

            let other = edited(&text, edits, BASE64URL);
            assert_eq!(Device::parse(&other, mac).is_some(), other == text, "{other}");
            assert!(Device::parse(&format!("gdt_{}", to_base64url(bytes)), mac).is_none());
        },
    );
}

#[test]
fn access_tokens() {
    check!().with_iterations(300).with_type::<(u128, u64, i16, Vec<Edit>)>().for_each(
        |(id, generation, seconds, edits)| {
            let policy = Policy::new("https://gacp.example", "gacp-api");
            let (account, session) = (AccountId::at(now()), SessionId::from(Uuid::from_u128(*id)));
            let grant =
                Grant { account, role: Role::Farmer, session, generation: *generation, at: now() };
            let (text, exp) = access::issue(&RING, &policy, &grant).unwrap();

            let at = now() + SignedDuration::from_secs(i64::from(*seconds));
            let leeway = policy.leeway.as_secs();
            let timely = (now().as_second() - leeway..exp + leeway).contains(&at.as_second());
            // What is remembered of a good token helps no other.
            let seen = SeenTokens::default();
            let read = access::read(&seen, (&RING, &policy), &text, at);
            assert_eq!(read.map(|read| (read.sub, read.sid)), timely.then_some((account, session)));

            let other = edited(&text, edits, BASE64URL);
            let read = access::read(&seen, (&RING, &policy), &other, now());
            assert_eq!(read.is_some(), other == text, "{other}");
        },
    );
}

#[test]
fn national_ids() {
    check!().with_iterations(20_000).with_type::<(u64, Vec<Edit>)>().for_each(|(number, edits)| {
        let text = edited(&format!("{:013}", number % 10_u64.pow(13)), edits, DIGITS);

        let Ok(read) = NationalId::parse(&text) else { return };

        assert!(read.digits().len() == 13 && read.digits().ends_with(read.last4()));
        let kept: String = text.chars().filter(char::is_ascii_digit).collect();
        assert!(kept == read.digits() && text.len() < 40, "{text}");
        let weighed = read.digits().bytes().zip((2..=13).rev());
        let sum: u32 = weighed.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        assert!(read.digits().ends_with(&((11 - sum % 11) % 10).to_string()), "{text}");
        assert!(NationalId::parse(read.digits()).is_ok_and(|again| again == read));
    });
}

#[test]
fn phones() {
    check!().with_iterations(20_000).with_type::<(u64, bool, Vec<Edit>)>().for_each(
        |(number, is_international, edits)| {
            let prefix = if *is_international { "+66" } else { "0" };
            let text = edited(&format!("{prefix}{}", number % 10_u64.pow(9)), edits, DIGITS);

            let Ok(read) = Phone::parse(&text) else { return };

            let national = read.as_str().strip_prefix("+66").unwrap();
            assert!(national.bytes().all(|digit| digit.is_ascii_digit()), "{text}");
            assert!((8..=9).contains(&national.len()) && !national.starts_with(['0', '1']));
            for same in [read.as_str(), &format!("0{national}")] {
                assert_eq!(Phone::parse(same).as_ref(), Ok(&read));
            }
        },
    );
}

#[test]
fn emails() {
    check!().with_iterations(10_000).with_type::<(String, String, Vec<Edit>)>().for_each(
        |(local, domain, edits)| {
            for text in [format!("{local}@{domain}.th"), "Som.Chai+1@example.co.th".to_owned()] {
                let text = edited(&text, edits, ADDRESS);

                let Ok(read) = Email::parse(&text) else { continue };

                let (local, domain) = read.as_str().split_once('@').unwrap();
                assert!(read.as_str().len() <= 254 && (1..=64).contains(&local.len()), "{text:?}");
                assert!(domain.split('.').all(|label| (1..=63).contains(&label.len())));
                assert!(domain.contains('.') && !domain.contains('@'), "{text:?}");
                let is_shown = |c: char| !c.is_control() && !c.is_whitespace() && !is_invisible(c);
                assert!(is_nfc(read.as_str()) && read.as_str().chars().all(is_shown), "{text:?}");
                assert_eq!(Email::parse(read.as_str()).as_ref(), Ok(&read), "{text:?}");
                assert_eq!(read.local_part(), local);
            }
        },
    );
}
