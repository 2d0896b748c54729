//! Writes the table of transitions into `docs/workflow.md`, between its markers.

use std::error::Error;
use std::fs;
use std::path::Path;

use gacp_certifications::{WORKFLOW_DOC_END, WORKFLOW_DOC_START, render_workflow};

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/workflow.md");
    let page = fs::read_to_string(&path)?;
    let (before, rest) = page.split_once(WORKFLOW_DOC_START).ok_or("no start marker")?;
    let (_, after) = rest.split_once(WORKFLOW_DOC_END).ok_or("no end marker")?;
    fs::write(&path, format!("{before}{}{after}", render_workflow().trim_end()))?;
    Ok(())
}
