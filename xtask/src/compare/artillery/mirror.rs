//! A server that answers the same to the same, and notes what it was asked.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Result;
use serde_json::{Value, json};

use crate::http1::{Message, Wire};

/// What is noted of a request: everything that a scenario says.
const NOTED: [&str; 4] = ["authorization", "x-own", "cookie", "content-type"];

/// How often each request and each status came.
#[derive(Debug, Default, Clone)]
pub(super) struct Asked {
    pub(super) requests: BTreeMap<String, u64>,
    pub(super) statuses: BTreeMap<String, u64>,
}

/// The server; it listens until the task ends.
pub(super) struct Mirror {
    base: String,
    asked: Arc<Mutex<Asked>>,
}

impl Mirror {
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let base = format!("http://{}", listener.local_addr()?);
        let asked = Arc::new(Mutex::new(Asked::default()));
        let noted = Arc::clone(&asked);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::spawn(move || runtime.block_on(listen(listener, noted)));
        Ok(Self { base, asked })
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// What it was asked until now.
    pub(super) fn end(self) -> Asked {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn listen(listener: TcpListener, asked: Arc<Mutex<Asked>>) -> Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _peer) = listener.accept().await?;
        tokio::spawn(serve(Wire::accepted(stream)?, Arc::clone(&asked)));
    }
}

async fn serve(mut wire: Wire, asked: Arc<Mutex<Asked>>) -> Result<()> {
    while let Some(request) = wire.receive().await? {
        let reply = answer(&request);
        note(&request, reply.status, &asked);
        wire.send(&reply.bytes()).await?;
    }
    Ok(())
}

fn note(request: &Message, status: u16, asked: &Mutex<Asked>) {
    let line = request.first_line().trim_end_matches(" HTTP/1.1").to_owned();
    let headers =
        NOTED.iter().filter_map(|name| Some(format!("{name}: {}", request.header(name)?)));
    let headers: Vec<String> = headers.map(|header| header.to_ascii_lowercase()).collect();
    // Whitespace and the order of keys are nobody's business.
    let body = serde_json::from_slice(request.body()).map_or_else(
        |_text| String::from_utf8_lossy(request.body()).into_owned(),
        |json: Value| json.to_string(),
    );
    let noted = format!("{line} [{}] {body}", headers.join(", "));
    let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    *asked.requests.entry(noted).or_default() += 1;
    *asked.statuses.entry(format!("{line} {status}")).or_default() += 1;
}

struct Reply {
    status: u16,
    headers: &'static str,
    body: String,
}

impl Reply {
    fn bytes(&self) -> Vec<u8> {
        let Self { status, headers, body } = self;
        let length = body.len();
        format!("HTTP/1.1 {status} Mirror\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
            .into()
    }
}

const JSON: &str = "Content-Type: application/json\r\nX-Mark: mark-7\r\n";
const TEXT: &str = "Content-Type: text/plain\r\n";
const COOKIE: &str = "Content-Type: application/json\r\nSet-Cookie: device=d-1; Path=/; HttpOnly; SameSite=Strict\r\n";

/// Nothing but the request decides.
fn answer(request: &Message) -> Reply {
    let path = request.first_line().split(' ').nth(1).unwrap_or_default();
    if let Some(status) = path.strip_prefix("/status/").and_then(|status| status.parse().ok()) {
        let body = if status == 204 { String::new() } else { json!({"code": "told"}).to_string() };
        return Reply { status, headers: "Content-Type: application/problem+json\r\n", body };
    }
    let (headers, body) = match path {
        "/text" => (TEXT, "order no. 4711 is done".to_owned()),
        "/broken" => (JSON, "{\"data\":".to_owned()),
        "/cookie" => (COOKIE, data(request)),
        _ => (JSON, data(request)),
    };
    Reply { status: 200, headers, body }
}

fn data(request: &Message) -> String {
    let data = json!({
        "token": format!("token-of-{}-bytes", request.body().len()),
        "list": [1, 2, 3], "flag": true, "zero": 0, "empty": "",
        "object": {"key": "value", "other": [null]},
        "note": "order no. 4711 is done",
    });
    json!({ "data": data }).to_string()
}
