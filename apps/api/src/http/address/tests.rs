use actix_web::http::header::{FORWARDED, HeaderName, HeaderValue, X_FORWARDED_FOR};
use proptest::prelude::*;

use super::*;

const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const CLIENT: &str = "203.0.113.9";

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn proxies() -> Vec<Network> {
    vec!["10.0.0.0/8".parse().unwrap(), "2001:db8:aaaa::/48".parse().unwrap()]
}

fn headers(lines: &[(HeaderName, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(name.clone(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

/// Who is behind our proxy, by one header.
fn behind(name: &HeaderName, value: &str) -> IpAddr {
    client(PROXY, &headers(&[(name.clone(), value)]), &proxies())
}

#[test]
fn a_client_that_is_no_proxy_is_its_own_address_whatever_it_claims() {
    let claims = headers(&[(X_FORWARDED_FOR, "1.2.3.4"), (FORWARDED, "for=1.2.3.4")]);

    assert_eq!(client(ip(CLIENT), &claims, &proxies()), ip(CLIENT));
    assert_eq!(client(PROXY, &claims, &[]), PROXY);
    assert_eq!(client(ip("::ffff:203.0.113.9"), &claims, &proxies()), ip(CLIENT));
}

#[test]
fn behind_proxies_the_right_most_stranger_is_the_client() {
    let rows = [
        (X_FORWARDED_FOR, "203.0.113.9"),
        (X_FORWARDED_FOR, "1.2.3.4, 203.0.113.9"),
        (X_FORWARDED_FOR, "1.2.3.4,203.0.113.9 , 10.7.7.7"),
        (X_FORWARDED_FOR, "unknown, 203.0.113.9:5000, 10.7.7.7"),
        (FORWARDED, "for=203.0.113.9"),
        (FORWARDED, "for=1.2.3.4, for=\"203.0.113.9:80\";proto=https"),
        (FORWARDED, "for=1.2.3.4;by=x, For=203.0.113.9, for=\"[2001:db8:aaaa::5]:99\""),
    ];

    for (name, value) in rows {
        assert_eq!(behind(&name, value), ip(CLIENT), "{name}: {value}");
    }
    let ours = "2001:db8:aaaa::5, 10.2.2.2";
    assert_eq!(behind(&X_FORWARDED_FOR, ours), ip("2001:db8:aaaa::5"));
}

#[test]
fn a_later_line_is_to_the_right_of_an_earlier_one() {
    let lines = headers(&[(X_FORWARDED_FOR, "1.2.3.4"), (X_FORWARDED_FOR, CLIENT)]);

    assert_eq!(client(PROXY, &lines, &proxies()), ip(CLIENT));
}

#[test]
fn what_hides_or_is_garbage_leaves_the_nearest_hop_that_is_trusted() {
    let rows = [
        (X_FORWARDED_FOR, "1.2.3.4, nonsense", "10.0.0.1"),
        (X_FORWARDED_FOR, "1.2.3.4, unknown, 10.3.3.3", "10.3.3.3"),
        (X_FORWARDED_FOR, "", "10.0.0.1"),
        (FORWARDED, "for=1.2.3.4, for=unknown", "10.0.0.1"),
        (FORWARDED, "for=1.2.3.4, for=_hidden, for=10.3.3.3", "10.3.3.3"),
        (FORWARDED, "for=1.2.3.4, proto=https", "10.0.0.1"),
        // The proxy's element was swallowed by a quote that the client left open.
        (FORWARDED, "for=1.2.3.4, for=\"x, for=203.0.113.9", "10.0.0.1"),
        (FORWARDED, "for=1.2.3.4, for=\"x, for=\"[2001:db8::1]\"", "10.0.0.1"),
    ];

    for (name, value, nearest) in rows {
        assert_eq!(behind(&name, value), ip(nearest), "{name}: {value}");
    }
}

#[test]
fn two_headers_count_when_they_agree() {
    let both = |forwarded, x| {
        client(PROXY, &headers(&[(FORWARDED, forwarded), (X_FORWARDED_FOR, x)]), &proxies())
    };

    assert_eq!(both("for=203.0.113.9", "1.2.3.4, 203.0.113.9"), ip(CLIENT));
    assert_eq!(both("for=1.2.3.4", "203.0.113.9"), PROXY);
    assert_eq!(both("for=unknown", "203.0.113.9"), PROXY);
}

fn stranger() -> impl Strategy<Value = IpAddr> {
    let v4 = any::<u32>().prop_map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits)));
    let v6 = any::<u128>().prop_map(|bits| IpAddr::V6(bits.into()).to_canonical());
    let all = prop_oneof![v4, v6];
    all.prop_filter("no proxy", |ip| !proxies().iter().any(|network| network.contains(*ip)))
}

/// What a client may send: anything that HTTP lets through, with a liking for what hurts.
fn claim() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("for=".to_owned()),
        Just("1.2.3.4".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just(",".to_owned()),
        Just(";".to_owned()),
        Just("[2001:db8::1]".to_owned()),
        "[ -~]{0,8}",
    ];
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

fn written(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("for={address};proto=https"),
        IpAddr::V6(address) => format!("for=\"[{address}]:443\";by=\"_us\""),
    }
}

proptest! {
    #[test]
    fn a_client_cannot_talk_x_forwarded_for_out_of_its_address(
        claim in claim(),
        address in stranger(),
    ) {
        prop_assert_eq!(behind(&X_FORWARDED_FOR, &format!("{claim}, {address}")), address);
    }

    #[test]
    fn a_client_cannot_choose_an_address_by_forwarded(claim in claim(), address in stranger()) {
        let hop = written(address);
        let seen = behind(&FORWARDED, &format!("{claim}, {hop}"));
        let lines = [(FORWARDED, claim.as_str()), (FORWARDED, hop.as_str())];

        // Spoiling what the proxy appends on the same line leads to the proxy itself.
        prop_assert!(seen == address || seen == PROXY, "{}", seen);
        prop_assert_eq!(client(PROXY, &headers(&lines), &proxies()), address);
    }

    #[test]
    fn an_address_is_read_as_it_was_written(address in stranger()) {
        prop_assert_eq!(behind(&FORWARDED, &written(address)), address);
    }
}
