//! MongoDB's wire protocol, as far as it takes to set up a replica set and to read its counters:
//! one command, one reply.
//!
//! Only the store's adapter links the driver (`deny.toml`); a handful of commands do not need it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use bson::{Bson, Document};

/// The operation code of `OP_MSG`, the only one that servers since 5.1 answer.
const OP_MSG: u32 = 2013;

/// Length, request id, answered id and operation code, 4 bytes each.
const HEADER: usize = 16;

/// Flags and the kind of the only section.
const PREAMBLE: usize = 5;

/// `maxMessageSizeBytes` of every server there is.
const LONGEST: usize = 48_000_000;

/// A command that takes longer than this hangs.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A connection to the server at a port of this machine.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
}

impl Connection {
    pub(super) fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        // A command is one small write whose reply is waited for.
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }

    /// Runs a command; a refusal is an error.
    pub(super) fn run(&mut self, command: &Document) -> Result<Document> {
        self.stream.write_all(&message(command)?)?;
        let reply = read(&mut self.stream)?;
        if !is_ok(&reply) {
            bail!("MongoDB refuses: {}", reply.get_str("errmsg").unwrap_or("it does not say why"));
        }
        Ok(reply)
    }
}

/// Runs one command on the server at a port of this machine.
pub(super) fn command(port: u16, command: &Document) -> Result<Document> {
    Connection::open(port)?.run(command)
}

/// `ok` is a double in most replies and an integer in some.
fn is_ok(reply: &Document) -> bool {
    matches!(reply.get("ok"), Some(Bson::Double(1.0) | Bson::Int32(1) | Bson::Int64(1)))
}

/// An `OP_MSG` with one section of kind 0, the command.
fn message(command: &Document) -> Result<Vec<u8>> {
    let body = command.to_vec()?;
    let length = u32::try_from(HEADER + PREAMBLE + body.len())?;
    let (id, answers, flags) = (1_u32, 0_u32, 0_u32);
    let words = [length, id, answers, OP_MSG, flags];
    let mut message: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    message.push(0);
    message.extend(body);
    Ok(message)
}

/// Reads one `OP_MSG` and returns the document in its first section.
fn read(stream: &mut impl Read) -> Result<Document> {
    let length = usize::try_from(word(stream)?)?;
    ensure!(
        (HEADER + PREAMBLE..=LONGEST).contains(&length),
        "a message of {length} bytes is none of MongoDB's"
    );
    let (_id, _answers, operation, _flags) =
        (word(stream)?, word(stream)?, word(stream)?, word(stream)?);
    ensure!(operation == OP_MSG, "expected an OP_MSG, got operation {operation}");
    let mut kind = [0];
    stream.read_exact(&mut kind)?;
    ensure!(kind == [0], "expected a section of kind 0, got {kind:?}");
    let mut body = vec![0; length - HEADER - PREAMBLE];
    stream.read_exact(&mut body)?;
    Document::from_reader(body.as_slice()).context("the reply is no document")
}

fn word(stream: &mut impl Read) -> Result<u32> {
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::{is_ok, message, read};

    #[test]
    fn a_command_is_framed_byte_for_byte() {
        let framed = message(&doc! { "hello": 1 }).unwrap();

        assert_eq!(framed[..4], [37, 0, 0, 0], "the length counts itself");
        assert_eq!(framed[12..16], [0xDD, 0x07, 0, 0], "2013, OP_MSG");
        assert_eq!(framed[16..21], [0, 0, 0, 0, 0], "no flags, a section of kind 0");
        assert_eq!(framed[21..], *b"\x10\0\0\0\x10hello\0\x01\0\0\0\0");
    }

    #[test]
    fn what_is_framed_is_read_back_and_nothing_behind_it() {
        let command = doc! { "find": "farms", "$db": "gacp" };
        let mut bytes = message(&command).unwrap();
        bytes.extend([1, 2, 3]);
        let mut stream = bytes.as_slice();

        let document = read(&mut stream).unwrap();

        assert_eq!((document, stream), (command, [1, 2, 3].as_slice()));
    }

    #[test]
    fn a_reply_that_is_cut_short_or_of_another_kind_is_refused() {
        let whole = message(&doc! { "ok": 1 }).unwrap();
        let changed = |at: usize, to: u8| {
            let mut bytes = whole.clone();
            bytes[at] = to;
            read(&mut bytes.as_slice())
        };

        assert!(read(&mut &whole[..whole.len() - 1]).is_err());
        assert!(changed(0, 20).is_err(), "shorter than its own header");
        assert!(changed(3, 0xFF).is_err(), "longer than any message");
        assert!(changed(12, 0xDC).is_err(), "another operation");
        assert!(changed(20, 1).is_err(), "another kind of section");
    }

    #[test]
    fn a_reply_is_ok_only_when_it_says_so() {
        assert!(is_ok(&doc! { "ok": 1.0 }));
        assert!(is_ok(&doc! { "ok": 1 }));
        assert!(!is_ok(&doc! { "ok": 0.0, "errmsg": "already initialized" }));
        assert!(!is_ok(&doc! {}));
    }
}
