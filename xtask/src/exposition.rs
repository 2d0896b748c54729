//! The text format in which servers tell their metrics (Prometheus 0.0.4).

/// One series of a metric, and its value as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample<'a> {
    /// `breaker="mongodb",state="open"`
    labels: &'a str,
    value: &'a str,
}

/// The series of a metric of this name.
pub(crate) fn samples<'a>(text: &'a str, metric: &str) -> impl Iterator<Item = Sample<'a>> {
    text.lines().filter_map(move |line| {
        let (series, value) = line.rsplit_once(' ')?;
        let rest = series.strip_prefix(metric)?;
        let labels = match rest.strip_prefix('{') {
            Some(labels) => labels.strip_suffix('}')?,
            None if rest.is_empty() => rest,
            None => return None,
        };
        Some(Sample { labels, value })
    })
}

impl<'a> Sample<'a> {
    /// The value of a label. None of ours has a quote in it.
    pub(crate) fn label(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.labels;
        loop {
            let (known, after) = rest.split_once("=\"")?;
            let (value, after) = after.split_once('"')?;
            if known.trim_start_matches(',') == name {
                return Some(value);
            }
            rest = after;
        }
    }

    pub(crate) fn count(&self) -> Option<u64> {
        self.value.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::samples;

    const TEXT: &str = "# TYPE calls counter\ncalls{to=\"a\",of=\"x, y\"} 3\n\
                        calls{to=\"b\",of=\"z\"} 4\ncalls_total 5\ncalls 6\n";

    #[test]
    fn a_series_has_its_labels_and_its_count() {
        let of = |metric| {
            let read = samples(TEXT, metric);
            read.map(|it| (it.label("of"), it.count())).collect::<Vec<_>>()
        };

        assert_eq!(of("calls"), [(Some("x, y"), Some(3)), (Some("z"), Some(4)), (None, Some(6)),]);
        assert_eq!(of("calls_total"), [(None, Some(5))]);
        assert_eq!(of("call"), []);
    }
}
