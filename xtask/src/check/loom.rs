//! Every interleaving of a few threads on one circuit breaker, with loom.

use std::process::Command;

use anyhow::{Result, bail};

use crate::workspace::{cargo, output, root, run as run_command};

pub(super) fn run() -> Result<()> {
    // Without the flag there is nothing in the file, and nothing fails.
    if listed(&output(test()?.args(["--", "--list"]))?) == 0 {
        bail!("loom has nothing to look at");
    }
    run_command(&mut test()?)
}

fn test() -> Result<Command> {
    let what = ["test", "-p", "gacp-resilience", "--no-default-features", "--release"];
    let mut command = cargo(what)?;
    command.args(["--test", "loom"]).env("RUSTFLAGS", "--cfg gacp_loom");
    // Every crate is built with the flag: in the usual folder all of them would be, again and again.
    command.env("CARGO_TARGET_DIR", root()?.join("target/loom"));
    Ok(command)
}

/// How many tests a harness lists.
fn listed(list: &str) -> usize {
    list.lines().filter(|line| line.ends_with(": test")).count()
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn a_harness_without_a_test_is_told_from_one_with_some() {
        let some = "one_opens_it: test\ntwo_close_it: test\n\n2 tests, 0 benchmarks\n";

        assert_eq!((listed(some), listed("\n0 tests, 0 benchmarks\n")), (2, 0));
    }
}
