//! The table of transitions, drawn and written out for `docs/workflow.md`.

use std::fmt::Write as _;

use super::{Comment, Guard, Status, TRANSITIONS, Transition};

/// The line before the part of `docs/workflow.md` that is rendered.
pub const WORKFLOW_DOC_START: &str = "<!-- rendered from the table of transitions: start -->";

/// The line after it.
pub const WORKFLOW_DOC_END: &str = "<!-- rendered from the table of transitions: end -->";

/// A Mermaid state diagram and a Markdown table of [`TRANSITIONS`], between the two markers.
pub fn render_workflow() -> String {
    let (diagram, table) = (diagram(), table());
    format!("{WORKFLOW_DOC_START}\n\n{diagram}\n{table}\n{WORKFLOW_DOC_END}\n")
}

fn diagram() -> String {
    let mut text = "```mermaid\nstateDiagram-v2\n".to_owned();
    for status in Status::ALL {
        line(&mut text, &format!("    state \"{status}\" as {}", name(*status)));
    }
    line(&mut text, &format!("    [*] --> {}", name(Status::Draft)));
    for row in TRANSITIONS {
        for from in row.from {
            let (from, to, cause) = (name(*from), name(row.to), row.cause.as_str());
            line(&mut text, &format!("    {from} --> {to}: {cause}"));
        }
    }
    for status in Status::ALL.iter().filter(|status| status.is_final()) {
        line(&mut text, &format!("    {} --> [*]", name(*status)));
    }
    line(&mut text, "```");
    text
}

fn table() -> String {
    let mut text = "| step | from | to | who | what must hold | comment |\n".to_owned();
    line(&mut text, "| --- | --- | --- | --- | --- | --- |");
    for row in TRANSITIONS {
        line(&mut text, &cells(row));
    }
    text
}

fn cells(row: &Transition) -> String {
    let from: Vec<&str> = row.from.iter().map(|status| status.as_str()).collect();
    let guards: Vec<&str> = row.guards.iter().copied().map(Guard::as_str).collect();
    let comment = match row.comment {
        Comment::Optional => "",
        Comment::Mandatory => "mandatory",
    };
    let cells = [
        row.cause.as_str(),
        &from.join(", "),
        row.to.as_str(),
        row.who.as_str(),
        &guards.join(", "),
        comment,
    ];
    format!("| {} |", cells.join(" | "))
}

/// Mermaid reads a hyphen in a name as part of an arrow.
fn name(status: Status) -> String {
    status.as_str().replace('-', "_")
}

fn line(text: &mut String, line: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}
