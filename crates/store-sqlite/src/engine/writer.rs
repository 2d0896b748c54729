//! The one thread that writes. Jobs that wait together are committed together.
//!
//! With `synchronous=FULL` a commit waits for the disk; many small changes share that wait. Each
//! job runs in a savepoint of its own, so that a refused one leaves nothing behind, and nobody is
//! answered before the commit: an answer of success survives a crash. It survives a power cut too
//! unless the job said that it need not; a commit of such jobs alone does not wait for the disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::{io, thread};

use gacp_resilience::carry;
use gacp_store::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior, ffi};
use tokio::sync::{mpsc, oneshot};

use super::errors::{Failure, Unanswered, uncommitted};

/// At most so many jobs share a commit: enough to hide the disk behind, few enough that the first
/// of them does not wait long for the last.
const BATCH: usize = 64;

/// So many jobs may wait before callers wait to hand theirs over.
const QUEUE: usize = 256;

/// The way to the writer thread. Dropping it ends the thread once the queue is empty.
#[derive(Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

/// What an answer of success promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Durability {
    /// The change survives the end of the process, however it ends. The next commit of the other
    /// kind brings it to the disk.
    Process,
    /// It survives a power cut.
    PowerCut,
}

/// The connection, and what its commits are set to.
struct Connected {
    connection: Connection,
    durability: Durability,
}

enum Message {
    Job(Box<dyn Job>, Durability),
    Close(oneshot::Sender<Result<(), StoreError>>),
}

/// Work that waits for its transaction.
trait Job: Send {
    /// Does the work; the outcome waits for the commit.
    fn run(self: Box<Self>, transaction: &Transaction<'_>) -> Box<dyn Outcome>;

    /// Answers without having done anything.
    fn refuse(self: Box<Self>, error: StoreError);
}

/// What a job came to, before the commit.
trait Outcome {
    /// Whether the job must leave nothing behind.
    fn failed(&self) -> bool;

    /// Answers after the commit.
    fn tell(self: Box<Self>);

    /// Answers that the transaction was lost.
    fn refuse(self: Box<Self>, error: StoreError);
}

struct Call<T, W> {
    work: W,
    reply: Reply<T>,
    held: Option<carry::Held>,
}

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

struct Done<T> {
    result: Result<T, StoreError>,
    reply: Reply<T>,
    _held: Option<carry::Held>,
}

impl Writer {
    /// Starts the thread, which owns the connection from then on.
    pub(super) fn start(connection: Connection) -> Result<Self, io::Error> {
        let (queue, inbox) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("gacp-sqlite-writer".to_owned())
            .spawn(move || serve(connection, inbox))?;
        Ok(Self { queue })
    }

    /// Does the work in a transaction and returns once it is committed. Work that was handed over
    /// is done even when nobody waits for it any more.
    pub(super) async fn run<T, W>(&self, work: W, durability: Durability) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Message::Job(Box::new(Call { work, reply, held: carry::held() }), durability);
        self.queue.send(job).await.map_err(|_unsent| Unanswered::Closed)?;
        answer.await.map_err(|_dropped| Unanswered::Lost)?
    }

    /// Finishes what is queued, refuses what comes later, and empties the write-ahead log.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        if self.queue.send(Message::Close(reply)).await.is_err() {
            return Ok(());
        }
        answer.await.map_err(|_dropped| Unanswered::Lost)?
    }
}

