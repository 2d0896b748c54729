//! What happens to MongoDB, and how it passes.

use std::thread::JoinHandle;

use anyhow::{Result, anyhow};
use bson::{Document, doc};
use tokio::task::block_in_place;

use crate::chaos::rounds::Fault;
use crate::services::Own;

/// Longer than the server waits for a call (5 s).
const BLOCKED_MS: i32 = 7_000;

/// Longer than any outage: it is ended before.
const STEPPED_DOWN_SECONDS: i32 = 600;

/// Every command that the store sends. What drivers ask of their own accord is answered: they
/// take the server for well.
const COMMANDS: [&str; 11] = [
    "abortTransaction",
    "aggregate",
    "commitTransaction",
    "count",
    "delete",
    "distinct",
    "find",
    "findAndModify",
    "getMore",
    "insert",
    "update",
];

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::chaos) enum Harm {
    /// It is killed with SIGKILL, and started again.
    Killed,
    /// It stands still (SIGSTOP): connections are held and taken, and nobody is answered.
    Stopped,
    /// Commands take longer than anybody waits; `hello` does not.
    Slow,
    /// Connections are closed instead of an answer.
    Reset,
    /// It steps down, and nobody is elected.
    SteppedDown,
}

/// A MongoDB, and what happens to it.
pub(in crate::chaos) struct Harmed<'a> {
    mongod: &'a mut Own,
    harm: Harm,
    /// The ends of fail points that MongoDB has not said yes to.
    ending: Vec<JoinHandle<Result<Document>>>,
}

impl<'a> Harmed<'a> {
    pub(in crate::chaos) fn new(mongod: &'a mut Own, harm: Harm) -> Self {
        Self { mongod, harm, ending: Vec::new() }
    }

    pub(super) fn harm(&self) -> Harm {
        self.harm
    }

    fn command(&self, command: &Document) -> Result<()> {
        self.mongod.command(command).map(drop)
    }

    fn begin(&mut self) -> Result<()> {
        match self.harm {
            Harm::Killed => self.mongod.kill(),
            Harm::Stopped => self.mongod.suspend(),
            Harm::Slow => {
                self.command(&fail(doc! { "blockConnection": true, "blockTimeMS": BLOCKED_MS }))
            }
            Harm::Reset => self.command(&fail(doc! { "closeConnection": true })),
            Harm::SteppedDown => self.command(&doc! {
                "replSetStepDown": STEPPED_DOWN_SECONDS, "secondaryCatchUpPeriodSecs": 0,
                "force": true, "$db": "admin",
            }),
        }
    }

    fn end(&mut self) -> Result<()> {
        match self.harm {
            Harm::Killed => self.mongod.restart(),
            Harm::Stopped => {
                self.mongod.resume()?;
                self.mongod.settle()
            }
            Harm::Slow => {
                self.ending.push(self.mongod.command_aside(off()));
                Ok(())
            }
            Harm::Reset => self.command(&off()),
            Harm::SteppedDown => {
                // The only member that may be elected is.
                self.command(&doc! { "replSetFreeze": 0, "$db": "admin" })?;
                self.mongod.settle()
            }
        }
    }
}

/// From now on every command of the store fails in this way.
fn fail(way: Document) -> Document {
    let mut data = doc! { "failCommands": COMMANDS.as_slice() };
    data.extend(way);
    doc! { "configureFailPoint": "failCommand", "mode": "alwaysOn", "data": data, "$db": "admin" }
}

impl Fault for Harmed<'_> {
    fn strike(&mut self) -> Result<()> {
        block_in_place(|| self.begin())
    }

    async fn heal(&mut self) -> Result<()> {
        block_in_place(|| self.end())
    }

    async fn conclude(&mut self) -> Result<()> {
        for ending in self.ending.drain(..) {
            let ended = block_in_place(|| ending.join());
            ended.map_err(|_panic| anyhow!("the end of a fail point was lost"))??;
        }
        Ok(())
    }
}

/// A fail point is off at once; that is said once everybody is through who was held by it.
fn off() -> Document {
    doc! { "configureFailPoint": "failCommand", "mode": "off", "$db": "admin" }
}

impl Drop for Harmed<'_> {
    /// What stands still does not end when it is asked to.
    fn drop(&mut self) {
        if self.harm == Harm::Stopped {
            self.mongod.resume().ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::fail;

    #[test]
    fn every_command_of_the_store_fails_in_the_same_way() {
        let point = fail(doc! { "closeConnection": true });

        let data = point.get_document("data").unwrap();
        assert_eq!(data.get_array("failCommands").unwrap().len(), 11);
        assert!(data.get_bool("closeConnection").unwrap());
    }
}
