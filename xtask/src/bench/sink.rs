//! A collector that takes what comes and forgets it: what one costs is not the server's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use tokio::net::TcpListener;

use crate::http1::Wire;

const TAKEN: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// A collector on a free port, for as long as the runtime is there.
pub(super) struct Sink {
    pub(super) endpoint: String,
    batches: Arc<AtomicU64>,
}

impl Sink {
    /// What a server is told, so that it tells of itself as in production: lines of JSON to a
    /// file, and spans to here.
    pub(super) fn variables(&self) -> [(&'static str, String); 2] {
        [("GACP_LOG", "info".to_owned()), ("OTEL_EXPORTER_OTLP_ENDPOINT", self.endpoint.clone())]
    }

    pub(super) async fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let batches = Arc::new(AtomicU64::new(0));
        let taken = Arc::clone(&batches);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taken = Arc::clone(&taken);
                tokio::spawn(async move {
                    let mut wire = Wire::accepted(stream)?;
                    while wire.receive().await?.is_some() {
                        taken.fetch_add(1, Ordering::Relaxed);
                        wire.send(TAKEN).await?;
                    }
                    anyhow::Ok(())
                });
            }
        });
        Ok(Self { endpoint, batches })
    }

    /// How many batches it has taken.
    pub(super) fn taken(&self) -> u64 {
        self.batches.load(Ordering::Relaxed)
    }
}
