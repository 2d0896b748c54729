//! Bare handlers: the least that a reply can cost on this machine.

use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::bench::crowd::{Crowd, Served};
use crate::bench::extent::Extent;
use crate::bench::stand;
use crate::http1;
use crate::rate::median;
use crate::services::Services;
use crate::workspace;

/// What it does for a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handler {
    /// Nothing, for so many bytes.
    Static(usize),
    /// Verify a token, and ask Redis over a connection that all share.
    Redis,
    /// Verify a token, and find a document in MongoDB.
    MongoDb,
}

/// As many bytes as the others have.
pub(super) const STATIC: usize = 512;

pub(super) const ALL: [Handler; 3] = [Handler::Static(STATIC), Handler::Redis, Handler::MongoDb];

/// A process with the bare handlers; dropped, it is killed.
pub(super) struct Handlers {
    child: Child,
    authority: String,
    token: String,
    turns: Vec<(Handler, Served)>,
}

/// A workspace of its own: nothing else has to do with what it asks by itself.
const FOLDER: &str = "xtask/bare-handlers";

/// The program, built as the server is.
pub(super) fn build() -> Result<PathBuf> {
    eprintln!("building the bare handlers");
    let manifest = format!("{FOLDER}/Cargo.toml");
    let target = "target/bare-handlers";
    let built = workspace::build([
        "build",
        "--release",
        "--locked",
        "--manifest-path",
        &manifest,
        "--target-dir",
        target,
    ])?;
    let program = built.into_iter().find(|built| built.package == "gacp-bare-handlers");
    Ok(program.context("there are no bare handlers")?.path)
}

impl Handlers {
    /// Starts them on these services, and waits until they say where they listen.
    pub(super) fn start(program: &Path, services: &Services) -> Result<Self> {
        let mut child = Command::new(program)
            .envs(stand::on(services, Vec::new(), "bare"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("the bare handlers did not start")?;
        let said = child.stdout.take().context("their output is not read")?;
        let mut handlers =
            Self { child, authority: String::new(), token: String::new(), turns: Vec::new() };
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let said = line.trim_end().split_once(' ').context("the bare handlers ended early")?;
        (handlers.authority, handlers.token) = (said.0.to_owned(), said.1.to_owned());
        Ok(handlers)
    }

    /// A turn of each.
    pub(super) async fn measure(&mut self, extent: Extent) -> Result<()> {
        for handler in ALL {
            let served = self.serve(handler, extent).await?;
            self.turns.push((handler, served));
        }
        Ok(())
    }

    /// How many seconds a reply of so many bytes takes longer than the static one of the last turn.
    pub(super) async fn longer(&self, size: usize, extent: Extent) -> Result<f64> {
        let least = self.turns.iter().rfind(|(handler, _)| *handler == Handler::Static(STATIC));
        let (_, least) = least.context("there was no turn")?;
        let sized = self.serve(Handler::Static(size), extent).await?;
        Ok((sized.rate.per_second().recip() - least.rate.per_second().recip()).max(0.0))
    }

    async fn serve(&self, handler: Handler, extent: Extent) -> Result<Served> {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("Host", self.authority.as_str()), ("Authorization", bearer.as_str())];
        let request = http1::request(&format!("GET {}", handler.path()), &headers, "");
        let courses = (0..extent.connections).map(|_| vec![request.clone()]);
        let mut crowd = Crowd::gather(&self.authority, courses).await?;
        crowd.measure(self.child.id(), extent.phase()).await
    }

    /// The processor time of a reply, in µs: the median of the turns.
    pub(super) fn cpu_us(&self, handler: Handler) -> f64 {
        self.median(handler, |served| 1_000.0 * served.rate.cpu_ms())
    }

    fn median(&self, handler: Handler, of: impl Fn(&Served) -> f64) -> f64 {
        let turns = self.turns.iter().filter(|(it, _)| *it == handler);
        median(turns.map(|(_, served)| of(served)))
    }
}

impl Drop for Handlers {
    fn drop(&mut self) {
        let ended = self.child.kill().and_then(|()| self.child.wait());
        if let Err(fault) = ended {
            eprintln!("warning: the bare handlers were not ended: {fault}");
        }
    }
}

impl Handler {
    fn path(self) -> String {
        match self {
            Self::Static(size) => format!("/static/{size}"),
            Self::Redis => "/redis".to_owned(),
            Self::MongoDb => "/mongodb".to_owned(),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Static(_) => "static",
            Self::Redis => "a token and a GET of Redis",
            Self::MongoDb => "a token and a find of MongoDB",
        }
    }
}

/// A table in Markdown.
impl fmt::Display for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| bare handler | requests/s | CPU µs each |\n| --- | ---: | ---: |")?;
        for handler in ALL {
            let per_second = self.median(handler, |served| served.rate.per_second());
            let (name, cpu) = (handler.name(), self.cpu_us(handler));
            writeln!(f, "| {name} | {per_second:.0} | {cpu:.1} |")?;
        }
        Ok(())
    }
}
