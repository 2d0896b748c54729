//! Entries, and the comments that are kept apart from them.

use gacp_store::{HistoryEntry, HistoryStore, PageRequest, StoreError, Subject, SubjectKind};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::scratch::Scratch;

const SUBJECT: Subject = Subject { kind: SubjectKind::Farm, id: Uuid::max() };

fn entry(number: u128) -> HistoryEntry {
    HistoryEntry {
        id: Uuid::from_u128(number),
        subject: SUBJECT,
        at: "2026-01-05T02:00:00Z".parse().unwrap(),
        by: None,
        action: "submit".to_owned(),
        from: None,
        to: None,
        fields: Vec::new(),
        comment: None,
        request_id: None,
    }
}

fn store(file: &Connection, number: u128, doc: &str) {
    let id = Uuid::from_u128(number);
    file.execute(
        "INSERT INTO history (id, subject_kind, subject_id, at, doc) VALUES (?, 'farm', ?, 0, ?)",
        params![id, SUBJECT.id, doc],
    )
    .unwrap();
}

#[tokio::test]
async fn entries_come_newest_first_with_what_was_said_until_it_is_erased() {
    let scratch = Scratch::new();
    let sqlite = scratch.open();
    let file = Connection::open(&scratch.path).unwrap();
    for number in 1..=3 {
        store(&file, number, &serde_json::to_string(&entry(number)).unwrap());
    }
    let note = "INSERT INTO history_notes (entry_id, comment) VALUES (?, 'ขาดเอกสารสิทธิ์')";
    file.execute(note, [Uuid::from_u128(2)]).unwrap();
    let said = entry(2).saying(Some("ขาดเอกสารสิทธิ์".to_owned()));

    let first = sqlite.history(SUBJECT, &PageRequest::first(2)).await.unwrap();
    let rest = PageRequest::first(2).after(first.next.unwrap());
    let last = sqlite.history(SUBJECT, &rest).await.unwrap();
    file.execute("DELETE FROM history_notes", ()).unwrap();
    let erased = sqlite.history(SUBJECT, &PageRequest::first(2)).await.unwrap();

    assert_eq!(first.items, [entry(3), said]);
    assert_eq!((last.items, last.next), (vec![entry(1)], None));
    assert_eq!(erased.items, [entry(3), entry(2)]);
}

#[tokio::test]
async fn an_illegible_document_is_named_and_not_shown() {
    let scratch = Scratch::new();
    let sqlite = scratch.open();
    let file = Connection::open(&scratch.path).unwrap();
    let legible = serde_json::to_string(&entry(1)).unwrap();
    let broken = legible.replace("2026-01-05T02:00:00Z", "นายสมชาย ใจดี");
    store(&file, 1, &broken);

    let refused = sqlite.history(SUBJECT, &PageRequest::first(2)).await;

    let Err(StoreError::Corrupt(source)) = refused else { panic!("{refused:?}") };
    let mut told = vec![source.to_string()];
    let mut cause = source.source();
    while let Some(deeper) = cause {
        told.push(deeper.to_string());
        cause = deeper.source();
    }
    let place = format!("history {} does not parse at `at`: not a legal value", Uuid::from_u128(1));
    assert_eq!(told, [place]);
    assert!(!format!("{source:?}").contains("สมชาย"));
}
