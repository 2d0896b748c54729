//! A report as a table that fits a terminal.

use std::fmt;

use super::report::{Line, Report};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = self.commands.is_some();
        let width = self.rows.iter().map(|row| row.route.len()).max().unwrap_or_default();
        let operations = if counted { "       ops tx" } else { "" };
        let times = "     p50    p99    max";
        writeln!(f, "{:<width$}  status    count{operations}{times}", "request")?;
        for row in &self.rows {
            write!(f, "{:<width$}  {:<9} {:>5}", row.route, row.outcome(), row.count)?;
            if let Some(operations) = &row.operations {
                write!(f, "  {:>8} {:>2}", operations.spread, operations.transactions)?;
            }
            writeln!(f, "  {:>6.1} {:>6.1} {:>6.1}", row.p50_ms, row.p99_ms, row.max_ms)?;
        }
        writeln!(f, "\nrounds: {}, requests: {}; times in ms", self.rounds, self.requests)?;
        if counted { self.explain_operations(f) } else { Ok(()) }
    }
}

impl Report {
    fn explain_operations(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "ops: commands to MongoDB per request, min/median/max where they differ; \
             tx: commits among them\n"
        )?;
        for row in &self.rows {
            let kinds = row.operations.as_ref().map_or(&[][..], |it| it.kinds.as_slice());
            if kinds.len() < 2 {
                continue;
            }
            writeln!(f, "{} {} differs:", row.route, row.outcome())?;
            for kind in kinds {
                writeln!(f, "{:>6} times {}", kind.count, kind.commands)?;
            }
        }
        if let Some(commands) = &self.commands {
            let of_a_round = |all: u64| all / u64::from(self.rounds);
            writeln!(
                f,
                "\na round: {} requests, {} operations, {} transactions",
                of_a_round(self.requests),
                of_a_round(commands.total()),
                of_a_round(commands.transactions())
            )?;
        }
        let between = self.between_requests.iter();
        between.into_iter().try_for_each(|it| writeln!(f, "while no request was under way: {it}"))
    }
}

impl Line {
    /// `201`, or `201 again` for a stored reply.
    fn outcome(&self) -> String {
        let again = if self.is_replay { " again" } else { "" };
        format!("{}{again}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::super::row::{Outcome, Row};
    use super::Report;
    use crate::services::counters::Commands;

    type Request = (&'static str, u16, u64, Option<Commands>);

    fn report(requests: &[Request], between: Option<&Commands>) -> Report {
        let mut rows: BTreeMap<Outcome, Row> = BTreeMap::new();
        for (route, status, milliseconds, spent) in requests {
            let outcome =
                Outcome { route: (*route).to_owned(), status: *status, is_replay: *status == 200 };
            let row = rows.entry(outcome).or_insert_with(|| Row::new().unwrap());
            row.enter(Duration::from_millis(*milliseconds), spent.clone()).unwrap();
        }
        Report::of(1, &rows, between)
    }

    #[test]
    fn the_slow_ones_come_first_and_the_rare_kind_is_told() {
        let finds = |times| Some(Commands::from([("find", times)]));
        let paid = Commands::from([("commitTransaction", 1), ("insert", 1)]);
        let requests = [
            ("GET /api/farms/{id}", 404, 1, finds(2)),
            ("GET /api/farms/{id}", 404, 1, finds(2)),
            ("GET /api/farms/{id}", 404, 2, finds(12)),
            ("POST /api/farms", 200, 40, Some(paid)),
        ];
        let job = Commands::from([("delete", 1)]);

        let table = report(&requests, Some(&job)).to_string();

        let expected = "\
request              status    count       ops tx     p50    p99    max
POST /api/farms      200 again     1         2  1    40.0   40.0   40.0
GET /api/farms/{id}  404           3    2/2/12  0     1.0    2.0    2.0

rounds: 1, requests: 4; times in ms
ops: commands to MongoDB per request, min/median/max where they differ; tx: commits among them

GET /api/farms/{id} 404 differs:
     2 times find 2
     1 times find 12

a round: 4 requests, 18 operations, 1 transactions
while no request was under way: delete 1
";
        assert_eq!(table, expected);
    }

    #[test]
    fn without_counters_there_is_no_column_for_them() {
        let table = report(&[("GET /health", 304, 7, None)], None).to_string();

        let expected = "\
request      status    count     p50    p99    max
GET /health  304           1     7.0    7.0    7.0

rounds: 1, requests: 1; times in ms
";
        assert_eq!(table, expected);
    }

    #[test]
    fn a_program_reads_the_same() {
        let spent = Commands::from([("find", 1)]);
        let report = report(&[("GET /", 304, 7, Some(spent))], Some(&Commands::default()));

        let json = serde_json::to_value(report).unwrap();

        assert_eq!(json["rows"][0]["operations"]["median"], 1);
        assert_eq!(json["rows"][0]["operations"]["kinds"][0]["commands"]["find"], 1);
        assert_eq!(json["rows"][0]["status"], 304);
        assert_eq!((&json["rounds"], &json["requests"]), (&1.into(), &1.into()));
    }
}
