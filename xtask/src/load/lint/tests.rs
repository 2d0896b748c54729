use std::path::{Path, PathBuf};

use super::finding::{Finding, Findings, Severity};
use super::{Machine, Rule};
use crate::workspace;

/// A machine on which a hash takes 20 ms.
fn lint(file: &Path) -> Findings {
    super::lint(file, &|| Ok(Machine { hashes: 100.0, cores: 2 })).unwrap()
}

fn fixture(rule: Rule, name: &str) -> PathBuf {
    let folder = workspace::root().unwrap().join("xtask/src/load/lint/fixtures");
    folder.join(rule.name()).join(name)
}

#[test]
fn every_rule_finds_what_it_is_for() {
    for rule in Rule::ALL {
        let linted = lint(&fixture(*rule, "bad.yml"));

        let is_found = linted.list().iter().any(|finding| finding.rule == *rule);
        assert!(is_found, "{}:\n{}", rule.name(), linted);
    }
}

#[test]
fn no_rule_finds_anything_where_all_is_well() {
    for rule in Rule::ALL {
        let linted = lint(&fixture(*rule, "good.yml"));

        assert!(linted.list().is_empty(), "{}:\n{}", rule.name(), linted);
    }
}

#[test]
fn a_finding_says_where_what_why_and_what_to_do() {
    let linted = lint(&fixture(Rule::UndefinedVariable, "bad.yml"));

    let shown = linted.to_string();
    let file = fixture(Rule::UndefinedVariable, "bad.yml").display().to_string();
    let begins = format!(
        "error[undefined-variable]: nothing gives `token` a value here\n  --> {file}:14\n   |\n14 | \
         \u{20}     - get: {{ url: /api/auth/profile"
    );
    assert!(shown.starts_with(&begins), "{shown}");
    for part in ["   = why: Artillery would send", "   = help: name it in `fields`"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn the_header_row_of_the_light_scenario_is_found_and_what_it_costs() {
    let file = workspace::root().unwrap().join("xtask/scenarios/auth-light.yml");

    let linted = lint(&file);

    let errors: Vec<&Finding> = linted.list().iter().filter(is_error).collect();
    let [Finding { rule: Rule::HeaderRow, line: 1, why, help, .. }] = errors.as_slice() else {
        panic!("{}", linted)
    };
    assert!(why.contains("1 of 11 rows (9.1 %) is no user: 100.9 ± 9.6 of 1110 journeys"), "{why}");
    assert!(help.contains("auth-light.yml:12"), "{help}");
    assert_eq!((linted.errors(), linted.warnings()), (1, 3));
}

fn is_error(finding: &&Finding) -> bool {
    finding.rule.severity() == Severity::Error
}

#[test]
fn the_corrected_scenario_can_be_played() {
    let file = workspace::root().unwrap().join("xtask/scenarios/auth-light-corrected.yml");

    assert_eq!(lint(&file).errors(), 0);
}

#[test]
fn the_other_scenarios_lack_nothing_but_what_seed_makes() {
    for name in ["smoke", "auth-full", "platform-mix", "spike", "soak", "stress"] {
        let file = workspace::root().unwrap().join(format!("xtask/scenarios/{name}.yml"));

        let found = lint(&file);

        let other = found.list().iter().find(|finding| finding.rule != Rule::DataMissing);
        assert!(other.is_none(), "{name}: {found}");
    }
}

#[test]
fn no_password_is_shown() {
    for rule in [Rule::RefusedPassword, Rule::StraySpace, Rule::DuplicateUser, Rule::RaggedRow] {
        let shown = lint(&fixture(rule, "bad.yml")).to_string();

        assert!(!shown.contains("Turmeric") && !shown.contains("short\n"), "{shown}");
    }
}

#[test]
fn a_limit_below_one_hash_is_found() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("scenario.yml");
    let text = std::fs::read_to_string(fixture(Rule::UnreachableThreshold, "good.yml")).unwrap();
    let users = fixture(Rule::UnreachableThreshold, "users.csv");
    std::fs::copy(users, folder.path().join("users.csv")).unwrap();
    std::fs::write(&file, text.replace("p95: 300", "p95: 19")).unwrap();

    let linted = lint(&file);

    let says = "a limit of 19 ms, where one password hash takes 20.0 ms";
    assert!(linted.to_string().contains(says), "{}", linted);
}
