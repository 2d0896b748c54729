use std::sync::Arc;
use std::sync::mpsc;

use tempfile::TempDir;
use tokio::task::JoinSet;

use super::*;

/// A store whose file is already gone from its folder.
fn fresh() -> Arc<Store> {
    let folder = TempDir::new().unwrap();
    Arc::new(Store::open(&folder.path().join("gacp.sqlite")).unwrap())
}

fn insert(transaction: &Transaction<'_>, name: &str) -> Result<(), Failure> {
    transaction.execute("INSERT INTO counters (series, year, last) VALUES (?, 0, 1)", [name])?;
    Ok(())
}

async fn names(store: &Store) -> Vec<String> {
    store
        .read(|connection| {
            let mut statement = connection.prepare("SELECT series FROM counters ORDER BY 1")?;
            Ok(statement.query_map((), |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
        .await
        .unwrap()
}

/// Keeps the writer busy until the returned end is dropped, so that later jobs form one batch.
async fn busy(store: &Arc<Store>) -> mpsc::Sender<()> {
    let (release, wait) = mpsc::channel();
    let (started, running) = tokio::sync::oneshot::channel();
    let store = Arc::clone(store);
    tokio::spawn(async move {
        let wait = move |_: &Transaction<'_>| {
            started.send(()).unwrap();
            wait.recv().ok();
            Ok(())
        };
        store.write(wait).await.unwrap();
    });
    running.await.unwrap();
    release
}

#[tokio::test]
async fn a_refused_job_leaves_nothing_and_its_neighbours_are_committed() {
    let store = fresh();
    let release = busy(&store).await;
    let mut jobs = JoinSet::new();
    for index in 0..9 {
        let store = Arc::clone(&store);
        jobs.spawn(async move {
            let work = move |transaction: &Transaction<'_>| {
                insert(transaction, &format!("job-{index}"))?;
                if index % 3 == 0 { Err(StoreError::Stale.into()) } else { Ok(()) }
            };
            store.write(work).await.is_ok()
        });
    }
    tokio::task::yield_now().await;

    drop(release);
    let succeeded = jobs.join_all().await.into_iter().filter(|ok| *ok).count();

    assert_eq!(succeeded, 6);
    assert_eq!(names(&store).await, ["job-1", "job-2", "job-4", "job-5", "job-7", "job-8"]);
}

/// What the writer's connection does at a commit.
fn synchronous(transaction: &Transaction<'_>) -> Result<i64, Failure> {
    Ok(transaction.pragma_query_value(None, "synchronous", |row| row.get(0))?)
}

#[tokio::test]
async fn a_commit_waits_for_the_disk_as_soon_as_one_job_in_it_needs_that() {
    const NORMAL: i64 = 1;
    const FULL: i64 = 2;
    let store = fresh();
    assert_eq!(store.write_unsynced(synchronous).await.unwrap(), NORMAL);
    assert_eq!(store.write(synchronous).await.unwrap(), FULL);
    assert_eq!(store.write_unsynced(synchronous).await.unwrap(), NORMAL);

    let release = busy(&store).await;
    let (unsynced, synced) = (Arc::clone(&store), Arc::clone(&store));
    let together = [
        tokio::spawn(async move { unsynced.write_unsynced(synchronous).await.unwrap() }),
        tokio::spawn(async move { synced.write(synchronous).await.unwrap() }),
    ];
    tokio::task::yield_now().await;
    drop(release);

    for job in together {
        assert_eq!(job.await.unwrap(), FULL);
    }
}

#[tokio::test]
async fn a_panicking_job_is_refused_and_the_writer_goes_on() {
    let store = fresh();
    let panicking = store
        .write(|transaction| {
            insert(transaction, "half")?;
            assert!(transaction.is_autocommit(), "a job that breaks half way");
            Ok(())
        })
        .await;

    store.write(|transaction| insert(transaction, "next")).await.unwrap();

    assert!(matches!(panicking, Err(StoreError::Unavailable(_))), "{panicking:?}");
    assert_eq!(names(&store).await, ["next"]);
}

#[tokio::test]
async fn a_lost_transaction_is_told_to_every_job_in_it() {
    let store = fresh();
    let release = busy(&store).await;
    let neighbour = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.write(|transaction| insert(transaction, "lost")).await })
    };
    tokio::task::yield_now().await;
    let culprit = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            store.write(|transaction| Ok(transaction.execute_batch("ROLLBACK")?)).await
        })
    };
    tokio::task::yield_now().await;

    drop(release);
    let (neighbour, culprit) = (neighbour.await.unwrap(), culprit.await.unwrap());
    let after = store.write(|transaction| insert(transaction, "after")).await;

    assert!(matches!(neighbour, Err(StoreError::Unavailable(_))), "{neighbour:?}");
    assert!(matches!(culprit, Err(StoreError::Unavailable(_))), "{culprit:?}");
    assert!(after.is_ok());
    assert_eq!(names(&store).await, ["after"]);
}

