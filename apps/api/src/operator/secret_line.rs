//! A secret from standard input: one line, which no terminal shows.

use std::io::{self, BufRead, IsTerminal as _, Read as _, Write as _};

use anyhow::{Context as _, bail, ensure};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// Longer than any password may be, in bytes: what is longer is no line that somebody typed.
const MAX_BYTES: u64 = 4_096;

/// Reads the line. On a terminal it is asked for twice, as nobody sees what he types. Fails when
/// there is none, when it is empty, and when the two differ. It blocks.
pub(super) fn read() -> anyhow::Result<Zeroizing<String>> {
    let input = io::stdin();
    if !input.is_terminal() {
        return line(&mut input.lock());
    }
    let _hidden = Hidden::start()?;
    let typed = asked("Password: ")?;
    ensure!(typed == asked("Once more: ")?, "the two are not the same");
    Ok(typed)
}

fn asked(question: &str) -> anyhow::Result<Zeroizing<String>> {
    // Standard output may be kept; a question is for who sits there.
    let mut terminal = io::stderr();
    write!(terminal, "{question}")?;
    terminal.flush()?;
    let typed = line(&mut io::stdin().lock());
    writeln!(terminal)?;
    typed
}

fn line(input: &mut impl BufRead) -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let read = input.take(MAX_BYTES).read_line(&mut text);
    read.context("standard input holds no line of text")?;
    let line = text.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        bail!("there is no password on standard input");
    }
    Ok(Zeroizing::new(line.to_owned()))
}

/// While it is held, the terminal does not show what is typed.
struct Hidden {
    before: Termios,
}

impl Hidden {
    fn start() -> anyhow::Result<Self> {
        let before = tcgetattr(io::stdin()).context("the terminal cannot be asked")?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden)
            .context("the terminal would show what is typed")?;
        Ok(Self { before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // A terminal that is gone shows nothing any more.
        tcsetattr(io::stdin(), OptionalActions::Flush, &self.before).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_from(input: &[u8]) -> Option<String> {
        line(&mut &*input).ok().map(|line| line.to_string())
    }

    #[test]
    fn the_first_line_is_taken_as_it_is_typed() {
        let lines = ["ขมิ้น ชัน\n", "ขมิ้น ชัน\r\nmore\n", "ขมิ้น ชัน"];

        for input in lines {
            assert_eq!(read_from(input.as_bytes()).as_deref(), Some("ขมิ้น ชัน"), "{input:?}");
        }
    }

    #[test]
    fn no_line_is_no_password() {
        for input in [b"".as_slice(), b"\n", b"\r\n", b"\nsecond\n", b"\xff\xfe\n"] {
            assert_eq!(read_from(input), None, "{input:?}");
        }
    }

    #[test]
    fn what_never_ends_is_not_read_to_its_end_and_too_long_for_a_password() {
        let read = read_from(&b"a".repeat(100_000)).unwrap();

        assert!((gacp_auth::MAX_PASSWORD_CHARS + 1..=4_096).contains(&read.chars().count()));
    }
}
