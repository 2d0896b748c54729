//! Files for their owner alone: what stands in them is personal.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file and its folder, unless they are there. SQLite gives the files beside it the same
/// mode.
pub(super) fn create(path: &Path) -> Result<(), io::Error> {
    let mut folder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder.recursive(true).create(parent)?;
    }
    owned().create(true).truncate(false).open(path).map(drop)
}

/// Makes a file that is not there yet.
pub(super) fn create_new(path: &Path) -> Result<(), io::Error> {
    owned().create_new(true).open(path).map(drop)
}

fn owned() -> OpenOptions {
    let mut file = OpenOptions::new();
    file.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file
}
