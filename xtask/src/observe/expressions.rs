//! Everything that dashboards and rules ask Prometheus for: it can be read, it names what is there,
//! and something comes of it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::time::sleep;

use super::names::Names;
use super::prometheus::{Answer, Catalogue, Kind, Prometheus, Rule};
use super::report::Report;
use super::stage::Stage;
use crate::workspace::root;

/// Jobs run each minute; until the second time there is no rate of theirs.
const PATIENCE: Duration = Duration::from_secs(90);

const POLL: Duration = Duration::from_secs(2);

/// What Grafana puts in the place of variables. The interval holds the whole run.
const VARIABLES: [(&str, &str); 3] =
    [("$__rate_interval", "5m"), ("$instance", ".*"), ("$job", ".*")];

/// An expression, and where it stands.
#[derive(Debug, PartialEq, Eq)]
struct Expression {
    place: String,
    text: String,
    /// An alert that is not on has no series.
    may_be_empty: bool,
}

pub(super) async fn check(stage: &Stage, report: &mut Report) -> Result<()> {
    let prometheus = &stage.prometheus;
    let rules = prometheus.rules().await?;
    let mut catalogue = prometheus.catalogue().await?;
    for rule in rules.iter().filter(|rule| rule.kind == Kind::Recording) {
        // A dashboard may name what is recorded for the first time after minutes; rules that do so
        // are asked for otherwise (`unrecorded`).
        catalogue.entry(rule.name.clone()).or_default();
    }
    let begun = Instant::now();
    for (name, expressions) in sheets(&rules)? {
        let mut series = 0;
        let mut faults = Vec::new();
        for expression in &expressions {
            match judge(expression, prometheus, (&catalogue, begun)).await? {
                Ok(some) => series += some,
                Err(fault) => {
                    faults.push(format!("{}: {fault}\n  {}", expression.place, expression.text));
                }
            }
        }
        let shows = format!("{} expressions, {series} series", expressions.len());
        report.note(&name, shows, faults);
    }
    let failing = rules.iter().filter(|rule| !rule.last_error.is_empty());
    let failing = failing.map(|rule| format!("{}: {}", rule.name, rule.last_error)).collect();
    report.note("evaluation of rules", format!("{} rules", rules.len()), failing);
    Ok(())
}

/// The dashboards, and the rules of each kind, under their names.
fn sheets(rules: &[Rule]) -> Result<Vec<(String, Vec<Expression>)>> {
    let mut sheets = Vec::new();
    let mut files: Vec<_> = fs::read_dir(root()?.join("deploy/grafana/dashboards"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        sheets.push((name, dashboard(&file)?));
    }
    for (name, kind) in [("recording rules", Kind::Recording), ("alerts", Kind::Alerting)] {
        let expression = |rule: &Rule| Expression {
            place: rule.name.clone(),
            text: unrecorded(&rule.query, rules),
            may_be_empty: kind == Kind::Alerting,
        };
        let chosen = rules.iter().filter(|rule| rule.kind == kind);
        sheets.push((name.to_owned(), chosen.map(expression).collect()));
    }
    for (name, expressions) in &sheets {
        ensure!(!expressions.is_empty(), "{name} asks for nothing");
    }
    Ok(sheets)
}

fn dashboard(file: &Path) -> Result<Vec<Expression>> {
    let read = || {
        let mut expressions = Vec::new();
        collect(&serde_json::from_str(&fs::read_to_string(file)?)?, "", &mut expressions);
        Ok::<_, anyhow::Error>(expressions)
    };
    read().with_context(|| format!("{} cannot be read", file.display()))
}

/// Takes every expression out of a dashboard: those of panels, whatever lies in what, and of
/// variables. `title` is that of the panel around.
fn collect(value: &Value, title: &str, into: &mut Vec<Expression>) {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let title = text("title").unwrap_or(title);
    if let Some(expression) = text("expr").or_else(|| text("query").filter(|it| is_values(it))) {
        let text = filled(expression);
        into.push(Expression { place: title.to_owned(), text, may_be_empty: false });
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, title, into)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, title, into)),
        _ => {}
    }
}

/// Grafana's own function: the values that a label has.
const LABEL_VALUES: &str = "label_values(";

fn is_values(query: &str) -> bool {
    query.starts_with(LABEL_VALUES)
}

/// The expression that Grafana sends.
fn filled(text: &str) -> String {
    let values = text.strip_prefix(LABEL_VALUES).and_then(|text| text.strip_suffix(')'));
    let text = values.and_then(|values| values.rsplit_once(',')).map_or_else(
        || text.to_owned(),
        |(metric, label)| format!("count by ({}) ({metric})", label.trim()),
    );
    let put = |text: String, (name, value): &(&str, &str)| text.replace(name, value);
    VARIABLES.iter().fold(text, put)
}

/// An expression with what is recorded in the place of the records. A group of rules that runs every
/// two minutes may not have recorded anything yet, and what it will record can be asked for at once.
fn unrecorded(text: &str, rules: &[Rule]) -> String {
    let recorded = rules.iter().filter(|rule| rule.kind == Kind::Recording);
    let names = Names::of(text).metrics;
    recorded
        .filter(|rule| names.contains(&rule.name))
        .fold(text.to_owned(), |text, rule| text.replace(&rule.name, &format!("({})", rule.query)))
}

/// How many series an expression has, or what is wrong with it.
async fn judge(
    expression: &Expression,
    prometheus: &Prometheus,
    (catalogue, begun): (&Catalogue, Instant),
) -> Result<Result<usize, String>> {
    if let Some(fault) = unknown(&expression.text, catalogue) {
        return Ok(Err(fault));
    }
    loop {
        let series = match prometheus.query(&expression.text).await? {
            Answer::Refused(why) => return Ok(Err(why)),
            Answer::Series(series) => series,
        };
        if series > 0 || expression.may_be_empty {
            return Ok(Ok(series));
        }
        if begun.elapsed() > PATIENCE {
            return Ok(Err(format!("nothing comes of it in {PATIENCE:?}")));
        }
        sleep(POLL).await;
    }
}

/// What an expression names and nobody tells.
fn unknown(text: &str, catalogue: &Catalogue) -> Option<String> {
    let Names { metrics, labels } = Names::of(text);
    if let Some(metric) = metrics.iter().find(|metric| !catalogue.contains_key(*metric)) {
        return Some(format!("there is no metric {metric}"));
    }
    let is_label = |label: &String| {
        metrics.iter().filter_map(|it| catalogue.get(it)).any(|it| it.contains(label))
    };
    let label = labels.iter().find(|label| !is_label(label))?;
    Some(format!("none of its metrics has a label {label}"))
}

#[cfg(test)]
mod tests;
