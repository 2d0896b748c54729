//! What happens in a day, in seconds: the whole journey, and what it leaves out.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::stage::Stand;
use crate::client::Api;
use crate::demo::journey;
use crate::demo::script::Script;
use crate::http1;
use crate::interrupt;
use crate::round::Round;

/// Time for a server to begin with a login, not to end it: it hashes for longer.
const A_MOMENT: Duration = Duration::from_millis(2);

/// How often somebody leaves at most: mostly it is too early or too late to be noticed.
const LEAVES: u32 = 200;

/// Plays the journey once, with logins right and wrong, and what else a server meets.
pub(super) async fn play(stand: &Stand) -> Result<()> {
    let api = Api::new(&stand.server.base)?;
    journey::play(&api, &mut Script::silent(), Round::first()?).await?;
    api.get("/nowhere").expect(404).await?;
    for _time in 0..LEAVES {
        leave(stand.server.authority()).await?;
        if stand.tells().await?.contains(r#"error_type="cancelled""#) {
            return Ok(());
        }
        interrupt::check()?;
    }
    bail!("no request of a client that leaves is counted as cancelled")
}

/// Asks for something, and resets the connection before it comes.
async fn leave(authority: &str) -> Result<()> {
    let body = json!({"email": "nobody@farm.example", "password": "somebody else's words"});
    let headers = [("Host", authority), ("Content-Type", "application/json")];
    let login = http1::request("POST /api/auth/login", &headers, &body.to_string());
    let mut stream = TcpStream::connect(authority).await?;
    stream.set_zero_linger()?;
    stream.write_all(&login).await?;
    sleep(A_MOMENT).await;
    Ok(())
}
