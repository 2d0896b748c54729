use super::*;

/// What a server tells after so many registrations, logins and guesses.
fn told(registrations: u64, successes: u64, wrong: u64, unknown: u64) -> String {
    let all = successes + wrong + unknown;
    let bounds = ["0.1", "0.3", "0.5", "0.7", "1.0", "2.0", "5.0", "+Inf"];
    let bucket = |bound| format!("auth_login_duration_seconds_bucket{{le=\"{bound}\"}} {all}\n");
    format!(
        "# TYPE auth_login_success counter\n\
         auth_login_success_total{{role=\"FARMER\"}} {successes}\n\
         auth_login_success_total{{role=\"ADMIN\"}} 0\n\
         auth_login_failure_total{{reason=\"wrong_password\"}} {wrong}\n\
         auth_login_failure_total{{reason=\"unknown_account\"}} {unknown}\n\
         auth_login_failure_total{{reason=\"locked\"}} 0\n\
         auth_login_duration_seconds_count {all}\n{}\
         auth_registrations_total {registrations}\n",
        bounds.map(bucket).concat()
    )
}

fn done() -> Done {
    let failures = vec![("wrong_password", 3), ("unknown_account", 2)];
    Done { registrations: 11, successes: 1_110, failures, other_failures: 0 }
}

/// Whether names and counts are met.
fn met(before: &str, after: &str) -> [bool; 2] {
    let rows = judge(before, after, &done());
    [rows[0].is_met, rows[1].is_met]
}

#[test]
fn counts_that_rise_by_what_was_done_agree() {
    let (before, after) = (told(2, 40, 1, 0), told(13, 1_150, 4, 2));

    let rows = judge(&before, &after, &done());

    assert!(rows.iter().all(|row| row.is_met), "{rows:?}");
    assert!(rows[1].measured.starts_with("registrations 11 of 11, "), "{rows:?}");
    assert!(rows[1].measured.ends_with(", durations 1115 of 1115"), "{rows:?}");
}

#[test]
fn a_count_that_is_off_by_one_does_not_agree() {
    let before = told(0, 0, 0, 0);
    assert_eq!(met(&before, &told(11, 1_110, 3, 2)), [true, true]);
    for after in [
        told(12, 1_110, 3, 2),
        told(11, 1_109, 3, 2),
        told(11, 1_110, 2, 2),
        told(11, 1_110, 2, 3),
        told(11, 1_110, 3, 2).replace("seconds_count 1115", "seconds_count 1110"),
    ] {
        assert_eq!(met(&before, &after), [true, false], "{after}");
    }
    let elsewhere = told(11, 1_110, 3, 2).replace("FARMER", "AUDITOR");
    assert_eq!(met(&before, &elsewhere), [true, false]);
}

#[test]
fn a_login_that_failed_in_the_run_is_counted_too() {
    let (before, after) = (told(0, 0, 0, 0), told(11, 1_110, 3, 2));
    let after = after.replace("reason=\"locked\"} 0", "reason=\"locked\"} 1");
    let after = after.replace("seconds_count 1115", "seconds_count 1116");

    let agrees =
        |other_failures| judge(&before, &after, &Done { other_failures, ..done() })[1].is_met;

    assert_eq!([0, 1, 2].map(agrees), [false, true, false]);
}

#[test]
fn logins_of_which_there_were_none_prove_nothing() {
    let (told, nothing) = (told(0, 0, 0, 0), Done { registrations: 0, successes: 0, ..done() });
    let nothing = Done { failures: Vec::new(), ..nothing };

    assert!(!judge(&told, &told, &nothing)[1].is_met);
}

#[test]
fn every_name_label_and_bucket_is_looked_for() {
    let (before, after) = (told(0, 0, 0, 0), told(11, 1_110, 3, 2));
    for (there, instead) in [
        ("auth_login_success_total", "login_success_total"),
        ("role=", "who="),
        ("auth_login_failure_total", "auth_login_failures_total"),
        ("reason=", "why="),
        ("auth_registrations_total", "auth_registration_total"),
        ("auth_login_duration_seconds", "auth_login_seconds"),
        ("le=\"0.7\"", "le=\"0.75\""),
        ("le=\"5.0\"", "le=\"10.0\""),
    ] {
        let [names, _counts] = met(&before, &after.replace(there, instead));
        assert!(!names, "{there}");
    }
}
