//! A Redis of a test's own, which it can stop, kill and start anew.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use deadpool_redis::redis::{self, Client, FromRedisValue, InfoDict};

use crate::{address, connection, unused_name};

/// Ends with the test.
pub(crate) struct OwnServer {
    port: u16,
    folder: PathBuf,
    child: Child,
}

impl OwnServer {
    pub(crate) async fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("gacp-{}", unused_name()));
        std::fs::create_dir(&folder).unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let child = launch(port, &folder).await;
        Self { port, folder, child }
    }

    pub(crate) fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Asks what no adapter asks.
    pub(crate) async fn ask<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let mut connection = connection(&self.address()).await;
        command(words).query_async(&mut connection).await.unwrap()
    }

    /// Does not wait for the answer.
    pub(crate) fn tell(&self, words: &'static [&'static str]) {
        let address = self.address();
        tokio::spawn(async move {
            let mut connection = connection(&address).await;
            let _late = command(words).query_async::<()>(&mut connection).await;
        });
    }

    /// How many commands it was asked.
    pub(crate) async fn commands(&self) -> u64 {
        let info: InfoDict = self.ask(&["INFO", "stats"]).await;
        info.get("total_commands_processed").unwrap()
    }

    /// SIGSTOP, SIGCONT: it keeps its connections, and says nothing.
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Another run on the same port; what it finds in its folder it loads.
    pub(crate) async fn start_again(&mut self) {
        self.child = launch(self.port, &self.folder).await;
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}

fn command(words: &[&str]) -> redis::Cmd {
    let mut command = redis::Cmd::new();
    command.arg(words);
    command
}

/// Starts one and waits until it answers.
async fn launch(port: u16, folder: &Path) -> Child {
    let [port_text, folder] = [port.to_string(), folder.display().to_string()];
    let arguments = [
        ["--port", &port_text],
        ["--bind", "127.0.0.1"],
        ["--dir", &folder],
        ["--save", ""],
        ["--appendonly", "no"],
        ["--enable-debug-command", "yes"],
    ];
    let mut command = program().await;
    let child = command.args(arguments.concat()).stdout(Stdio::null()).spawn().unwrap();
    let client = Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while client.get_multiplexed_async_connection().await.is_err() {
        assert!(Instant::now() < until, "redis-server does not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    child
}

/// The program of the server under `REDIS_URL`, if that runs here; else what is on the `PATH`.
async fn program() -> Command {
    let mut connection = connection(&address()).await;
    let mut info = redis::cmd("INFO");
    let info: InfoDict = info.arg("server").query_async(&mut connection).await.unwrap();
    let program: PathBuf = info.get::<String>("executable").unwrap().into();
    if !program.is_file() {
        return Command::new("redis-server");
    }
    let mut command = Command::new(&program);
    // One that was only unpacked has its libraries beside it.
    let beside = program.parent().and_then(Path::parent).map(|usr| usr.join("lib"));
    let folders = beside.and_then(|lib| std::fs::read_dir(lib).ok()).into_iter().flatten();
    let folders = folders.map(|folder| folder.unwrap().path()).filter(|path| path.is_dir());
    command.env("LD_LIBRARY_PATH", std::env::join_paths(folders).unwrap());
    command
}
