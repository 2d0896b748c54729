use gacp_farms::Crop;
use serde_json::json;

use super::Answer::{Compliant, Critical, Major, Minor, NotApplicable};
use super::samples::{any_scope, bundled, complete, scope, scored, sheet, sheet_of, standard};
use super::*;
use crate::scope::Activity;

#[test]
fn a_faultless_inspection_scores_ten_thousand() {
    let score = scored(&[(100, 80, 3)], &[Compliant; 3]);

    assert_eq!((score.total_bp, score.grade, score.passed), (10_000, Grade::A, true));
    assert_eq!(score.reasons, []);
}

#[test]
fn exactly_eighty_percent_passes_where_floating_point_would_not() {
    let category = [0.8_f64; 8].iter().sum::<f64>() / 8.0;
    let float = 30.0 * category + 70.0 * category;
    assert!(float < 80.0, "else this proves nothing: {float}");

    let score = scored(&[(30, 80, 8), (70, 80, 8)], &[Minor; 16]);

    assert_eq!((score.total_bp, score.grade, score.passed), (8_000, Grade::C, true));
}

#[test]
fn one_minor_fault_more_than_half_is_no_longer_an_a() {
    // 1 − 0.2 · (0.49 · 1 + 0.51 · 1/50) = 0.89996: rounding to the nearest would show 9 000.
    let mut answers = vec![Minor; 2];
    answers.extend([Compliant; 49]);

    let score = scored(&[(49, 0, 1), (51, 0, 50)], &answers);

    assert_eq!((score.total_bp, score.grade), (8_999, Grade::B));
}

#[test]
fn a_grade_begins_exactly_at_its_limit() {
    let grade = |answers: &[Answer]| {
        let score = scored(&[(100, 0, answers.len())], answers);
        (score.total_bp, score.grade)
    };

    assert_eq!(grade(&[Minor, Compliant]), (9_000, Grade::A));
    assert_eq!(grade(&[Minor, Minor, Minor, Compliant]), (8_500, Grade::B));
    assert_eq!(grade(&[Minor]), (8_000, Grade::C));
}

#[test]
fn a_grade_ends_just_below_the_next_limit() {
    let grade = |compliant: usize, worse: usize, answer: Answer| {
        let mut answers = vec![Compliant; compliant];
        answers.extend(vec![Minor; 64 - compliant - worse]);
        answers.extend(vec![answer; worse]);
        let score = scored(&[(100, 0, 64)], &answers);
        (score.total_bp, score.grade)
    };

    assert_eq!(grade(31, 0, Minor), (8_968, Grade::B));
    assert_eq!(grade(15, 0, Minor), (8_468, Grade::C));
    assert_eq!(grade(1, 1, Major), (7_984, Grade::F));
}

#[test]
fn the_criteria_of_a_category_weigh_the_same_whatever_its_weight() {
    let answers = [Compliant, Critical, Compliant, Compliant, Compliant];

    let score = scored(&[(10, 0, 2), (90, 0, 3)], &answers);

    assert_eq!(score.total_bp, 9_500);
    assert_eq!(score.categories[0].score_bp, 5_000);
}

#[test]
fn the_answers_count_as_the_manual_says() {
    let total = |answer| scored(&[(100, 0, 1)], &[answer]).total_bp;

    assert_eq!([Compliant, Minor, Major, Critical].map(total), [10_000, 8_000, 5_000, 0]);
}

#[test]
fn zero_is_a_score_and_not_an_absence() {
    let score = scored(&[(60, 10, 2), (40, 0, 1)], &[Critical; 3]);

    assert_eq!((score.total_bp, score.grade, score.criticals), (0, Grade::F, 3));
    assert_eq!(score.categories.len(), 2, "both count");
    assert_eq!((score.categories[0].score_bp, score.categories[0].passed), (0, false));
    assert!(score.categories[1].passed, "a minimum of 0 is reached by 0");
    assert_eq!(score.dropped, Vec::<String>::new());
}

#[test]
fn a_category_below_its_minimum_fails_an_inspection_with_an_a() {
    let score = scored(&[(50, 0, 1), (50, 81, 1)], &[Compliant, Minor]);

    let below = Reason::CategoryBelowMinimum {
        category: "category-1".to_owned(),
        score_bp: 8_000,
        minimum_bp: 8_100,
    };
    assert_eq!((score.grade, score.passed), (Grade::A, false));
    assert_eq!(score.reasons, [below]);
}

#[test]
fn a_category_exactly_at_its_minimum_passes() {
    // 2.6 of 3 is 86.66… %: over 86, under 87.
    let at = |minimum| scored(&[(100, minimum, 3)], &[Compliant, Minor, Minor]).passed;

    assert!(scored(&[(100, 90, 2)], &[Compliant, Minor]).passed);
    assert!(at(86));
    assert!(!at(87), "8666 basis points are not 87 percent");
}

#[test]
fn a_major_answer_fails_an_inspection_with_an_a() {
    let mut answers = [Compliant; 10];
    answers[3] = Major;

    let score = scored(&[(100, 0, 10)], &answers);

    assert_eq!((score.total_bp, score.majors, score.passed), (9_500, 1, false));
    assert_eq!(score.reasons, [Reason::MajorAnswer { criterion: "criterion-0-3".to_owned() }]);
}

