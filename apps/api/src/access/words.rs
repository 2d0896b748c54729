//! Rules in words, for the description of the API and for `docs/access.md`.

use super::{Case, Party, Row, Rule, Subject, Thing, When};

impl Row {
    /// Who may call it, as its description says it.
    pub(crate) fn who(&self) -> String {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for case in self.cases() {
            let (label, who) = (self.label(case), case.rule().who());
            match groups.last_mut().filter(|(last, _)| *last == who) {
                Some((_, labels)) => labels.push(label),
                None => groups.push((who, vec![label])),
            }
        }
        let line = |(who, labels): &(String, Vec<String>)| match labels.join(", ").as_str() {
            "" => who.clone(),
            labels => format!("{labels}: {who}"),
        };
        groups.iter().map(line).collect::<Vec<_>>().join("; ")
    }

    /// What tells one of its cases from the others; nothing when there are none.
    pub fn label(&self, case: &Case) -> String {
        let label = match case.when() {
            When::Always if self.cases().len() > 1 => "otherwise".to_owned(),
            When::Always => String::new(),
            When::Action(name) => format!("`{name}`"),
            When::Query(name, value) => format!("with `{name}={value}`"),
        };
        match case.status() {
            Some(status) => format!("{label} in `{status}`"),
            None => label,
        }
    }
}

impl Rule {
    fn who(&self) -> String {
        let parties: Vec<_> = self.parties().iter().map(|party| party.words()).collect();
        let parties = either(&parties);
        match self.subject() {
            Subject::Many(Thing::Session) => format!("{parties}; everybody finds his own"),
            Subject::Many(_) => format!("{parties}; farmers find their own, staff everybody's"),
            Subject::Nothing | Subject::One(_) => parties,
        }
    }
}

impl Party {
    fn words(self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::RefreshToken => "whoever holds a refresh token",
            Self::SignedIn => "whoever is signed in",
            Self::Role(role) => role.as_str(),
            Self::Staff => "staff",
            Self::Owner => "the owner",
            Self::Holder => "its holder",
            Self::InspectorNamed => "the INSPECTOR named",
        }
    }
}

/// `a`, `a or b`, `a, b or c`.
fn either(names: &[&str]) -> String {
    match names {
        [] => "nobody".to_owned(),
        [name] => (*name).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
