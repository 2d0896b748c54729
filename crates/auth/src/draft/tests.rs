use gacp_store::Violations;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;

fn registration() -> Value {
    json!({
        "email": "somchai@example.org",
        "password": "correct-rice-battery",
        "fullName": "สมชาย ใจดี",
        "phone": "081-234-5678",
        "nationalId": "1-2345-67890-12-1",
        "address": {
            "houseNo": "99/1", "moo": "5", "tambon": "หนองหาร", "amphoe": "สันทราย",
            "changwat": "เชียงใหม่", "postalCode": "50290"
        },
        "consent": { "termsVersion": "2026-01", "privacyVersion": "2026-01" }
    })
}

fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

/// Pointer, code and limit of everything that is wrong with a body.
fn wrong<T>(body: Value) -> Vec<(String, String, Option<String>)>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    let draft: T = serde_json::from_value(body).unwrap();
    let found = Violations::check(draft).err().map(Violations::into_vec).unwrap_or_default();
    found.into_iter().map(|v| (v.pointer, v.code, v.limit)).collect()
}

fn at_one_place<T>(body: Value) -> (String, String)
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    let found = wrong::<T>(body);
    assert_eq!(found.len(), 1, "{found:?}");
    let (pointer, code, _) = found.into_iter().next().unwrap();
    (pointer, code)
}

#[test]
fn a_sound_registration_has_nothing_wrong() {
    assert_eq!(wrong::<Registration>(registration()), []);
    let mut bare = registration();
    bare.as_object_mut().unwrap().remove("address");
    assert_eq!(wrong::<Registration>(bare), []);
}

#[test]
fn each_field_is_refused_at_its_own_place() {
    for (pointer, value, code) in [
        ("/email", json!("somchai"), "invalid-format"),
        ("/password", json!("short"), "too-short"),
        ("/password", json!("ก".repeat(129)), "too-long"),
        ("/password", json!("password1234"), "invalid-format"),
        ("/password", json!("I am somchai, really"), "invalid-format"),
        ("/password", json!("I am สมชาย, really"), "invalid-format"),
        ("/fullName", json!(" \t "), "too-short"),
        ("/fullName", json!("ก".repeat(121)), "too-long"),
        ("/fullName", json!("สม\u{7}ชาย"), "invalid-format"),
        ("/phone", json!("12345"), "invalid-format"),
        ("/nationalId", json!("12345"), "invalid-format"),
        ("/nationalId", json!("1234567890123"), "invalid-checksum"),
        ("/address/houseNo", json!(""), "too-short"),
        ("/address/moo", json!(" "), "too-short"),
        ("/address/postalCode", json!("5029"), "invalid-format"),
        ("/address/postalCode", json!("๕๐๒๙๐"), "invalid-format"),
        ("/consent/termsVersion", json!(""), "too-short"),
        ("/consent/privacyVersion", json!("x".repeat(33)), "too-long"),
    ] {
        let found = at_one_place::<Registration>(with(registration(), pointer, value));
        assert_eq!(found, (pointer.to_owned(), code.to_owned()));
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let body = json!({
        "email": "", "password": "", "fullName": "", "phone": "", "nationalId": "",
        "consent": { "termsVersion": "", "privacyVersion": "" }
    });

    let found = wrong::<Registration>(body);

    let rows: Vec<_> = found.iter().map(|(pointer, code, _)| (&**pointer, &**code)).collect();
    assert_eq!(
        rows,
        [
            ("/consent/privacyVersion", "too-short"),
            ("/consent/termsVersion", "too-short"),
            ("/email", "invalid-format"),
            ("/fullName", "too-short"),
            ("/nationalId", "invalid-format"),
            ("/password", "too-short"),
            ("/phone", "invalid-format"),
        ]
    );
    assert_eq!(found[5].2.as_deref(), Some("12"));
}

#[test]
fn a_role_is_no_part_of_a_registration() {
    let mut body = registration();
    body["role"] = json!("ADMIN");

    let outcome = serde_json::from_value::<Registration>(body);

    assert!(outcome.unwrap_err().to_string().contains("unknown field `role`"));
}

#[test]
fn staff_cannot_be_farmers() {
    let staff = |role: &str| {
        json!({
            "email": "malee@example.org", "fullName": "มาลี สุขใจ", "role": role,
            "password": "correct-rice-battery"
        })
    };

    assert_eq!(wrong::<StaffDraft>(staff("INSPECTOR")), []);
    let found = at_one_place::<StaffDraft>(staff("FARMER"));
    assert_eq!(found, ("/role".to_owned(), "out-of-range".to_owned()));
}

#[test]
fn a_login_names_the_account_in_one_way() {
    let both = json!({ "email": "a@b.org", "nationalId": "1234567890121", "password": "x" });

    assert_eq!(wrong::<LoginDraft>(json!({ "email": "no address", "password": "" })), []);
    assert_eq!(wrong::<LoginDraft>(json!({ "nationalId": "no number", "password": "" })), []);
    let neither = at_one_place::<LoginDraft>(json!({ "password": "x" }));
    assert_eq!(neither, ("/email".to_owned(), "required".to_owned()));
    let found = at_one_place::<LoginDraft>(both);
    assert_eq!(found, ("/email".to_owned(), "invalid-format".to_owned()));
}

#[test]
fn a_patch_checks_what_it_names() {
    assert_eq!(wrong::<ProfilePatch>(json!({})), []);
    let found = wrong::<ProfilePatch>(json!({ "fullName": "", "phone": "1" }));
    let pointers: Vec<_> = found.iter().map(|(pointer, _, _)| pointer.as_str()).collect();
    assert_eq!(pointers, ["/fullName", "/phone"]);
}

#[test]
fn no_draft_with_a_secret_shows_anything() {
    let draft: Registration = serde_json::from_value(registration()).unwrap();

    let shown = format!("{draft:?} {:?}", Violations::check(draft.clone()));

    assert_eq!(shown, "Registration { .. } Ok(Valid(Registration { .. }))");
}
