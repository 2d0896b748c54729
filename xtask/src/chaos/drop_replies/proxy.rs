//! A proxy before the server that loses replies to refreshes: the server has done its work, and
//! the client's connection is closed instead.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::notes::Notes;
use crate::http1::{Message, Wire};

const REFRESH: &str = "POST /api/auth/refresh ";

/// A running proxy; dropped, it accepts no more.
pub(super) struct Proxy {
    /// Where it listens.
    pub(super) base: String,
    accepting: JoinHandle<()>,
}

/// What every connection needs.
struct Course {
    server: String,
    lottery: Lottery,
    notes: Notes,
}

/// Decides by its seed which replies are lost: the n-th always, or never.
struct Lottery {
    seed: u64,
    percent: u64,
    drawn: AtomicU64,
}

impl Proxy {
    /// Listens on a free port; loses this share of the replies, in per cent.
    pub(super) async fn start(
        server: &str,
        (seed, percent): (u64, u64),
        notes: &Notes,
    ) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        let lottery = Lottery { seed, percent, drawn: AtomicU64::new(0) };
        let course = Course { server: server.to_owned(), lottery, notes: notes.clone() };
        let accepting = tokio::spawn(accept(listener, Arc::new(course)));
        Ok(Self { base, accepting })
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// As many connections as the clients have; they end with their clients.
async fn accept(listener: TcpListener, course: Arc<Course>) {
    while let Ok((client, _)) = listener.accept().await {
        let course = Arc::clone(&course);
        tokio::spawn(async move {
            // The client sees a lost connection, and judges that.
            course.serve(client).await.ok();
        });
    }
}

impl Course {
    /// Passes on what is asked and answered, until a reply is lost or the client is done.
    async fn serve(&self, client: TcpStream) -> Result<()> {
        let mut client = Wire::accepted(client)?;
        let mut server = Wire::open(&self.server).await?;
        while let Some(request) = client.receive().await? {
            let reply = server.exchange(request.bytes()).await?;
            if request.first_line().starts_with(REFRESH) && self.loses(&request, &reply)? {
                break;
            }
            client.send(reply.bytes()).await?;
        }
        Ok(())
    }

    fn loses(&self, request: &Message, reply: &Message) -> Result<bool> {
        let is_lost = self.lottery.draw();
        let presented = String::from_utf8(request.body().to_vec())?;
        self.notes.replied(presented, told(reply)?, is_lost);
        Ok(is_lost)
    }
}

/// What must be told to everybody who asks the same: not in how many seconds tokens expire.
fn told(reply: &Message) -> Result<String> {
    let status = reply.status()?;
    let body: Value = serde_json::from_slice(reply.body())?;
    let token = |name| body.pointer(&format!("/data/tokens/{name}")).unwrap_or(&Value::Null);
    Ok(format!("{status} {} {}", token("accessToken"), token("refreshToken")))
}

impl Lottery {
    fn draw(&self) -> bool {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        scrambled(self.seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))) % 100
            < self.percent
    }
}

/// The output function of `SplitMix64` (Steele, Lea, Flood 2014): any two numbers look unlike.
fn scrambled(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests;
