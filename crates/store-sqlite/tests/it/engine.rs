//! The file: its schema, its mode, and what survives on it.

use gacp_store::{
    Claim, Fingerprint, Lease, Receipt, ReceiptKey, ReceiptStore, StoreError, StoredReply,
};
use gacp_store_sqlite::{OpenError, Sqlite};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::scratch::Scratch;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const BODY: Fingerprint = Fingerprint([1; 32]);

fn receipt(lease: u64) -> Receipt {
    let reply =
        StoredReply { status: 201, headers: Vec::new(), body: "สวน".as_bytes().to_vec() };
    Receipt { key: ReceiptKey([7; 32]), lease: Lease(lease), reply }
}

async fn claim(store: &Sqlite, key: u8, lease: u64) -> Claim {
    store.claim(&ReceiptKey([key; 32]), &BODY, Lease(lease), NOW).await.unwrap()
}

#[tokio::test]
async fn an_answered_write_is_there_after_reopening_without_a_goodbye() {
    let scratch = Scratch::new();
    let store = scratch.open();
    claim(&store, 7, 1).await;
    store.settle(&receipt(1)).await.unwrap();
    drop(store);

    let again = scratch.open();

    assert_eq!(claim(&again, 7, 2).await, Claim::Answered(receipt(1).reply));
}

#[tokio::test]
async fn what_others_write_is_told_from_what_this_handle_writes() {
    let scratch = Scratch::new();
    let (ours, theirs) = (scratch.open(), scratch.open());
    let before = ours.writes_of_others().await.unwrap();

    claim(&ours, 7, 1).await;
    let own = ours.writes_of_others().await.unwrap();
    claim(&theirs, 8, 1).await;
    let others = ours.writes_of_others().await.unwrap();

    assert_eq!(own, before);
    assert_ne!(others, own);
}

#[tokio::test]
async fn a_closed_store_leaves_one_file_and_refuses_what_comes_later() {
    let scratch = Scratch::new();
    let store = scratch.open();
    claim(&store, 7, 1).await;

    store.clone().close().await.unwrap();
    let later = store.settle(&receipt(1)).await;
    let again = store.close().await;

    let log = scratch.path.with_extension("sqlite-wal");
    assert!(matches!(later, Err(StoreError::Unavailable(_))), "{later:?}");
    assert!(again.is_ok());
    assert!(!log.exists());
}

#[tokio::test]
async fn a_backup_holds_what_was_written_before_it_and_replaces_nothing() {
    let scratch = Scratch::new();
    let (store, copy) = (scratch.open(), scratch.path.with_extension("copy"));
    claim(&store, 7, 1).await;
    store.settle(&receipt(1)).await.unwrap();

    store.back_up(&copy).await.unwrap();
    claim(&store, 8, 1).await;
    let again = store.back_up(&copy).await;

    let copied = Sqlite::open(&copy).unwrap();
    assert_eq!(claim(&copied, 7, 2).await, Claim::Answered(receipt(1).reply));
    assert_eq!(claim(&copied, 8, 2).await, Claim::Granted);
    assert!(matches!(again, Err(StoreError::Unavailable(_))), "{again:?}");
}

#[tokio::test]
async fn two_stores_on_one_file_take_turns() {
    let scratch = Scratch::new();
    let (one, other) = (scratch.open(), scratch.open());
    let claims = (0..32).map(|lease| {
        let store = if lease % 2 == 0 { one.clone() } else { other.clone() };
        tokio::spawn(async move { claim(&store, 7, lease).await })
    });

    let mut granted = 0;
    for claim in claims.collect::<Vec<_>>() {
        granted += usize::from(claim.await.unwrap() == Claim::Granted);
    }

    assert_eq!(granted, 1);
}

#[test]
fn opening_again_changes_no_schema() {
    let scratch = Scratch::new();
    let schema = || {
        drop(scratch.open());
        let file = Connection::open(&scratch.path).unwrap();
        let version: i64 = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        let sql = "SELECT group_concat(coalesce(sql, name), ';') FROM sqlite_schema";
        (version, file.query_one(sql, (), |row| row.get::<_, String>(0)).unwrap())
    };

    let first = schema();
    let second = schema();

    assert!(first.0 > 0 && first.1.contains("CREATE TABLE history"), "{first:?}");
    assert_eq!(first, second);
}

#[test]
fn every_table_is_strict() {
    let scratch = Scratch::new();
    drop(scratch.open());
    let file = Connection::open(&scratch.path).unwrap();

    let mut loose = file
        .prepare(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
             AND NOT strict AND name <> 'sqlite_schema' AND name NOT LIKE 'sqlite_stat%'",
        )
        .unwrap();
    let loose: Vec<String> =
        loose.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();

    assert_eq!(loose, Vec::<String>::new());
}

#[test]
fn the_file_of_a_newer_server_is_refused_and_left_alone() {
    let scratch = Scratch::new();
    drop(scratch.open());
    let file = Connection::open(&scratch.path).unwrap();
    file.pragma_update(None, "user_version", 9_999).unwrap();

    let refused = Sqlite::open(&scratch.path).err();

    let version: i64 = file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert!(matches!(refused, Some(OpenError::Newer { found: 9_999, .. })), "{refused:?}");
    assert_eq!(version, 9_999);
}

#[test]
fn a_database_of_something_else_is_refused() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path.parent().unwrap()).unwrap();
    let file = Connection::open(&scratch.path).unwrap();
    file.execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();

    let refused = Sqlite::open(&scratch.path).err();

    assert!(matches!(refused, Some(OpenError::Foreign { signature: 0 })), "{refused:?}");
}

#[cfg(unix)]
#[test]
fn nobody_but_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();

    let _store = scratch.open();

    for suffix in ["sqlite", "sqlite-wal", "sqlite-shm"] {
        let file = std::fs::metadata(scratch.path.with_extension(suffix)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{suffix}");
    }
}