#[test]
fn every_reason_is_given_at_once() {
    let score = scored(&[(50, 60, 1), (50, 60, 2)], &[Critical, Major, Compliant]);

    let codes: Vec<_> = score
        .reasons
        .iter()
        .map(|one| serde_json::to_value(one).unwrap()["code"].clone())
        .collect();
    assert_eq!(
        codes,
        ["total-below-minimum", "category-below-minimum", "critical-answer", "major-answer"]
    );
    assert_eq!((score.majors, score.criticals), (1, 1));
}

#[test]
fn what_is_not_applicable_leaves_the_denominator() {
    let score = scored(&[(100, 0, 3)], &[Minor, NotApplicable, Compliant]);

    assert_eq!((score.total_bp, score.passed), (9_000, true));
}

#[test]
fn the_weights_of_the_others_fill_the_place_of_a_dropped_category() {
    let answers = [NotApplicable, NotApplicable, Compliant, Minor];

    let score = scored(&[(50, 100, 2), (30, 0, 1), (20, 0, 1)], &answers);

    // (30 · 1 + 20 · 0.8) ÷ 50
    assert_eq!((score.total_bp, score.passed), (9_200, true));
    assert_eq!(score.dropped, ["category-0"]);
    let counted: Vec<_> = score.categories.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(counted, ["category-1", "category-2"]);
}

#[test]
fn an_inspection_in_which_nothing_applies_does_not_pass() {
    let score = scored(&[(60, 0, 1), (40, 0, 1)], &[NotApplicable; 2]);

    assert_eq!((score.total_bp, score.grade, score.passed), (0, Grade::F, false));
    assert_eq!(score.reasons, [Reason::NothingApplicable]);
    assert_eq!(score.dropped, ["category-0", "category-1"]);
}

#[test]
fn an_unanswered_criterion_makes_an_inspection_incomplete() {
    let standard = standard(&[(50, 0, 2), (50, 0, 2)]);
    let mut sheet = AnswerSheet::default();
    samples::record(
        &mut sheet,
        &standard,
        vec![
            samples::draft("criterion-1-0", NotApplicable),
            samples::draft("criterion-0-0", Compliant),
        ],
    );

    let scoring = score(&standard, &any_scope(), &sheet);

    let missing = ["criterion-0-1", "criterion-1-1"].map(str::to_owned).to_vec();
    assert_eq!(scoring, Scoring::Incomplete { missing });
}

#[test]
fn a_sheet_without_answers_is_incomplete_and_not_zero() {
    let standard = standard(&[(100, 0, 1)]);

    let scoring = score(&standard, &any_scope(), &AnswerSheet::default());

    assert_eq!(scoring, Scoring::Incomplete { missing: vec!["criterion-0-0".to_owned()] });
}

#[test]
fn answers_to_criteria_that_do_not_apply_are_ignored() {
    let (standard, turmeric) = (bundled(), scope(Crop::Turmeric, Activity::Cultivation));
    let cannabis_only = standard.criterion("storage-cannabis-security").unwrap();
    assert!(!cannabis_only.applies_to.covers(&turmeric));

    let faultless = sheet(&standard, |_| Compliant);
    let answers = sheet(&standard, |id| if id == cannabis_only.id { Critical } else { Compliant });

    let score = complete(&standard, &turmeric, &answers);
    assert_eq!(score, complete(&standard, &turmeric, &faultless));
    assert!(score.passed);
}

#[test]
fn the_bundled_standard_drops_processing_for_a_farm_that_only_grows() {
    let standard = bundled();
    let quality_is_minor = |id: &str| if id.starts_with("qa-") { Minor } else { Compliant };

    let score = complete(&standard, &any_scope(), &sheet(&standard, quality_is_minor));

    // Quality assurance weighs 8 of the 92 that are left: 1 − 0.2 · 8/92 = 0.98260…
    assert_eq!((score.total_bp, score.passed), (9_826, true));
    assert_eq!(score.dropped, ["processing"]);
}

#[test]
fn the_largest_standard_that_can_be_is_scored_exactly() {
    let shapes: Vec<_> = (1..=64).map(|n| (if n == 64 { 37 } else { 1 }, 0, n)).collect();
    let standard = standard(&shapes);
    let number = standard.criteria().count();
    let answers: Vec<_> =
        [Compliant, Minor, Major, Critical].into_iter().cycle().take(number).collect();

    let score = complete(&standard, &any_scope(), &sheet_of(&standard, &answers));

    assert_eq!(Some(score.total_bp), properties::model(&shapes, &answers));
}

#[test]
fn a_stored_score_is_read_back_as_it_was_written() {
    let score = scored(&[(50, 90, 1), (50, 0, 2)], &[Major, NotApplicable, Critical]);

    let stored = serde_json::to_value(&score).unwrap();

    assert_eq!(serde_json::from_value::<Score>(stored.clone()).unwrap(), score);
    assert_eq!(
        stored["reasons"][1],
        json!({
            "code": "category-below-minimum", "category": "category-0",
            "scoreBp": 5_000, "minimumBp": 9_000,
        })
    );
}
