//! Every drill, one after the other, and a report of all.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::interrupt;
use crate::workspace::root;

/// As they are called at the command line.
const DRILLS: [&[&str]; 12] = [
    &["mongo-down"],
    &["mongo-slow"],
    &["mongo-slow", "--stop"],
    &["mongo-reset"],
    &["step-down"],
    &["redis-down"],
    &["disk-full"],
    &["kill-api"],
    &["kill-api", "--mongo"],
    &["drop-replies"],
    // More of them by itself.
    &["rolling-restart", "--restarts", "4"],
    &["revoke-race"],
];

/// A drill that was played.
struct Played {
    name: String,
    held: bool,
    took: Duration,
    /// What it said.
    said: String,
}

/// Plays them with servers of this program, each in a process of its own; `options` go to each.
/// Goes on after a failure, and fails in the end.
pub(super) fn play(program: &Path, options: &[&str]) -> Result<()> {
    let folder = root()?.join("target/chaos");
    fs::create_dir_all(&folder)?;
    let mut all = Vec::new();
    for drill in DRILLS {
        println!("\n=== {}", drill.join(" "));
        let played = one(program, drill, options, &folder)?;
        print!("{}", played.said);
        all.push(played);
        // As they come: of drills that are interrupted something is left.
        fs::write(report_file(&folder), report(&all))?;
    }
    let broken = all.iter().filter(|played| !played.held).count();
    println!("\n{}\nwritten to {}", table(&all), report_file(&folder).display());
    ensure!(broken == 0, "{broken} of {} drills failed", all.len());
    Ok(())
}

fn one(program: &Path, drill: &[&str], options: &[&str], folder: &Path) -> Result<Played> {
    let said = folder.join("drill.txt");
    let output = File::create(&said)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("chaos").args(drill).args(options).arg("--program").arg(program);
    command.stdout(output.try_clone()?).stderr(output);
    let begun = Instant::now();
    let mut child = interrupt::spawn(&mut command)?;
    let held = interrupt::wait(&mut child)?.success();
    let name = drill.join(" ");
    Ok(Played { name, held, took: begun.elapsed(), said: fs::read_to_string(said)? })
}

fn report_file(folder: &Path) -> PathBuf {
    folder.join("report.md")
}

fn report(all: &[Played]) -> String {
    let mut text = format!("# Drills\n\n{}", table(all));
    for Played { name, said, .. } in all {
        // Writing to a string cannot fail.
        let _written = write!(text, "\n## {name}\n\n```text\n{}\n```\n", said.trim());
    }
    text
}

fn table(all: &[Played]) -> String {
    let mut text = "| drill | verdict | seconds |\n| --- | --- | ---: |\n".to_owned();
    for Played { name, held, took, .. } in all {
        let verdict = if *held { "held" } else { "**BROKEN**" };
        let _written = writeln!(text, "| {name} | {verdict} | {:.0} |", took.as_secs_f64());
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Played, report};

    #[test]
    fn the_report_has_a_line_and_the_words_of_each_drill() {
        let played = |name: &str, held| Played {
            name: name.to_owned(),
            held,
            took: Duration::from_millis(12_600),
            said: format!("\nof {name}\n"),
        };

        let text = report(&[played("mongo-down", true), played("disk-full", false)]);

        assert!(text.contains("| mongo-down | held | 13 |"), "{text}");
        assert!(text.contains("| disk-full | **BROKEN** | 13 |"), "{text}");
        assert!(text.contains("## disk-full\n\n```text\nof disk-full\n```"), "{text}");
    }
}
