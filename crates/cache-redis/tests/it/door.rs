//! A door in front of a Redis, which a test can shut. The tests of the API go through it too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Between the adapter and the server; passes nothing on while it is closed.
pub(crate) struct Door {
    pub(crate) address: String,
    is_open: Arc<AtomicBool>,
    serving: JoinHandle<()>,
}

impl Door {
    pub(crate) async fn open(server: &str) -> Self {
        let server = server.trim_start_matches("redis://").split('/').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("redis://{}", listener.local_addr().unwrap());
        let is_open = Arc::new(AtomicBool::new(true));
        let serving = tokio::spawn(serve(listener, server, Arc::clone(&is_open)));
        Self { address, is_open, serving }
    }

    pub(crate) fn set_open(&self, is_open: bool) {
        self.is_open.store(is_open, Ordering::Relaxed);
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, server: String, is_open: Arc<AtomicBool>) {
    let mut passing = JoinSet::new();
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (mut inside, server) = (accepted.unwrap().0, server.clone());
                if is_open.load(Ordering::Relaxed) {
                    passing.spawn(async move {
                        let mut outside = TcpStream::connect(server).await.unwrap();
                        let _ended = copy_bidirectional(&mut inside, &mut outside).await;
                    });
                }
            }
            _ = ticks.tick() => {
                if !is_open.load(Ordering::Relaxed) {
                    passing.abort_all();
                }
            }
        }
    }
}
