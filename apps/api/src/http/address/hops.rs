//! What proxies say of whom they were reached by: `Forwarded` (RFC 7239) and `X-Forwarded-For`.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, X_FORWARDED_FOR};

/// One hop, the client's end first: its address, or nothing when it hides (`unknown`, `_name`) or
/// cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hop(pub(super) Option<IpAddr>);

/// The hops of `Forwarded`; nothing without the header.
pub(super) fn forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    hops(headers, &FORWARDED, |line| {
        let elements = split(line, ',');
        elements.map_or_else(|| vec![Hop(None)], |elements| elements.map(element).collect())
    })
}

/// The hops of `X-Forwarded-For`; nothing without the header.
pub(super) fn x_forwarded_for(headers: &HeaderMap) -> Option<Vec<Hop>> {
    hops(headers, &X_FORWARDED_FOR, |line| line.split(',').map(|hop| Hop(node(hop))).collect())
}

/// The hops of every line of a header, in order; a line that is no text is a hop that hides.
fn hops(
    headers: &HeaderMap,
    name: &HeaderName,
    read: impl Fn(&str) -> Vec<Hop>,
) -> Option<Vec<Hop>> {
    let lines = headers.get_all(name);
    let hops = lines.map(|line| line.to_str().map_or_else(|_no_text| vec![Hop(None)], &read));
    hops.reduce(|mut all, more| {
        all.extend(more);
        all
    })
}

/// `for=192.0.2.60;proto=http;by=203.0.113.43`. Exactly one `for`, or it says nothing.
fn element(text: &str) -> Hop {
    let Some(pairs) = split(text, ';') else { return Hop(None) };
    let mut named = pairs.filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    });
    let (first, second) = (named.next(), named.next());
    let value = first.filter(|_| second.is_none()).and_then(value);
    Hop(value.and_then(|value| node(&value)))
}

/// A token as it stands, or what is quoted.
fn value(text: &str) -> Option<String> {
    let text = text.trim();
    let Some(quoted) = text.strip_prefix('"') else {
        return (!text.contains('"')).then(|| text.to_owned());
    };
    let mut value = String::new();
    let mut letters = quoted.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return letters.as_str().is_empty().then_some(value),
            '\\' => value.push(letters.next()?),
            letter => value.push(letter),
        }
    }
    None
}

/// The parts between separators that are not quoted; nothing when a quote is left open.
fn split(text: &str, separator: char) -> Option<impl Iterator<Item = &str>> {
    let mut parts = Vec::new();
    let (mut start, mut is_quoted, mut is_escaped) = (0, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            letter if letter == separator && !is_quoted => {
                parts.push(text.get(start..at)?);
                start = at + separator.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..)?);
    (!is_quoted).then(|| parts.into_iter())
}

/// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`, and, as
/// `X-Forwarded-For` has it, `2001:db8::1`.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        let is_followed_well = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return is_followed_well.then(|| IpAddr::V6(address).to_canonical());
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let (address, port) = text.split_once(':')?;
    let address = address.parse().ok().filter(|_| is_port(port))?;
    Some(IpAddr::V4(address))
}

/// Digits, or a name that hides them (RFC 7239 §6).
fn is_port(text: &str) -> bool {
    let hidden = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_hidden = text.strip_prefix('_').is_some_and(|name| name.bytes().all(hidden));
    let is_number = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_hidden || is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(element_text: &str) -> Option<String> {
        element(element_text).0.map(|address| address.to_string())
    }

    #[test]
    fn an_element_names_one_address_in_every_way_of_writing_it() {
        let rows = [
            ("for=192.0.2.60", "192.0.2.60"),
            ("For=192.0.2.60:4711;proto=https;by=_x", "192.0.2.60"),
            ("proto=http ; for=\"192.0.2.60:80\"", "192.0.2.60"),
            ("for=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=\"[2001:db8::1]\"", "2001:db8::1"),
            ("for=\"[2001:db8::1]:_hidden\"", "2001:db8::1"),
            ("for=\"\\1\\9\\2.0.2.60\"", "192.0.2.60"),
            ("for=\"[::ffff:192.0.2.60]\"", "192.0.2.60"),
            ("by=\"a;for=10.0.0.1\";for=192.0.2.60", "192.0.2.60"),
        ];

        for (text, address) in rows {
            assert_eq!(seen(text).as_deref(), Some(address), "{text}");
        }
    }

    #[test]
    fn what_hides_or_cannot_be_read_is_no_address() {
        let rows = [
            "",
            "for",
            "for=",
            "for=unknown",
            "for=_hidden",
            "for=\"_SEVKISEK\"",
            "for=example.org",
            "for=192.0.2.60;for=192.0.2.61",
            "for=\"192.0.2.60",
            "for=\"192.0.2.60\"x",
            "for=192.0.2.60\"\"",
            "for=192.0.2.60:",
            "for=192.0.2.60:port",
            "for=\"[2001:db8::1\"",
            "for=\"[2001:db8::1]80\"",
            "for=300.0.0.1",
            "by=192.0.2.60",
        ];

        for text in rows {
            assert_eq!(seen(text), None, "{text}");
        }
    }
}
