//! A server that answers as a test tells it to.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::sleep;

use super::data::Data;
use super::engine::{self, Plan, Played};
use super::report::Report;
use super::scenario::Scenario;
use crate::http1::{Message, Wire};

/// When the runs of tests are, in seconds since 1970.
pub(super) const NOW: i64 = 1_800_000_000;

/// What becomes of a request.
pub(super) enum Answer {
    /// Status, further headers and body.
    Reply(u16, &'static str, String),
    /// The same after a while.
    After(Duration, u16),
    /// The connection is closed instead.
    Close,
    /// Nothing, ever.
    Silence,
}

/// What it was asked, in the order in which it came.
pub(super) type Heard = Rc<RefCell<Vec<String>>>;

/// A problem of the product (RFC 9457).
pub(super) fn problem(status: u16, code: &str, errors: &str) -> Answer {
    let headers = "Content-Type: application/problem+json\r\nX-Request-Id: request-7\r\n";
    let body = format!(r#"{{"status":{status},"code":"{code}","errors":[{errors}]}}"#);
    Answer::Reply(status, headers, body)
}

/// A reply with JSON in it.
pub(super) fn json(body: &str) -> Answer {
    Answer::Reply(200, "Content-Type: application/json\r\n", body.to_owned())
}

/// Plays a scenario against such a server; `files` are beside it.
pub(super) fn play(
    scenario: &str,
    files: &[(&str, &str)],
    answer: impl Fn(&Message) -> Answer + 'static,
) -> (Report, Vec<String>) {
    play_seeded(scenario, files, 42, answer)
}

pub(super) fn play_seeded(
    scenario: &str,
    files: &[(&str, &str)],
    seed: u64,
    answer: impl Fn(&Message) -> Answer + 'static,
) -> (Report, Vec<String>) {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let scenario = Scenario::parse(&folder.path().join("scenario.yml"), scenario).unwrap();
    let heard = Heard::default();
    let also = Rc::clone(&heard);
    let played: Played = run(async move {
        let authority = start(answer, also).await;
        let data = scenario.payloads.iter().map(|payload| Data::read(payload).unwrap()).collect();
        let plan = Plan { scenario, authority, data, seed, now: NOW };
        engine::play(plan, &mut |_record, _elapsed| {}).await.unwrap()
    });
    let report = Report::of(&played, "http://stub", "2027-01-15T08:00:00Z".to_owned()).unwrap();
    let heard = heard.borrow().clone();
    (report, heard)
}

/// Runs what does not leave its thread.
pub(super) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(LocalSet::new().run_until(future))
}

/// Starts such a server; says where it listens.
pub(super) async fn start(answer: impl Fn(&Message) -> Answer + 'static, heard: Heard) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let answer = Rc::new(answer);
    spawn_local(async move {
        while let Ok((stream, _peer)) = listener.accept().await {
            let wire = Wire::accepted(stream).unwrap();
            spawn_local(serve(wire, Rc::clone(&answer), Rc::clone(&heard)));
        }
    });
    authority
}

async fn serve(mut wire: Wire, answer: Rc<impl Fn(&Message) -> Answer>, heard: Heard) {
    while let Ok(Some(request)) = wire.receive().await {
        heard.borrow_mut().push(String::from_utf8_lossy(request.bytes()).into_owned());
        let (status, headers, body) = match answer(&request) {
            Answer::Reply(status, headers, body) => (status, headers, body),
            Answer::After(pause, status) => {
                sleep(pause).await;
                (status, "", String::new())
            }
            Answer::Close => return,
            Answer::Silence => std::future::pending().await,
        };
        let length = body.len();
        let reply =
            format!("HTTP/1.1 {status} Told\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
        if wire.send(reply.as_bytes()).await.is_err() {
            return;
        }
    }
}