#[tokio::test]
async fn a_commit_that_fails_is_told_to_every_job_in_it() {
    let store = fresh();
    let release = busy(&store).await;
    let neighbour = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.write(|transaction| insert(transaction, "lost")).await })
    };
    tokio::task::yield_now().await;
    let culprit = {
        let store = Arc::clone(&store);
        // A note on no entry, which SQLite is told to mind at the commit only.
        let late = "PRAGMA defer_foreign_keys = ON; \
                    INSERT INTO history_notes VALUES (zeroblob(16), 'ไม่มีรายการ');";
        tokio::spawn(async move {
            store.write(|transaction| Ok(transaction.execute_batch(late)?)).await
        })
    };
    tokio::task::yield_now().await;

    drop(release);
    let told = (neighbour.await.unwrap().is_err(), culprit.await.unwrap().is_err());
    store.write(|transaction| insert(transaction, "after")).await.unwrap();

    assert_eq!(told, (true, true));
    assert_eq!(names(&store).await, ["after"]);
}

#[tokio::test]
async fn a_job_runs_though_its_caller_has_gone() {
    let store = fresh();
    let release = busy(&store).await;
    let caller = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.write(|transaction| insert(transaction, "kept")).await })
    };
    tokio::task::yield_now().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());

    drop(release);
    store.write(|transaction| insert(transaction, "next")).await.unwrap();

    assert_eq!(names(&store).await, ["kept", "next"]);
}

#[tokio::test]
async fn a_full_store_says_so_and_still_reads() {
    let store = fresh();
    store.write(|transaction| insert(transaction, "first")).await.unwrap();
    let overfill = |transaction: &Transaction<'_>| {
        let pages: i64 = transaction.pragma_query_value(None, "page_count", |row| row.get(0))?;
        transaction.pragma_query_value(None, "max_page_count", |_| Ok(()))?;
        transaction.query_row(&format!("PRAGMA max_page_count = {pages}"), (), |_| Ok(()))?;
        let blob = "INSERT INTO receipts (key, fingerprint, lease, claimed_at, status, headers, \
                    body) VALUES (randomblob(32), randomblob(32), 1, 1, 1, '', zeroblob(100000))";
        transaction.execute(blob, ())?;
        Ok(())
    };

    let full = store.write(overfill).await;

    assert!(matches!(full, Err(StoreError::Full(_))), "{full:?}");
    assert_eq!(names(&store).await, ["first"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_whole_commits_while_the_writer_writes() {
    let store = fresh();
    let writing = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for pair in 0..100 {
                let both = move |transaction: &Transaction<'_>| {
                    insert(transaction, &format!("left-{pair}"))?;
                    insert(transaction, &format!("right-{pair}"))
                };
                store.write(both).await.unwrap();
            }
        })
    };
    let mut readers = JoinSet::new();
    for _ in 0..8 {
        let store = Arc::clone(&store);
        readers.spawn(async move {
            for _ in 0..50 {
                assert_eq!(names(&store).await.len() % 2, 0);
            }
        });
    }

    readers.join_all().await;
    writing.await.unwrap();

    assert_eq!(names(&store).await.len(), 200);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let store = fresh();

    let refused =
        store.read(|connection| Ok(connection.execute("DELETE FROM counters", ())?)).await;

    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[test]
fn statements_are_compiled_once_whatever_is_bound_to_them() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("gacp.sqlite");
    drop(Store::open(&path).unwrap());
    let connection = reading(&path).unwrap();
    // `sessions` has a partial index.
    for session in 0..5_u8 {
        let mut statement = connection.prepare_cached(crate::sessions::STANDING).unwrap();
        let bound = rusqlite::params![[session; 16], i64::from(session)];
        assert!(statement.query_row(bound, |_| Ok(())).is_err());
        assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0);
    }
}
