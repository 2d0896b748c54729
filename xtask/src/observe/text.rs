//! The text format, read by Prometheus' own tool.

use std::fs::{self, File};

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::report::Report;
use super::stage::Stage;
use crate::services::install::{PROMTOOL, tool};

pub(super) async fn check(stage: &Stage, report: &mut Report) -> Result<()> {
    let promtool = tool(&PROMTOOL)?;
    let folder = TempDir::with_prefix("gacp-")?;
    for stand in &stage.stands {
        let text = stand.tells().await?;
        let file = folder.path().join("metrics.txt");
        fs::write(&file, &text)?;
        let mut command = promtool.command();
        command.args(["check", "metrics"]).stdin(File::open(&file)?);
        let output = command.output().context("promtool did not start")?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).trim().to_owned();
        // It succeeds where it only has advice.
        let is_clean = output.status.success() && said.is_empty();
        let faults = if is_clean { Vec::new() } else { vec![format!("promtool says {said}")] };
        let shows = format!("{} lines of text, promtool check metrics", text.lines().count());
        report.note(&format!("metrics, {}", stand.name), shows, faults);
    }
    Ok(())
}
