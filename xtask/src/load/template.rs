//! Texts with something to fill in: `Bearer {{ token }}`, `{{ $randomNumber(1, 6) }}`.
//!
//! A template that is one variable and nothing else keeps the variable's kind: `"{{ count }}"` is a
//! number when `count` is one. Everywhere else it becomes text.

use serde_json::Value as Json;

use super::path::Path;

/// How long a random text is when nobody says, as Artillery has it.
const RANDOM_LENGTH: u32 = 10;

/// The longest random text.
const LONGEST_RANDOM: u32 = 10_000;

/// A text in its pieces.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Filled(Source),
}

/// Where that comes from which is filled in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    /// A variable, or something in it.
    Variable { name: String, path: Path },
    /// So many letters and digits.
    RandomString(u32),
    /// A whole number from the first to the second.
    RandomNumber(i64, i64),
    /// An id that differs from journey to journey.
    Uuid,
}

/// Whoever knows what is to be filled in.
pub(super) trait Fill {
    /// The value of a source; an error is the name of the variable that has none.
    fn value(&mut self, source: &Source) -> Result<Json, String>;
}

impl Template {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mut parts, mut left) = (Vec::new(), text);
        while let Some((before, rest)) = left.split_once("{{") {
            let Some((inside, after)) = rest.split_once("}}") else {
                return Err(format!("`{{{{` without its `}}}}` in {text:?}"));
            };
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Filled(Source::parse(inside.trim())?));
            left = after;
        }
        if !left.is_empty() {
            parts.push(Part::Text(left.to_owned()));
        }
        Ok(Self { parts })
    }

    /// Everything that is filled in.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Source> {
        self.parts.iter().filter_map(|part| match part {
            Part::Filled(source) => Some(source),
            Part::Text(_) => None,
        })
    }

    /// Everything that stands as it is.
    pub(super) fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Filled(_) => None,
        })
    }

    /// With everything filled in; a lone variable keeps its kind.
    pub(super) fn json(&self, fill: &mut impl Fill) -> Result<Json, String> {
        match self.parts.as_slice() {
            [Part::Filled(source)] => fill.value(source),
            _ => self.text(fill).map(Json::from),
        }
    }

    /// With everything filled in, as text.
    pub(super) fn text(&self, fill: &mut impl Fill) -> Result<String, String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Filled(source) => match fill.value(source)? {
                    Json::String(value) => text.push_str(&value),
                    other => text.push_str(&other.to_string()),
                },
            }
        }
        Ok(text)
    }

    /// As it was written, but for spaces.
    pub(super) fn shown(&self) -> String {
        let shown = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Filled(source) => format!("{{{{ {} }}}}", source.shown()),
        });
        shown.collect()
    }
}

impl Source {
    fn parse(inside: &str) -> Result<Self, String> {
        if let Some((name, arguments)) = inside.split_once('(') {
            let arguments = arguments.strip_suffix(')').map(arguments_of);
            return match (name.trim(), arguments.flatten().as_deref()) {
                ("$randomString", Some([])) => Ok(Self::RandomString(RANDOM_LENGTH)),
                ("$randomString", Some([length])) => match u32::try_from(*length) {
                    Ok(length) if length <= LONGEST_RANDOM => Ok(Self::RandomString(length)),
                    _ => Err(format!("a random text has at most {LONGEST_RANDOM} characters")),
                },
                ("$randomNumber", Some([low, high])) if low <= high => {
                    Ok(Self::RandomNumber(*low, *high))
                }
                _ => Err(format!(
                    "`{inside}` is not understood: there are $randomString(), \
                     $randomString(length), $randomNumber(from, to)"
                )),
            };
        }
        match inside {
            "$uuid" => Ok(Self::Uuid),
            "$loopCount" | "$loopElement" => Self::variable(inside),
            _ if inside.starts_with('$') => Err(format!(
                "`{inside}` is not understood: there are $uuid, $loopCount, $loopElement"
            )),
            _ => Self::variable(inside),
        }
    }

    fn variable(inside: &str) -> Result<Self, String> {
        let (name, path) = Path::from_name(inside).ok_or_else(|| {
            format!("`{inside}` is no variable such as `name` or `name.first[0]`")
        })?;
        Ok(Self::Variable { name, path })
    }

    pub(super) fn shown(&self) -> String {
        match self {
            Self::Variable { name, path } => format!("{name}{}", path.shown()),
            Self::RandomString(length) => format!("$randomString({length})"),
            Self::RandomNumber(low, high) => format!("$randomNumber({low}, {high})"),
            Self::Uuid => "$uuid".to_owned(),
        }
    }
}

/// Whole numbers with commas between them.
fn arguments_of(text: &str) -> Option<Vec<i64>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    text.split(',').map(|number| number.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests;
