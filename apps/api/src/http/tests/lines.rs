//! What is logged.

use std::io;
use std::sync::{Mutex, PoisonError};

use gacp_telemetry::log::{Batched, Json, Writing};
use serde_json::Deserializer;
use tracing::subscriber::{DefaultGuard, set_default};
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;

/// The lines of this thread, for as long as it is there.
pub(super) struct Lines {
    written: Written,
    writing: Writing,
    _here: DefaultGuard,
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Lines {
    pub(super) fn of_this_thread() -> Self {
        let (written, patience) = (Written::default(), Duration::from_mins(1));
        let (log, writing) =
            Batched::to(written.clone(), patience, &mut Registry::default()).unwrap();
        let here = set_default(tracing_subscriber::registry().with(Json::new(log)));
        Self { written, writing, _here: here }
    }

    /// Whose the line was that said this.
    pub(super) fn request_that_said(self, message: &str) -> Value {
        drop(self.writing);
        let text = self.written.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let lines = Deserializer::from_slice(&text).into_iter::<Value>().map(Result::unwrap);
        let mut said = lines.filter(|line| line["message"] == message);
        let line = said.next().unwrap_or_else(|| panic!("nobody said {message:?}"));
        line["request_id"].clone()
    }
}

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
