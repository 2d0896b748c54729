//! The same scenario as it is played here.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::seen::Seen;
use crate::load;

pub(super) fn play(file: &Path) -> Result<Seen> {
    let (report, asked) = super::reflected(|base| load::play_once(file, base))?;
    let mut expectations: BTreeMap<String, u64> = BTreeMap::new();
    for (kind, (met, unmet)) in report.expectations_by_kind() {
        for (outcome, count) in [("ok", met), ("failed", unmet)] {
            if count > 0 {
                *expectations.entry(format!("{outcome}.{kind}")).or_default() += count;
            }
        }
    }
    Ok(Seen { expectations, journeys: report.to_their_end(), ..super::seen(asked) })
}
