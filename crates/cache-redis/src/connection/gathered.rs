//! Questions of one thread, asked together: what many requests want to know at the moment is one
//! command and one answer.

use std::collections::HashMap;
use std::mem::take;

use bytes::Bytes;
use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{self, Cmd, RedisResult};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot};

/// So many questions are one command at most: Redis does nothing else while it answers one.
const TOGETHER: usize = 64;

/// So many wait to be asked; whoever comes then asks by himself.
const WAITING: usize = 1_024;

/// What stands under some names; nothing where nothing does.
pub(crate) type Values = Vec<Option<Bytes>>;

/// What stands under some names?
struct Question {
    names: Vec<String>,
    answer: oneshot::Sender<RedisResult<Values>>,
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
    /// Asks together with whoever asks at the moment. The names come back where nobody takes
    /// questions, or too many wait.
    pub(super) fn put(
        &self,
        names: Vec<String>,
    ) -> Result<oneshot::Receiver<RedisResult<Values>>, Vec<String>> {
        let (answer, answered) = oneshot::channel();
        match self.0.try_send(Question { names, answer }) {
            Ok(()) => Ok(answered),
            Err(not_put) => Err(not_put.into_inner().names),
        }
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

/// Asks all questions by one command.
async fn ask(questions: Vec<Question>, mut on: MultiplexedConnection) {
    let (command, places) = command(&questions);
    let all = command.query_async::<Values>(&mut on).await;
    let mut places = places.into_iter();
    for Question { names, answer } in questions {
        let places = places.by_ref().take(names.len());
        let told = match &all {
            Ok(all) => Ok(places.map(|place| all.get(place).cloned().flatten()).collect()),
            Err(error) => Err(error.clone()),
        };
        // Whoever does not wait any more need not know.
        let _ = answer.send(told);
    }
}

/// The command that asks for each name once, and where in its answer stands what each name of each
/// question is.
fn command(questions: &[Question]) -> (Cmd, Vec<usize>) {
    let (mut command, mut known) = (redis::cmd("MGET"), HashMap::new());
    let place = |name| {
        let next = known.len();
        *known.entry(name).or_insert_with(|| {
            command.arg(name);
            next
        })
    };
    let places = questions.iter().flat_map(|question| &question.names).map(place).collect();
    (command, places)
}
