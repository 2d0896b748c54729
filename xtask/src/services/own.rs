//! A service of a task's own: it may be killed, and started again where it was.

use std::process::Child;

use anyhow::{Context, Result};

use super::install::{self, Program};
use super::mongod;
use super::redis;
use super::service::Service;
use super::state::{Run, Server};

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
}
