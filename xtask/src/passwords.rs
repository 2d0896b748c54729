//! `cargo xtask passwords`: packs lists of common passwords into the one that the server carries.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use gacp_auth::common_password_digest;

/// Which lists to pack. `crates/auth/src/password/README.md` says where they come from.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// UTF-8 text, one password a line
    #[arg(required = true)]
    lists: Vec<PathBuf>,

    /// Where the packed list goes
    #[arg(long, default_value = "crates/auth/src/password/common.bin")]
    into: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let mut digests = BTreeSet::new();
    for list in &args.lists {
        let text =
            fs::read_to_string(list).with_context(|| format!("reading {}", list.display()))?;
        let before = digests.len();
        digests.extend(text.lines().filter_map(common_password_digest));
        println!("{}: {} more", list.display(), digests.len() - before);
    }
    let packed: Vec<u8> = digests.iter().flatten().copied().collect();
    fs::write(&args.into, &packed).with_context(|| format!("writing {}", args.into.display()))?;
    println!("{}: {} passwords, {} bytes", args.into.display(), digests.len(), packed.len());
    Ok(())
}
