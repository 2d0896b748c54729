//! What a run has started, as a file in its folder remembers it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::process;
use crate::workspace::root;

/// How the folders of runs begin; others under the same folder are installations.
const PREFIX: &str = "run-";

/// Where runs and installations lie.
pub(super) fn home() -> Result<PathBuf> {
    let home = root()?.join("target/services");
    fs::create_dir_all(&home)?;
    Ok(home)
}

/// A process that a run has started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Server {
    /// The file name of the program.
    pub(super) program: String,
    pub(super) pid: u32,
    pub(super) port: u16,
    /// The environment variable that tells its address.
    pub(super) variable: String,
    pub(super) address: String,
}

impl Server {
    /// Whether the process is there and still what was started.
    pub(super) fn is_alive(&self) -> bool {
        process::is(self.pid, &self.program, self.port)
    }
}

/// The servers of one run.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    servers: Vec<Server>,
}

/// A run: its folder, and what runs there.
#[derive(Debug)]
pub(super) struct Run {
    folder: PathBuf,
    state: State,
}

impl Run {
    /// A new run with a name that no other has.
    pub(super) fn create() -> Result<Self> {
        Self::create_in(&home()?)
    }

    pub(super) fn create_in(home: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(home)?.keep();
        let run = Self { folder, state: State::default() };
        run.save()?;
        Ok(run)
    }

    /// The run of this name.
    pub(super) fn open(id: &str) -> Result<Self> {
        let folder = home()?.join(id);
        ensure!(id.starts_with(PREFIX) && !id.contains('/') && folder.is_dir(), "no run {id}");
        Self::load(folder)
    }

    /// Every run there is, dead ones too.
    pub(super) fn all() -> Result<Vec<Self>> {
        let mut folders = Vec::new();
        for entry in fs::read_dir(home()?)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(PREFIX) {
                folders.push(entry.path());
            }
        }
        folders.sort();
        folders.into_iter().map(Self::load).collect()
    }

    fn load(folder: PathBuf) -> Result<Self> {
        let file = state_file(&folder);
        // A run that ended before it wrote its first line has started nothing.
        let state = if file.exists() { read(&file)? } else { State::default() };
        Ok(Self { folder, state })
    }

    pub(super) fn id(&self) -> String {
        self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn servers(&self) -> &[Server] {
        &self.state.servers
    }

    /// Remembers a server, from before it is known to work: it must be found if this task dies.
    pub(super) fn add(&mut self, server: Server) -> Result<()> {
        self.state.servers.push(server);
        self.save()
    }

    /// Forgets a server that ended by itself.
    pub(super) fn forget(&mut self, pid: u32) -> Result<()> {
        self.state.servers.retain(|server| server.pid != pid);
        self.save()
    }

    /// Ends every server of the run, and removes its folder.
    pub(super) fn end(&self) -> Result<()> {
        for server in &self.state.servers {
            process::stop(server)?;
        }
        fs::remove_dir_all(&self.folder)
            .with_context(|| format!("{} cannot be removed", self.folder.display()))
    }

    /// Replaces the file as a whole: a reader sees the one or the other.
    fn save(&self) -> Result<()> {
        let draft = self.folder.join("state.json.new");
        fs::write(&draft, serde_json::to_vec_pretty(&self.state)?)?;
        fs::rename(&draft, state_file(&self.folder))?;
        Ok(())
    }
}

fn state_file(folder: &Path) -> PathBuf {
    folder.join("state.json")
}

fn read(file: &Path) -> Result<State> {
    let text = fs::read(file)?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no state", file.display()))
}

#[cfg(test)]
mod tests {
    use super::{Run, Server};

    fn server(pid: u32) -> Server {
        Server {
            program: "mongod".to_owned(),
            pid,
            port: 27_017,
            variable: "MONGODB_URI".to_owned(),
            address: "mongodb://127.0.0.1:27017/?replicaSet=gacp".to_owned(),
        }
    }

    /// A run in a folder of its own, not among the real ones.
    fn run() -> (tempfile::TempDir, Run) {
        let home = tempfile::tempdir().unwrap();
        let run = Run::create_in(home.path()).unwrap();
        (home, run)
    }

    #[test]
    fn a_run_is_read_back_as_it_was_left() {
        let (_home, mut run) = run();
        run.add(server(1)).unwrap();
        run.add(server(2)).unwrap();
        run.forget(1).unwrap();

        let read = Run::load(run.folder.clone()).unwrap();

        assert_eq!((read.id(), read.servers()), (run.id(), [server(2)].as_slice()));
    }

    #[test]
    fn a_run_that_wrote_nothing_has_no_servers() {
        let (_home, run) = run();
        std::fs::remove_file(super::state_file(&run.folder)).unwrap();

        assert_eq!(Run::load(run.folder).unwrap().servers(), []);
    }

    #[test]
    fn a_state_that_is_not_ours_is_refused() {
        let (_home, run) = run();
        for text in ["", "{}", r#"{"servers": [{"pid": 1}]}"#, r#"{"servers": [], "more": 1}"#] {
            std::fs::write(super::state_file(&run.folder), text).unwrap();

            assert!(Run::load(run.folder.clone()).is_err(), "{text}");
        }
    }

    #[test]
    fn only_a_folder_of_a_run_is_opened() {
        for id in ["", "run-", "mongod", "run-/../../debug", "../services"] {
            assert!(Run::open(id).is_err(), "{id}");
        }
    }
}
