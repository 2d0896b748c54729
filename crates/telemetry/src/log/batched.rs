//! Lines that a thread of its own makes and writes, as many at a time as there are: nobody who logs
//! waits for a disk, or for whoever reads the pipe. To make many in a row also costs less than to
//! make each where it is said, between other work: there most of its time goes to fetching the
//! code and the tables for it once more.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use prometheus_client::registry::Registry;
use tracing_subscriber::fmt::MakeWriter;

use super::line;
use super::record::Record;
use crate::dropped::{Dropped, Reason};

/// So much may wait to be written, in bytes of memory: seconds of a busy server's lines.
const WAITING: usize = 4 << 20;

/// What is kept allocated for the next batch.
const USUAL: usize = 256 << 10;

/// After a batch this long passes before the next: lines come together, and a process that is
/// killed has no more than these to lose.
const GATHERED: Duration = Duration::from_millis(5);

/// A log into which events go, and whole lines. What must not be kept is taken out of their text
/// ([`redact`](super::redact::redact)). Cheap to clone: all clones are one.
///
/// What finds no place, or cannot be written, is dropped and counted
/// (`telemetry_log_lines_dropped_total{reason}`).
#[derive(Debug, Clone)]
pub struct Batched(Arc<Shared>);

/// The thread that writes. Dropped, it writes what waits; lines that come later are lost.
#[derive(Debug)]
pub struct Writing {
    shared: Arc<Shared>,
    patience: Duration,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    dropped: Dropped,
}

#[derive(Debug, Default)]
struct State {
    waiting: Record,
    /// The thread waits for the first line.
    is_idle: bool,
    is_ending: bool,
    is_ended: bool,
}

impl Batched {
    /// A log that is written to `out`; what is lost is counted in the registry. At the end it is
    /// waited for no longer than `patience`: whoever does not read must not keep a process from
    /// ending. Fails when there can be no further thread.
    pub fn to(
        out: impl Write + Send + 'static,
        patience: Duration,
        registry: &mut Registry,
    ) -> io::Result<(Self, Writing)> {
        let (name, help) =
            ("telemetry_log_lines_dropped", "Lines of the log that were not written");
        let dropped = Dropped::register(registry, name, help);
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new(), dropped });
        let writer = Arc::clone(&shared);
        thread::Builder::new().name("gacp-log".to_owned()).spawn(move || writer.write(out))?;
        Ok((Self(Arc::clone(&shared)), Writing { shared, patience }))
    }
}

impl Batched {
    /// Adds what was taken down.
    pub(super) fn add(&self, record: &Record) {
        self.0.add(record);
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let Self { shared, patience } = self;
        let mut state = shared.state();
        state.is_ending = true;
        shared.changed.notify_all();
        drop(shared.changed.wait_timeout_while(state, *patience, |state| !state.is_ended));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, record: &Record) {
        let mut state = self.state();
        if state.is_ended || record.size() > WAITING.saturating_sub(state.waiting.size()) {
            drop(state);
            return self.dropped.add(Reason::QueueFull, record.count());
        }
        state.waiting.append(record);
        if std::mem::take(&mut state.is_idle) {
            self.changed.notify_all();
        }
    }

    /// The thread.
    fn write(&self, mut out: impl Write) {
        let (mut batch, mut lines) = (Record::default(), Vec::new());
        while self.take(&mut batch) {
            line::write(&batch, &mut lines);
            if out.write_all(&lines).and_then(|()| out.flush()).is_err() {
                self.dropped.add(Reason::NotTaken, batch.count());
            }
            batch.clear(USUAL);
            lines.clear();
            lines.shrink_to(USUAL);
        }
        self.changed.notify_all();
    }

