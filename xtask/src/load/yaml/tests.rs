use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::Node;

#[test]
fn every_value_knows_its_line() {
    let document = Node::parse("a: 1\nb:\n  - x\n  - { y: [true, ~] }\n").unwrap();

    let shown = format!("{document:?}");
    assert_eq!(document.json(), json!({"a": 1, "b": ["x", {"y": [true, null]}]}));
    assert!(shown.contains("key: \"y\", line: 4"), "{shown}");
}

#[test]
fn only_what_stands_without_quotes_is_more_than_text() {
    let document = Node::parse("[1, '1', 1.5, 010, yes, \"true\", true, -3, 1e3, 1a]").unwrap();

    let read = json!([1, "1", 1.5, 10, "yes", "true", true, -3, 1000, "1a"]);
    assert_eq!(document.json(), read);
}

#[test]
fn what_is_not_read_is_refused_by_its_line() {
    for (text, line, what) in [
        ("", 1, "nothing"),
        ("a: 1\nb: &x 2\n", 2, "anchors"),
        ("a: !tag 1\n", 1, "anchors"),
        ("a: 1\nb: 2\na: 3\n", 3, "`a` is there twice"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("a: [1\n", 2, "no YAML"),
        ("? [x]\n: 1\n", 1, "a key that is no text"),
    ] {
        let refusal = Node::parse(text).unwrap_err();

        assert!(refusal.what.contains(what), "{text:?}: {refusal:?}");
        assert!(refusal.line == line || what == "no YAML", "{text:?}: {refusal:?}");
    }
    let deep = "[".repeat(200) + &"]".repeat(200);
    assert!(Node::parse(&deep).is_err());
}

fn values() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        "[ -~ก-๙]{0,12}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// JSON is YAML: what is written as the one is read as the other.
    #[test]
    fn json_reads_as_what_it_says(value in values()) {
        let read = Node::parse(&value.to_string()).unwrap();

        prop_assert_eq!(read.json(), value);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\PC\n\t]{0,200}") {
        Node::parse(&text).ok();
    }
}
