//! The process itself, as the operating system sees it, under the names that every Prometheus
//! client uses.

use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

/// The kernel counts in hundredths of a second (`USER_HZ`, a part of Linux's interface).
const TICKS_PER_SECOND: f64 = 100.0;

/// Reads `/proc` whenever somebody scrapes. Where there is none, nothing is told.
#[derive(Debug)]
pub struct Process {
    /// Seconds since 1970.
    started: Option<f64>,
    page_bytes: f64,
}

impl Process {
    /// Registers `process_cpu_seconds_total`, `process_resident_memory_bytes` and the others.
    pub fn register(registry: &mut Registry) {
        registry
            .register_collector(Box::new(Self { started: started(), page_bytes: page_bytes() }));
    }
}

/// One look at the process.
#[derive(Debug, Default, PartialEq)]
struct Look {
    cpu_seconds: f64,
    threads: f64,
    virtual_bytes: f64,
    resident_bytes: f64,
}

impl Look {
    /// Reads `/proc/self/stat` (`proc_pid_stat(5)`) and `statm`.
    fn of(stat: &str, statm: &str, page_bytes: f64) -> Option<Self> {
        let ticks = field(stat, UTIME)? + field(stat, STIME)?;
        let mut pages = statm.split(' ').map(|it| it.parse::<f64>().ok());
        Some(Self {
            cpu_seconds: ticks / TICKS_PER_SECOND,
            threads: field(stat, THREADS)?,
            virtual_bytes: pages.next()?? * page_bytes,
            resident_bytes: pages.next()?? * page_bytes,
        })
    }
}

/// Places in the line behind the name, which may contain anything.
const UTIME: usize = 11;
const STIME: usize = 12;
const THREADS: usize = 17;
const START_TIME: usize = 19;

fn field(stat: &str, place: usize) -> Option<f64> {
    let (_, behind) = stat.rsplit_once(") ")?;
    behind.split_whitespace().nth(place)?.parse().ok()
}

/// When it was started: ticks after the machine, which says when that was.
fn started() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let machine = fs::read_to_string("/proc/stat").ok()?;
    let booted = machine.lines().find_map(|line| line.strip_prefix("btime "))?;
    let booted: f64 = booted.trim().parse().ok()?;
    Some(booted + field(&stat, START_TIME)? / TICKS_PER_SECOND)
}

/// The size of a page, by how `smaps` tells it; 4 KiB where it does not. To read it takes long.
fn page_bytes() -> f64 {
    let smaps = fs::read_to_string("/proc/self/smaps").unwrap_or_default();
    let told = smaps.lines().find_map(|line| line.strip_prefix("KernelPageSize:"));
    let kib = told.and_then(|it| it.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kib.unwrap_or(4.0) * 1024.0
}

/// Descriptors in use.
fn open_files() -> Option<f64> {
    // One of them is the folder that is being read.
    let entries = fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1);
    u32::try_from(entries).ok().map(f64::from)
}

/// The soft limit of descriptors.
fn most_files() -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
        if let Some(look) = Look::of(&stat, &statm, self.page_bytes) {
            let about = "Processor time of the process, user and system";
            let spent = ConstCounter::new(look.cpu_seconds);
            let kind = MetricType::Counter;
            spent.encode(encoder.encode_descriptor(
                "process_cpu",
                about,
                Some(&Unit::Seconds),
                kind,
            )?)?;
            let about = "Memory of the process that is in use";
            gauge(
                &mut encoder,
                ("process_resident_memory", about),
                &Unit::Bytes,
                look.resident_bytes,
            )?;
            let about = "Addresses that the process has reserved";
            gauge(
                &mut encoder,
                ("process_virtual_memory", about),
                &Unit::Bytes,
                look.virtual_bytes,
            )?;
            plain(&mut encoder, ("process_threads", "Threads of the process"), look.threads)?;
        }
        if let Some(files) = open_files() {
            plain(&mut encoder, ("process_open_fds", "Descriptors in use"), files)?;
        }
        if let Some(files) = most_files() {
            plain(&mut encoder, ("process_max_fds", "Descriptors that may be in use"), files)?;
        }
        if let Some(started) = self.started {
            let about = "When the process was started, in seconds since 1970";
            gauge(&mut encoder, ("process_start_time", about), &Unit::Seconds, started)?;
        }
        Ok(())
    }
}

fn gauge(
    encoder: &mut DescriptorEncoder<'_>,
    (name, about): (&str, &str),
    unit: &Unit,
    value: f64,
) -> fmt::Result {
    let gauge = ConstGauge::new(value);
    gauge.encode(encoder.encode_descriptor(name, about, Some(unit), MetricType::Gauge)?)
}

fn plain(
    encoder: &mut DescriptorEncoder<'_>,
    (name, about): (&str, &str),
    value: f64,
) -> fmt::Result {
    let gauge = ConstGauge::new(value);
    gauge.encode(encoder.encode_descriptor(name, about, None, MetricType::Gauge)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_may_have_any_name() {
        let stat = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 3 0 77 1 2";

        let look = Look::of(stat, "100 25 5 1 0 50 0\n", 4096.0).unwrap();

        let expected = Look {
            cpu_seconds: 2.0,
            threads: 3.0,
            virtual_bytes: 409_600.0,
            resident_bytes: 102_400.0,
        };
        assert_eq!(look, expected);
        assert_eq!(field(stat, START_TIME), Some(77.0));
    }

    #[test]
    fn what_is_cut_short_tells_nothing() {
        assert_eq!(Look::of("7 (a) S 1 2", "100 25", 4096.0), None);
        assert_eq!(Look::of("", "", 4096.0), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_seen() {
        let mut registry = Registry::default();
        Process::register(&mut registry);

        let text = crate::metrics::Exposition::new(registry).render(crate::metrics::Format::Text);

        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {text}")).trim().parse::<f64>().unwrap()
        };
        assert!(value("process_resident_memory_bytes") > 1e6);
        assert!(value("process_open_fds") >= 3.0);
        assert!(value("process_max_fds") >= value("process_open_fds"));
        assert!(value("process_threads") >= 1.0);
        assert!(value("process_cpu_seconds_total") >= 0.0);
        // Not before 2020.
        assert!(value("process_start_time_seconds") > 1.6e9);
    }
}
