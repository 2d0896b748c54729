//! The report: a line per restart, per kind of request, per cause of failure, per promise.

use std::fmt;

use anyhow::Result;

use super::notes::{Connection, Count, Notes, Restart};
use crate::chaos::report::Outcome;

/// So many causes are shown; the others are like them.
const CAUSES: usize = 10;

/// What came of the drill.
pub(crate) struct Report {
    notes: Notes,
    farms: usize,
}

impl Report {
    pub(super) fn of(notes: &Notes, farms: usize) -> Self {
        Self { notes: notes.clone(), farms }
    }
}

impl Outcome for Report {
    fn verdict(&self) -> Result<()> {
        self.notes.seen().breaches.verdict()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen = self.notes.seen();
        writeln!(
            f,
            "restart  server  answered  failed  repeated  by the other  longest gap ms  out ms  end ms  \
             start ms  back ms"
        )?;
        for (number, restart) in (1..).zip(&seen.restarts) {
            line(f, number, restart)?;
        }
        writeln!(f, "\nrequest        connection  answered  failed  repeated")?;
        let mut all = [Connection::Kept, Connection::Renewed].map(|it| (it, Count::default()));
        for ((route, connection), count) in &seen.routes {
            row(f, (route, *connection), count)?;
            for (_, sum) in all.iter_mut().filter(|(of, _)| of == connection) {
                sum.add(count);
            }
        }
        for (connection, sum) in &all {
            row(f, ("all", *connection), sum)?;
        }
        writeln!(
            f,
            "repeated: sent once more, as nginx had closed the connection while it reloaded\n"
        )?;
        for (cause, times) in seen.causes.iter().take(CAUSES) {
            writeln!(f, "{times:>6} times {cause}")?;
        }
        writeln!(f, "longest time without a reply: {} ms", seen.longest_gap.as_millis())?;
        writeln!(f, "read back: {} farms\n", self.farms)?;
        write!(f, "{}", seen.breaches)
    }
}

fn row(
    f: &mut fmt::Formatter<'_>,
    (route, connection): (&str, Connection),
    count: &Count,
) -> fmt::Result {
    let Count { answered, failed, repeated } = count;
    let connection = connection.as_str();
    writeln!(f, "{route:<13}  {connection:<10}  {answered:>8}  {failed:>6}  {repeated:>8}")
}

fn line(f: &mut fmt::Formatter<'_>, number: u32, restart: &Restart) -> fmt::Result {
    let Restart { place, answered, failed, repeated, by_others, longest_gap, parts, .. } = restart;
    let [out, end, start, back] =
        [parts.out, parts.end, parts.start, parts.back].map(|part| part.as_millis());
    writeln!(
        f,
        "{number:>7}  {place:>6}  {answered:>8}  {failed:>6}  {repeated:>8}  {by_others:>12}  {:>14}  {out:>6}  \
         {end:>6}  {start:>8}  {back:>7}",
        longest_gap.as_millis()
    )
}
