//! The program: how it starts, stops, and what `kill -9` leaves behind.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use crate::app::{PASSWORD, national_id};
use crate::journey::farm_body;
use crate::place::Place;

/// A server process that does not outlive its test.
pub(crate) struct Server {
    process: Child,
    pub(crate) base: String,
    /// Where its metrics are.
    pub(crate) metrics: String,
    /// What it writes, line by line, once it has ended.
    written: Option<JoinHandle<String>>,
}

impl Server {
    pub(crate) fn start(place: &Place) -> Self {
        Self::start_with(place, |_| {})
    }

    /// A server whose command was changed.
    pub(crate) fn start_with(place: &Place, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = command(place);
        change(&mut command);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut lines = lines.map(Result::unwrap);
        let mut written = String::new();
        let mut listening = |listener: &str| {
            let address = lines.find_map(|line| {
                written.push_str(&line);
                written.push('\n');
                let line: Value = serde_json::from_str(&line).ok()?;
                let found = line["message"] == "listening" && line["listener"] == listener;
                found.then(|| line["address"].as_str().unwrap().to_owned())
            });
            format!("http://{}", address.unwrap())
        };
        let (metrics, base) = (listening("metrics"), listening("api"));
        // Somebody must go on reading, or the server blocks on a full pipe.
        let rest = std::thread::spawn(move || {
            for line in lines {
                written.push_str(&line);
                written.push('\n');
            }
            written
        });
        Self { process, base, metrics, written: Some(rest) }
    }

    /// Lets it finish, and gives what it wrote.
    pub(crate) async fn ended(mut self) -> String {
        self.signal("-TERM");
        let written = self.written.take().unwrap();
        tokio::task::spawn_blocking(move || written.join().unwrap()).await.unwrap()
    }

    fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        Command::new("kill").args([signal, &id]).status().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_before = self.process.kill();
        let _reaped = self.process.wait();
    }
}

pub(crate) fn command(place: &Place) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gacp-api"));
    command
        .env_clear()
        .envs(place.variables())
        .env("GACP_LISTEN", "127.0.0.1:0")
        .env("GACP_METRICS_LISTEN", "127.0.0.1:0")
        // One user writes as fast as the machine can.
        .env("GACP_RATE_LIMIT__ENABLED", "false")
        .env("GACP_SHUTDOWN__DRAIN_SECONDS", "0");
    command
}

async fn log_in(http: &Client, base: &str) -> String {
    let body = json!({"email": "writer@farm.example", "password": PASSWORD});
    let reply = http.post(format!("{base}/api/auth/login")).json(&body).send().await.unwrap();
    let reply: Value = reply.json().await.unwrap();
    reply["data"]["tokens"]["accessToken"].as_str().unwrap().to_owned()
}

/// Registers farms until the server is gone; returns the names that were acknowledged.
async fn write_until_killed(base: String, token: String, writer: String) -> Vec<String> {
    let http = Client::new();
    let mut acknowledged = Vec::new();
    for number in 0..10_000 {
        let name = format!("สวน {writer} {number}");
        let request = http.post(format!("{base}/api/farms")).bearer_auth(&token);
        match request.json(&farm_body(&name)).send().await {
            Ok(reply) if reply.status() == 201 => acknowledged.push(name),
            Ok(reply) => panic!("{reply:?}"),
            Err(_gone) => break,
        }
    }
    acknowledged
}

async fn all_farm_names(http: &Client, base: &str, token: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut path = "/api/farms?limit=100".to_owned();
    loop {
        let reply = http.get(format!("{base}{path}")).bearer_auth(token).send().await.unwrap();
        let page: Value = reply.json().await.unwrap();
        let rows = page["data"].as_array().unwrap();
        names.extend(rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()));
        let Some(next) = page["page"]["next"].as_str() else { return names };
        path = format!("/api/farms?limit=100&cursor={next}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_write_survives_kill_nine_once() {
    let place = Place::new();
    let http = Client::new();
    let body = json!({
        "email": "writer@farm.example", "password": PASSWORD, "fullName": "ผู้เขียน",
        "phone": "0812345678", "nationalId": national_id(123_456_789_012),
        "consent": {"termsVersion": "1", "privacyVersion": "1"},
    });
    let mut acknowledged = Vec::new();

    for round in 0..5 {
        let server = Server::start(&place);
        if round == 0 {
            let request = http.post(format!("{}/api/auth/register", server.base)).json(&body);
            assert_eq!(request.send().await.unwrap().status(), 201);
        }
        let token = log_in(&http, &server.base).await;
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let name = format!("{round}-{writer}");
                tokio::spawn(write_until_killed(server.base.clone(), token.clone(), name))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(150 + 40 * round)).await;
        server.signal("-KILL");
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
    }

    let server = Server::start(&place);
    let token = log_in(&http, &server.base).await;
    let stored = all_farm_names(&http, &server.base, &token).await;
    assert!(!acknowledged.is_empty());
    for name in &acknowledged {
        assert_eq!(stored.iter().filter(|stored| *stored == name).count(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_terminated_server_finishes_and_exits_with_zero() {
    let place = Place::new();
    let mut server = Server::start(&place);
    let ready = reqwest::get(format!("{}/health/ready", server.base)).await.unwrap();
    assert_eq!(ready.status(), 200);

    server.signal("-TERM");
    let until = Instant::now() + Duration::from_secs(10);
    let status = loop {
        if let Some(status) = server.process.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < until, "still running");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };

    assert_eq!(status.code(), Some(0));
}

#[test]
fn every_configuration_error_is_listed_and_the_exit_code_is_two() {
    let place = Place::new();
    let file = place.path().join("gacp.toml");
    std::fs::write(&file, "[server]\nlisten = \"nowhere\"\ncolour = \"red\"\n").unwrap();

    let output = command(&place)
        .env_remove("GACP_LISTEN")
        .env("GACP_SHUTDOWN__DRAIN_SECONDS", "soon")
        .args(["--config", file.to_str().unwrap()])
        .output()
        .unwrap();

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for key in ["server.listen", "server.colour", "GACP_SHUTDOWN__DRAIN_SECONDS"] {
        assert!(said.contains(key), "{key} in {said}");
    }
}

#[test]
fn a_server_for_everybody_needs_its_own_master_key() {
    let place = Place::new();

    let output = command(&place).env("GACP_LISTEN", "0.0.0.0:0").arg("--demo").output().unwrap();

    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("GACP_SECRETS__MASTER_KEY") && said.contains("--demo"), "{said}");
}
