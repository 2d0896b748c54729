//! Those who fill a database and never log in: made by the server's own program, with one password
//! hash for all of them.

use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Progress;
use super::person::Person;
use crate::bodies::{self, Corner};
use crate::interrupt;

/// So many of them apply. A year has 999 999 numbers of applications (`APP-2026-999999-…`), and those
/// who come later need some, too.
pub(super) const APPLICATIONS: u32 = 900_000;

/// Makes the people of these numbers with `gacp-api crowd`, which `command` runs.
pub(super) fn make(
    mut command: Command,
    people: impl Iterator<Item = Person> + Send + 'static,
    progress: &mut Progress,
) -> Result<()> {
    let program = command.arg("crowd").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut program = interrupt::spawn(program).context("the server's program did not start")?;
    let writing = write(&mut program, people)?;
    let told = program.stdout.take().context("it says nothing")?;
    let before = progress.done();
    for line in BufReader::new(told).lines() {
        // It says how many there are, again and again, and where at the end.
        if let Ok(count) = line?.parse::<u64>() {
            progress.set(before + count);
        }
    }
    let status = interrupt::wait(&mut program)?;
    ensure!(status.success(), "`gacp-api crowd` failed ({status})");
    // A program that ended well has read everything.
    writing.join().ok().context("the lines could not be written")?
}

/// Writes a line for each of them, on a thread of its own: the program reads as it makes them.
fn write(
    program: &mut Child,
    people: impl Iterator<Item = Person> + Send + 'static,
) -> Result<thread::JoinHandle<Result<()>>> {
    let mut input = std::io::BufWriter::new(program.stdin.take().context("it reads nothing")?);
    Ok(thread::spawn(move || {
        for person in people {
            writeln!(input, "{}", line(&person))?;
        }
        Ok(input.flush()?)
    }))
}

fn line(person: &Person) -> Value {
    let corner = Corner::in_a_crowd(person.nth);
    let [plot, _] = bodies::plots(corner);
    json!({
        "registration": person.registration(),
        "farm": bodies::farm(&person.farm_name(), corner),
        "plot": plot.body,
        "application": (person.nth < APPLICATIONS).then(application),
    })
}

/// What is not known before is left to the program: the farm and the plot.
fn application() -> Value {
    let mut application = bodies::application("", &[]);
    if let Some(members) = application.as_object_mut() {
        members.retain(|key, _| !["farmId", "plotIds"].contains(&key.as_str()));
    }
    application
}

#[cfg(test)]
mod tests {
    use super::{Person, line};

    #[test]
    fn a_line_says_everything_but_what_is_not_known_before() {
        let line = line(&Person::of(42, 7));

        assert_eq!(line["registration"]["email"], "farmer42.0000007@load.example");
        assert_eq!(line["application"]["standard"], "thai-gacp");
        assert!(line["application"].get("farmId").is_none());
    }

    #[test]
    fn there_are_numbers_left_for_those_who_come_later() {
        let applies = |nth| line(&Person::of(42, nth))["application"].is_object();

        assert!(applies(0) && applies(899_999));
        assert!(!applies(900_000) && !applies(999_999));
    }
}
