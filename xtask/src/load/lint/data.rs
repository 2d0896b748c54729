//! Data files: what is odd in them, and what they would do to a run.

use std::collections::HashMap;

use super::super::csv::{Oddity, Row, Table};
use super::super::data;
use super::super::figures::{number, percent};
use super::super::scenario::{Order, Payload, Scenario};
use super::finding::{Finding, Findings, Rule};
use super::people;

pub(super) fn lint(scenario: &Scenario, findings: &mut Findings) {
    for payload in &scenario.payloads {
        let file = File { scenario, payload };
        match data::table(payload) {
            Ok(table) => file.lint(table, findings),
            Err(error) => findings.add(file.missing(&format!("{error:#}"))),
        }
    }
}

/// A payload, and the scenario that names it.
struct File<'a> {
    scenario: &'a Scenario,
    payload: &'a Payload,
}

impl File<'_> {
    fn lint(&self, table: Table, findings: &mut Findings) {
        for (line, oddity) in &table.oddities {
            findings.add(self.odd(*line, *oddity));
        }
        let has_header = table.rows.first().is_some_and(|row| self.is_header(row, &table));
        let first_is_given = !self.payload.skips_header;
        match table.rows.first() {
            Some(first) if has_header && first_is_given => {
                findings.add(self.header(first, table.rows.len()));
            }
            Some(first) if !has_header && !first_is_given && self.is_user(first) => {
                findings.add(self.skipped(first));
            }
            _ => {}
        }
        let mut users = data::users(self.payload, table.rows);
        if users.is_empty() {
            findings.add(self.empty());
        }
        for row in users.iter().filter(|row| row.cells.len() != self.payload.fields.len()) {
            findings.add(self.ragged(row));
        }
        if has_header && first_is_given {
            users.remove(0);
        }
        self.lint_users(&users, findings);
    }

    fn lint_users(&self, users: &[Row], findings: &mut Findings) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let identity = self.payload.fields.iter().position(|field| people::identifies(field));
        for row in users {
            if let Some(text) = identity.and_then(|column| row.cells.get(column))
                && let Some(first) = seen.insert(text, row.line)
            {
                findings.add(self.duplicate(row, first));
            }
            for (field, cell) in self.payload.fields.iter().zip(&row.cells) {
                if let Some((rule, what, why)) = people::refused(field, cell, self.email_of(row)) {
                    let help = "correct the row, or take it out";
                    findings.add(self.finding(rule, row.line, (what, why, help)));
                }
                if let Some(becomes) = changed(self.payload, cell) {
                    findings.add(self.cast(row.line, field, &becomes));
                }
            }
        }
    }

    fn email_of<'r>(&self, row: &'r Row) -> &'r str {
        let column = self.payload.fields.iter().position(|field| people::is_email(field));
        column.and_then(|column| row.cells.get(column)).map_or("", String::as_str)
    }

    /// Names of columns: one of them says so, or it is no e-mail address where all others are.
    fn is_header(&self, row: &Row, table: &Table) -> bool {
        let named = self.payload.fields.iter().zip(&row.cells);
        let says = named.filter(|(field, cell)| people::same_name(field, cell)).count();
        let column = self.payload.fields.iter().position(|field| people::is_email(field));
        let alone = column.is_some_and(|column| {
            let is_email = |row: &Row| row.cells.get(column).is_some_and(|cell| cell.contains('@'));
            table.rows.len() > 1 && !is_email(row) && table.rows.iter().skip(1).all(is_email)
        });
        says > 0 || alone
    }

    /// Whether a row says by itself that it is somebody.
    fn is_user(&self, row: &Row) -> bool {
        let pairs = self.payload.fields.iter().zip(&row.cells);
        pairs.filter(|(field, _)| people::is_email(field)).any(|(_, cell)| cell.contains('@'))
    }

    fn finding(&self, rule: Rule, line: usize, says: (String, String, &str)) -> Finding {
        let (what, why, help) = says;
        let (file, help) = (self.payload.file.clone(), help.to_owned());
        Finding { rule, file, line, what, why, help, shows_line: false }
    }

    fn at(&self) -> String {
        format!("{}:{}", self.scenario.file.display(), self.payload.line)
    }

    fn header(&self, row: &Row, rows: usize) -> Finding {
        let rows = u64::try_from(rows).unwrap_or(u64::MAX);
        let why = match self.payload.order {
            Order::Random => expected(self.scenario.arrivals(), rows),
            Order::Sequence => format!("every {rows}th journey is given it"),
        };
        let help = format!("say `skipHeader: true` beside `path` at {}", self.at());
        let what = "the header row is taken for a user".to_owned();
        let why = format!("{why}; each fails, or tests something else than it should");
        let shown = self.finding(Rule::HeaderRow, row.line, (what, why, &help));
        Finding { shows_line: true, ..shown }
    }

    fn skipped(&self, row: &Row) -> Finding {
        let what = "the first user is taken for a header row".to_owned();
        let why = "`skipHeader` leaves out the first line, whatever it says".to_owned();
        let help = format!("take `skipHeader` out at {}, or add a header row", self.at());
        self.finding(Rule::SkippedUser, row.line, (what, why, &help))
    }

    fn ragged(&self, row: &Row) -> Finding {
        let (there, named) = (row.cells.len(), self.payload.fields.len());
        let what = format!("a row of {there} fields, where {named} are named");
        let why = "values end up under other names, or under none".to_owned();
        let help = "give every row as many fields as `fields` names";
        self.finding(Rule::RaggedRow, row.line, (what, why, help))
    }

    fn duplicate(&self, row: &Row, first: usize) -> Finding {
        let what = format!("the user of line {first} once more");
        let why = "two journeys in one name meet: their sessions and limits are shared".to_owned();
        self.finding(Rule::DuplicateUser, row.line, (what, why, "take one of them out"))
    }

    fn cast(&self, line: usize, field: &str, becomes: &str) -> Finding {
        let what = format!("`{field}` is read as the number {becomes}, which is another text");
        let why = "what reads as a number becomes one: leading zeros and signs are lost".to_owned();
        let help = format!("say `cast: false` beside `path` at {}", self.at());
        self.finding(Rule::ChangedByCast, line, (what, why, &help))
    }

    fn odd(&self, line: usize, oddity: Oddity) -> Finding {
        let (rule, what, why, help) = match oddity {
            Oddity::ByteOrderMark => (
                Rule::ByteOrderMark,
                "the file begins with a byte order mark",
                "it becomes a part of the first value, where nobody sees it",
                "save the file as UTF-8 without BOM",
            ),
            Oddity::CarriageReturn => (
                Rule::CarriageReturn,
                "lines end in CR LF",
                "tools differ in whether the CR is a part of the last value",
                "save the file with LF line ends",
            ),
            Oddity::StrayQuote => (
                Rule::StrayQuote,
                "a quote in the middle of a field",
                "Artillery refuses the file; other tools make it a part of the value",
                "put the whole field in quotes, and double those in it",
            ),
            Oddity::OpenQuote => (
                Rule::StrayQuote,
                "a quote that nothing closes",
                "everything up to the end of the file is one value",
                "close it, or double it inside a field in quotes",
            ),
            Oddity::Space => (
                Rule::StraySpace,
                "a space at the begin or the end of a field",
                "it is sent with the value: a password with a space is another password",
                "take it out",
            ),
        };
        self.finding(rule, line, (what.to_owned(), why.to_owned(), help))
    }

    fn missing(&self, error: &str) -> Finding {
        self.named(Rule::DataMissing, error.to_owned(), "journeys have nothing to be played with")
    }

    fn empty(&self) -> Finding {
        let what = format!("{} has no rows", self.payload.named);
        self.named(Rule::DataEmpty, what, "every variable that it should give is undefined")
    }

    /// Where the scenario names the file.
    fn named(&self, rule: Rule, what: String, why: &str) -> Finding {
        Finding {
            rule,
            file: self.scenario.file.clone(),
            line: self.payload.line,
            what,
            why: why.to_owned(),
            help: "make it with `cargo xtask load seed`, or correct `path`".to_owned(),
            shows_line: true,
        }
    }
}

/// How many journeys one row of so many is given to, and how far chance takes that: one standard
/// deviation of the binomial distribution.
fn expected(journeys: u64, rows: u64) -> String {
    let (all, share) = (number(journeys), 1.0 / number(rows.max(1)));
    let (mean, deviation) = (all * share, (all * share * (1.0 - share)).sqrt());
    let percent = percent(1, rows);
    format!(
        "1 of {rows} rows ({percent:.1} %) is no user: {mean:.1} ± {deviation:.1} of {journeys} \
         journeys are given it"
    )
}

/// What a cell becomes that reads as a number, when that is another text.
fn changed(payload: &Payload, cell: &str) -> Option<String> {
    let becomes = data::cast(cell, payload);
    let text = becomes.is_number().then(|| becomes.to_string())?;
    (text != cell).then_some(text)
}
