//! The table, written out: a row per operation and case, a column per kind of caller.

use gacp_store::Role;

use super::{Case, Relation, Row, Subject, Verdict, table};

/// The line before the part of `docs/access.md` that is rendered.
pub const DOC_START: &str = "<!-- rendered from the table of access: start -->";

/// The line after it.
pub const DOC_END: &str = "<!-- rendered from the table of access: end -->";

/// The kinds of callers who are signed in: what they are called, their role, and how they stand
/// to an object that is there.
pub const CALLERS: [(&str, Role, Relation); 8] = [
    ("owner", Role::Farmer, Relation::Owner),
    ("other farmer", Role::Farmer, Relation::Stranger),
    ("REVIEWER", Role::Reviewer, Relation::Stranger),
    ("INSPECTOR named", Role::Inspector, Relation::Named),
    ("other INSPECTOR", Role::Inspector, Relation::Stranger),
    ("APPROVER", Role::Approver, Relation::Stranger),
    ("FINANCE", Role::Finance, Relation::Stranger),
    ("ADMIN", Role::Admin, Relation::Stranger),
];

/// The table in Markdown, between the two markers.
pub fn render() -> String {
    let names = CALLERS.map(|(name, _, _)| name).join(" | ");
    let rule = "| --- ".repeat(CALLERS.len() + 2);
    let mut lines = vec![
        DOC_START.to_owned(),
        String::new(),
        format!("| operation | nobody | {names} |"),
        format!("{rule}|"),
    ];
    for row in table() {
        lines.extend(row.cases().iter().map(|case| line(row, case)));
    }
    lines.extend([String::new(), DOC_END.to_owned()]);
    lines.join("\n")
}

fn line(row: &Row, case: &Case) -> String {
    let operation = match row.label(case).as_str() {
        "" => row.id().to_owned(),
        label => format!("{} {label}", row.id()),
    };
    let nobody = if case.rule().is_public() { "yes" } else { "401" };
    let cells = CALLERS.map(|(_, role, relation)| cell(case, role, relation));
    format!("| {operation} | {nobody} | {} |", cells.join(" | "))
}

fn cell(case: &Case, role: Role, relation: Relation) -> &'static str {
    let said = case.rule();
    match (said.verdict(role, relation), said.subject()) {
        (Verdict::NotFound, _) => "404",
        (Verdict::Forbidden, _) => "403",
        (Verdict::Allowed, Subject::Many(_)) if said.lists(role, relation) => "yes",
        (Verdict::Allowed, Subject::Many(_)) => "not this",
        (Verdict::Allowed, _) => "yes",
    }
}
