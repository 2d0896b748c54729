use garde::Valid;
use serde_json::{Value, json};

use super::*;
use crate::scoring::samples::{draft, inspector, standard};

fn checked(answers: Vec<AnswerDraft>) -> Valid<AnswersDraft> {
    Violations::check(AnswersDraft { answers }).unwrap()
}

/// Pointers and codes of everything that is wrong with a body.
fn refused(body: Value) -> Vec<(String, String)> {
    let draft: AnswersDraft = serde_json::from_value(body).unwrap();
    let found = Violations::check(draft).err().unwrap();
    found.into_vec().into_iter().map(|one| (one.pointer, one.code)).collect()
}

fn row(pointer: &str, code: &str) -> (String, String) {
    (pointer.to_owned(), code.to_owned())
}

fn second(number: i64) -> Timestamp {
    Timestamp::from_second(number).unwrap()
}

#[test]
fn partial_answers_add_up() {
    let standard = standard(&[(100, 0, 2)]);
    let mut sheet = AnswerSheet::default();

    let first = checked(vec![draft("criterion-0-0", Answer::Minor)]);
    let rest = checked(vec![draft("criterion-0-1", Answer::Compliant)]);

    assert_eq!(sheet.record(&standard, first, inspector(), second(1)).unwrap(), 1);
    assert_eq!(sheet.record(&standard, rest, inspector(), second(2)).unwrap(), 1);
    let answers: Vec<_> = sheet.iter().map(|(id, one)| (id, one.answer())).collect();
    assert_eq!(answers, [("criterion-0-0", Answer::Minor), ("criterion-0-1", Answer::Compliant)]);
}

#[test]
fn sending_the_same_answers_again_changes_nothing() {
    let standard = standard(&[(100, 0, 2)]);
    let answers = || checked(vec![draft("criterion-0-0", Answer::NotApplicable)]);
    let mut sheet = AnswerSheet::default();
    sheet.record(&standard, answers(), inspector(), second(1)).unwrap();
    let before = sheet.clone();

    let changed = sheet.record(&standard, answers(), inspector(), second(9)).unwrap();

    assert_eq!((changed, &sheet), (0, &before));
    assert_eq!(sheet.get("criterion-0-0").unwrap().at(), second(1));
}

#[test]
fn a_later_answer_takes_the_place_of_the_earlier_one() {
    let standard = standard(&[(100, 0, 1)]);
    let mut sheet = AnswerSheet::default();
    let noted = AnswerDraft {
        note: Some("รั้วชำรุด".to_owned()),
        ..draft("criterion-0-0", Answer::Compliant)
    };
    let first = checked(vec![draft("criterion-0-0", Answer::Compliant)]);
    sheet.record(&standard, first, inspector(), second(1)).unwrap();

    let changed = sheet.record(&standard, checked(vec![noted]), inspector(), second(2)).unwrap();

    let answer = sheet.get("criterion-0-0").unwrap();
    assert_eq!((changed, sheet.len()), (1, 1));
    assert_eq!((answer.note(), answer.at()), (Some("รั้วชำรุด"), second(2)));
}

#[test]
fn nothing_is_recorded_when_a_criterion_is_unknown() {
    let standard = standard(&[(100, 0, 1)]);
    let mut sheet = AnswerSheet::default();
    let answers = checked(vec![
        draft("criterion-0-0", Answer::Compliant),
        draft("criterion-0-1", Answer::Compliant),
        draft("Criterion-0-0", Answer::Compliant),
    ]);

    let found = sheet.record(&standard, answers, inspector(), second(1)).unwrap_err();

    let pointers: Vec<_> = found.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(pointers, ["/answers/1/criterion", "/answers/2/criterion"]);
    assert!(sheet.is_empty());
}

#[test]
fn what_is_not_applicable_needs_a_justification() {
    let found = refused(json!({ "answers": [
        { "criterion": "a", "answer": "not-applicable" },
        { "criterion": "b", "answer": "not-applicable", "justification": "  " },
        { "criterion": "c", "answer": "not-applicable", "justification": "ไม่มีบ่อน้ำ" },
        { "criterion": "d", "answer": "critical" },
    ]}));

    assert_eq!(
        found,
        [row("/answers/0/justification", "required"), row("/answers/1/justification", "required"),]
    );
}

#[test]
fn the_same_criterion_twice_is_not_unique() {
    let found = refused(json!({ "answers": [
        { "criterion": "a", "answer": "minor" },
        { "criterion": "a", "answer": "minor" },
    ]}));

    assert_eq!(found, [row("/answers", "not-unique")]);
}

#[test]
fn a_body_holds_1_to_500_answers() {
    let answers = |number: usize| {
        let one = |index| json!({ "criterion": format!("c-{index}"), "answer": "minor" });
        json!({ "answers": (0..number).map(one).collect::<Vec<_>>() })
    };

    assert_eq!(refused(answers(0)), [row("/answers", "too-short")]);
    assert_eq!(refused(answers(501)), [row("/answers", "too-long")]);
    let full: AnswersDraft = serde_json::from_value(answers(500)).unwrap();
    assert!(Violations::check(full).is_ok());
}

#[test]
fn lengths_count_characters_and_not_bytes() {
    let noted = |length: usize| {
        let note = "ก".repeat(length);
        json!({ "answers": [{ "criterion": "a", "answer": "minor", "note": note }] })
    };

    assert_eq!(refused(noted(2_001)), [row("/answers/0/note", "too-long")]);
    let full: AnswersDraft = serde_json::from_value(noted(2_000)).unwrap();
    assert!(Violations::check(full).is_ok());
}

#[test]
fn a_stored_sheet_is_read_back_as_it_was_written() {
    let standard = standard(&[(100, 0, 2)]);
    let mut sheet = AnswerSheet::default();
    let answers = checked(vec![
        draft("criterion-0-0", Answer::NotApplicable),
        draft("criterion-0-1", Answer::Major),
    ]);
    sheet.record(&standard, answers, inspector(), second(1)).unwrap();

    let stored = serde_json::to_string(&sheet).unwrap();

    assert_eq!(serde_json::from_str::<AnswerSheet>(&stored).unwrap(), sheet);
}

#[test]
fn a_stored_answer_that_lost_its_justification_is_not_read() {
    let stored = json!({ "criterion-0-0": {
        "answer": "not-applicable", "note": null, "justification": null,
        "by": inspector(), "at": "2026-01-05T02:00:00Z",
    }});

    let outcome: Result<AnswerSheet, _> = serde_json::from_value(stored);

    assert!(outcome.unwrap_err().to_string().contains("no justification"));
}
