//! What a MongoDB has been asked so far, as it counts itself.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, Result, ensure};
use bson::{Document, doc};
use serde::Serialize;

use super::wire::Connection;

/// Where a MongoDB listens that does not say where.
const PORT: u16 = 27_017;

/// What drivers, monitors and this reader ask of their own accord. Every other command counts,
/// also one that the store has not used before.
const ASIDE: &[&str] = &[
    "authenticate",
    "buildInfo",
    "endSessions",
    "hello",
    "isMaster",
    "ping",
    "saslContinue",
    "saslStart",
    "serverStatus",
];

/// The counters of one MongoDB, read over a connection that stays open.
#[derive(Debug)]
pub(crate) struct Counters {
    connection: Connection,
}

impl Counters {
    /// The counters of the server at this address; none when it is not one on this machine that
    /// asks for no credentials. Fails when it has company: its members share the work.
    pub(crate) fn open(address: &str) -> Result<Option<Self>> {
        let Some(port) = local_port(address) else { return Ok(None) };
        let mut connection = Connection::open(port)?;
        let hello = connection.run(&doc! { "hello": 1, "$db": "admin" })?;
        let members = hello.get_array("hosts").map_or(1, Vec::len);
        ensure!(members == 1, "operations are counted on one server, and {members} share the work");
        Ok(Some(Self { connection }))
    }

    /// How often each command has run since the server was started.
    pub(crate) fn read(&mut self) -> Result<Commands> {
        // Without what is costly to put together and not looked at.
        let status = doc! {
            "serverStatus": 1, "locks": 0, "repl": 0, "tcmalloc": 0, "transactions": 0,
            "wiredTiger": 0, "$db": "admin",
        };
        Commands::of(&self.connection.run(&status)?)
    }
}

/// The port in the address of a single server on this machine.
fn local_port(address: &str) -> Option<u16> {
    let host = address.strip_prefix("mongodb://")?.split(['/', '?']).next()?;
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let port = if port.is_empty() { Some(PORT) } else { port.parse().ok() };
    port.filter(|_| matches!(name, "127.0.0.1" | "localhost"))
}

/// Commands, and how often each was run.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub(crate) struct Commands(BTreeMap<String, u64>);

impl Commands {
    fn of(status: &Document) -> Result<Self> {
        let counted = status.get_document("metrics").and_then(|all| all.get_document("commands"));
        let counted = counted.context("MongoDB does not count its commands")?;
        let times = |counters: &Document| u64::try_from(counters.get_i64("total").ok()?).ok();
        let run = counted.iter().filter_map(|(name, counters)| {
            let times = times(counters.as_document()?).filter(|times| *times > 0)?;
            is_asked_for(name).then(|| (name.clone(), times))
        });
        Ok(Self(run.collect()))
    }

    /// What has been run since an earlier reading.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let run = self
            .0
            .iter()
            .map(|(name, times)| (name.clone(), times.saturating_sub(earlier.of_one(name))));
        Self(run.filter(|(_, times)| *times > 0).collect())
    }

    /// Adds these to what was counted before, `times` times.
    pub(crate) fn add(&mut self, other: &Self, times: u64) {
        for (name, more) in &other.0 {
            *self.0.entry(name.clone()).or_default() += more * times;
        }
    }

    /// All of them.
    pub(crate) fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// How many transactions were committed.
    pub(crate) fn transactions(&self) -> u64 {
        self.of_one("commitTransaction")
    }

    fn of_one(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }
}

/// `aggregate 1, find 2`.
impl fmt::Display for Commands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        let each: Vec<String> =
            self.0.iter().map(|(name, times)| format!("{name} {times}")).collect();
        f.write_str(&each.join(", "))
    }
}

/// Servers of one set talk in commands that begin with an underscore or with `replSet`.
fn is_asked_for(name: &str) -> bool {
    !ASIDE.contains(&name) && !name.starts_with('_') && !name.starts_with("replSet")
}

#[cfg(test)]
impl<const N: usize> From<[(&str, u64); N]> for Commands {
    fn from(run: [(&str, u64); N]) -> Self {
        Self(run.map(|(name, times)| (name.to_owned(), times)).into())
    }
}

#[cfg(test)]
mod tests {
    use bson::{Document, doc};

    use super::{Commands, local_port};

    fn read(commands: Document) -> Commands {
        Commands::of(&doc! { "metrics": { "commands": commands } }).unwrap()
    }

    fn ran(times: i64) -> Document {
        doc! { "failed": 0_i64, "total": times }
    }

    #[test]
    fn what_was_run_in_between_is_the_difference() {
        let before = read(doc! { "find": ran(7), "insert": ran(3), "update": ran(0) });
        let after = read(doc! { "find": ran(9), "insert": ran(3), "commitTransaction": ran(1) });

        let between = after.since(&before);

        assert_eq!(between.to_string(), "commitTransaction 1, find 2");
        assert_eq!((between.total(), between.transactions()), (3, 1));
        assert_eq!(after.since(&after).to_string(), "nothing");
    }

    #[test]
    fn what_nobody_asked_for_does_not_count() {
        let commands = read(doc! {
            "hello": ran(40), "serverStatus": ran(9), "ping": ran(1), "endSessions": ran(1),
            "replSetHeartbeat": ran(5), "_mergeAuthzCollections": ran(1), "<UNKNOWN>": 2_i64,
            "killCursors": ran(1),
        });

        assert_eq!(commands.to_string(), "killCursors 1");
    }

    #[test]
    fn a_server_that_counts_no_commands_is_an_error() {
        assert!(Commands::of(&doc! { "ok": 1 }).is_err());
    }

    #[test]
    fn commands_are_added_up() {
        let mut sum = read(doc! { "find": ran(1) });

        sum.add(&read(doc! { "find": ran(2), "insert": ran(1) }), 10);

        assert_eq!(sum.to_string(), "find 21, insert 10");
    }

    #[test]
    fn only_one_server_on_this_machine_can_be_read() {
        let address = |text| local_port(text);

        assert_eq!(address("mongodb://127.0.0.1:4711/?replicaSet=gacp"), Some(4711));
        assert_eq!(address("mongodb://localhost/"), Some(27_017));
        for other in [
            "mongodb://db.example:27017/",
            "mongodb://127.0.0.1:1,127.0.0.1:2/?replicaSet=gacp",
            "mongodb://root:secret@127.0.0.1:27017/",
            "mongodb+srv://127.0.0.1/",
            "127.0.0.1:27017",
        ] {
            assert_eq!(address(other), None, "{other}");
        }
    }
}
