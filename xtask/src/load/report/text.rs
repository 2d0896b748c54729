//! A report as it is read on a terminal or in the log of CI.

use std::fmt;

use super::super::figures::percent;
use super::{Counted, OfEndpoint, Report};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenario, target, seed, seconds, .. } = self;
        writeln!(f, "{scenario} on {target}, seed {seed}, {seconds:.1} s\n")?;
        self.counts(f)?;
        self.endpoints(f)?;
        self.about_this_task(f)?;
        for card in &self.causes {
            writeln!(f, "{card}")?;
        }
        for limit in &self.limits {
            let verdict = match (limit.holds, limit.is_strict) {
                (true, _) => "holds",
                (false, true) => "BROKEN",
                (false, false) => "broken, which is allowed",
            };
            writeln!(f, "limit {verdict}: {}", limit.text)?;
        }
        Ok(())
    }
}

impl Report {
    fn counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (begun, good) = (self.journeys.begun, self.journeys.succeeded);
        let failed = begun.saturating_sub(good);
        let rate = self.success();
        writeln!(f, "journeys      {good} of {begun} succeeded ({rate:.2} %), {failed} failed")?;
        for (name, journeys) in &self.journeys_by_name {
            writeln!(f, "  {name:<12}{} of {}", journeys.succeeded, journeys.begun)?;
        }
        counted(f, "requests", self.requests)?;
        counted(f, "expectations", self.expectations)?;
        counted(f, "captures", self.captures)?;
        writeln!(f, "unexplained   {}\n", self.unexplained)
    }

    fn endpoints(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.endpoints.iter().map(|it| it.name.chars().count()).max().unwrap_or(0);
        let width = width.max("ms since due".len());
        writeln!(
            f,
            "{:<width$}  reply  count      p50      p95      p99      max   p99 since sent",
            "ms since due"
        )?;
        for endpoint in &self.endpoints {
            endpoint.lines(f, width)?;
        }
        writeln!(f)
    }

    fn about_this_task(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let task = &self.generator;
        writeln!(
            f,
            "this task     {:.1} % of a core, {:.0} requests per second of it; journeys began {:.1} \
             ms (p99) and {:.1} ms (longest) late; {} connections",
            task.cpu, task.requests_per_core, task.lag_p99, task.lag_max, task.connections
        )?;
        for reason in &task.invalid {
            writeln!(f, "INVALID       {reason}")?;
        }
        writeln!(f)
    }
}

fn counted(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    Counted { all, failed }: Counted,
) -> fmt::Result {
    if all == 0 {
        return Ok(());
    }
    let good = all.saturating_sub(failed);
    writeln!(f, "{what:<14}{good} of {all} as expected ({:.2} %)", percent(good, all))
}

impl OfEndpoint {
    fn lines(&self, f: &mut fmt::Formatter<'_>, width: usize) -> fmt::Result {
        for (class, times) in &self.times {
            let (name, due) = (&self.name, &times.due);
            writeln!(
                f,
                "{name:<width$}  {class:<5}  {:>5}  {:>7.1}  {:>7.1}  {:>7.1}  {:>7.1}  {:>15.1}",
                due.count, due.p50, due.p95, due.p99, due.max, times.sent.p99
            )?;
        }
        Ok(())
    }
}
