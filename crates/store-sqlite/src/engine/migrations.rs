//! The schema, step by step. A step that was released is never changed: a new one follows it.

use rusqlite::{Connection, TransactionBehavior};

use super::OpenError;

/// `GACP`, so that a file of something else is never taken for one of ours.
const APPLICATION_ID: i32 = 0x4741_4350;

/// One step of the schema.
struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// Reads a step from its file.
macro_rules! migrations {
    ($($name:literal)+) => {
        &[$(Migration {
            name: $name,
            sql: include_str!(concat!("../../migrations/", $name, ".sql")),
        }),+]
    };
}

/// Every step, in order; `user_version` counts the ones that a file has behind it.
const MIGRATIONS: &[Migration] = migrations! {
    "0001_ledger"
    "0002_keys"
    "0003_accounts"
    "0004_farms"
    "0005_certifications"
    "0006_farm_places"
    "0007_guesses"
    "0008_security_events"
    "0009_key_rotation"
    "0010_ended_sessions"
};

/// Brings a file to the newest schema.
///
/// Fails with [`OpenError::Foreign`] when the file is something else's and with
/// [`OpenError::Newer`] when a newer server has written to it.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    take(connection, MIGRATIONS)
}

fn take(connection: &mut Connection, migrations: &[Migration]) -> Result<(), OpenError> {
    claim(connection, migrations.len())?;
    for (done, migration) in migrations.iter().enumerate() {
        step(connection, done, migration)?;
    }
    Ok(())
}

/// Signs an empty file; refuses one that has another signature, or a newer schema.
fn claim(connection: &mut Connection, known: usize) -> Result<(), OpenError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let signature: i32 =
        transaction.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        transaction.query_one("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    match (signature, tables) {
        (APPLICATION_ID, _) => {}
        (0, 0) => transaction.pragma_update(None, "application_id", APPLICATION_ID)?,
        (signature, _) => return Err(OpenError::Foreign { signature }),
    }
    let found = version(&transaction)?;
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    Ok(transaction.commit()?)
}

/// Takes one step, unless the file has it behind it.
fn step(connection: &mut Connection, done: usize, next: &Migration) -> Result<(), OpenError> {
    let failed = |source| OpenError::Migration { name: next.name, source };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read under the write lock: another process may have taken the step in the meantime.
    if version(&transaction)? > done {
        return Ok(());
    }
    transaction.execute_batch(next.sql).map_err(failed)?;
    let version = i64::try_from(done + 1).unwrap_or(i64::MAX);
    transaction.pragma_update(None, "user_version", version).map_err(failed)?;
    transaction.commit().map_err(failed)
}

fn version(connection: &Connection) -> Result<usize, OpenError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // A negative number is nobody's: such a file counts as newer than everything.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
        let mut sql = connection.prepare("SELECT name, sql FROM sqlite_schema ORDER BY 1").unwrap();
        let rows = sql.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn a_file_of_any_earlier_schema_comes_to_the_same_as_an_empty_one() {
        let mut empty = Connection::open_in_memory().unwrap();
        migrate(&mut empty).unwrap();

        for known in 0..MIGRATIONS.len() {
            let mut earlier = Connection::open_in_memory().unwrap();
            take(&mut earlier, &MIGRATIONS[..known]).unwrap();
            migrate(&mut earlier).unwrap();

            assert_eq!(schema(&earlier), schema(&empty), "from schema {known}");
        }
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_at_the_one_before() {
        let first = Migration { name: "first", sql: "CREATE TABLE one (id INTEGER) STRICT" };
        let broken = "CREATE TABLE two (id INTEGER) STRICT; CREATE TABLE one (id INTEGER) STRICT;";
        let steps = [first, Migration { name: "broken", sql: broken }];
        let mut connection = Connection::open_in_memory().unwrap();

        let refused = take(&mut connection, &steps);

        assert!(matches!(refused, Err(OpenError::Migration { name: "broken", .. })), "{refused:?}");
        assert_eq!(version(&connection).unwrap(), 1);
        assert_eq!(schema(&connection).len(), 1);
    }
}
