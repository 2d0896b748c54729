//! What happens without a request.

use std::time::Instant;

use gacp_telemetry::closed_label;
use gacp_telemetry::metrics::Registry;
use jiff::Timestamp;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use tracing::Instrument as _;

/// In seconds.
const BUCKETS: [f64; 9] = [0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0];

closed_label! {
    /// Something that is done again and again.
    pub enum Job {
        /// Applications whose time is over expire.
        Expiry => "expiry",
        /// Old guesses, events and receipts are forgotten.
        Pruning => "pruning",
        /// The keys that sign access tokens are looked after.
        Keys => "keys",
    }
}

closed_label! {
    /// What came of it.
    enum Outcome {
        Done => "done",
        Failed => "failed",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByJob {
    job_name: Job,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    job_name: Job,
    outcome: Outcome,
}

type Durations = Family<ByJob, Histogram, fn() -> Histogram>;

/// `job_runs_total{job_name,outcome}`, `job_duration_seconds{job_name}` and
/// `job_last_success_timestamp_seconds{job_name}`; `job` is a label that Prometheus gives itself.
/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Jobs {
    runs: Family<ByOutcome, Counter>,
    durations: Durations,
    successes: Family<ByJob, Gauge>,
}

impl Jobs {
    /// Registers them. A job that has not run yet counts as done when the process began: what is
    /// asked of it is for how long it has not been.
    pub(super) fn register(registry: &mut Registry, now: Timestamp) -> Self {
        let durations = Durations::new_with_constructor(|| Histogram::new(BUCKETS));
        let jobs = Self { runs: Family::default(), durations, successes: Family::default() };
        for job in Job::ALL {
            for outcome in Outcome::ALL {
                drop(jobs.runs.get_or_create(&ByOutcome { job_name: job, outcome }));
            }
            drop(jobs.durations.get_or_create(&ByJob { job_name: job }));
            jobs.succeeded(job, now);
        }
        registry.register("job_runs", "Runs of what is done without a request", jobs.runs.clone());
        registry.register("job_duration_seconds", "How long they took", jobs.durations.clone());
        let about = "When it last did what it should, in seconds since 1970";
        registry.register("job_last_success_timestamp_seconds", about, jobs.successes.clone());
        jobs
    }

    /// Runs a job at this time; it says whether it did what it should.
    pub async fn run(&self, (job, now): (Job, Timestamp), work: impl Future<Output = bool>) {
        let begun = Instant::now();
        let span = tracing::info_span!("job", otel.name = job.as_str());
        let done = work.instrument(span).await;
        let outcome = if done { Outcome::Done } else { Outcome::Failed };
        self.runs.get_or_create(&ByOutcome { job_name: job, outcome }).inc();
        self.durations
            .get_or_create(&ByJob { job_name: job })
            .observe(begun.elapsed().as_secs_f64());
        if done {
            self.succeeded(job, now);
        }
    }

    fn succeeded(&self, job: Job, now: Timestamp) {
        self.successes.get_or_create(&ByJob { job_name: job }).set(now.as_second());
    }
}
