//! The direction of dependencies: rules and mechanisms know no technology.
//!
//! `deny.toml` says who may link a technology directly; this says what must not be reached at
//! all, and which crates of ours a crate may name.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Result, bail};

use crate::workspace::{cargo, output, root};

/// What only the HTTP shell may reach.
const WEB: &[&str] = &["actix-web", "actix-cors", "actix-governor"];

/// What only the adapter of a technology may reach.
const DRIVERS: &[&str] = &["deadpool-redis", "mongodb", "redis", "rusqlite"];

/// A crate under `crates/`, and the crates of ours that it may depend on.
struct Layer {
    folder: &'static str,
    on: &'static [&'static str],
    /// Adapters alone may reach a driver.
    adapter: bool,
}

/// The crates with the ports that a store implements, and what those stand on.
const PORTS: &[&str] = &[
    "gacp-auth",
    "gacp-certifications",
    "gacp-farms",
    "gacp-keys",
    "gacp-resilience",
    "gacp-store",
];

/// What tells a cache of what goes through those.
const PORTS_AND_CACHE: &[&str] = &[
    "gacp-auth",
    "gacp-cache",
    "gacp-certifications",
    "gacp-farms",
    "gacp-keys",
    "gacp-resilience",
    "gacp-store",
];

/// Every crate has its row: a new one does not pass before somebody places it.
const LAYERS: &[Layer] = &[
    Layer { folder: "store", on: &[], adapter: false },
    Layer { folder: "limits", on: &[], adapter: false },
    Layer { folder: "cache", on: &["gacp-resilience"], adapter: false },
    Layer { folder: "keys", on: &["gacp-store"], adapter: false },
    Layer { folder: "resilience", on: &[], adapter: false },
    Layer { folder: "auth", on: &["gacp-keys", "gacp-resilience", "gacp-store"], adapter: false },
    Layer { folder: "farms", on: &["gacp-store"], adapter: false },
    Layer {
        folder: "certifications",
        on: &["gacp-farms", "gacp-keys", "gacp-store"],
        adapter: false,
    },
    Layer { folder: "telemetry", on: &[], adapter: false },
    Layer { folder: "store-guarded", on: PORTS, adapter: false },
    Layer { folder: "store-invalidating", on: PORTS_AND_CACHE, adapter: false },
    Layer {
        folder: "cache-redis",
        on: &["gacp-cache", "gacp-limits", "gacp-resilience"],
        adapter: true,
    },
    Layer { folder: "store-mongo", on: PORTS, adapter: true },
    Layer { folder: "store-sqlite", on: PORTS, adapter: true },
];

pub(super) fn run() -> Result<()> {
    let mut faults = unplaced()?;
    for layer in LAYERS {
        let package = format!("gacp-{}", layer.folder);
        let reached = reached(&package)?;
        faults.extend(broken(layer, &reached).map(|fault| format!("{package} {fault}")));
        println!("{package}: reaches {} crates", reached.len());
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("; "));
    }
    Ok(())
}

/// The crates under `crates/` that have no row.
fn unplaced() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for entry in fs::read_dir(root()?.join("crates"))? {
        let folder = entry?.file_name();
        if !LAYERS.iter().any(|layer| folder == layer.folder) {
            faults.push(format!("crates/{} has no row in layering.rs", folder.display()));
        }
    }
    Ok(faults)
}

/// Every crate that a package is linked with, itself left out.
fn reached(package: &str) -> Result<BTreeSet<String>> {
    let what = ["tree", "--all-features", "-e", "normal", "--prefix", "none", "-p", package];
    let lines = output(&mut cargo(what)?)?;
    let names = lines.lines().filter_map(|line| line.split_whitespace().next());
    Ok(names.filter(|name| *name != package).map(str::to_owned).collect())
}

/// What is wrong with what a crate reaches.
fn broken<'a>(
    layer: &'a Layer,
    reached: &'a BTreeSet<String>,
) -> impl Iterator<Item = String> + 'a {
    reached.iter().filter_map(|name| {
        let name = name.as_str();
        if WEB.contains(&name) || (DRIVERS.contains(&name) && !layer.adapter) {
            return Some(format!("must not reach {name}"));
        }
        let ours = name.starts_with("gacp-");
        (ours && !layer.on.contains(&name)).then(|| format!("must not depend on {name}"))
    })
}

#[cfg(test)]
mod tests {
    use super::{LAYERS, Layer, broken};

    fn faults(folder: &str, reached: &[&str]) -> Vec<String> {
        let layer: &Layer = LAYERS.iter().find(|layer| layer.folder == folder).unwrap();
        let reached = reached.iter().map(|name| (*name).to_owned()).collect();
        broken(layer, &reached).collect()
    }

    #[test]
    fn a_rule_crate_that_reaches_a_driver_is_refused() {
        let faults = faults("farms", &["gacp-store", "rusqlite", "serde"]);

        assert_eq!(faults, ["must not reach rusqlite"]);
    }

    #[test]
    fn an_adapter_may_reach_its_driver_and_not_the_web() {
        let faults = faults("store-sqlite", &["actix-web", "gacp-farms", "rusqlite"]);

        assert_eq!(faults, ["must not reach actix-web"]);
    }

    #[test]
    fn a_crate_that_names_one_above_it_is_refused() {
        let faults = faults("farms", &["gacp-certifications", "gacp-store"]);

        assert_eq!(faults, ["must not depend on gacp-certifications"]);
    }
}
