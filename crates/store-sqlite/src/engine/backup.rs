//! Copies of the store, made while it is in use.

use std::path::Path;

use gacp_store::StoreError;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::errors::{Failure, Unanswered};
use super::files;

/// Copies the last commit to a new file. All pages are read in one transaction, which holds up
/// nobody: the log keeps what is written meanwhile.
pub(super) fn copy(connection: &Connection, to: &Path) -> Result<(), Failure> {
    files::create_new(to).map_err(|error| StoreError::Unavailable(error.into()))?;
    let mut target = Connection::open(to)?;
    match Backup::new(connection, &mut target)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(StoreError::from(Unanswered::Busy).into()),
    }
}
