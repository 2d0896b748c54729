use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Fill, Source, Template};

/// Knows one variable.
struct One;

impl Fill for One {
    fn value(&mut self, source: &Source) -> Result<Json, String> {
        match source {
            Source::Variable { name, path } if name == "user" => {
                let user = json!({"id": 7, "names": ["Somying", "Kaew"]});
                path.first(&user).cloned().ok_or_else(|| name.clone())
            }
            Source::Variable { name, .. } => Err(name.clone()),
            other => Ok(Json::from(other.shown())),
        }
    }
}

fn filled(text: &str) -> Result<Json, String> {
    Template::parse(text).unwrap().json(&mut One)
}

#[test]
fn a_lone_variable_keeps_its_kind() {
    assert_eq!(filled("{{ user.id }}"), Ok(json!(7)));
    assert_eq!(filled("{{user.names[1]}}"), Ok(json!("Kaew")));
    assert_eq!(filled("no. {{ user.id }}"), Ok(json!("no. 7")));
    assert_eq!(filled("{{ user.names }}!"), Ok(json!(r#"["Somying","Kaew"]!"#)));
    assert_eq!(filled("plain"), Ok(json!("plain")));
    assert_eq!(filled(""), Ok(json!("")));
}

#[test]
fn a_variable_without_a_value_is_named() {
    assert_eq!(filled("a {{ token }}"), Err("token".to_owned()));
    assert_eq!(filled("{{ user.email }}"), Err("user".to_owned()));
}

#[test]
fn functions_have_their_arguments() {
    let read = |text| Template::parse(text).map(|template| template.shown());

    assert_eq!(read("{{ $randomString() }}").unwrap(), "{{ $randomString(10) }}");
    assert_eq!(read("{{$randomNumber( 1,6 )}}").unwrap(), "{{ $randomNumber(1, 6) }}");
    assert_eq!(read("{{ $uuid }}").unwrap(), "{{ $uuid }}");
    for text in [
        "{{ open",
        "{{ $randomNumber(6, 1) }}",
        "{{ $randomString(99999) }}",
        "{{ $randomNumber(1) }}",
        "{{ $env.HOME }}",
        "{{ $faker() }}",
        "{{ a b }}",
        "{{ }}",
        "{{ a.b[x] }}",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn a_text_without_braces_is_left_as_it_is(text in "[^{}]{0,40}") {
        prop_assert_eq!(filled(&text), Ok(Json::from(text)));
    }

    #[test]
    fn what_is_shown_reads_as_the_same(text in "[a-z{} .$()0-9,]{0,40}") {
        if let Ok(template) = Template::parse(&text) {
            prop_assert_eq!(Template::parse(&template.shown()), Ok(template));
        }
    }
}
