//! Explanations as lines that a person and CI can read.

use std::fmt::Write as _;
use std::time::Duration;

use gacp_store_mongo::Explanation;

/// One line per query, and one below it per fault: the same for the same documents.
pub(super) fn figures(explained: &[Explanation]) -> String {
    let mut text = format!(
        "{:<46} {:<33} {:>5} {:>5} {:>8}  {}\n",
        "query", "index", "keys", "docs", "returned", "plan"
    );
    for one in explained {
        let Explanation { query, stages, indexes, keys, docs, returned, .. } = one;
        let walked = if indexes.is_empty() { "none".to_owned() } else { indexes.join(" ") };
        let plan = stages.join(" > ");
        let name = query.name;
        writeln!(text, "{name:<46} {walked:<33} {keys:>5} {docs:>5} {returned:>8}  {plan}").ok();
        for fault in one.faults() {
            writeln!(text, "  AT FAULT: {fault}").ok();
        }
    }
    text
}

/// What the same queries cost with and without their indexes; both in the same order.
pub(super) fn compared(with: &[Explanation], without: &[Explanation]) -> String {
    let mut text = format!(
        "{:<46} {:<33} {:>13} {:>15} {:>17} {:>6}\n",
        "query", "index", "keys", "docs", "ms", "ratio"
    );
    for one in with {
        let Some(other) = without.iter().find(|other| other.query == one.query) else { continue };
        let pair = |of: fn(&Explanation) -> u64| format!("{} / {}", of(other), of(one));
        let (keys, docs) = (pair(|it| it.keys), pair(|it| it.docs));
        let times = format!("{} / {}", millis(other.took), millis(one.took));
        let ratio = other.took.as_secs_f64() / one.took.as_secs_f64().max(f64::MIN_POSITIVE);
        let (name, index) = (one.query.name, one.query.index);
        writeln!(text, "{name:<46} {index:<33} {keys:>13} {docs:>15} {times:>17} {ratio:>6.1}")
            .ok();
    }
    text
}

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use gacp_store_mongo::queries;

    use super::*;

    fn explanation(docs: u64, took: Duration) -> Explanation {
        Explanation {
            query: queries()[0],
            stages: vec!["IDHACK".to_owned()],
            indexes: vec!["_id_".to_owned()],
            keys: 1,
            docs,
            returned: 1,
            took,
        }
    }

    #[test]
    fn a_query_at_fault_says_so_below_its_line() {
        let text = figures(&[explanation(1, Duration::ZERO), explanation(50, Duration::ZERO)]);

        let faults: Vec<&str> = text.lines().filter(|line| line.contains("AT FAULT")).collect();
        assert_eq!(text.lines().count(), 4);
        assert_eq!(faults, ["  AT FAULT: reads 50 documents to return 1"]);
    }

    #[test]
    fn a_comparison_says_without_before_with() {
        let (with, without) = (Duration::from_millis(2), Duration::from_millis(9));

        let text = compared(&[explanation(1, with)], &[explanation(400, without)]);

        let line = text.lines().nth(1).unwrap();
        assert!(line.contains("400 / 1") && line.contains("9.00 / 2.00"), "{line}");
        assert!(line.ends_with("4.5"), "{line}");
    }
}
