use std::fs;

use tempfile::TempDir;

use super::Medians;

fn left(folder: &TempDir, group: &str, bench: &str, median: f64) {
    let new = folder.path().join(group).join(bench).join("new");
    fs::create_dir_all(&new).unwrap();
    let names =
        format!(r#"{{ "group_id": "{group}", "function_id": "{bench}", "value_str": null }}"#);
    fs::write(new.join("benchmark.json"), names).unwrap();
    let estimates = format!(
        r#"{{ "mean": {{ "point_estimate": 1.0 }}, "median": {{ "point_estimate": {median} }} }}"#
    );
    fs::write(new.join("estimates.json"), estimates).unwrap();
}

#[test]
fn the_least_median_of_several_runs_is_what_counts() {
    let (first, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    left(&first, "open", "ours", 40.0);
    left(&first, "open", "theirs", 50.0);
    left(&second, "open", "ours", 45.0);
    left(&second, "open", "theirs", 30.0);
    fs::create_dir_all(second.path().join("report")).unwrap();

    let mut least = Medians::read(first.path()).unwrap();
    least.lower(Medians::read(second.path()).unwrap());

    let of = |name: &str| least.0[&("open".to_owned(), name.to_owned())];
    assert_eq!((of("ours"), of("theirs"), least.0.len()), (40.0, 30.0, 2));
}

#[test]
fn a_run_that_left_nothing_to_read_is_an_error() {
    let folder = TempDir::new().unwrap();
    left(&folder, "open", "ours", 40.0);
    fs::write(folder.path().join("open/ours/new/estimates.json"), "{}").unwrap();

    assert!(Medians::read(folder.path()).is_err());
    assert!(Medians::read(&folder.path().join("elsewhere")).is_err());
}
