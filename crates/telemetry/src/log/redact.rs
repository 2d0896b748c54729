//! What must not be kept, wherever it stands in a line: the last net, not the first.
//!
//! Code is not supposed to log any of it. What slips in all the same, in the words of a library's
//! error, is taken out of the line as it is written: e-mail addresses, numbers of thirteen digits
//! (Thai national IDs, with or without dashes and spaces), signed tokens, and whatever follows
//! `Bearer`, `Basic` or the user name in a connection string.

use std::borrow::Cow;

use memchr::memchr2_iter;

/// What stands in its place.
const REDACTED: &str = "[redacted]";

/// The digits of a national ID.
const ID_DIGITS: usize = 13;

/// Anything shorter that looks like a token is none.
const TOKEN_CHARS: usize = 20;

/// A line without what must not be kept. Lines that hold none of it are returned as they are.
pub fn redact(line: &str) -> Cow<'_, str> {
    if is_suspicious(line.as_bytes()) { redacted(line) } else { Cow::Borrowed(line) }
}

fn redacted(line: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut done = 0;
    let mut after_scheme = false;
    for (start, word) in words(line) {
        let secret = after_scheme || is_secret(word);
        after_scheme = matches!(word, "Bearer" | "bearer" | "Basic" | "basic");
        if secret {
            kept.push_str(line.get(done..start).unwrap_or_default());
            kept.push_str(REDACTED);
            done = start + word.len();
        }
    }
    if done == 0 {
        return Cow::Borrowed(line);
    }
    kept.push_str(line.get(done..).unwrap_or_default());
    Cow::Owned(kept)
}

/// Whether there may be something in a line: what nearly every line is spared is the rest. It looks
/// for what is rare in lines, and only then around it.
fn is_suspicious(line: &[u8]) -> bool {
    memchr2_iter(b'@', b'J', line)
        .any(|at| line.get(..=at).is_some_and(|it| it.ends_with(b"@") || it.ends_with(b"eyJ")))
        || memchr2_iter(b'B', b'b', line).any(|at| {
            let rest = line.get(at + 1..).unwrap_or_default();
            rest.starts_with(b"earer") || rest.starts_with(b"asic")
        })
        || holds_digits(line)
}

/// Whether there are as many digits in a row as a national ID has, dashes and spaces aside. It
/// looks at one byte in so many: none of those can be outside of such a row.
fn holds_digits(line: &[u8]) -> bool {
    let is_outside = |byte: &u8| !matches!(byte, b'0'..=b'9' | b'-' | b' ');
    let mut at = ID_DIGITS - 1;
    while let Some((before, rest)) = line.split_at_checked(at)
        && let Some(byte) = rest.first()
    {
        if !is_outside(byte) {
            let start = before.iter().rposition(is_outside).map_or(0, |outside| outside + 1);
            let length = rest.iter().position(is_outside).unwrap_or(rest.len());
            let row = before.iter().skip(start).chain(rest.iter().take(length));
            if row.filter(|byte| byte.is_ascii_digit()).count() >= ID_DIGITS {
                return true;
            }
            at += length;
        }
        at += ID_DIGITS;
    }
    false
}

/// The words of a line and where they begin. What can stand in an address or in a token parts no
/// word, nor does a single space or dash between digits.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let bytes = line.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while bytes.get(at).is_some_and(|byte| !is_inside(*byte)) {
            at += 1;
        }
        let start = at;
        while bytes.get(at).is_some_and(|byte| is_inside(*byte)) || joins_digits(bytes, at) {
            at += 1;
        }
        let word = line.get(start..at).filter(|word| !word.is_empty())?;
        // A full stop behind a word ends a sentence.
        Some((start, word.trim_end_matches('.')))
    })
}

/// Bytes of other letters than the Latin ones are inside of words, too.
fn is_inside(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.+@%~".contains(&byte) || !byte.is_ascii()
}

/// A space between two digits.
fn joins_digits(bytes: &[u8], at: usize) -> bool {
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    bytes.get(at) == Some(&b' ') && digit(at.checked_sub(1)) && digit(at.checked_add(1))
}

fn is_secret(word: &str) -> bool {
    is_address(word) || is_token(word) || is_number(word)
}

/// `somebody@example.org`, and `user:password@host` behind its colon.
fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// Parts of base64url, the first of which opens a JSON object: a signed token (RFC 7515 §3.1).
fn is_token(word: &str) -> bool {
    let signed = word.starts_with("eyJ") && word.contains('.');
    signed && word.len() >= TOKEN_CHARS
}

/// Thirteen digits, with or without dashes and spaces between them.
fn is_number(word: &str) -> bool {
    let mut digits = 0;
    for byte in word.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'-' | b' ' => {}
            _ => return false,
        }
    }
    digits == ID_DIGITS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_line_that_is_not_suspected_holds_nothing(
            line in "([0-9 @.-]|[0-9]{4,8}|Bearer |basic |eyJ|[a-eB]|ก){0,20}",
        ) {
            if !is_suspicious(line.as_bytes()) {
                prop_assert_eq!(redacted(&line), line.as_str());
            }
        }
    }

    #[test]
    fn a_usual_line_is_not_suspected() {
        let line = r#"{"timestamp":"2026-11-26T15:19:04.123456789Z","level":"INFO","route":"/api/farms/{id}","status":200,"duration_ms":0.213,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}"#;
        assert!(!is_suspicious(line.as_bytes()));
    }
}
