//! Columns that say who somebody is, by the rules of the server.

use gacp_auth::{ConsentDraft, Email, NationalId, Registration};
use garde::Validate;

use super::finding::Rule;

/// Whether a column identifies somebody.
pub(super) fn identifies(field: &str) -> bool {
    is_email(field) || is_national_id(field)
}

pub(super) fn is_email(field: &str) -> bool {
    ["email", "mail", "emailaddress"].contains(&&*bare(field))
}

fn is_national_id(field: &str) -> bool {
    bare(field) == "nationalid"
}

/// Whether two names are one: case, and what stands between words, aside.
pub(super) fn same_name(field: &str, cell: &str) -> bool {
    bare(field) == bare(cell)
}

fn bare(text: &str) -> String {
    text.chars().filter(|each| each.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What the server would say to a value: the rule, what is wrong, why that matters. The value itself
/// is not shown.
pub(super) fn refused(field: &str, cell: &str, email: &str) -> Option<(Rule, String, String)> {
    if is_email(field) {
        let refused = Email::parse(cell).err()?;
        let why = "no account has it, and none can be registered with it".to_owned();
        return Some((
            Rule::InvalidEmail,
            format!("`{field}` is no e-mail address: {refused}"),
            why,
        ));
    }
    if is_national_id(field) {
        let refused = NationalId::parse(cell).err()?;
        let why = "no account has it, and none can be registered with it".to_owned();
        return Some((
            Rule::InvalidNationalId,
            format!("`{field}` is no national ID: {refused}"),
            why,
        ));
    }
    if bare(field) != "password" {
        return None;
    }
    let codes = password_codes(cell, email);
    let why = "no account can be registered with it".to_owned();
    let what = format!("`{field}` is refused by the policy: {codes}");
    (!codes.is_empty()).then_some((Rule::RefusedPassword, what, why))
}

/// The rules that a password breaks, as a client sees them.
fn password_codes(password: &str, email: &str) -> String {
    let draft = Registration {
        email: email.to_owned(),
        password: password.to_owned(),
        full_name: "สมหญิง แก้วมณี".to_owned(),
        phone: "0812345678".to_owned(),
        national_id: "1234567890121".to_owned(),
        address: None,
        consent: ConsentDraft { terms_version: "1".to_owned(), privacy_version: "1".to_owned() },
    };
    let Err(report) = draft.validate() else { return String::new() };
    let broken = report.iter().filter(|(path, _)| path.to_string() == "password");
    broken.map(|(_, error)| error.message().to_owned()).collect::<Vec<_>>().join(", ")
}
