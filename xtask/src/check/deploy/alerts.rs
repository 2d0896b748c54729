//! Every alert has a page that says what to do, and every page an alert that leads to it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use super::files;

/// The page that lists the others.
const LIST: &str = "README";

pub(super) fn check(root: &Path) -> Result<()> {
    let mut alerts = BTreeSet::new();
    for file in files(&root.join("deploy/prometheus/rules"), "yml")? {
        alerts.extend(fs::read_to_string(file)?.lines().filter_map(alert).map(str::to_owned));
    }
    let pages = files(&root.join("docs/runbooks"), "md")?;
    let pages = pages.iter().filter_map(|page| Some(page.file_stem()?.to_str()?.to_owned()));
    let pages = pages.filter(|page| page != LIST);
    let faults = unmatched(&alerts, &pages.collect());
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    println!("{} alerts, each with its page", alerts.len());
    Ok(())
}

/// The alert that a line of a file of rules begins. A line is enough: promtool has read the file,
/// and an alert's name is an identifier.
fn alert(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let name = line.strip_prefix("- ").unwrap_or(line).trim_start().strip_prefix("alert:")?;
    let name = name.split('#').next().unwrap_or_default().trim();
    Some(name.trim_matches(['"', '\'']))
}

fn unmatched(alerts: &BTreeSet<String>, pages: &BTreeSet<String>) -> Vec<String> {
    let without_page = alerts.difference(pages);
    let without_page = without_page.map(|alert| format!("{alert} has no docs/runbooks/{alert}.md"));
    let without_alert = pages.difference(alerts);
    let without_alert =
        without_alert.map(|page| format!("no alert leads to docs/runbooks/{page}.md"));
    without_page.chain(without_alert).collect()
}

#[cfg(test)]
mod tests {
    use super::{alert, unmatched};

    #[test]
    fn an_alert_is_known_wherever_its_name_stands() {
        for line in [
            "      - alert: BreakerOpen",
            "  alert: \"BreakerOpen\"",
            "-   alert: 'BreakerOpen'  # why",
        ] {
            assert_eq!(alert(line), Some("BreakerOpen"), "{line}");
        }
        for line in ["", "- record: job:errors:ratio", "# alert: Old", "  alertname: BreakerOpen"] {
            assert_eq!(alert(line), None, "{line}");
        }
    }

    #[test]
    fn an_alert_without_a_page_and_a_page_without_an_alert_are_faults() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();

        let faults = unmatched(&names(&["Both", "New"]), &names(&["Both", "Old"]));

        let expected =
            ["New has no docs/runbooks/New.md", "no alert leads to docs/runbooks/Old.md"];
        assert_eq!(faults, expected);
    }
}
