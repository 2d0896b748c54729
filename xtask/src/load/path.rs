//! Where in a document a value stands: `$.data.tokens[0]` of a capture, `data.tokens[0]` of an
//! expectation or a template.

use serde_json::Value as Json;

/// A way into a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Path(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Key(String),
    Index(usize),
    /// Every element of a list.
    Every,
}

impl Path {
    /// The `JSONPath` that a capture names: keys, indexes and `[*]` (a part of RFC 9535).
    pub(super) fn json_path(text: &str) -> Result<Self, String> {
        let refused =
            || format!("`{text}` is no path such as $.data.tokens[0].id, $.data[*].id or $['key']");
        let rest = text.strip_prefix('$').ok_or_else(refused)?;
        segments(rest).map(Self).ok_or_else(refused)
    }

    /// A property as `lodash` writes it: `data.tokens[0].id`.
    pub(super) fn property(text: &str) -> Result<Self, String> {
        let refused = || format!("`{text}` is no property such as data.tokens[0].id");
        let path = segments(&format!(".{text}")).map(Self).ok_or_else(refused)?;
        if path.0.contains(&Segment::Every) { Err(refused()) } else { Ok(path) }
    }

    /// A variable, and what in it is meant.
    pub(super) fn from_name(text: &str) -> Option<(String, Self)> {
        let Self(mut segments) = Self::property(text).ok()?;
        if segments.is_empty() {
            return None;
        }
        match segments.remove(0) {
            Segment::Key(name) => Some((name, Self(segments))),
            _ => None,
        }
    }

    /// Everything that stands there.
    pub(super) fn all<'a>(&self, document: &'a Json) -> Vec<&'a Json> {
        let mut found = vec![document];
        for segment in &self.0 {
            found = found.into_iter().flat_map(|value| segment.of(value)).collect();
        }
        found
    }

    /// The first that stands there.
    pub(super) fn first<'a>(&self, document: &'a Json) -> Option<&'a Json> {
        self.all(document).first().copied()
    }

    /// The longest beginning of it that is there, and the keys that are found at its end.
    pub(super) fn reached(&self, document: &Json) -> (String, Vec<String>) {
        let mut at = document;
        let mut reached = Vec::new();
        for segment in &self.0 {
            let Some(next) = segment.of(at).first().copied() else { break };
            reached.push(segment.clone());
            at = next;
        }
        let keys = at.as_object().map(|object| object.keys().cloned().collect());
        (Self(reached).shown(), keys.unwrap_or_default())
    }

    /// `.data.tokens[0]`
    pub(super) fn shown(&self) -> String {
        let shown = self.0.iter().map(|segment| match segment {
            Segment::Key(key) if key.chars().all(in_name) => format!(".{key}"),
            Segment::Key(key) => format!("['{key}']"),
            Segment::Index(index) => format!("[{index}]"),
            Segment::Every => "[*]".to_owned(),
        });
        shown.collect()
    }
}

impl Segment {
    fn of<'a>(&self, value: &'a Json) -> Vec<&'a Json> {
        match self {
            Self::Key(key) => value.get(key).into_iter().collect(),
            Self::Index(index) => value.get(index).into_iter().collect(),
            Self::Every => value.as_array().map(Vec::as_slice).unwrap_or_default().iter().collect(),
        }
    }
}

/// What may stand in a name without quotes.
fn in_name(character: char) -> bool {
    character.is_alphanumeric() || "_$-".contains(character)
}

fn segments(mut left: &str) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    while !left.is_empty() {
        let (segment, rest) = match left.strip_prefix('[') {
            Some(inside) => bracketed(inside)?,
            None => dotted(left.strip_prefix('.')?)?,
        };
        segments.push(segment);
        left = rest;
    }
    Some(segments)
}

fn dotted(text: &str) -> Option<(Segment, &str)> {
    if let Some(rest) = text.strip_prefix('*') {
        return Some((Segment::Every, rest));
    }
    let end = text.find(|character| !in_name(character)).unwrap_or(text.len());
    let (key, rest) = text.split_at(end);
    (!key.is_empty()).then(|| (Segment::Key(key.to_owned()), rest))
}

fn bracketed(inside: &str) -> Option<(Segment, &str)> {
    for quote in ['\'', '"'] {
        if let Some(quoted) = inside.strip_prefix(quote) {
            let (key, rest) = quoted.split_once(quote)?;
            return Some((Segment::Key(key.to_owned()), rest.strip_prefix(']')?));
        }
    }
    let (index, rest) = inside.split_once(']')?;
    let segment = match index {
        "*" => Segment::Every,
        digits => Segment::Index(digits.parse().ok()?),
    };
    Some((segment, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::Path;

    #[test]
    fn a_path_leads_to_its_value() {
        let document = json!({"data": {"list": [{"id": 1}, {"id": 2}], "a b": true}});
        let at =
            |path| Path::json_path(path).unwrap().all(&document).into_iter().cloned().collect();

        let found: Vec<Vec<serde_json::Value>> =
            vec![at("$.data.list[1].id"), at("$.data.list[*].id"), at("$['data']['a b']")];

        assert_eq!(found, [vec![json!(2)], vec![json!(1), json!(2)], vec![json!(true)]]);
        assert_eq!(at("$.data.none"), Vec::<serde_json::Value>::new());
    }

    #[test]
    fn how_far_it_leads_is_said() {
        let path = Path::property("data.tokens.refresh").unwrap();

        let reached = path.reached(&json!({"data": {"token": 1, "user": 2}}));

        assert_eq!(reached, (".data".to_owned(), vec!["token".to_owned(), "user".to_owned()]));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["data", "$..id", "$.a[?(@.b)]", "$.a[1:2]", "$.", "$[", "$['a]", ""] {
            assert!(Path::json_path(text).is_err(), "{text}");
        }
        for text in ["", ".", "a..b", "a[*]", "a b"] {
            assert!(Path::property(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_as_the_same(text in "[a-z.\\[\\]'0-9*$]{0,20}") {
            if let Ok(path) = Path::json_path(&format!("${text}")) {
                prop_assert_eq!(Path::json_path(&format!("${}", path.shown())), Ok(path));
            }
        }
    }
}
