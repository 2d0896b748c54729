//! `gacp-api health`: whether the server of this configuration should get requests.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::Config;

/// Longer than a server takes to look at what it depends on.
const PATIENCE: Duration = Duration::from_secs(5);

/// The first line of a reply is all that is looked at.
const MOST_BYTES: u64 = 256;

/// Asks it over HTTP, as a load balancer does. Fails when it does not answer, and when it says that
/// it is not ready.
pub(super) async fn ask(config: &Config) -> anyhow::Result<()> {
    let address = reachable(config.server.listen);
    let answered = timeout(PATIENCE, status_line(address)).await;
    let line = answered.with_context(|| format!("{address} does not answer"))?;
    let line = line.with_context(|| format!("{address} cannot be asked"))?;
    match line.split(' ').nth(1) {
        Some("200") => {
            println!("ready");
            Ok(())
        }
        _ => bail!("{address} is not ready: {line}"),
    }
}

/// Where a listener on all addresses can be reached from here.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn status_line(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request =
        format!("GET /health/ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut reply = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut reply).await?;
    let reply = String::from_utf8_lossy(&reply);
    Ok(reply.lines().next().unwrap_or_default().to_owned())
}
