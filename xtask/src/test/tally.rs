//! Which cases ran on what, read from what the test runners print.

use std::fmt;

use anyhow::{Result, bail};

use crate::workspace::Executable;

/// What the cases of a test binary run on.
#[derive(Debug)]
struct Ground {
    name: &'static str,
    /// The package that has the binary; none: any package may.
    package: Option<&'static str>,
    /// The test target.
    target: &'static str,
}

/// The contract suites on each adapter, and the whole server over HTTP.
const GROUNDS: &[Ground] = &[
    Ground { name: "memory", package: None, target: "memory" },
    Ground { name: "SQLite", package: Some("gacp-store-sqlite"), target: "it" },
    Ground { name: "MongoDB", package: Some("gacp-store-mongo"), target: "it" },
    Ground { name: "Redis", package: Some("gacp-cache-redis"), target: "it" },
    Ground { name: "the API on SQLite", package: Some("gacp-api"), target: "it" },
    Ground { name: "the API on MongoDB", package: Some("gacp-api"), target: "mongo" },
];

impl Ground {
    fn has(&self, package: &str, target: &str) -> bool {
        self.target == target && self.package.is_none_or(|ours| ours == package)
    }
}

/// How many cases ran on each ground.
#[derive(Debug, Default)]
pub(super) struct Tally {
    passed: Vec<(&'static Ground, u64)>,
    others: u64,
    skipped: u64,
}

impl Tally {
    /// Nothing counted yet; the grounds are those that a workspace of these packages has.
    pub(super) fn over(packages: &[String]) -> Self {
        let there = |ground: &&Ground| {
            ground.package.is_none_or(|package| packages.iter().any(|name| name == package))
        };
        let passed = GROUNDS.iter().filter(there).map(|ground| (ground, 0)).collect();
        Self { passed, ..Self::default() }
    }

    fn count(&mut self, binary: Option<(&str, &str)>, passed: u64, skipped: u64) {
        self.skipped += skipped;
        let found = binary.and_then(|(package, target)| {
            self.passed.iter_mut().find(|(ground, _)| ground.has(package, target))
        });
        *found.map_or(&mut self.others, |(_, count)| count) += passed;
    }

    /// Both together; `other` has what ran on none of the grounds.
    pub(super) fn with(mut self, other: &Self) -> Self {
        self.count(None, other.others, other.skipped);
        self
    }

    /// A ground without a case, or a case that was skipped, proves nothing and is a failure.
    pub(super) fn verdict(&self) -> Result<()> {
        if let Some((ground, _)) = self.passed.iter().find(|(_, count)| *count == 0) {
            bail!("no case ran on {}", ground.name);
        }
        if self.skipped > 0 {
            bail!("{} tests were skipped", self.skipped);
        }
        Ok(())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cases passed: ")?;
        for (ground, count) in &self.passed {
            write!(f, "{count} on {}, ", ground.name)?;
        }
        write!(f, "{} others; {} skipped", self.others, self.skipped)
    }
}

/// Reads a runner's lines.
pub(super) struct Reader {
    runner: Runner,
    tally: Tally,
}

enum Runner {
    Nextest,
    /// `running` is the package and the target of the binary that runs.
    Libtest {
        binaries: Vec<Executable>,
        running: Option<(String, String)>,
    },
}

impl Reader {
    pub(super) fn nextest(tally: Tally) -> Self {
        Self { runner: Runner::Nextest, tally }
    }

    /// `binaries` are what will run: `cargo test` names files, not packages.
    pub(super) fn libtest(tally: Tally, binaries: Vec<Executable>) -> Self {
        Self { runner: Runner::Libtest { binaries, running: None }, tally }
    }

    pub(super) fn read(&mut self, line: &str) {
        match &mut self.runner {
            Runner::Nextest => {
                if let Some((binary, passed)) = nextest_case(line) {
                    self.tally.count(Some(binary), u64::from(passed), u64::from(!passed));
                }
            }
            Runner::Libtest { binaries, running } => {
                if let Some(file) = file_of(line) {
                    let binary = binaries.iter().find(|binary| binary.path.ends_with(file));
                    *running = binary.map(|it| (it.package.clone(), it.target.clone()));
                } else if let Some((passed, ignored)) = libtest_result(line) {
                    let binary = running.as_ref().map(|(package, target)| (&**package, &**target));
                    self.tally.count(binary, passed, ignored);
                }
            }
        }
    }

