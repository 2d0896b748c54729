//! What a reply is worth: its status, what was expected of it, what was to be kept of it.

use serde_json::Value as Json;

use super::super::path::Path;
use super::super::scenario::{Check, Origin, Request};
use super::super::template::Template;
use super::vars::Vars;
use crate::http1::Message;

/// How much of a value is shown when it is not the expected one, in characters.
const SHOWN: usize = 80;

/// A reply, judged.
#[derive(Debug, Default)]
pub(in crate::load) struct Judged {
    /// The kind of each expectation, and what is wrong with one that is not met.
    pub(in crate::load) checks: Vec<(&'static str, Option<String>)>,
    /// The name of each capture, and whether it was there.
    pub(in crate::load) captures: Vec<(String, bool)>,
    /// Whether a capture is missing without which the journey ends.
    pub(in crate::load) ends: bool,
    /// Whether the status is that of a failure, and nobody expected it.
    pub(in crate::load) is_refusal: bool,
}

impl Judged {
    /// Whether there is nothing wrong with it.
    pub(in crate::load) fn is_good(&self) -> bool {
        !self.is_refusal && !self.ends && self.checks.iter().all(|(_, unmet)| unmet.is_none())
    }

    /// What was expected and did not come, in words.
    pub(in crate::load) fn unmet(&self) -> Vec<String> {
        let checks = self.checks.iter().filter_map(|(_, unmet)| unmet.clone());
        let missing = self.captures.iter().filter(|(_, is_there)| !is_there);
        checks.chain(missing.map(|(name, _)| format!("`{name}` could not be captured"))).collect()
    }
}

/// Looks at a reply, and keeps what is to be kept of it.
pub(super) fn judge(request: &Request, reply: &Message, status: u16, vars: &mut Vars) -> Judged {
    let mut judged = Judged::default();
    let mut reply = Reply { message: reply, status, json: None };
    for capture in &request.captures {
        let found = reply.find(&capture.origin, vars);
        judged.captures.push((capture.name.clone(), found.is_some()));
        match found {
            Some(value) => vars.set(&capture.name, value),
            None => judged.ends |= capture.is_strict,
        }
    }
    let mut is_expected = false;
    for expectation in &request.expectations {
        let check = &expectation.check;
        let unmet = reply.unmet(check, vars);
        let names_status = matches!(check, Check::Status(_) | Check::NotStatus(_));
        is_expected |= names_status && unmet.is_none();
        judged.checks.push((check.kind(), unmet));
    }
    judged.is_refusal = status >= 400 && !is_expected;
    judged
}

struct Reply<'a> {
    message: &'a Message,
    status: u16,
    /// Read once something in it is asked for.
    json: Option<Json>,
}

impl Reply<'_> {
    fn json(&mut self) -> &Json {
        let body = self.message.body();
        self.json.get_or_insert_with(|| serde_json::from_slice(body).unwrap_or_default())
    }

    /// What is to be kept; an empty text is as good as none, as Artillery has it.
    fn find(&mut self, origin: &Origin, vars: &mut Vars) -> Option<Json> {
        let found = match origin {
            Origin::Json(path) => {
                let all = path.all(self.json());
                // One of several: any.
                vars.draw().one_of(&all).map(|value| (*value).clone())
            }
            Origin::Header(name) => self.message.header(name).map(Json::from),
            Origin::Pattern { pattern, group } => {
                let body = String::from_utf8_lossy(self.message.body());
                let found = pattern.captures(&body)?;
                let part = match group.as_deref() {
                    None => found.get(0),
                    Some(group) => match group.parse() {
                        Ok(number) => found.get(number),
                        Err(_name) => found.name(group),
                    },
                };
                part.map(|part| Json::from(part.as_str()))
            }
        };
        found.filter(|value| value.as_str() != Some(""))
    }

    /// What is wrong, when the reply is not as expected.
    fn unmet(&mut self, check: &Check, vars: &mut Vars) -> Option<String> {
        match check {
            Check::Status(wanted) => {
                let status = self.status;
                (!wanted.contains(&status)).then(|| format!("status {status}, not {wanted:?}"))
            }
            Check::NotStatus(refused) => {
                let status = self.status;
                refused.contains(&status).then(|| format!("status {status}"))
            }
            Check::ContentType(wanted) => self.other_kind(wanted),
            Check::HasProperty(path) => self.lacks(path),
            Check::LacksProperty(path) => {
                let is_there = path.first(self.json()).is_some();
                is_there.then(|| format!("`{}` is there", path.shown().trim_start_matches('.')))
            }
            Check::HasHeader(name) => {
                self.message.header(name).is_none().then(|| format!("no header `{name}`"))
            }
            Check::HeaderEquals(name, wanted) => {
                let wanted = filled(wanted, vars);
                let there = self.message.header(name).unwrap_or_default();
                let is_other = wanted.as_deref() != Ok(there);
                is_other.then(|| format!("the header `{name}` is {:?}", short(there)))
            }
            Check::Equals(templates) => differ(templates, vars),
            Check::Matches(pattern) => {
                let body = String::from_utf8_lossy(self.message.body());
                (!pattern.is_match(&body)).then(|| format!("nothing matches `{pattern}`"))
            }
        }
    }

    fn other_kind(&mut self, wanted: &str) -> Option<String> {
        let kind = self.message.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let is_met = if wanted == "json" {
            kind.contains("json") && (self.json().is_object() || self.json().is_array())
        } else {
            kind == wanted.to_ascii_lowercase()
        };
        (!is_met).then(|| format!("the content type is {kind:?}, not {wanted:?}"))
    }

    fn lacks(&mut self, path: &Path) -> Option<String> {
        let json = self.json();
        if path.first(json).is_some() {
            return None;
        }
        let (reached, keys) = path.reached(json);
        let wanted = path.shown();
        let wanted = wanted.trim_start_matches('.');
        let place = if reached.is_empty() { "the reply" } else { reached.trim_start_matches('.') };
        let keys = if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") };
        Some(format!("no `{wanted}`: {place} has {}", short(&keys)))
    }
}

fn filled(template: &Template, vars: &mut Vars) -> Result<String, String> {
    template.text(vars)
}

fn differ(templates: &[Template], vars: &mut Vars) -> Option<String> {
    let values: Result<Vec<String>, String> =
        templates.iter().map(|template| filled(template, vars)).collect();
    match values {
        Err(name) => Some(format!("`{name}` has no value")),
        Ok(values) => {
            let first = values.first();
            let differ = values.iter().any(|value| Some(value) != first);
            differ.then(|| "values that should be the same differ".to_owned())
        }
    }
}

/// The beginning of a text.
fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
