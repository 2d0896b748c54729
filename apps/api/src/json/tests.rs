use std::collections::BTreeMap;
use std::net::SocketAddr;

use gacp_store::Violation;
use garde::Validate;
use jiff::Timestamp;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sample {
    #[garde(length(chars, min = 1, max = 5))]
    full_name: String,
    #[garde(range(max = 9))]
    count: u8,
    #[garde(skip)]
    change: i64,
    #[garde(skip)]
    area: f64,
    #[garde(skip)]
    agreed: bool,
    #[garde(skip)]
    note: Option<String>,
    #[garde(skip)]
    kind: Kind,
    #[garde(dive)]
    address: Address,
    #[garde(length(max = 3), dive)]
    lines: Vec<Address>,
    #[garde(skip)]
    tags: BTreeMap<String, Vec<u16>>,
    #[garde(skip)]
    point: [f64; 2],
    #[garde(skip)]
    at: Timestamp,
    #[garde(skip)]
    id: Option<Uuid>,
    #[garde(skip)]
    extra: serde_json::Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    OnSite,
    Video,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Address {
    #[garde(length(chars, min = 1))]
    house_no: String,
    #[garde(inner(length(chars, max = 2)))]
    moo: Option<String>,
}

fn sample() -> Sample {
    Sample {
        full_name: "สมชาย".to_owned(),
        count: 9,
        change: -3,
        area: 12.5,
        agreed: true,
        note: None,
        kind: Kind::Video,
        address: Address { house_no: "1/2".to_owned(), moo: Some("3".to_owned()) },
        lines: vec![Address { house_no: "4".to_owned(), moo: None }],
        tags: BTreeMap::from([("a/b".to_owned(), vec![1, 2])]),
        point: [98.9, 18.7],
        at: Timestamp::UNIX_EPOCH,
        id: Some(Uuid::nil()),
        extra: serde_json::json!({"any": [null, 1.5, -1, "thing"]}),
    }
}

fn parse(text: &str) -> Node {
    Node::parse(text.as_bytes()).unwrap()
}

fn rows(violations: &[Violation]) -> Vec<(&str, &str)> {
    violations.iter().map(|v| (v.pointer.as_str(), v.code.as_str())).collect()
}

/// The sample as JSON with some members replaced or added, read.
fn violations_with(changes: &[(&str, &str)]) -> Vec<Violation> {
    let mut document = serde_json::to_value(sample()).unwrap();
    for (pointer, value) in changes {
        let value = serde_json::from_str(value).unwrap();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[key] = value;
    }
    let node = Node::parse(document.to_string().as_bytes()).unwrap();
    submitted::<Sample>(&node).err().map_or_else(Vec::new, gacp_store::Violations::into_vec)
}

#[test]
fn what_is_no_single_json_document_is_unreadable() {
    let deepest = format!("{}1{}", "[".repeat(32), "]".repeat(32));
    let too_deep = format!("[{deepest}]");
    let unreadable: [&[u8]; 10] = [
        b"",
        b"{",
        b"{} {}",
        b"[1,]",
        b"nul",
        b"{\"a\" 1}",
        b"\"\\ud800\"",
        b"\"\xff\"",
        b"{\"\\udc00\": 1}",
        too_deep.as_bytes(),
    ];

    for bytes in unreadable {
        assert!(Node::parse(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
    }

    assert!(Node::parse(deepest.as_bytes()).is_ok());
}

#[test]
fn an_empty_object_lacks_every_field_that_is_not_optional() {
    let found = submitted::<Sample>(&Node::empty()).unwrap_err().into_vec();

    let pointers: Vec<_> = found.iter().map(|violation| violation.pointer.as_str()).collect();
    let all = [
        "/fullName",
        "/count",
        "/change",
        "/area",
        "/agreed",
        "/kind",
        "/address",
        "/lines",
        "/tags",
        "/point",
        "/at",
        "/extra",
    ];
    assert_eq!(pointers, all);
    assert!(found.iter().all(|violation| violation.code == "required"), "{found:?}");
}

#[test]
fn wrong_types_unknown_keys_and_broken_rules_are_reported_together() {
    let found = violations_with(&[
        ("/fullName", "7"),
        ("/count", "10"),
        ("/agreed", "null"),
        ("/note", "[]"),
        ("/kind", "\"by-post\""),
        ("/address/houseNo", "\"\""),
        ("/address/a~b", "1"),
        ("/lines", r#"[{"houseNo": "1"}, 5, {"moo": "123"}]"#),
        ("/point", "[1]"),
        ("/id", "\"no\""),
        ("/at", "\"yesterday\""),
        ("/colour", "1"),
    ]);

    assert_eq!(
        rows(&found),
        [
            ("/fullName", "wrong-type"),
            ("/count", "out-of-range"),
            ("/agreed", "wrong-type"),
            ("/note", "wrong-type"),
            ("/kind", "invalid-format"),
            ("/address/houseNo", "too-short"),
            ("/address/a~0b", "unknown-field"),
            ("/lines/1", "wrong-type"),
            ("/lines/2/houseNo", "required"),
            ("/lines/2/moo", "too-long"),
            ("/point", "too-short"),
            ("/at", "invalid-format"),
            ("/id", "invalid-format"),
            ("/colour", "unknown-field"),
        ]
    );
}

#[test]
fn numbers_are_taken_exactly_or_refused() {
    assert_eq!(rows(&violations_with(&[("/count", "3.0"), ("/area", "4")])), []);
    let cases = [
        ("/count", "-1", "out-of-range"),
        ("/count", "256", "out-of-range"),
        ("/count", "1.5", "wrong-type"),
        ("/change", "9223372036854775808", "out-of-range"),
        ("/change", "1e300", "out-of-range"),
        ("/area", "\"1\"", "wrong-type"),
        ("/tags", r#"{"a/b": [1, 70000]}"#, "out-of-range"),
    ];
    for (pointer, value, code) in cases {
        let found = violations_with(&[(pointer, value)]);
        assert_eq!(found.len(), 1, "{pointer} {value}");
        assert_eq!(found[0].code, code, "{pointer} {value}");
    }
    let found = violations_with(&[("/tags", r#"{"a/b": [1, 70000]}"#)]);
    assert_eq!(found[0].pointer, "/tags/a~1b/1");
}

#[test]
fn duplicate_keys_are_reported_once_wherever_they_are() {
    let text = serde_json::to_string(&sample()).unwrap();
    let text = text.replacen('{', r#"{"count": 1, "count": 2, "#, 1);
    let text = text.replace(r#""any":"#, r#""any": 1, "any":"#);

    let found = submitted::<Sample>(&parse(&text)).unwrap_err().into_vec();

    assert_eq!(rows(&found), [("/count", "duplicate-key"), ("/extra/any", "duplicate-key")]);
}

#[test]
fn only_an_object_can_be_a_draft() {
    for text in ["null", "1", "\"x\"", "[]", "true"] {
        let found = submitted::<Sample>(&parse(text)).unwrap_err().into_vec();
        assert_eq!(rows(&found), [("", "wrong-type")], "{text}");
    }
}

#[test]
fn a_value_that_nothing_can_stand_in_for_hides_no_other_problem() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its reading is looked at")]
    struct Listener {
        address: SocketAddr,
        other: SocketAddr,
        name: String,
    }
    let node = parse(r#"{"address": "here", "other": "there", "name": 1}"#);

    let (value, found) = read::<Listener>(&node);

    assert!(value.is_none());
    let expected =
        [("/address", "invalid-format"), ("/other", "invalid-format"), ("/name", "wrong-type")];
    assert_eq!(rows(&found), expected);
}

#[test]
fn a_loose_text_counts_as_what_it_can_be_read_as() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Settings {
        on: bool,
        seconds: u32,
        kind: Kind,
        origins: Vec<String>,
        name: Option<String>,
    }
    let loose = |key: &str, text: &str| (key.to_owned(), Node::Loose(text.to_owned()));
    let node = Node::Object(vec![
        loose("on", "true"),
        loose("seconds", "30"),
        loose("kind", "on-site"),
        loose("origins", "https://a.example, https://b.example"),
    ]);

    let (settings, found) = read::<Settings>(&node);
    let (_, broken) = read::<Settings>(&Node::Object(vec![loose("on", "yes")]));

    assert!(found.is_empty(), "{found:?}");
    assert_eq!(settings.unwrap().origins, ["https://a.example", "https://b.example"]);
    assert_eq!(broken[0].code, "wrong-type");
}

/// Any JSON document, with keys that the sample knows more often than not.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let key = prop_oneof![
        prop::sample::select(vec![
            "fullName", "count", "change", "area", "kind", "address", "houseNo", "lines", "tags",
            "point", "at", "id", "extra", "note",
        ])
        .prop_map(str::to_owned),
        "[a-z~/]{0,3}",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "\\PC{0,6}".prop_map(Into::into),
        Just("on-site".into()),
        Just("2026-01-05T02:00:00Z".into()),
    ];
    leaf.prop_recursive(5, 48, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::hash_map(key.clone(), inner, 0..10)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

fn valid() -> impl Strategy<Value = Sample> {
    ("[ก-ฮa-z]{1,5}", 0_u8..=9, any::<i64>(), -1e6..1e6, json(), 0_i64..=4_102_444_800).prop_map(
        |(full_name, count, change, area, extra, second)| Sample {
            full_name,
            count,
            change,
            area,
            at: Timestamp::from_second(second).unwrap(),
            extra,
            ..sample()
        },
    )
}

proptest! {
    #[test]
    fn any_document_is_read_or_refused_with_reasons(document in json()) {
        let node = Node::parse(document.to_string().as_bytes()).unwrap();

        let outcome = submitted::<Sample>(&node);

        let plain = serde_json::from_value::<Sample>(document);
        match outcome {
            Ok(draft) => prop_assert_eq!(draft.into_inner(), plain.unwrap()),
            Err(violations) => prop_assert!(violations.iter().count() > 0),
        }
    }

    #[test]
    fn a_valid_document_is_read_as_serde_json_reads_it(sample in valid()) {
        let text = serde_json::to_string(&sample).unwrap();
        let plain: Sample = serde_json::from_str(&text).unwrap();

        let draft = submitted::<Sample>(&Node::parse(text.as_bytes()).unwrap());

        prop_assert_eq!(draft.unwrap().into_inner(), plain);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(node) = Node::parse(&bytes) {
            let _ = submitted::<Sample>(&node);
        }
    }
}