    pub(super) fn tally(self) -> Tally {
        self.tally
    }
}

/// `PASS [   0.005s] (3/9) gacp-store::memory a_case` and its like.
fn nextest_case(line: &str) -> Option<((&str, &str), bool)> {
    let (verdict, rest) = line.trim_start().split_once(' ')?;
    let passed = match verdict {
        "PASS" | "LEAK" | "FLAKY" => true,
        "SKIP" => false,
        _ => return None,
    };
    let (_, named) = rest.split_once(") ")?;
    let binary = named.split_whitespace().next()?;
    Some((binary.split_once("::").unwrap_or((binary, "")), passed))
}

/// The file in `Running tests/memory.rs (target/debug/deps/memory-0b5e)`.
fn file_of(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let (_, path) = line.strip_prefix("Running ")?.rsplit_once('(')?;
    path.strip_suffix(')')?.rsplit('/').next()
}

/// Passed and ignored in `test result: ok. 5 passed; 0 failed; 1 ignored; …`.
fn libtest_result(line: &str) -> Option<(u64, u64)> {
    let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let of = |what: &str| {
        let count = counts.split("; ").find_map(|count| count.strip_suffix(what))?;
        count.trim().parse().ok()
    };
    Some((of("passed")?, of("ignored")?))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Executable, Reader, Tally};

    /// A tally in a workspace of these packages.
    fn tally(packages: &[&str]) -> Tally {
        Tally::over(&packages.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    fn executable(package: &str, target: &str, file: &str) -> Executable {
        let path = PathBuf::from("/w/target/debug/deps").join(file);
        Executable { package: package.to_owned(), target: target.to_owned(), path }
    }

    #[test]
    fn cases_of_nextest_count_for_what_they_ran_on() {
        let all =
            ["gacp-farms", "gacp-store-sqlite", "gacp-store-mongo", "gacp-cache-redis", "gacp-api"];
        let mut reader = Reader::nextest(tally(&all));

        for line in [
            "    Starting 9 tests across 2 binaries",
            "        PASS [   0.005s] (1/9) gacp-store violation::tests::a_rule",
            "        PASS [   0.005s] (2/9) gacp-farms::memory a_case",
            "        PASS [   1.005s] (3/9) gacp-store-sqlite::it farms::a_case",
            "        PASS [   1.005s] (4/9) gacp-store-mongo::it farms::a_case",
            "        PASS [   1.005s] (5/9) gacp-store-mongo::it farms::another_case",
            "        PASS [   0.005s] (6/9) gacp-cache-redis::it limiter::a_case",
            "        SKIP [         ] (─────────) gacp-api::it a_case",
            "     Summary [   0.026s] 5 tests run: 5 passed, 1 skipped",
        ] {
            reader.read(line);
        }

        let tally = reader.tally();
        assert_eq!(
            tally.to_string(),
            "cases passed: 1 on memory, 1 on SQLite, 2 on MongoDB, 1 on Redis, \
             0 on the API on SQLite, 0 on the API on MongoDB, 1 others; 1 skipped"
        );
        assert!(tally.verdict().unwrap_err().to_string().contains("no case ran on the API"));
    }

    #[test]
    fn cases_of_cargo_test_count_for_what_they_ran_on() {
        let binaries = vec![
            executable("gacp-store-sqlite", "it", "it-01"),
            executable("gacp-api", "it", "it-02"),
            executable("gacp-farms", "memory", "memory-03"),
        ];
        let mut reader = Reader::libtest(tally(&["gacp-store-sqlite", "gacp-api"]), binaries);

        for line in [
            "     Running tests/it/main.rs (target/debug/deps/it-02)",
            "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
            "     Running tests/memory.rs (target/debug/deps/memory-03)",
            "test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
            "     Running unittests src/lib.rs (target/debug/deps/gacp_farms-04)",
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
        ] {
            reader.read(line);
        }

        assert_eq!(
            reader.tally().to_string(),
            "cases passed: 7 on memory, 0 on SQLite, 5 on the API on SQLite, \
             0 on the API on MongoDB, 2 others; 1 skipped"
        );
    }

    #[test]
    fn a_ground_must_have_cases_once_its_crate_is_there() {
        let verdict = |packages: &[&str]| {
            let mut reader = Reader::nextest(tally(packages));
            reader.read("        PASS [   0.005s] (1/1) gacp-farms::memory a_case");
            reader.tally().verdict()
        };

        assert!(verdict(&["gacp-farms"]).is_ok());
        assert!(verdict(&["gacp-farms", "gacp-store-mongo"]).is_err());
    }

    #[test]
    fn a_skipped_case_is_a_failure() {
        let mut reader = Reader::nextest(tally(&[]));
        reader.read("        PASS [   0.005s] (1/2) gacp-farms::memory a_case");
        assert!(reader.tally.verdict().is_ok());

        reader.read("        SKIP [         ] (2/2) gacp-farms another_case");

        assert!(reader.tally.verdict().is_err());
    }
}
