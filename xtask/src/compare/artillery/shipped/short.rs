//! A scenario that is over sooner: the same but for how long its phases last.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use regex::{Captures, Regex};

use crate::load;

/// How many times shorter a phase is.
const SHORTER: u64 = 10;

/// Writes a shortened copy of a scenario, and its data beside it; says where.
pub(super) fn copy(file: &Path, folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let name = file.file_name().context("a scenario has a name")?;
    let copy = folder.join(name);
    // What is not there yet may still be made.
    for data in load::data_files(file)?.into_iter().filter(|data| data.exists()) {
        let name = data.file_name().context("a data file has a name")?;
        fs::copy(&data, folder.join(name))?;
    }
    fs::write(&copy, shortened(&fs::read_to_string(file)?)?)?;
    let (whole, short) = (load::arrivals(file)?, load::arrivals(&copy)?);
    ensure!(
        short * SHORTER == whole,
        "{} cannot be shortened: {short} journeys of {whole}",
        file.display()
    );
    Ok(copy)
}

fn shortened(scenario: &str) -> Result<String> {
    let seconds = Regex::new(r"\bduration: *(\d+)")?;
    let shorter = |found: &Captures<'_>| {
        let seconds = found.get(1).and_then(|digits| digits.as_str().parse::<u64>().ok());
        format!("duration: {}", seconds.unwrap_or_default() / SHORTER)
    };
    Ok(seconds.replace_all(scenario, shorter).into_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::copy;
    use crate::load;
    use crate::workspace;

    #[test]
    fn only_the_time_is_another() {
        let folder = TempDir::new().unwrap();
        let file = workspace::root().unwrap().join("xtask/scenarios/auth-light.yml");

        let copy = copy(&file, folder.path()).unwrap();

        let (whole, short) = (load::odds(&file).unwrap(), load::odds(&copy).unwrap());
        assert_eq!((whole.journeys, short.journeys), (1_110, 111));
        assert_eq!(whole.names, short.names);
        let [whole, short] = [&file, &copy].map(|file| fs::read_to_string(file).unwrap());
        let other = whole.lines().zip(short.lines()).filter(|(whole, short)| whole != short);
        assert_eq!(other.count(), 4, "one line of each phase");
    }

    #[test]
    fn a_ramp_is_as_steep_in_less_time_and_data_may_be_made_later() {
        let folder = TempDir::new().unwrap();
        let file = workspace::root().unwrap().join("xtask/scenarios/platform-mix.yml");

        let copy = copy(&file, folder.path()).unwrap();

        assert_eq!((load::arrivals(&file).unwrap(), load::arrivals(&copy).unwrap()), (4_600, 460));
        let text = fs::read_to_string(&copy).unwrap();
        assert!(text.contains("{ name: ramp, duration: 2, arrivalRate: 5, rampTo: 50 }"), "{text}");
    }

    #[test]
    fn what_has_no_tenth_is_refused() {
        let folder = TempDir::new().unwrap();
        let from = workspace::root().unwrap().join("xtask/scenarios");
        let text = fs::read_to_string(from.join("auth-light.yml")).unwrap();
        let file = folder.path().join("odd.yml");
        fs::write(&file, text.replace("duration: 60", "duration: 64")).unwrap();
        fs::copy(from.join("test-users.csv"), folder.path().join("test-users.csv")).unwrap();

        assert!(copy(&file, &folder.path().join("copies")).is_err());
    }
}
