//! The file for compose, read by compose with every variable that its example names.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::Result;

use crate::services::install::{Tool, tool};
use crate::workspace::run;

/// Reads files without a daemon.
const COMPOSE: Tool = Tool {
    program: "docker-compose",
    package: "docker-compose",
    inside: "usr/bin/docker-compose",
    asks_version: "--version",
};

/// What a variable is set to that everybody must set for themselves.
const STAND_IN: &str = "checked";

pub(super) fn check(root: &Path) -> Result<()> {
    let deploy = root.join("deploy");
    let filled = filled(&fs::read_to_string(deploy.join("env.example"))?);
    let folder = tempfile::tempdir()?;
    // Not the `.env` that an operator may have beside the file.
    let variables = folder.path().join("env");
    fs::write(&variables, filled)?;
    let mut command = tool(&COMPOSE)?.command();
    command.arg("--file").arg(deploy.join("compose.yaml")).arg("--env-file").arg(variables);
    run(command.args(["config", "--quiet"]).stdin(Stdio::null()))
}

/// An example of variables, with those set that it leaves open.
fn filled(example: &str) -> String {
    let fill = |line: &str| {
        let is_open = !line.starts_with('#') && line.trim_end().ends_with('=');
        let stand_in = if is_open { STAND_IN } else { "" };
        format!("{}{stand_in}\n", line.trim_end())
    };
    example.lines().map(fill).collect()
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn only_what_is_left_open_is_filled_in() {
        let filled = filled("# A=\nKEY=\nPORT=80\n\n#OLD=\n");

        assert_eq!(filled, "# A=\nKEY=checked\nPORT=80\n\n#OLD=\n");
    }
}