impl<T, W> Job for Call<T, W>
where
    T: Send + 'static,
    W: FnOnce(&Transaction<'_>) -> Result<T, Failure> + Send,
{
    fn run(self: Box<Self>, transaction: &Transaction<'_>) -> Box<dyn Outcome> {
        let Self { work, reply, held } = *self;
        // Whatever the work left half done goes with its savepoint; it shares nothing else.
        let result = catch_unwind(AssertUnwindSafe(|| work(transaction)));
        let result = match result {
            Ok(result) => result.map_err(StoreError::from),
            Err(_panic) => Err(Unanswered::Panicked.into()),
        };
        Box::new(Done { result, reply, _held: held })
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        answer(self.reply, Err(error));
    }
}

impl<T> Outcome for Done<T> {
    fn failed(&self) -> bool {
        self.result.is_err()
    }

    fn tell(self: Box<Self>) {
        answer(self.reply, self.result);
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        answer(self.reply, Err(error));
    }
}

fn answer<T>(reply: Reply<T>, result: Result<T, StoreError>) {
    if reply.send(result).is_err() {
        tracing::debug!("nobody waits for the outcome of a write any more");
    }
}

/// Runs batches until the queue is closed and empty.
fn serve(connection: Connection, mut inbox: mpsc::Receiver<Message>) {
    let mut connected = Connected { connection, durability: Durability::PowerCut };
    let mut closers = Vec::new();
    let mut waiting = Vec::with_capacity(BATCH);
    while inbox.blocking_recv_many(&mut waiting, BATCH) > 0 {
        let mut jobs = Vec::with_capacity(waiting.len());
        let mut needed = Durability::Process;
        for message in waiting.drain(..) {
            match message {
                Message::Job(job, durability) => {
                    jobs.push(job);
                    needed = needed.max(durability);
                }
                Message::Close(closer) => {
                    inbox.close();
                    closers.push(closer);
                }
            }
        }
        if !jobs.is_empty() {
            run_batch(&mut connected, jobs, needed);
        }
    }
    let mut end = Some(finish(connected.connection));
    for closer in closers {
        answer(closer, end.take().unwrap_or(Ok(())));
    }
}

/// Commits a batch of jobs, or none of them.
fn run_batch(connected: &mut Connected, jobs: Vec<Box<dyn Job>>, needed: Durability) {
    let mut jobs = jobs.into_iter();
    let mut outcomes = Vec::with_capacity(jobs.len());
    let committed = connected.transaction(needed).and_then(|transaction| {
        for job in jobs.by_ref() {
            outcomes.push(in_savepoint(&transaction, job)?);
        }
        transaction.commit()
    });
    match committed {
        Ok(()) => outcomes.into_iter().for_each(Outcome::tell),
        Err(error) => {
            tracing::error!(jobs = outcomes.len() + jobs.len(), %error, "a batch was lost");
            let error = Arc::new(error);
            for outcome in outcomes {
                outcome.refuse(uncommitted(&error));
            }
            for job in jobs {
                job.refuse(uncommitted(&error));
            }
        }
    }
}

impl Connected {
    /// A transaction whose commit promises as much.
    fn transaction(&mut self, needed: Durability) -> Result<Transaction<'_>, rusqlite::Error> {
        if self.durability != needed {
            self.connection.pragma_update(None, "synchronous", needed.setting())?;
            self.durability = needed;
        }
        self.connection.transaction_with_behavior(TransactionBehavior::Immediate)
    }
}

impl Durability {
    /// The value of `PRAGMA synchronous` for it, where there is a write-ahead log.
    fn setting(self) -> &'static str {
        match self {
            Self::Process => "NORMAL",
            Self::PowerCut => "FULL",
        }
    }
}

/// Runs one job so that it can be undone alone. Fails when the whole transaction is lost.
fn in_savepoint(
    transaction: &Transaction<'_>,
    job: Box<dyn Job>,
) -> Result<Box<dyn Outcome>, rusqlite::Error> {
    transaction.prepare_cached("SAVEPOINT job")?.execute(())?;
    let outcome = job.run(transaction);
    if transaction.is_autocommit() {
        // A full disk or a broken one: SQLite has undone the other jobs too. This one may know why.
        if outcome.failed() {
            outcome.tell();
        } else {
            outcome.refuse(Unanswered::Lost.into());
        }
        let lost = ffi::Error::new(ffi::SQLITE_ABORT_ROLLBACK);
        return Err(rusqlite::Error::SqliteFailure(lost, None));
    }
    if outcome.failed() {
        transaction.prepare_cached("ROLLBACK TO job")?.execute(())?;
    }
    transaction.prepare_cached("RELEASE job")?.execute(())?;
    Ok(outcome)
}

/// Empties the write-ahead log into the file. No statistics are gathered for the planner: each
/// query has its index, and keeps to it.
fn finish(connection: Connection) -> Result<(), StoreError> {
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    let emptied = connection.execute_batch(checkpoint).map_err(Failure::from);
    let closed = connection.close().map_err(|(_connection, error)| Failure::from(error));
    emptied.and(closed).map_err(StoreError::from)
}
