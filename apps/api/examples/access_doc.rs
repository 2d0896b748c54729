//! Writes the table of access into `docs/access.md`, between its markers.

use std::error::Error;
use std::fs;
use std::path::Path;

use gacp_api::access::{DOC_END, DOC_START, render};

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/access.md");
    let page = fs::read_to_string(&path)?;
    let (before, rest) = page.split_once(DOC_START).ok_or("no start marker")?;
    let (_, after) = rest.split_once(DOC_END).ok_or("no end marker")?;
    fs::write(&path, format!("{before}{}{after}", render()))?;
    Ok(())
}
