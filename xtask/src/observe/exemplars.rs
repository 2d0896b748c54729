//! From a number to the trace behind it: exemplars that Prometheus keeps, and the receiver's spans.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::time::sleep;

use super::report::Report;
use super::spans::read;
use super::stage::Stage;

/// Spans may come after what was scraped.
const PATIENCE: Duration = Duration::from_secs(15);

const POLL: Duration = Duration::from_millis(200);

const METRIC: &str = "http_server_request_duration_seconds_bucket";

pub(super) async fn check(stage: &Stage, report: &mut Report) -> Result<()> {
    for stand in &stage.stands {
        let kept = traces(stage, &stand.metrics).await?;
        let begun = Instant::now();
        let lost = loop {
            let lost: Vec<String> = kept.difference(&received(stage)?).cloned().collect();
            if lost.is_empty() || begun.elapsed() > PATIENCE {
                break lost;
            }
            sleep(POLL).await;
        };
        let mut faults: Vec<String> =
            lost.iter().map(|trace| format!("nobody received the trace {trace}")).collect();
        if kept.is_empty() {
            faults.push(format!("{METRIC} has no exemplars"));
        }
        let shows = format!("{} traces behind numbers, each received", kept.len());
        report.note(&format!("exemplars, {}", stand.name), shows, faults);
    }
    Ok(())
}

/// The traces that exemplars of an instance name.
async fn traces(stage: &Stage, instance: &str) -> Result<BTreeSet<String>> {
    let mut traces = BTreeSet::new();
    for series in stage.prometheus.exemplars(METRIC).await? {
        if series.series_labels.get("instance").is_some_and(|it| it == instance) {
            let named = series.exemplars.iter().filter_map(|it| it.labels.get("trace_id"));
            traces.extend(named.cloned());
        }
    }
    Ok(traces)
}

/// The traces of which the receiver has something.
fn received(stage: &Stage) -> Result<BTreeSet<String>> {
    let log = fs::read(&stage.receiver.log)?;
    let spans = read(&String::from_utf8_lossy(&log));
    Ok(spans.into_iter().map(|span| span.trace).collect())
}
