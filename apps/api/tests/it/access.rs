//! The table of access, held against the server: every operation in every case, by every kind of
//! caller.

use std::collections::BTreeSet;

use gacp_api::access::{Case, Relation, Row, Subject, table};

use crate::asking::Ask;
use crate::reply::Reply;
use crate::stage::{Caller, Stage};

/// What was asked, and what came otherwise than the table says it.
#[derive(Default)]
struct Record {
    asked: BTreeSet<(String, &'static str)>,
    mismatches: Vec<String>,
}

#[tokio::test]
async fn every_caller_gets_of_every_operation_what_the_table_says() {
    let mut stage = Stage::set().await;
    let mut record = Record::default();
    let mut asks = Vec::new();

    for row in table() {
        for case in row.cases() {
            let ask = stage.ask(row, case).await;
            everybody_asks(&mut stage, &mut record, row, case, &ask).await;
            asks.push((*row, case, ask));
        }
    }
    // The same farmer with the same token, of whom most was allowed until now.
    let disabled = stage.disable_the_owner().await;
    for (row, case, ask) in &asks {
        let reply = ask.sent_by(&disabled).await;
        record.compare((row, case), &disabled, expected(&disabled, case), &reply);
    }

    record.compare_routes();
    let cases = table().iter().map(|row| row.cases().len()).sum::<usize>();
    assert_eq!(record.asked.len(), cases * (stage.callers.len() + 1), "somebody was left out");
    let mismatches = record.mismatches;
    let count = mismatches.len();
    let heading = "| operation | caller | the table says | the server says |";
    assert!(count == 0, "{count} mismatches\n{heading}\n{}", mismatches.join("\n"));
}

/// Those who are refused come first, all at once: what they did must not show when those come who
/// are not.
async fn everybody_asks(stage: &mut Stage, record: &mut Record, row: &Row, case: &Case, ask: &Ask) {
    let mut refused = Vec::new();
    for caller in &stage.callers {
        if let Some(refusal) = expected_of_nothing(caller, case) {
            refused.push((caller.clone(), Some(refusal), ask.about_nothing().sending(caller)));
        }
        if let Some(refusal) = expected(caller, case) {
            refused.push((caller.clone(), Some(refusal), ask.sending(caller)));
        }
    }
    for (caller, refusal, reply) in refused {
        record.compare((row, case), &caller, refusal, &reply.await.unwrap());
    }
    let mut succeeded = false;
    for index in 0..stage.callers.len() {
        let caller = &stage.callers[index];
        if expected(caller, case).is_some() {
            continue;
        }
        let reply = ask.sent_by(caller).await;
        record.compare((row, case), caller, None, &reply);
        record.compare_list((row, case), caller, ask, &reply);
        succeeded |= (200..300).contains(&reply.status);
        if reply.status == 204 {
            stage.returns(index).await;
        }
    }
    if !succeeded {
        record.note((row, case), "whoever may", "2xx for one of them", "for none");
    }
}

/// The status of the refusal that a caller is due; nothing when it is his to do.
fn expected(caller: &Caller, case: &Case) -> Option<u16> {
    match caller.standing {
        _ if case.rule().is_public() => None,
        None => Some(401),
        Some((role, relation)) => case.rule().verdict(role, relation).status(),
    }
}

/// The same for an object that is not there; nothing when the operation is not about one.
fn expected_of_nothing(caller: &Caller, case: &Case) -> Option<u16> {
    let Subject::One(_) = case.rule().subject() else { return None };
    let (role, _) = caller.standing?;
    case.rule().verdict(role, Relation::Absent).status()
}

impl Record {
    fn compare(
        &mut self,
        (row, case): (&Row, &Case),
        caller: &Caller,
        expected: Option<u16>,
        reply: &Reply,
    ) {
        self.asked.insert((name(row, case), caller.name));
        let fits = match expected {
            Some(401) => reply.refusal() == (401, "unauthenticated".to_owned()),
            Some(403) => reply.refusal() == (403, "forbidden".to_owned()),
            Some(404) => reply.refusal() == (404, "not-found".to_owned()),
            // What comes behind authorization is the operation's business, but no fault.
            _ => !matches!(reply.status, 401 | 403 | 404 | 429) && reply.status < 500,
        };
        if !fits {
            let expected = expected.map_or("allowed".to_owned(), |status| status.to_string());
            let got = format!("{} {}", reply.status, reply.code());
            self.note((row, case), caller.name, &expected, &got);
        }
    }

    /// Everybody finds in a list what he may know of, and nothing else.
    fn compare_list(
        &mut self,
        (row, case): (&Row, &Case),
        caller: &Caller,
        ask: &Ask,
        reply: &Reply,
    ) {
        let (Some(sought), Some((role, relation))) = (&ask.finds, caller.standing) else { return };
        let (due, found) = (case.rule().lists(role, relation), reply.body.contains(sought));
        if due != found {
            let words = |found| if found { "in the list" } else { "not in the list" };
            self.note((row, case), caller.name, words(due), words(found));
        }
    }

    /// The server has the routes of the table, and no others.
    fn compare_routes(&mut self) {
        let rows = table().iter().map(|row| (row.method().to_string(), row.path().to_owned()));
        let rows: BTreeSet<_> = rows.collect();
        let routed: BTreeSet<_> = gacp_api::routed().into_iter().collect();
        for (method, path) in rows.symmetric_difference(&routed) {
            self.mismatches
                .push(format!("| {method} {path} | | a row and a route | one of them |"));
        }
    }

    fn note(&mut self, (row, case): (&Row, &Case), caller: &str, expected: &str, got: &str) {
        let operation = name(row, case);
        self.mismatches.push(format!("| {operation} | {caller} | {expected} | {got} |"));
    }
}

fn name(row: &Row, case: &Case) -> String {
    format!("{} {}", row.id(), row.label(case)).trim_end().to_owned()
}
