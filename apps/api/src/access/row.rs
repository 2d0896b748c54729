//! One row: an operation, and its rule in each case that is told apart.

use actix_web::http::Method;

use super::Rule;

/// Who may call one operation.
#[derive(Debug)]
pub struct Row {
    pub(super) id: &'static str,
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) cases: &'static [Case],
}

/// The rule of an operation, always or in one case.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    when: When,
    status: Option<&'static str>,
    rule: Rule,
}

/// Which requests a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// All of them.
    Always,
    /// Those that name this action in their path.
    Action(&'static str),
    /// Those with this value of this parameter in their query.
    Query(&'static str, &'static str),
}

/// What of a request tells the cases of a row apart.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The action that the path names.
    pub action: Option<&'a str>,
    /// The parameters of the query.
    pub query: &'a [(String, String)],
}

impl Row {
    /// The stable name of the operation (`operationId`).
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Its method; `HEAD` comes with `GET`.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Its path, with parameters in braces.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Its rules.
    pub fn cases(&self) -> &'static [Case] {
        self.cases
    }

    /// Whether nobody has to be signed in for it.
    pub fn is_public(&self) -> bool {
        self.cases.iter().all(|case| case.rule.is_public())
    }

    /// Whether there is somebody to whom it is forbidden.
    pub(crate) fn forbids(&self) -> bool {
        self.cases.iter().any(|case| case.rule.forbids())
    }

    /// The cases that a request can be; none when it names an action that there is not.
    pub(crate) fn cases_of(&self, asked: Asked<'_>) -> impl Iterator<Item = &'static Case> {
        self.cases.iter().filter(move |case| case.when.fits(asked))
    }
}

#[cfg(test)]
impl Row {
    /// A row that is in no table, for tests of what uses rows.
    pub(crate) const fn of(method: Method, path: &'static str, cases: &'static [Case]) -> Self {
        Self { id: "test", method, path, cases }
    }
}

impl Case {
    pub(crate) const fn new(when: When, rule: Rule) -> Self {
        Self { when, status: None, rule }
    }

    /// Only while the object stands like this.
    pub(super) const fn in_status(self, status: &'static str) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Which requests it is for.
    pub fn when(&self) -> When {
        self.when
    }

    /// The status of the object that it is for; any when it does not matter.
    pub fn status(&self) -> Option<&'static str> {
        self.status
    }

    /// Who may do it.
    pub fn rule(&self) -> Rule {
        self.rule
    }
}

impl When {
    fn fits(self, asked: Asked<'_>) -> bool {
        match self {
            Self::Always => true,
            Self::Action(name) => asked.action == Some(name),
            Self::Query(name, value) => {
                asked.query.iter().any(|(key, given)| key == name && given == value)
            }
        }
    }
}