    /// Takes what waits, once something does. False when the log ends and there is nothing left.
    fn take(&self, batch: &mut Record) -> bool {
        let goes_on = |state: &mut State| !state.is_ending;
        let waited = self.changed.wait_timeout_while(self.state(), GATHERED, goes_on);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        while state.waiting.is_empty() && !state.is_ending {
            state.is_idle = true;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(&mut state.waiting, batch);
        state.is_ended = batch.is_empty();
        !state.is_ended
    }
}

/// Takes whole lines.
impl Write for &Batched {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        let mut record = Record::default();
        record.lines(&String::from_utf8_lossy(lines));
        self.add(&record);
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Batched {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(200);

    /// Tells of what is written, and can be held up.
    struct Slow {
        told: Sender<Vec<u8>>,
        goes_on: Receiver<()>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.told.send(bytes.to_vec()).unwrap();
            self.goes_on.recv().map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Keeps what is written.
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Stand {
        registry: Registry,
        log: Batched,
        writing: Writing,
        written: Receiver<Vec<u8>>,
        go_on: Sender<()>,
    }

    fn stand() -> Stand {
        let ((told, written), (go_on, goes_on)) = (channel(), channel());
        let slow = Slow { told, goes_on };
        let mut registry = Registry::default();
        let (log, writing) = Batched::to(slow, PATIENCE, &mut registry).unwrap();
        Stand { registry, log, writing, written, go_on }
    }

    fn dropped(registry: &Registry, reason: &str) -> u64 {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, registry).unwrap();
        let line = text.lines().find(|line| line.contains(reason)).unwrap();
        line.rsplit_once(' ').unwrap().1.parse().unwrap()
    }

    #[test]
    fn what_comes_while_a_batch_is_written_is_the_next_one() {
        let Stand { registry: _, log, writing, written, go_on } = stand();

        (&log).write_all(b"1\n").unwrap();
        assert_eq!(written.recv().unwrap(), b"1\n");
        for line in [b"2\n", b"3\n", b"4\n"] {
            (&log).write_all(line).unwrap();
        }
        go_on.send(()).unwrap();

        assert_eq!(written.recv().unwrap(), b"2\n3\n4\n");
        go_on.send(()).unwrap();
        drop(writing);
        assert!(written.recv().is_err(), "nothing is left, and the thread has ended");
    }

    #[test]
    fn what_waits_at_the_end_is_written() {
        let out = Arc::new(Mutex::new(Vec::new()));
        let kept = Kept(Arc::clone(&out));
        let (log, writing) =
            Batched::to(kept, Duration::from_mins(1), &mut Registry::default()).unwrap();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        (&log).write_all(b"a line\n").unwrap();
                    }
                });
            }
        });

        drop(writing);

        assert_eq!(*out.lock().unwrap(), b"a line\n".repeat(8_000));
    }

    #[test]
    fn a_reader_that_stalls_stops_nobody_and_costs_bounded_memory() {
        let Stand { registry, log, writing, written, go_on } = stand();
        let line = [b"x".repeat(1_023), b"\n".to_vec()].concat();
        (&log).write_all(&line).unwrap();
        written.recv().unwrap();

        for _ in 0..5 * 1_024 {
            (&log).write_all(&line).unwrap();
        }

        let kept = log.0.state().waiting.size();
        assert!((WAITING - 2_048..=WAITING).contains(&kept), "{kept}");
        let waiting = u64::try_from(log.0.state().waiting.count()).unwrap();
        assert_eq!(dropped(&registry, "queue_full"), 5 * 1_024 - waiting);
        drop(writing);
        drop(go_on);
    }

    #[test]
    fn what_cannot_be_written_is_counted() {
        let Stand { registry, log, writing, written, go_on } = stand();
        (&log).write_all(b"1\n2\n").unwrap();
        written.recv().unwrap();

        drop(go_on);
        drop(writing);

        assert_eq!((dropped(&registry, "not_taken"), dropped(&registry, "queue_full")), (2, 0));
        (&log).write_all(b"3\n").unwrap();
        assert_eq!(dropped(&registry, "queue_full"), 1, "there is nobody left to write it");
    }
}
