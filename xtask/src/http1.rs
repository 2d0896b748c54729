//! HTTP/1.1 (RFC 9112) on a bare socket: for clients that must cost next to nothing, and for a
//! proxy that looks at what passes.
//!
//! It knows what servers and clients send that keep their connections: messages whose body has a
//! `Content-Length` or comes in chunks. It refuses every other framing.

mod chunks;

use std::io::{Error, ErrorKind};
use std::str;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What ends a head.
const BLANK_LINE: &[u8] = b"\r\n\r\n";

/// The longest head that anybody sends here, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// The longest body, in bytes: that of a list of a hundred records is far below.
const LONGEST_BODY: usize = 1024 * 1024;

/// How much is read at once, in bytes: a reply to a login, whole.
const CHUNK: usize = 4 * 1024;

/// One request or reply, as it came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    bytes: Vec<u8>,
    /// Where the body begins.
    body: usize,
    /// What a body in chunks is without them.
    joined: Option<Vec<u8>>,
}

impl Message {
    /// Everything, to be passed on.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// `POST /api/auth/login HTTP/1.1` or `HTTP/1.1 200 OK`.
    pub(crate) fn first_line(&self) -> &str {
        self.lines().next().unwrap_or_default()
    }

    /// The status of a reply.
    pub(crate) fn status(&self) -> Result<u16> {
        let status = self.first_line().split(' ').nth(1).and_then(|word| word.parse().ok());
        status.with_context(|| format!("no status in {:?}", self.first_line()))
    }

    /// What follows the head.
    pub(crate) fn body(&self) -> &[u8] {
        self.joined.as_deref().unwrap_or_else(|| self.bytes.get(self.body..).unwrap_or_default())
    }

    /// Every value of a header, in their order.
    pub(crate) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        values(self.lines(), name)
    }

    /// Whether the sender closes the connection behind it.
    pub(crate) fn is_last(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// A header's value, whatever the case of its name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(self.lines(), name)
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        let head = self.bytes.get(..self.body).unwrap_or_default();
        // The head was read as text before.
        str::from_utf8(head).unwrap_or_default().split("\r\n")
    }
}

fn header<'a>(lines: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    values(lines, name).next()
}

fn values<'a>(lines: impl Iterator<Item = &'a str>, name: &str) -> impl Iterator<Item = &'a str> {
    let fields = lines.skip(1).filter_map(|line| line.split_once(':'));
    let named = fields.filter(move |(field, _)| field.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.trim())
}

/// The first message of what was read so far; nothing while a part of it is missing.
fn first_message(read: &mut Vec<u8>) -> Result<Option<Message>> {
    let Some(end) = read.windows(BLANK_LINE.len()).position(|at| at == BLANK_LINE) else {
        ensure!(read.len() <= LONGEST_HEAD, "a head of more than {LONGEST_HEAD} bytes");
        return Ok(None);
    };
    let body = end + BLANK_LINE.len();
    let (length, joined) = match framing(read.get(..end).unwrap_or_default())? {
        Framing::Length(length) => (length, None),
        Framing::Chunks => {
            let Some(chunks) = chunks::read(read.get(body..).unwrap_or_default(), LONGEST_BODY)?
            else {
                return Ok(None);
            };
            (chunks.length, Some(chunks.joined))
        }
    };
    if read.len() < body + length {
        return Ok(None);
    }
    let rest = read.split_off(body + length);
    Ok(Some(Message { bytes: std::mem::replace(read, rest), body, joined }))
}

/// How a body says where it ends.
enum Framing {
    Length(usize),
    Chunks,
}

fn framing(head: &[u8]) -> Result<Framing> {
    let head = str::from_utf8(head).context("a head that is no text")?;
    let field = |name| header(head.split("\r\n"), name);
    // Such a reply has no body, whatever length it names (RFC 9112, 6.3).
    if head.starts_with("HTTP/1.1 304") || head.starts_with("HTTP/1.1 204") {
        return Ok(Framing::Length(0));
    }
    if let Some(coding) = field("transfer-encoding") {
        ensure!(coding.eq_ignore_ascii_case("chunked"), "a body without a length: {head:?}");
        return Ok(Framing::Chunks);
    }
    let Some(length) = field("content-length") else { return Ok(Framing::Length(0)) };
    let length = length.parse().with_context(|| format!("a length of {length:?}"))?;
    ensure!(length <= LONGEST_BODY, "a body of {length} bytes");
    Ok(Framing::Length(length))
}

