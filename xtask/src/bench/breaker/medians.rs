//! What criterion left of a run.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Nanoseconds of each bench, by its group and its name.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Medians(pub(super) BTreeMap<(String, String), f64>);

#[derive(Deserialize)]
struct Bench {
    group_id: String,
    function_id: String,
}

#[derive(Deserialize)]
struct Estimates {
    median: Median,
}

#[derive(Deserialize)]
struct Median {
    point_estimate: f64,
}

impl Medians {
    /// Those under a folder of criterion's: `<group>/<bench>/new`.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut medians = Self::default();
        for group in folders(folder)? {
            for bench in folders(&group)? {
                let new = bench.join("new");
                // Beside the benches of a group there may be a report.
                if new.exists() {
                    let Bench { group_id, function_id } = json(&new.join("benchmark.json"))?;
                    let estimates: Estimates = json(&new.join("estimates.json"))?;
                    let median = estimates.median.point_estimate;
                    medians.0.insert((group_id, function_id), median);
                }
            }
        }
        Ok(medians)
    }

    /// Takes over whatever is less in another run, or was not there.
    pub(super) fn lower(&mut self, other: Self) {
        for (bench, median) in other.0 {
            let least = self.0.entry(bench).or_insert(median);
            *least = least.min(median);
        }
    }
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} is not there", folder.display()))?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    Ok(paths.into_iter().filter(|path| path.is_dir()).collect())
}

fn json<T: DeserializeOwned>(file: &Path) -> Result<T> {
    let read =
        || Ok::<_, anyhow::Error>(serde_json::from_reader(BufReader::new(File::open(file)?))?);
    read().with_context(|| format!("{} cannot be read", file.display()))
}

#[cfg(test)]
mod tests;
