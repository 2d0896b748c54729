//! The files that scenarios name.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::world::Made;

/// Everything that is written.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// By the number of the farmer: the order does not depend on who was made first.
    pub(super) farmers: std::collections::BTreeMap<u32, [String; 3]>,
    pub(super) staff: Vec<String>,
    pub(super) certificates: std::collections::BTreeMap<u32, String>,
}

impl Files {
    pub(super) fn add(&mut self, made: Made) {
        let Made { nth, access, farm, application, certificate } = made;
        self.farmers.insert(nth, [access, farm, application]);
        self.certificates.extend(certificate.map(|number| (nth, number)));
    }

    /// Nothing in them is quoted: tokens, ids and numbers hold no comma.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let farmers = self.farmers.values().map(|row| row.join(","));
        write(folder, "farmers.csv", "accessToken,farmId,certificationId", farmers)?;
        write(folder, "staff.csv", "staffToken", self.staff.iter().cloned())?;
        let numbers = self.certificates.values().cloned();
        write(folder, "certificates.csv", "certificateNumber", numbers)
    }
}

fn write(
    folder: &Path,
    name: &str,
    header: &str,
    rows: impl Iterator<Item = String>,
) -> Result<()> {
    let lines: Vec<String> = [header.to_owned()].into_iter().chain(rows).collect();
    let file = folder.join(name);
    let written = fs::write(&file, lines.join("\n") + "\n");
    written.with_context(|| format!("{} cannot be written", file.display()))
}
