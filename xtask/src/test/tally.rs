//! Which cases ran on what, read from what the test runners print.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Result, bail};

use crate::workspace::Executable;

/// What the cases of a test binary run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ground {
    /// The contract suites on the in-memory adapters.
    Memory,
    /// The contract suites on SQLite.
    Sqlite,
    /// The whole server, over HTTP.
    Api,
}

impl Ground {
    const ALL: [Self; 3] = [Self::Memory, Self::Sqlite, Self::Api];

    fn of(package: &str, target: &str) -> Option<Self> {
        match (package, target) {
            (_, "memory") => Some(Self::Memory),
            ("gacp-store-sqlite", "it") => Some(Self::Sqlite),
            ("gacp-api", "it") => Some(Self::Api),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Sqlite => "SQLite",
            Self::Api => "the API",
        }
    }
}

/// How many cases ran on each ground.
#[derive(Debug, Default)]
pub(super) struct Tally {
    passed: BTreeMap<Ground, u64>,
    others: u64,
    skipped: u64,
}

impl Tally {
    fn count(&mut self, ground: Option<Ground>, passed: u64, skipped: u64) {
        self.skipped += skipped;
        match ground {
            Some(ground) => *self.passed.entry(ground).or_default() += passed,
            None => self.others += passed,
        }
    }

    fn on(&self, ground: Ground) -> u64 {
        self.passed.get(&ground).copied().unwrap_or_default()
    }

    /// Both together; `other` has what ran on none of the grounds.
    pub(super) fn with(mut self, other: &Self) -> Self {
        self.count(None, other.others, other.skipped);
        self
    }

    /// A ground without a case, or a case that was skipped, proves nothing and is a failure.
    pub(super) fn verdict(&self) -> Result<()> {
        if let Some(ground) = Ground::ALL.into_iter().find(|ground| self.on(*ground) == 0) {
            bail!("no case ran on {}", ground.name());
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
        for ground in Ground::ALL {
            write!(f, "{} on {}, ", self.on(ground), ground.name())?;
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
    Libtest { binaries: Vec<Executable>, ground: Option<Ground> },
}

impl Reader {
    pub(super) fn nextest() -> Self {
        Self { runner: Runner::Nextest, tally: Tally::default() }
    }

    /// `binaries` are what will run: `cargo test` names files, not packages.
    pub(super) fn libtest(binaries: Vec<Executable>) -> Self {
        Self { runner: Runner::Libtest { binaries, ground: None }, tally: Tally::default() }
    }

    pub(super) fn read(&mut self, line: &str) {
        match &mut self.runner {
            Runner::Nextest => {
                if let Some((ground, passed)) = nextest_case(line) {
                    self.tally.count(ground, u64::from(passed), u64::from(!passed));
                }
            }
            Runner::Libtest { binaries, ground } => {
                if let Some(file) = running(line) {
                    *ground = binaries
                        .iter()
                        .find(|binary| binary.path.ends_with(file))
                        .and_then(|binary| Ground::of(&binary.package, &binary.target));
                } else if let Some((passed, ignored)) = libtest_result(line) {
                    self.tally.count(*ground, passed, ignored);
                }
            }
        }
    }

    pub(super) fn tally(self) -> Tally {
        self.tally
    }
}

/// `PASS [   0.005s] (3/9) gacp-store::memory a_case` and its like.
fn nextest_case(line: &str) -> Option<(Option<Ground>, bool)> {
    let (verdict, rest) = line.trim_start().split_once(' ')?;
    let passed = match verdict {
        "PASS" | "LEAK" | "FLAKY" => true,
        "SKIP" => false,
        _ => return None,
    };
    let (_, named) = rest.split_once(") ")?;
    let binary = named.split_whitespace().next()?;
    let (package, target) = binary.split_once("::").unwrap_or((binary, ""));
    Some((Ground::of(package, target), passed))
}

/// The file in `Running tests/memory.rs (target/debug/deps/memory-0b5e)`.
fn running(line: &str) -> Option<&str> {
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

    use super::{Executable, Ground, Reader};

    fn executable(package: &str, target: &str, file: &str) -> Executable {
        let path = PathBuf::from("/w/target/debug/deps").join(file);
        Executable { package: package.to_owned(), target: target.to_owned(), path }
    }

    #[test]
    fn cases_of_nextest_count_for_what_they_ran_on() {
        let mut reader = Reader::nextest();

        for line in [
            "    Starting 9 tests across 2 binaries",
            "        PASS [   0.005s] (1/9) gacp-store violation::tests::a_rule",
            "        PASS [   0.005s] (2/9) gacp-farms::memory a_case",
            "        PASS [   1.005s] (3/9) gacp-store-sqlite::it farms::a_case",
            "        SKIP [         ] (─────────) gacp-api::it a_case",
            "     Summary [   0.026s] 3 tests run: 3 passed, 1 skipped",
        ] {
            reader.read(line);
        }

        let tally = reader.tally();
        assert_eq!(
            tally.to_string(),
            "cases passed: 1 on memory, 1 on SQLite, 0 on the API, 1 others; 1 skipped"
        );
        assert!(tally.verdict().unwrap_err().to_string().contains("no case ran on the API"));
    }

    #[test]
    fn cases_of_cargo_test_count_for_what_they_ran_on() {
        let mut reader = Reader::libtest(vec![
            executable("gacp-store-sqlite", "it", "it-01"),
            executable("gacp-api", "it", "it-02"),
            executable("gacp-farms", "memory", "memory-03"),
        ]);

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

        let tally = reader.tally();
        assert_eq!((tally.on(Ground::Api), tally.on(Ground::Memory)), (5, 7));
        assert_eq!((tally.on(Ground::Sqlite), tally.others, tally.skipped), (0, 2, 1));
    }

    #[test]
    fn a_skipped_case_is_a_failure() {
        let mut reader = Reader::nextest();
        for line in [
            "        PASS [   0.005s] (1/4) gacp-farms::memory a_case",
            "        PASS [   1.005s] (2/4) gacp-store-sqlite::it farms::a_case",
            "        PASS [   1.005s] (3/4) gacp-api::it a_case",
        ] {
            reader.read(line);
        }
        assert!(reader.tally.verdict().is_ok());

        reader.read("        SKIP [         ] (4/4) gacp-farms another_case");

        assert!(reader.tally.verdict().is_err());
    }
}
