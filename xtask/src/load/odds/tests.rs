use std::path::Path;

use super::{Chances, Course, Deeds, Odds};
use crate::load::odds;
use crate::workspace;

fn of(name: &str) -> Odds {
    odds(&workspace::root().unwrap().join(Path::new("xtask/scenarios")).join(name)).unwrap()
}

fn chances(odds: Odds) -> Chances {
    let Deeds::Likely(chances) = odds.deeds else { panic!("{odds:?}") };
    chances
}

fn course(odds: &Odds, name: &str) -> Course {
    let Deeds::Certain(courses) = &odds.deeds else { panic!("{odds:?}") };
    let Course { asked, met } = &courses[name];
    Course { asked: asked.clone(), met: met.clone() }
}

fn counts(of: &[(&str, u64)]) -> std::collections::BTreeMap<String, u64> {
    of.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

fn is_near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

#[test]
fn one_row_of_eleven_is_nobody() {
    let odds = of("auth-light.yml");

    assert_eq!(odds.journeys, 1_110);
    assert!(is_near(odds.names["refresh"], 0.25), "{odds:?}");
    let chances = chances(odds);
    assert!(is_near(chances.asked["POST /api/auth/login"], 1.0), "{chances:?}");
    assert!(is_near(chances.asked["POST /api/auth/refresh"], 0.25 * 10.0 / 11.0), "{chances:?}");
    assert!(is_near(chances.refused["POST /api/auth/login"], 1.0 / 11.0), "{chances:?}");
    assert!(is_near(chances.expectations["ok.statusCode"], 10.0 / 11.0), "{chances:?}");
    assert!(is_near(chances.expectations["failed.statusCode"], 0.6 / 11.0), "{chances:?}");
}

#[test]
fn once_the_header_is_skipped_a_journey_does_what_its_name_says() {
    let odds = of("auth-light-corrected.yml");

    let profile = course(&odds, "profile");

    assert_eq!(profile.asked, counts(&[("POST /api/auth/login", 1), ("GET /api/auth/profile", 1)]));
    assert_eq!(profile.met, counts(&[("statusCode", 1), ("hasProperty", 1)]));
}

#[test]
fn data_without_accounts_refuses_nobody() {
    // Its data need not be there: nothing in it is chance.
    let odds = of("platform-mix.yml");

    assert_eq!((odds.journeys, odds.endpoints.len()), (4_600, 8));
    assert!(is_near(odds.names["farmer"], 0.4) && is_near(odds.names["lists"], 0.1), "{odds:?}");
    let farmer = course(&odds, "farmer");
    assert_eq!(farmer.met, counts(&[("statusCode", 3), ("hasProperty", 1)]));
    assert_eq!(farmer.asked.len(), 3, "{farmer:?}");
}

#[test]
fn what_is_not_the_same_each_time_has_no_odds() {
    let folder = tempfile::TempDir::new().unwrap();
    let odds = |step: &str, payload: &str| {
        let file = folder.path().join("s.yml");
        let text = format!(
            "config:\n  target: \"http://a\"\n  phases: [{{ duration: 1, arrivalRate: 1 }}]\n{payload}\
             scenarios:\n  - flow: [{step}]\n"
        );
        std::fs::write(&file, text).unwrap();
        odds(&file)
    };

    assert!(odds("get: { url: /a }", "").is_ok());
    assert!(odds("get: { url: /a, ifTrue: \"1 == 1\" }", "").is_err());
    assert!(odds("{ loop: [{ get: { url: /a } }], count: 2 }", "").is_err());
    let with_header = "  payload: { path: farms.csv, fields: [farmId] }\n";
    assert!(odds("get: { url: /a }", with_header).is_err(), "its header is a row");
}
