//! A service of a task's own: it may be killed, and started again where it was.

use std::process::Child;
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result, ensure};
use bson::Document;

use super::install::{self, Program};
use super::mongod;
use super::redis;
use super::service::Service;
use super::state::{Run, Server};
use super::wire;
use crate::signal::{self, Signal};

/// A running service that nobody else uses; dropped, it is ended and its data removed.
pub(crate) struct Own {
    service: Service,
    program: Program,
    server: Server,
    process: Child,
    /// Ends whatever of it runs.
    run: Ending,
}

/// A run that ends with its owner.
struct Ending(Run);

impl Drop for Ending {
    fn drop(&mut self) {
        if let Err(fault) = self.0.end() {
            eprintln!("warning: {fault:#}");
        }
    }
}

impl Own {
    /// A MongoDB replica set, whatever `MONGODB_URI` says.
    pub(crate) fn mongod() -> Result<Self> {
        Self::start(mongod::SERVICE)
    }

    /// A Redis, whatever `REDIS_URL` says.
    pub(crate) fn redis() -> Result<Self> {
        Self::start(redis::SERVICE)
    }

    fn start(service: Service) -> Result<Self> {
        let program = install::program(&service)?;
        let mut run = Ending(Run::create()?);
        let (server, process) = service.launch(&program, &mut run.0)?;
        Ok(Self { service, program, server, process, run })
    }

    /// The variable that tells a process where it is.
    pub(crate) fn variable(&self) -> (&'static str, String) {
        (self.service.variable, self.server.address.clone())
    }

    /// Kills it without warning, and returns once it is gone.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        self.run.0.forget(self.server.pid)
    }

    /// Starts it again on its port and on what it left behind, and returns once it works.
    pub(crate) fn restart(&mut self) -> Result<()> {
        let port = self.server.port;
        let launched = self.service.launch_on(port, &self.program, &mut self.run.0)?;
        (self.server, self.process) =
            launched.with_context(|| format!("somebody else took port {port} meanwhile"))?;
        Ok(())
    }

    /// Has it stand still: connections are held and taken, and nobody is answered.
    pub(crate) fn suspend(&self) -> Result<()> {
        signal::send(self.server.pid, Signal::STOP)
    }

    /// Lets it go on.
    pub(crate) fn resume(&self) -> Result<()> {
        signal::send(self.server.pid, Signal::CONT)
    }

    /// Waits until it works, after something was done to it.
    pub(crate) fn settle(&mut self) -> Result<()> {
        let works = self.service.settles_in(&self.run.0, &self.server, &mut self.process)?;
        ensure!(works, "{} is no longer there", self.server.program);
        Ok(())
    }

    /// Has a MongoDB run a command; a refusal is an error.
    pub(crate) fn command(&self, command: &Document) -> Result<Document> {
        wire::command(self.server.port, command)
    }

    /// Has a MongoDB run a command that does its work at once and is long in saying so.
    pub(crate) fn command_aside(&self, command: Document) -> JoinHandle<Result<Document>> {
        let port = self.server.port;
        thread::spawn(move || wire::command(port, &command))
    }
}
