//! The command that asks the same once more.

use super::super::engine::Asked;

/// Members of a body that nobody should read in a report, in lower case.
const SECRET: [&str; 4] = ["password", "token", "secret", "nationalid"];

/// What no text of a request has in it, and how JSON writes it.
const MARK: char = '\u{1}';
const MARK_IN_JSON: &str = r"\u0001";

/// A command for a POSIX shell; what is secret is a variable of it.
pub(super) fn curl(base: &str, asked: &Asked) -> String {
    let mut command =
        format!("curl -sS -X {} {}", asked.method, quoted(&format!("{base}{}", asked.path)));
    for (name, value) in &asked.headers {
        let is_secret = ["authorization", "cookie"].contains(&&*name.to_ascii_lowercase());
        let shown = match (is_secret, value.strip_prefix("Bearer ")) {
            (true, Some(_)) => format!(" -H \"{name}: Bearer $TOKEN\""),
            (true, None) => format!(" -H \"{name}: ${}\"", name.to_ascii_uppercase()),
            (false, _) => format!(" -H {}", quoted(&format!("{name}: {value}"))),
        };
        command.push_str(&shown);
    }
    if !asked.body.is_empty() {
        command.push_str(" --data-raw ");
        command.push_str(&body(&asked.body));
    }
    command
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn body(text: &str) -> String {
    let Ok(mut json) = serde_json::from_str(text) else { return quoted(text) };
    let mut hidden = Vec::new();
    hide(&mut json, &mut hidden);
    let mut shown = quoted(&json.to_string());
    for name in hidden {
        // Out of the quotes, so that the shell fills it in.
        shown = shown.replace(&stand_in(&name), &format!("'\"${name}\"'"));
    }
    shown
}

fn stand_in(name: &str) -> String {
    format!("{MARK_IN_JSON}{name}{MARK_IN_JSON}")
}

/// Puts a mark in the place of each secret.
fn hide(json: &mut serde_json::Value, hidden: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(members) => {
            for (key, value) in members.iter_mut() {
                let name = key.to_ascii_lowercase();
                if value.is_string() && SECRET.iter().any(|secret| name.contains(secret)) {
                    let name: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
                    let name = name.to_ascii_uppercase();
                    *value = format!("{MARK}{name}{MARK}").into();
                    hidden.push(name);
                } else {
                    hide(value, hidden);
                }
            }
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(|it| hide(it, hidden)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::curl;
    use crate::load::engine::Asked;

    #[test]
    fn what_is_secret_is_left_to_who_asks_again() {
        let headers = [("Authorization", "Bearer secret"), ("Cookie", "a=secret"), ("X", "it's")];
        let asked = Asked {
            method: "POST",
            path: "/a?b=c".to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            body: r#"{"email":"a'b","nested":[{"newPassword":"secret"}]}"#.to_owned(),
        };

        let command = curl("http://127.0.0.1:1", &asked);

        let expected = concat!(
            r#"curl -sS -X POST 'http://127.0.0.1:1/a?b=c' -H "Authorization: Bearer $TOKEN" "#,
            r#"-H "Cookie: $COOKIE" -H 'X: it'\''s' "#,
            r#"--data-raw '{"email":"a'\''b","nested":[{"newPassword":"'"$NEWPASSWORD"'"}]}'"#
        );
        assert_eq!(command, expected);
    }
}
