//! Redis, as the cache uses it: nothing is kept on disk.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::install;
use super::service::Service;

/// A reply that takes longer than this hangs.
const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) const SERVICE: Service = Service {
    program: "redis-server",
    variable: "REDIS_URL",
    install,
    arguments,
    address,
    settled,
};

fn install() -> Result<install::Program> {
    install::apt::redis()
}

fn arguments(port: u16, folder: &Path) -> Vec<String> {
    let [port, folder] = [port.to_string(), folder.display().to_string()];
    let valued = [
        ("--save", ""),
        ("--appendonly", "no"),
        ("--bind", "127.0.0.1"),
        ("--port", &port),
        ("--dir", &folder),
    ];
    valued.iter().flat_map(|(name, value)| [*name, *value]).map(str::to_owned).collect()
}

fn address(port: u16) -> String {
    format!("redis://127.0.0.1:{port}")
}

/// True once this process answers.
fn settled(port: u16, pid: u32) -> Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(b"PING\r\nINFO server\r\nQUIT\r\n")?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    ensure!(reply.starts_with("+PONG\r\n"), "Redis does not answer PING with PONG: {reply:?}");
    let process = reply.lines().find_map(|line| line.strip_prefix("process_id:"));
    ensure!(process == Some(pid.to_string().as_str()), "another Redis took port {port}");
    Ok(true)
}
