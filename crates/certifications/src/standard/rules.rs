//! What every standard must be, whoever wrote its file.

use std::collections::BTreeSet;

use gacp_store::{Violation, Violations};

use super::file::StandardFile;
use super::{Category, Criterion, DatedFee, FeeSchedule, Obligation, Severity, Title};

/// The most criteria a category may have. It bounds the denominators that scores can have: with up
/// to 64 of them everything that scoring computes stays under 2^127 (see `scoring`).
const MOST_CRITERIA: usize = 64;

/// The longest that a certificate may be valid.
const MOST_VALIDITY_YEARS: u16 = 10;

/// The longest that anything may take; keeps a mistyped deadline out.
const MOST_DAYS: u16 = 366;

/// What was found to be wrong so far.
#[derive(Default)]
pub(super) struct Problems(Vec<Violation>);

impl Problems {
    fn unless(&mut self, right: bool, pointer: &str, code: &str) {
        if !right {
            self.0.push(Violation::new(pointer, code));
        }
    }

    /// The schedule of a list of amounts.
    pub(super) fn schedule(&mut self, pointer: &str, fees: &[DatedFee]) -> Option<FeeSchedule> {
        let schedule = FeeSchedule::of(fees);
        let code = if fees.is_empty() { "required" } else { "not-sorted" };
        self.unless(schedule.is_some(), pointer, code);
        self.unless(fees.iter().all(|fee| fee.amount_satang > 0), pointer, "out-of-range");
        schedule
    }

    /// The value, if nothing is wrong.
    pub(super) fn none_but<T>(self, value: Option<T>) -> Result<T, Violations> {
        let Self(problems) = self;
        match (value, Violations::of(problems)) {
            (Some(value), None) => Ok(value),
            (_, Some(violations)) => Err(violations),
            (None, None) => Err(Violations::one("", "required")),
        }
    }
}

/// Holds the file against every rule but those of its fees.
pub(super) fn check(file: &StandardFile, problems: &mut Problems) {
    problems.unless(is_id(&file.id), "/id", "invalid-format");
    problems.unless(version(&file.version).is_some(), "/version", "invalid-format");
    title(&file.title, "/title", problems);
    terms(file, problems);
    problems.unless(!file.sources.is_empty(), "/sources", "required");
    for (index, source) in file.sources.iter().enumerate() {
        problems.unless(!is_blank(source), &format!("/sources/{index}"), "required");
    }
    let weights = file.categories.iter().map(|category| u64::from(category.weight));
    problems.unless(weights.sum::<u64>() == 100, "/categories", "weights-not-100");
    let (mut categories, mut criteria) = (BTreeSet::new(), BTreeSet::new());
    for (index, one) in file.categories.iter().enumerate() {
        let at = format!("/categories/{index}");
        problems.unless(categories.insert(&one.id), &format!("{at}/id"), "not-unique");
        category(one, &at, problems);
        for (index, one) in one.criteria.iter().enumerate() {
            let at = format!("{at}/criteria/{index}");
            problems.unless(criteria.insert(&one.id), &format!("{at}/id"), "not-unique");
            criterion(one, &at, problems);
        }
    }
}

/// Year and number of a version, for sorting; `2026-1` is `(2026, 1)`.
pub(super) fn version(text: &str) -> Option<(u16, u16)> {
    let (year, number) = text.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = year.len() == 4 && digits(year) && digits(number) && !number.starts_with('0');
    if plain { Some((year.parse().ok()?, number.parse().ok()?)) } else { None }
}

fn terms(file: &StandardFile, problems: &mut Problems) {
    let years = file.validity_years;
    problems.unless((1..=MOST_VALIDITY_YEARS).contains(&years), "/validityYears", "out-of-range");
    let longest = years.saturating_mul(12).max(1);
    let surveyed = (1..=longest).contains(&file.surveillance_months);
    problems.unless(surveyed, "/surveillanceMonths", "out-of-range");
    let given = file.deadlines;
    let days = [
        ("draft", given.draft),
        ("documentFee", given.document_fee),
        ("review", given.review),
        ("revision", given.revision),
        ("inspectionFee", given.inspection_fee),
        ("correctiveAction", given.corrective_action),
    ];
    for (name, days) in days {
        let possible = (1..=MOST_DAYS).contains(&days);
        problems.unless(possible, &format!("/deadlines/{name}"), "out-of-range");
    }
}

fn category(category: &Category, at: &str, problems: &mut Problems) {
    problems.unless(is_id(&category.id), &format!("{at}/id"), "invalid-format");
    title(&category.title, &format!("{at}/title"), problems);
    problems.unless(category.weight > 0, &format!("{at}/weight"), "out-of-range");
    problems.unless(category.minimum <= 100, &format!("{at}/minimum"), "out-of-range");
    problems.unless(!is_blank(&category.source), &format!("{at}/source"), "required");
    let criteria = format!("{at}/criteria");
    problems.unless(!category.criteria.is_empty(), &criteria, "too-short");
    problems.unless(category.criteria.len() <= MOST_CRITERIA, &criteria, "too-long");
}

fn criterion(criterion: &Criterion, at: &str, problems: &mut Problems) {
    problems.unless(is_id(&criterion.id), &format!("{at}/id"), "invalid-format");
    title(&criterion.title, &format!("{at}/title"), problems);
    // What must be met cannot be a mere remark; what need not be met cannot stop a certificate.
    let sane = match criterion.obligation {
        Obligation::Mandatory => criterion.severity >= Severity::Minor,
        Obligation::Recommended => criterion.severity <= Severity::Minor,
    };
    problems.unless(sane, &format!("{at}/severity"), "out-of-range");
    list(&criterion.applies_to.crops, &format!("{at}/appliesTo/crops"), problems);
    list(&criterion.applies_to.activities, &format!("{at}/appliesTo/activities"), problems);
}

fn list<T: Ord>(items: &[T], at: &str, problems: &mut Problems) {
    problems.unless(!items.is_empty(), at, "too-short");
    let distinct: BTreeSet<&T> = items.iter().collect();
    problems.unless(distinct.len() == items.len(), at, "not-unique");
}

/// Each language must be there, in its own field: Thai has Thai letters, English has none.
fn title(title: &Title, at: &str, problems: &mut Problems) {
    let is_thai = |c: char| ('\u{0E01}'..='\u{0E5B}').contains(&c);
    for (name, text, expects_thai) in [("th", &title.th, true), ("en", &title.en, false)] {
        let at = format!("{at}/{name}");
        let code = if is_blank(text) { "required" } else { "wrong-language" };
        let right = !is_blank(text) && text.chars().any(is_thai) == expects_thai;
        problems.unless(right, &at, code);
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Kebab-case: lower-case ASCII letters and digits in words joined by single hyphens.
fn is_id(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    text.len() <= 64 && text.split('-').all(is_word)
}
