//! The key that wraps all others: given by the operator, or made on the first start in
//! development.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use anyhow::Context as _;
use gacp_keys::MasterKey;

use crate::config::Config;

const FILE: &str = "master.key";

/// The configured master key, else the one in the data folder, which is made if it is not there.
/// A configuration that is open to other machines always brings its own.
pub(crate) fn obtain(config: &Config) -> anyhow::Result<MasterKey> {
    if let Some(given) = &config.master_key {
        return Ok(MasterKey::from_base64(given.expose())?);
    }
    let folder = &config.server.data_dir;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let path = folder.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => MasterKey::from_base64(text.trim())
            .with_context(|| format!("{} holds no master key", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => make(&path),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Makes a key that nobody but its owner can read. Of two servers that start at once, the second
/// fails and finds the key on its next start.
fn make(path: &Path) -> anyhow::Result<MasterKey> {
    let key = MasterKey::generate()?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        file.write_all(key.to_base64().as_bytes())?;
        // A key that a power cut takes away takes everything it sealed with it.
        file.sync_all()
    });
    written.with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::for_tests(folder.path());

        let made = obtain(&config).unwrap();
        let found = obtain(&config).unwrap();

        assert_eq!(*made.to_base64(), *found.to_base64());
    }

    #[test]
    fn a_file_that_holds_something_else_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::write(&path, "not a key").unwrap();

        let refused = obtain(&Config::for_tests(folder.path())).is_err();

        assert!(refused);
        assert_eq!(fs::read_to_string(path).unwrap(), "not a key");
    }
}
