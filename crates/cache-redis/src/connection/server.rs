//! Which server a connection leads to, and since when it runs.

use std::sync::Arc;

use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{self, InfoDict};

/// One run of a server: another after a restart, and another after a failover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerRun(Arc<str>);

impl ServerRun {
    /// Asks; nothing if it does not say, or who asks may not know.
    pub(crate) async fn ask(
        connection: &mut MultiplexedConnection,
    ) -> Result<Option<Self>, redis::RedisError> {
        let mut info = redis::cmd("INFO");
        info.arg("server").arg("replication");
        match info.query_async::<InfoDict>(connection).await {
            Ok(info) => Ok(Self::of(&info)),
            Err(error) if error.code() == Some("NOPERM") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// 64 random bits of either: `run_id` is new at each start, `master_replid` also when a replica
    /// becomes the primary.
    fn of(info: &InfoDict) -> Option<Self> {
        let run: String = info.get("run_id")?;
        let history: String = info.get("master_replid")?;
        Some(Self(format!("{}{}", run.get(..16)?, history.get(..16)?).into()))
    }

    /// How it is called in names.
    pub(crate) fn name(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "0123456789abcdef0123456789abcdef01234567";
    const HISTORY: &str = "fedcba9876543210fedcba9876543210fedcba98";

    fn run(run: &str, history: &str) -> Option<ServerRun> {
        let text =
            format!("# Server\r\nrun_id:{run}\r\n# Replication\r\nmaster_replid:{history}\r\n");
        ServerRun::of(&InfoDict::new(&text))
    }

    #[test]
    fn a_restart_and_a_failover_are_another_run() {
        let first = run(RUN, HISTORY).unwrap();

        assert_eq!(first.name(), "0123456789abcdeffedcba9876543210");
        assert_ne!(run(HISTORY, HISTORY), Some(first.clone()));
        assert_ne!(run(RUN, RUN), Some(first));
    }

    #[test]
    fn what_does_not_say_which_run_it_is_has_no_name() {
        assert_eq!(run("", HISTORY), None);
        assert_eq!(run(RUN, "short"), None);
        assert_eq!(ServerRun::of(&InfoDict::new("")), None);
    }
}
