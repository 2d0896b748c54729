//! A running server: how it starts, and how it stops without losing a request.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{HttpServer, web};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use crate::http::{Routes, Shell, app};
use crate::logging;
use crate::readiness::Readiness;

/// Longer than load balancers keep their connections, so that they close first (60 s is usual).
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// For the head of a request; bodies have their own patience.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// For a client that should close its connection and does not.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For requests in flight once the server accepts no more: the longest that a body may take.
const FINISH_SECONDS: u64 = 30;

type Closing = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A server that accepts requests until it is stopped.
pub struct Running {
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
    readiness: Arc<Readiness>,
    closing: Closing,
}

/// How a server came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything in flight was answered.
    Clean,
    /// Somebody did not want to wait.
    Forced,
}

/// Serves these routes on a listener; `services` adds the data that handlers take.
pub fn start<S>(
    listener: TcpListener,
    shell: web::Data<Shell>,
    readiness: Arc<Readiness>,
    routes: fn() -> Routes,
    services: S,
) -> io::Result<Running>
where
    S: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
{
    let address = listener.local_addr()?;
    let ready = web::Data::from(Arc::clone(&readiness));
    let server = HttpServer::new(move || {
        let shell = web::Data::new(Shell::clone(&shell));
        app(shell, routes(), &|config| {
            config.app_data(ready.clone());
            services(config);
        })
    })
    .workers(available_parallelism()?.get())
    .keep_alive(KEEP_ALIVE)
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    .shutdown_timeout(FINISH_SECONDS)
    // Signals start the order of stopping here, not actix's own.
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    let server = tokio::spawn(server);
    logging::listening("api", address);
    Ok(Running { address, metrics: None, handle, server, readiness, closing: Box::pin(async {}) })
}

impl Running {
    /// Where it can be reached.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its metrics are, if it has any.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// The same server, which is scraped there.
    #[must_use]
    pub fn scraped_at(self, address: SocketAddr) -> Self {
        Self { metrics: Some(address), ..self }
    }

    /// The same server, with something to do once the last request is answered: close stores.
    #[must_use]
    pub fn closing(self, with: impl Future<Output = ()> + Send + 'static) -> Self {
        let before = self.closing;
        let closing = Box::pin(async move {
            before.await;
            with.await;
        });
        Self { closing, ..self }
    }

    /// Stops at once, but for requests in flight, and closes.
    pub async fn stop(self) {
        self.readiness.drain();
        self.handle.stop(true).await;
        self.closing.await;
    }

    /// Serves until the process is told to end: then it is no longer ready but keeps serving for
    /// `drain`, so that load balancers notice; then it stops. Another signal ends it at once.
    pub async fn until(mut self, signals: &mut Signals, drain: Duration) -> io::Result<Ending> {
        tokio::select! {
            () = signals.next() => {}
            ended = &mut self.server => return Err(early(ended)),
        }
        tracing::info!(drain_seconds = drain.as_secs(), "draining");
        self.readiness.drain();
        let handle = self.handle.clone();
        let ending = tokio::select! {
            () = signals.next() => Ending::Forced,
            () = async {
                tokio::time::sleep(drain).await;
                handle.stop(true).await;
            } => Ending::Clean,
        };
        if ending == Ending::Forced {
            self.handle.stop(false).await;
        }
        self.closing.await;
        tracing::info!(?ending, "stopped");
        Ok(ending)
    }
}

/// The server ended by itself.
fn early(ended: Result<io::Result<()>, tokio::task::JoinError>) -> io::Error {
    match ended {
        Ok(Ok(())) => io::Error::other("the server ended without being told to"),
        Ok(Err(error)) => error,
        Err(error) => io::Error::other(error),
    }
}

/// The signals that tell a process to end: `SIGINT` and `SIGTERM`.
pub struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Listens from now on: before anything is served, so that none is missed.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next of them.
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests;
