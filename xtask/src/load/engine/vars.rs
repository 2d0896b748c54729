//! What a journey knows: what it was given, and what it kept of replies.

use std::rc::Rc;

use serde_json::Value as Json;

use super::super::data::Given;
use super::super::draw::Draw;
use super::super::path::Path;
use super::super::template::{Fill, Source};

/// What random texts are made of.
const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Variables by their names.
#[derive(Debug, Clone)]
pub(super) struct Vars {
    rows: Vec<Rc<Given>>,
    own: Vec<(String, Json)>,
    uuid: String,
    draw: Draw,
    /// The rows of which something was used since they were last asked for.
    used: Vec<Rc<Given>>,
}

impl Vars {
    pub(super) fn new(rows: Vec<Rc<Given>>, own: Vec<(String, Json)>, mut draw: Draw) -> Self {
        let uuid = uuid(&mut draw);
        Self { rows, own, uuid, draw, used: Vec::new() }
    }

    /// Gives a variable a value, in place of one that it had.
    pub(super) fn set(&mut self, name: &str, value: Json) {
        match self.own.iter_mut().find(|(known, _)| known == name) {
            Some((_, place)) => *place = value,
            None => self.own.push((name.to_owned(), value)),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        let own = self.own.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        own.or_else(|| self.rows.iter().find_map(|row| row.value(name)))
    }

    /// What a name in a condition stands for.
    pub(super) fn look_up(&self, name: &str) -> Option<Json> {
        let (name, path) = Path::from_name(name)?;
        path.first(self.get(&name)?).cloned()
    }

    /// Everything that was kept.
    pub(super) fn into_own(self) -> Vec<(String, Json)> {
        self.own
    }

    /// The rows that were used since this was last asked.
    pub(super) fn take_used(&mut self) -> Vec<Rc<Given>> {
        std::mem::take(&mut self.used)
    }

    pub(super) fn draw(&mut self) -> &mut Draw {
        &mut self.draw
    }

    /// Notes from which row a name comes.
    fn note(&mut self, name: &str) {
        if self.own.iter().any(|(known, _)| known == name) {
            return;
        }
        let from = self.rows.iter().find(|row| row.value(name).is_some());
        if let Some(row) = from.filter(|row| !self.used.iter().any(|used| Rc::ptr_eq(used, row))) {
            self.used.push(Rc::clone(row));
        }
    }
}

impl Fill for Vars {
    fn value(&mut self, source: &Source) -> Result<Json, String> {
        match source {
            Source::Variable { name, path } => {
                self.note(name);
                let value = self.get(name).and_then(|value| path.first(value));
                value.cloned().ok_or_else(|| source.shown())
            }
            Source::RandomString(length) => {
                let letter = |_nth| self.draw.one_of(ALPHABET).copied().map(char::from);
                Ok((0..*length).filter_map(letter).collect::<String>().into())
            }
            Source::RandomNumber(low, high) => {
                let span = high.abs_diff(*low).saturating_add(1);
                Ok(low.saturating_add_unsigned(self.draw.below(span)).into())
            }
            Source::Uuid => Ok(self.uuid.as_str().into()),
        }
    }
}

/// In the form of a random one (RFC 9562, version 4).
fn uuid(draw: &mut Draw) -> String {
    let (high, low) = (draw.number(), draw.number());
    let (high, low) = (
        high & 0xffff_ffff_ffff_0fff | 0x4000,
        low & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000,
    );
    let (first, second, third) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
    let (fourth, fifth) = (low >> 48, low & 0xffff_ffff_ffff);
    format!("{first:08x}-{second:04x}-{third:04x}-{fourth:04x}-{fifth:012x}")
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use serde_json::json;

    use super::Vars;
    use crate::load::data::Given;
    use crate::load::draw::Draw;
    use crate::load::template::Template;

    fn vars() -> Vars {
        let values = vec![(Rc::from("email"), json!("a@b.example"))];
        let row = Rc::new(Given { file: Rc::from("users.csv"), line: 3, values });
        Vars::new(vec![row], vec![("crop".to_owned(), json!("plai"))], Draw::of(42, 1))
    }

    fn filled(vars: &mut Vars, text: &str) -> String {
        Template::parse(text).unwrap().text(vars).unwrap()
    }

    #[test]
    fn rows_are_noted_when_something_of_them_is_used() {
        let mut vars = vars();

        filled(&mut vars, "{{ crop }}");
        assert!(vars.take_used().is_empty());
        filled(&mut vars, "{{ email }} {{ email }}");
        assert_eq!(vars.take_used().iter().map(|row| row.line).collect::<Vec<_>>(), [3]);
        assert!(vars.take_used().is_empty());
    }

    #[test]
    fn what_is_set_comes_before_what_was_given() {
        let mut vars = vars();
        vars.set("email", json!("c@d.example"));
        vars.set("crop", json!({"name": ["ginger"]}));

        assert_eq!(filled(&mut vars, "{{ email }} {{ crop.name[0] }}"), "c@d.example ginger");
        assert_eq!(vars.look_up("crop.name[0]"), Some(json!("ginger")));
        assert!(vars.take_used().is_empty());
    }

    #[test]
    fn what_is_random_repeats_with_the_seed() {
        let of = |text| filled(&mut vars(), text);

        assert_eq!(of("{{ $randomString(20) }}"), of("{{ $randomString(20) }}"));
        assert_eq!(of("{{ $randomString(20) }}").len(), 20);
        let number: i64 = of("{{ $randomNumber(-3, 3) }}").parse().unwrap();
        assert!((-3..=3).contains(&number));
        let uuid = of("{{ $uuid }}");
        assert_eq!((uuid.len(), uuid.as_bytes()[14]), (36, b'4'));
        assert!(b"89ab".contains(&uuid.as_bytes()[19]), "{uuid}");
    }
}
