//! One file, one thread that writes to it, a few connections that read from it.

use std::io;
use std::path::Path;
use std::time::Duration;

use gacp_store::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction};
use thiserror::Error;

use self::readers::Readers;
use self::writer::{Durability, Writer};

mod backup;
pub(crate) mod errors;
mod files;
mod migrations;
mod readers;
mod writer;

pub(crate) use self::errors::Failure;

/// So many reads run at once; more wait. Reads come from the page cache: more connections than
/// cores only take turns.
const READERS: usize = 4;

/// How long a statement waits for another process's write lock before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// More statements than all ports have, so that each is compiled once per connection.
const STATEMENTS: usize = 128;

/// Why a file could not be opened as a store.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The folder or the file could not be made.
    #[error("the database file cannot be created")]
    File(#[from] io::Error),
    /// SQLite could not open the file or refused a setting.
    #[error("the database file cannot be opened")]
    Sqlite(#[from] rusqlite::Error),
    /// The file system under the file cannot share memory between connections.
    #[error("the database file does not support write-ahead logging, but only `{mode}`")]
    NoWriteAheadLog {
        /// The journal that SQLite offers instead.
        mode: String,
    },
    /// The file is a database of something else.
    #[error("the file is a database of another application (id {signature:#010x})")]
    Foreign {
        /// The application id in the file.
        signature: i32,
    },
    /// The file was written by a newer server.
    #[error("the database has schema {found}, this server knows {known}: start a newer server")]
    Newer {
        /// The schema of the file.
        found: usize,
        /// The newest schema that this server knows.
        known: usize,
    },
    /// A step of the schema failed; the file is as it was before the step.
    #[error("schema step {name} failed")]
    Migration {
        /// The step.
        name: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

/// The writer and the readers of one file.
#[derive(Debug)]
pub(crate) struct Store {
    writer: Writer,
    readers: Readers,
}

impl Store {
    /// Opens a file, makes it if it is not there, and brings it to the newest schema.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        files::create(path)?;
        let mut connection = writing(path)?;
        migrations::migrate(&mut connection)?;
        let readers = (0..READERS).map(|_| reading(path)).collect::<Result<_, _>>()?;
        Ok(Self { writer: Writer::start(connection)?, readers: Readers::new(readers) })
    }

    /// Does the work in a transaction and returns once it is on the disk.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.writer.run(work, Durability::PowerCut).await
    }

    /// Does the work in a transaction and returns once it is committed. A power cut may undo it:
    /// for what is worth no wait for the disk.
    pub(crate) async fn write_unsynced<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Transaction<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.writer.run(work, Durability::Process).await
    }

    /// Reads the last commit.
    pub(crate) async fn read<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.readers.run(work).await
    }

    /// Copies the last commit to a new file.
    pub(crate) async fn back_up(&self, to: &Path) -> Result<(), StoreError> {
        let to = to.to_owned();
        self.readers.run(move |connection| backup::copy(connection, &to)).await
    }

    /// Ends reading and writing, and empties the write-ahead log into the file.
    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        self.readers.close().await;
        self.writer.close().await
    }
}

fn writing(path: &Path) -> Result<Connection, OpenError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(OpenError::NoWriteAheadLog { mode });
    }
    // An answer of success must survive a power cut: every commit waits for the disk.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // A burst may let the log grow; afterwards its file shrinks to this again.
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    // What is erased is overwritten: erased comments and personal data must not linger.
    connection.pragma_update(None, "secure_delete", "ON")?;
    Ok(connection)
}

fn reading(path: &Path) -> Result<Connection, OpenError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "query_only", "ON")?;
    // The log is opened with the first read: what is wrong with it shows now.
    connection.query_one("SELECT count(*) FROM sqlite_schema", (), |_| Ok(()))?;
    Ok(connection)
}

fn connect(path: &Path, mode: OpenFlags) -> Result<Connection, OpenError> {
    // Each connection is used by one thread at a time: SQLite need not lock it again.
    let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Statements keep their plan whatever is bound to them. Without this, each use of one on a table
    // with a partial index compiled it anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // A misspelt column in double quotes is an error, not a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    Ok(connection)
}

#[cfg(test)]
mod tests;
