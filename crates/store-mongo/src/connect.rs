//! Connections: how the driver is set up, and what it may be connected to.

use std::time::Duration;

use gacp_resilience::deadline;
use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::options::{
    Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern,
};
use thiserror::Error;

/// The oldest servers that are supported say this (MongoDB 6.0).
const OLDEST_WIRE_VERSION: i32 = 17;

/// Connections per server: enough for what a process does at once, few enough for many processes.
const MAX_POOL: u32 = 64;

/// Connections that are kept open, so that a burst after a quiet hour need not wait for TLS.
const MIN_POOL: u32 = 8;

/// How long a call waits for a primary. An election may take longer: whoever writes is told to come
/// back, and whether to ask once more what only reads is for others to say.
pub(crate) const SERVER_SELECTION: Duration = Duration::from_millis(2_500);

/// How long a connection may take to open.
const CONNECT: Duration = Duration::from_secs(2);

/// How long a call may run on the server, and how long a write waits for the majority.
pub(crate) const MAX_TIME: Duration = Duration::from_secs(5);

/// How long a call may run on the server: no longer than anybody waits for it.
pub(crate) fn max_time() -> Duration {
    // 0 would mean for ever.
    deadline::at_most(MAX_TIME).max(Duration::from_millis(1))
}

/// Why there is no connection to a database.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The connection string is none, or no server answers.
    #[error("the database cannot be reached")]
    Driver(#[from] mongodb::error::Error),
    /// The server belongs to no replica set: it has no transactions.
    #[error(
        "the server is a standalone: transactions need a replica set; \
         start it with --replSet and run rs.initiate() once, one member is enough"
    )]
    Standalone,
    /// The server is too old.
    #[error("the server is older than MongoDB 6.0 (its wire version is {found})")]
    TooOld {
        /// The newest protocol that the server speaks.
        found: i32,
    },
}

/// The driver's settings: sizes and waits unless the connection string says otherwise, and what
/// the ports promise (majority, journal, primary) whatever it says.
pub(crate) async fn options(uri: &str) -> Result<ClientOptions, ConnectError> {
    let mut options = ClientOptions::parse(uri).await?;
    options.app_name.get_or_insert_with(|| "gacp".to_owned());
    options.max_pool_size.get_or_insert(MAX_POOL);
    options.min_pool_size.get_or_insert(MIN_POOL);
    options.server_selection_timeout.get_or_insert(SERVER_SELECTION);
    options.connect_timeout.get_or_insert(CONNECT);
    options.retry_reads = Some(true);
    options.retry_writes = Some(true);
    options.write_concern = Some(write_concern());
    options.read_concern = Some(ReadConcern::majority());
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    Ok(options)
}

/// A write is answered once it is on the disks of a majority: no failover takes it back.
pub(crate) fn write_concern() -> WriteConcern {
    WriteConcern::builder().w(Acknowledgment::Majority).journal(true).w_timeout(MAX_TIME).build()
}

/// Refuses servers that cannot do what the ports promise.
pub(crate) async fn inspect(client: &Client) -> Result<(), ConnectError> {
    judge(&client.database("admin").run_command(doc! { "hello": 1 }).await?)
}

/// What a server that says this of itself can do.
fn judge(hello: &Document) -> Result<(), ConnectError> {
    let routes = hello.get_str("msg").is_ok_and(|msg| msg == "isdbgrid");
    if !routes && hello.get_str("setName").is_err() {
        return Err(ConnectError::Standalone);
    }
    let found = hello.get_i32("maxWireVersion").unwrap_or_default();
    if found < OLDEST_WIRE_VERSION { Err(ConnectError::TooOld { found }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replica_sets_and_routers_of_today_are_served() {
        let member = doc! { "setName": "rs0", "maxWireVersion": 17 };
        let router = doc! { "msg": "isdbgrid", "maxWireVersion": 21 };

        assert!(judge(&member).is_ok());
        assert!(judge(&router).is_ok());
    }

    #[test]
    fn a_standalone_server_is_refused_with_what_to_do_about_it() {
        let refused = judge(&doc! { "isWritablePrimary": true, "maxWireVersion": 17 });

        assert!(matches!(refused, Err(ConnectError::Standalone)), "{refused:?}");
        assert!(refused.unwrap_err().to_string().contains("--replSet"));
    }

    #[test]
    fn a_server_from_before_6_0_is_refused() {
        let refused = judge(&doc! { "setName": "rs0", "maxWireVersion": 13 });

        assert!(matches!(refused, Err(ConnectError::TooOld { found: 13 })), "{refused:?}");
    }

    #[tokio::test]
    async fn what_the_ports_promise_is_set_whatever_the_connection_string_says() {
        let uri = "mongodb://localhost/?w=1&journal=false&readPreference=secondary\
                   &readConcernLevel=local&retryWrites=false&maxPoolSize=7";

        let options = options(uri).await.unwrap();

        assert_eq!(options.write_concern, Some(write_concern()));
        assert_eq!(options.read_concern, Some(ReadConcern::majority()));
        assert_eq!((options.retry_writes, options.max_pool_size), (Some(true), Some(7)));
        assert_eq!(
            (options.min_pool_size, options.connect_timeout),
            (Some(MIN_POOL), Some(CONNECT))
        );
        let primary = SelectionCriteria::ReadPreference(ReadPreference::Primary);
        assert_eq!(options.selection_criteria, Some(primary));
    }
}
