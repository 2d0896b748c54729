//! Questions of one thread, asked together: what many requests want to know at the moment is one
//! pipeline and one answer.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem::take;

use bytes::Bytes;
use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{self, Cmd, RedisError, RedisResult, Value, from_redis_value};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot};

/// So many questions are one pipeline at most: Redis does nothing else while it says all values
/// that they want.
const TOGETHER: usize = 64;

/// So many wait to be asked; whoever comes then asks by himself.
const WAITING: usize = 1_024;

/// What stands under some names; nothing where nothing does.
pub(crate) type Values = Vec<Option<Bytes>>;

/// Where the answer to a question goes.
type Told<T> = oneshot::Sender<RedisResult<T>>;

pub(super) enum Question {
    /// What stands under these names?
    Values(Vec<String>, Told<Values>),
    /// What comes of this command?
    Command(Cmd, Told<Value>),
}

/// Where questions are put that can be asked together.
#[derive(Clone)]
pub(super) struct Gathering(mpsc::Sender<Question>);

/// What is put there.
pub(super) struct Gathered(mpsc::Receiver<Question>);

/// A place for questions.
pub(super) fn gathering() -> (Gathering, Gathered) {
    let (put, taken) = mpsc::channel(WAITING);
    (Gathering(put), Gathered(taken))
}

impl Gathering {
    /// Where to put a question; nowhere, where nobody takes any, or too many wait.
    pub(super) fn place(&self) -> Option<mpsc::Permit<'_, Question>> {
        self.0.try_reserve().ok()
    }
}

impl Gathered {
    /// Asks what is put there, until there is nobody who could. Whoever has something to ask before
    /// the thread comes to poll this is asked for together with all others who have.
    pub(super) async fn ask_all(mut self, on: MultiplexedConnection) {
        let (mut questions, mut asked) = (Vec::new(), FuturesUnordered::new());
        loop {
            tokio::select! {
                taken = self.0.recv_many(&mut questions, TOGETHER) => {
                    if taken == 0 {
                        return;
                    }
                    asked.push(ask(take(&mut questions), on.clone()));
                }
                Some(()) = asked.next() => {}
            }
        }
    }
}

/// Asks all questions by one pipeline. Whoever does not wait for his answer any more need not know.
async fn ask(questions: Vec<Question>, mut on: MultiplexedConnection) {
    let (mut pipeline, mut wanted, mut waiting) = (redis::pipe(), Wanted::none(), Vec::new());
    for question in questions {
        match question {
            Question::Values(names, told) => wanted.add(names, told),
            Question::Command(command, told) => {
                pipeline.add_command(command);
                waiting.push(told);
            }
        }
    }
    if !wanted.known.is_empty() {
        pipeline.add_command(take(&mut wanted.command));
    }
    let answer = pipeline.ignore_errors().query_async::<Vec<RedisResult<Value>>>(&mut on).await;
    let mut answers = answer.map(Vec::into_iter);
    let mut next = || match &mut answers {
        Ok(answers) => answers.next().unwrap_or_else(|| Err(too_few())),
        Err(error) => Err(error.clone()),
    };
    for told in waiting {
        let _ = told.send(next());
    }
    if !wanted.known.is_empty() {
        wanted.tell(&next().and_then(|all| Ok(from_redis_value(all)?)));
    }
}

fn too_few() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into()
}

/// The values that some want, and the command that asks for each of them once.
struct Wanted {
    command: Cmd,
    /// Where in the answer stands what a name has.
    known: HashMap<String, usize>,
    by: Vec<(Vec<usize>, Told<Values>)>,
}

impl Wanted {
    fn none() -> Self {
        Self { command: redis::cmd("MGET"), known: HashMap::new(), by: Vec::new() }
    }

    fn add(&mut self, names: Vec<String>, told: Told<Values>) {
        let next = |name| {
            let next = self.known.len();
            match self.known.entry(name) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(unknown) => {
                    self.command.arg(unknown.key());
                    *unknown.insert(next)
                }
            }
        };
        self.by.push((names.into_iter().map(next).collect(), told));
    }

    fn tell(self, all: &RedisResult<Values>) {
        for (places, told) in self.by {
            let of = |all: &Values| {
                places.iter().map(|place| all.get(*place).cloned().flatten()).collect()
            };
            let _ = told.send(all.as_ref().map(of).map_err(Clone::clone));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_asked_for_once_and_told_to_all_who_want_it() {
        let value = |text: &'static str| Some(Bytes::from_static(text.as_bytes()));
        let (one, one_told) = oneshot::channel();
        let (other, other_told) = oneshot::channel();
        let mut wanted = Wanted::none();
        wanted.add(vec!["all".into(), "1".into()], one);
        wanted.add(vec!["2".into(), "all".into()], other);

        let asked = wanted.command.get_packed_command();
        wanted.tell(&Ok(vec![value("a"), value("b"), None]));

        assert_eq!(asked, redis::cmd("MGET").arg("all").arg("1").arg("2").get_packed_command());
        assert_eq!(one_told.blocking_recv().unwrap().unwrap(), [value("a"), value("b")]);
        assert_eq!(other_told.blocking_recv().unwrap().unwrap(), [None, value("a")]);
    }
}