/// A connection on which messages go both ways, one after another.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    /// What came and was not taken yet.
    read: Vec<u8>,
}

impl Wire {
    /// A connection that somebody opened.
    pub(crate) fn accepted(stream: TcpStream) -> Result<Self> {
        // A message is written at once: there is nothing to wait for.
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// Opens a connection to `authority`, such as `127.0.0.1:8080`.
    pub(crate) async fn open(authority: &str) -> Result<Self> {
        let stream = TcpStream::connect(authority).await;
        Self::accepted(stream.with_context(|| format!("nobody listens on {authority}"))?)
    }

    /// Whether the other side has neither closed it nor said anything that nobody asked for.
    pub(crate) fn is_quiet(&self) -> bool {
        let nothing = self.stream.try_read(&mut [0]);
        self.read.is_empty() && nothing.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    /// Sends a message that was prepared.
    pub(crate) async fn send(&mut self, message: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(message).await?)
    }

    /// Waits for the next message; nothing when the other side is done.
    pub(crate) async fn receive(&mut self) -> Result<Option<Message>> {
        loop {
            if let Some(message) = first_message(&mut self.read)? {
                return Ok(Some(message));
            }
            self.read.reserve(CHUNK);
            if self.stream.read_buf(&mut self.read).await? == 0 {
                if self.read.is_empty() {
                    return Ok(None);
                }
                return Err(closed("the connection was closed in the middle of a message"));
            }
        }
    }

    /// Sends a request and waits for its reply.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Message> {
        self.send(request).await?;
        let reply = self.receive().await?;
        reply.ok_or_else(|| closed("the connection was closed instead of a reply"))
    }
}

fn closed(what: &str) -> anyhow::Error {
    Error::new(ErrorKind::UnexpectedEof, what).into()
}

/// A request that can be sent again and again.
pub(crate) fn request(line: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let field = |(name, value): &(&str, &str)| format!("{name}: {value}\r\n");
    let headers: Vec<String> = headers.iter().map(field).collect();
    let (headers, length) = (headers.concat(), body.len());
    format!("{line} HTTP/1.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{first_message, request};

    const REPLY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\
        content-length: 4\r\n\r\nlate";

    #[test]
    fn a_reply_is_taken_once_all_of_it_is_there() {
        for length in 0..REPLY.len() {
            let mut read = REPLY[..length].to_vec();
            assert_eq!(first_message(&mut read).unwrap(), None, "{length}");
            assert_eq!(read, REPLY[..length], "nothing is taken of it");
        }
        let mut read = [REPLY, b"HTTP/1.1 2"].concat();

        let reply = first_message(&mut read).unwrap().unwrap();

        assert_eq!(reply.status().unwrap(), 503);
        assert_eq!(reply.header("retry-after"), Some("1"));
        assert_eq!(
            (reply.header("etag"), reply.body(), reply.bytes()),
            (None, &b"late"[..], REPLY)
        );
        assert_eq!(read, b"HTTP/1.1 2");
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let mut written = request("GET /api/auth/profile", &[("Host", "h:1")], "");

        let read = first_message(&mut written).unwrap().unwrap();

        assert_eq!(read.first_line(), "GET /api/auth/profile HTTP/1.1");
        assert_eq!((read.header("host"), written), (Some("h:1"), Vec::new()));
    }

    #[test]
    fn a_body_in_chunks_is_joined() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        let whole = format!("{head}4\r\nwith\r\n6;a=b\r\n chunk\r\n0\r\nx: y\r\n\r\n");
        for length in head.len()..whole.len() {
            let mut read = whole.as_bytes()[..length].to_vec();
            assert_eq!(first_message(&mut read).unwrap(), None, "{length}");
        }
        let mut read = format!("{whole}rest").into_bytes();

        let reply = first_message(&mut read).unwrap().unwrap();

        assert_eq!((reply.body(), &read[..]), (&b"with chunk"[..], &b"rest"[..]));
        assert!(reply.is_last());
    }

    #[test]
    fn a_reply_that_has_no_body_is_not_waited_for() {
        let mut read = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n".to_vec();

        assert!(first_message(&mut read).unwrap().is_some_and(|reply| reply.body().is_empty()));
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        for head in [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip",
            "HTTP/1.1 200 OK\r\nContent-Length: many",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999",
        ] {
            let mut read = format!("{head}\r\n\r\n").into_bytes();
            assert!(first_message(&mut read).is_err(), "{head}");
        }
        assert!(first_message(&mut vec![b'a'; super::LONGEST_HEAD + 1]).is_err());
    }
}
