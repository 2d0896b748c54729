//! What a scraper gets: `OpenMetrics` 1.0 with exemplars, or the text format 0.0.4 without.

use std::fmt;
use std::sync::Arc;

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

/// Everything that was registered, ready to be scraped. Cheap to clone.
#[derive(Clone)]
pub struct Exposition {
    registry: Arc<Registry>,
}

/// In which of two formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `OpenMetrics` 1.0.0: with exemplars.
    OpenMetrics,
    /// Prometheus' text format 0.0.4, which every scraper reads.
    Text,
}

impl Format {
    /// The format that an `Accept` header asks for: `OpenMetrics` for whoever names it, text for
    /// everybody else. Nobody is refused.
    pub fn of(accept: Option<&str>) -> Self {
        let names_it = |range: &str| {
            let mut parts = range.split(';').map(str::trim);
            let named = parts.next().is_some_and(|it| it.eq_ignore_ascii_case(OPEN_METRICS));
            let refused = parts.any(|parameter| {
                let weight = parameter.strip_prefix("q=").map(str::trim);
                weight.and_then(|it| it.parse::<f32>().ok()).is_some_and(|it| it <= 0.0)
            });
            named && !refused
        };
        let named = accept.is_some_and(|accept| accept.split(',').any(names_it));
        if named { Self::OpenMetrics } else { Self::Text }
    }

    /// Its value of `Content-Type`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

const OPEN_METRICS: &str = "application/openmetrics-text";

impl Exposition {
    /// Whatever is in this registry.
    pub fn new(registry: Registry) -> Self {
        Self { registry: Arc::new(registry) }
    }

    /// All values as they are now.
    pub fn render(&self, format: Format) -> String {
        let mut open = String::new();
        // Writing to a string does not fail; a collector that does leaves what was written.
        let _ = encode(&mut open, &self.registry);
        match format {
            Format::OpenMetrics => open,
            Format::Text => text(&open),
        }
    }
}

/// `OpenMetrics` as the older format: counters are described under the name of their samples, there
/// are no exemplars, no units, no end mark, and no type for information.
fn text(open: &str) -> String {
    let mut older = String::with_capacity(open.len());
    let mut help = None;
    for line in open.lines() {
        if let Some(told) = line.strip_prefix("# HELP ") {
            help = told.split_once(' ');
        } else if let Some(told) = line.strip_prefix("# TYPE ") {
            let described = told.split_once(' ').unwrap_or((told, "unknown"));
            describe(&mut older, described, help.take());
        } else if !line.starts_with('#') {
            let sample = line.split_once(" # {").map_or(line, |(sample, _exemplar)| sample);
            push(&mut older, &[sample]);
        }
    }
    older
}

/// The two lines before a family's samples.
fn describe(older: &mut String, (name, kind): (&str, &str), help: Option<(&str, &str)>) {
    let (suffix, kind) = match kind {
        "counter" => ("_total", "counter"),
        "info" => ("_info", "gauge"),
        "unknown" => ("", "untyped"),
        kind => ("", kind),
    };
    if let Some((_, told)) = help {
        push(older, &["# HELP ", name, suffix, " ", told]);
    }
    push(older, &["# TYPE ", name, suffix, " ", kind]);
}

fn push(older: &mut String, parts: &[&str]) {
    older.extend(parts.iter().copied());
    older.push('\n');
}

impl fmt::Debug for Exposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exposition").finish_non_exhaustive()
    }
}
