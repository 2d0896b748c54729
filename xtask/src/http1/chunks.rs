//! Bodies in chunks (RFC 9112, 7.1).

use std::str;

use anyhow::{Context, Result, ensure};

const LINE_END: &[u8] = b"\r\n";

/// A body that is there as a whole.
pub(super) struct Chunks {
    /// How many bytes it was sent as.
    pub(super) length: usize,
    pub(super) joined: Vec<u8>,
}

/// Reads a body of at most so many bytes; nothing while a part of it is missing.
pub(super) fn read(bytes: &[u8], most: usize) -> Result<Option<Chunks>> {
    let (mut left, mut joined) = (bytes, Vec::new());
    loop {
        let Some((line, rest)) = line(left) else { return Ok(None) };
        let size = size(line)?;
        ensure!(joined.len() + size <= most, "a body of more than {most} bytes");
        if size == 0 {
            let length = trailers(rest).map(|rest| bytes.len() - rest.len());
            return Ok(length.map(|length| Chunks { length, joined }));
        }
        let Some((chunk, rest)) = rest.split_at_checked(size) else { return Ok(None) };
        let Some(end) = rest.get(..LINE_END.len()) else { return Ok(None) };
        ensure!(end == LINE_END, "a chunk that is longer than it says");
        joined.extend_from_slice(chunk);
        left = rest.get(LINE_END.len()..).unwrap_or_default();
    }
}

/// A line, and what follows it.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.windows(LINE_END.len()).position(|at| at == LINE_END)?;
    Some((bytes.get(..end)?, bytes.get(end + LINE_END.len()..)?))
}

/// What follows the last line, which is empty.
fn trailers(mut bytes: &[u8]) -> Option<&[u8]> {
    loop {
        let (trailer, rest) = line(bytes)?;
        if trailer.is_empty() {
            return Some(rest);
        }
        bytes = rest;
    }
}

/// A hexadecimal number, before whatever extends it.
fn size(line: &[u8]) -> Result<usize> {
    let line = str::from_utf8(line).context("a chunk whose size is no text")?;
    let digits = line.split(';').next().unwrap_or_default().trim();
    usize::from_str_radix(digits, 16).with_context(|| format!("a chunk of {digits:?} bytes"))
}
