//! Stored hashes, damaged.

use bolero::check;

use super::HashCost;
use super::stored::Stored;
use crate::PasswordHash;
use crate::fuzz::{Edit, edited};

const REST: &str = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

/// A hash as they are made here, as the system before made them, or of any cost at all.
fn hash((which, memory, passes, lanes): (u8, u32, u32, u8)) -> String {
    // Of every order of magnitude.
    let (memory, passes) = (memory >> (passes % 32), passes >> (lanes % 32));
    match which % 4 {
        0 => format!("$argon2id$v=19$m=19456,t=2,p=1{REST}"),
        1 => format!("$argon2id$v=19$m=19456,t=2,p=1,keyid=AAECAwQFBgc{REST}"),
        2 => format!("$argon2id$v=19$m={memory},t={passes},p={lanes}{REST}"),
        _ => format!("$2b${:02}$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", lanes % 32),
    }
}

#[test]
fn password_hashes() {
    type Input = ((u8, u32, u32, u8), Vec<Edit>);
    check!().with_iterations(10_000).with_type::<Input>().for_each(|(cost, edits)| {
        let text = edited(&hash(*cost), edits, "0123456789,=$argonidvmtpkey/+.A");

        let Ok(hash) = PasswordHash::parse(text.clone()) else { return };

        assert_eq!(hash.as_str(), text, "a hash is kept as it is written");
        let (algorithm, rest) = text.strip_prefix('$').unwrap().split_once('$').unwrap();
        assert!(!algorithm.is_empty() && !rest.is_empty());
        match Stored::read(&hash) {
            Ok(Stored::Argon2id(read)) => {
                assert_eq!(algorithm, "argon2id", "{text}");
                assert!(read.params.m_cost() <= HashCost::CEILING.memory_kib, "{text}");
                assert!(read.params.t_cost() <= HashCost::CEILING.passes, "{text}");
                assert!((8..=64).contains(&read.salt.len()), "{text}");
                assert!((10..=64).contains(&read.output.len()), "{text}");
            }
            Ok(Stored::Bcrypt(read)) => {
                assert!(["2a", "2b", "2y"].contains(&algorithm) && read == text, "{text}");
                assert!(text.len() == 60 && text.is_ascii(), "{text}");
                assert!((4..=14).contains(&rest[..2].parse::<u32>().unwrap()), "{text}");
            }
            Err(_) => {}
        }
    });
}
