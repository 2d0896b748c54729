//! Dashboards are JSON, and more than an empty file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use super::files;

pub(super) fn check(root: &Path) -> Result<()> {
    let dashboards = files(&root.join("deploy/grafana/dashboards"), "json")?;
    ensure!(!dashboards.is_empty(), "deploy/grafana/dashboards has no dashboards");
    for file in &dashboards {
        let name = file.file_name().unwrap_or_default().display();
        let title = title(&fs::read_to_string(file)?).with_context(|| format!("{name}"))?;
        println!("{name}: {title}");
    }
    Ok(())
}

/// The title of a dashboard; an error when the text is none.
fn title(text: &str) -> Result<String> {
    let dashboard: Map<String, Value> = serde_json::from_str(text)?;
    let title = dashboard.get("title").and_then(Value::as_str).context("it has no title")?;
    let panels = dashboard.get("panels").and_then(Value::as_array).map_or(0, Vec::len);
    ensure!(panels > 0, "it has no panels");
    Ok(title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn a_dashboard_has_a_title_and_something_to_look_at() {
        assert_eq!(title(r#"{"title": "Stores", "panels": [{}]}"#).unwrap(), "Stores");
        for text in ["", "[]", r#"{"title": "a", "panels": []}"#, r#"{"panels": [{}]}"#] {
            assert!(title(text).is_err(), "{text}");
        }
    }
}
