//! One thing that is wrong, told as compilers tell it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;

/// The most findings of one rule in one file: the hundredth says nothing new.
const MOST_ALIKE: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::load) struct Finding {
    pub(in crate::load) rule: Rule,
    pub(in crate::load) file: PathBuf,
    /// Counted from 1.
    pub(in crate::load) line: usize,
    pub(in crate::load) what: String,
    pub(in crate::load) why: String,
    pub(in crate::load) help: String,
    /// Not where the line may hold a password.
    pub(in crate::load) shows_line: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::load) enum Severity {
    Error,
    Warning,
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal $severity:ident)+) => {
        /// What is looked at.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(in crate::load) enum Rule {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Rule {
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$name),+];

            /// Its name, as findings begin with it.
            pub(in crate::load) fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }

            /// Whether a run can be believed all the same.
            pub(in crate::load) fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)+
                }
            }
        }
    };
}

rules! {
    /// Something that is not played.
    NotUnderstood "not-understood" Error
    /// The first row is the names of the columns, and is given to journeys.
    HeaderRow "header-row" Error
    /// The first row is a user like the others, and is skipped.
    SkippedUser "skipped-user" Error
    /// A row with more or fewer fields than there are names.
    RaggedRow "ragged-row" Error
    /// An invisible character before the first field.
    ByteOrderMark "byte-order-mark" Error
    /// Lines that end in CR LF.
    CarriageReturn "carriage-return" Warning
    /// A quote where none belongs.
    StrayQuote "stray-quote" Error
    /// A space around a field.
    StraySpace "stray-space" Error
    /// One user in two rows.
    DuplicateUser "duplicate-user" Error
    /// What no server takes for an e-mail address.
    InvalidEmail "invalid-email" Error
    /// A national ID whose check digit does not fit.
    InvalidNationalId "invalid-national-id" Error
    /// A password that could not be registered.
    RefusedPassword "refused-password" Error
    /// A number that is another text than what stands in the file.
    ChangedByCast "changed-by-cast" Warning
    /// A file that is not there.
    DataMissing "data-missing" Error
    /// A file without a row.
    DataEmpty "data-empty" Error
    /// A variable that nothing gives a value.
    UndefinedVariable "undefined-variable" Error
    /// A column or a variable that nothing uses.
    UnusedVariable "unused-variable" Warning
    /// Something is kept of a reply, and nothing uses it.
    UnusedCapture "unused-capture" Warning
    /// A journey that is never chosen.
    WeightZero "weight-zero" Warning
    /// Expectations that Artillery would not look at.
    ExpectWithoutPlugin "expect-without-plugin" Warning
    /// A limit that no server can keep on this machine.
    UnreachableThreshold "unreachable-threshold" Error
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(in crate::load) struct Findings {
    list: Vec<Finding>,
    left_out: BTreeMap<(Rule, PathBuf), usize>,
}

impl Findings {
    pub(in crate::load) fn add(&mut self, finding: Finding) {
        let alike = |other: &&Finding| other.rule == finding.rule && other.file == finding.file;
        if self.list.iter().filter(alike).count() < MOST_ALIKE {
            self.list.push(finding);
        } else {
            *self.left_out.entry((finding.rule, finding.file)).or_default() += 1;
        }
    }

    pub(super) fn sort(&mut self) {
        self.list.sort_by(|first, second| {
            let key = |it: &Finding| (it.rule.severity(), it.rule);
            key(first).cmp(&key(second)).then_with(|| first.line.cmp(&second.line))
        });
    }

    pub(in crate::load) fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    pub(in crate::load) fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    #[cfg(test)]
    pub(super) fn list(&self) -> &[Finding] {
        &self.list
    }

    fn count(&self, severity: Severity) -> usize {
        let shown = self.list.iter().filter(|it| it.rule.severity() == severity).count();
        let left_out = self.left_out.iter().filter(|((rule, _), _)| rule.severity() == severity);
        shown + left_out.map(|(_, count)| count).sum::<usize>()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.list {
            writeln!(f, "{finding}")?;
        }
        for ((rule, file), count) in &self.left_out {
            writeln!(f, "… and {count} more of {} in {}\n", rule.name(), file.display())?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.rule.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(f, "{severity}[{}]: {}", self.rule.name(), self.what)?;
        let (file, line) = (self.file.display(), self.line.to_string());
        let margin = " ".repeat(line.len());
        writeln!(f, "{margin}--> {file}:{line}")?;
        if let Some(text) = self.text() {
            writeln!(f, "{margin} |\n{line} | {text}\n{margin} |")?;
        }
        writeln!(f, "{margin} = why: {}", self.why)?;
        writeln!(f, "{margin} = help: {}", self.help)
    }
}

impl Finding {
    fn text(&self) -> Option<String> {
        if !self.shows_line {
            return None;
        }
        let text = fs::read_to_string(&self.file).ok()?;
        let line = text.lines().nth(self.line.checked_sub(1)?)?;
        Some(line.trim_end().to_owned()).filter(|line| !line.is_empty())
    }
}
