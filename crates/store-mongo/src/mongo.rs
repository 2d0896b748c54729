//! The store as its users hold it.

use std::future::Future;
use std::sync::Arc;

use gacp_resilience::carry;
use gacp_store::StoreError;
use mongodb::bson::Document;
use mongodb::options::ClientOptions;
use mongodb::{Client, Collection, Database};
use tokio::runtime::Handle;
use tracing::Instrument;

use crate::connect::{self, ConnectError};
use crate::errors::{Failure, Panicked};
use crate::pool::{self, PoolObserver};

/// Every store port on one MongoDB database; a clone is another handle to the same connections.
///
/// Work goes on when its caller is cancelled, or the caller's runtime ends: it runs in a task of its
/// own on the runtime that the store was connected on, because a driver call that is dropped closes
/// its connection. That runtime must outlive the store.
#[derive(Debug, Clone)]
pub struct Mongo {
    pub(crate) client: Client,
    pub(crate) database: Database,
    /// Where the driver's own tasks run.
    runtime: Handle,
}

impl Mongo {
    /// Connects to a replica set or a sharded cluster, and finds out that it is one.
    ///
    /// Fails with [`ConnectError::Standalone`] on a single server without a replica set: it has no
    /// transactions. Does not look at the database: see [`prepare`](Self::prepare).
    pub async fn connect(uri: &str, database: &str) -> Result<Self, ConnectError> {
        Self::with(connect::options(uri).await?, database).await
    }

    /// The same, and who sees what its connections do.
    pub async fn connect_observed(
        uri: &str,
        database: &str,
        observer: Arc<dyn PoolObserver>,
    ) -> Result<Self, ConnectError> {
        let mut options = connect::options(uri).await?;
        options.cmap_event_handler = Some(pool::handler(observer));
        Self::with(options, database).await
    }

    async fn with(options: ClientOptions, database: &str) -> Result<Self, ConnectError> {
        let client = Client::with_options(options)?;
        connect::inspect(&client).await?;
        Ok(Self { database: client.database(database), client, runtime: Handle::current() })
    }

    /// Waits for what is under way, then closes the connections. Whatever is asked of any handle
    /// afterwards is [`StoreError::Unavailable`].
    pub async fn close(&self) {
        self.client.clone().shutdown().await;
    }

    /// Removes the whole database, for tests and for the tools that make databases of their own.
    pub async fn drop_database(&self) -> Result<(), StoreError> {
        let database = self.database.clone();
        self.detached(async move { Ok(database.drop().await?) }).await
    }

    /// Does the work to its end, even when nobody waits for it any more.
    ///
    /// It is done where the driver's own tasks run, whoever asks for it: a call meets them four
    /// times, for a connection, for what comes on it and to give it back, and between threads each of
    /// these is a wake.
    pub(crate) async fn detached<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
    {
        match self.runtime.spawn(carry::along(work.in_current_span())).await {
            Ok(outcome) => outcome.map_err(StoreError::from),
            Err(error) => Err(StoreError::Unavailable(Panicked(error).into())),
        }
    }

    pub(crate) fn collection(&self, name: &str) -> Collection<Document> {
        self.database.collection(name)
    }
}
