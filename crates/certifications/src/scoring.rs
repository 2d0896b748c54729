//! Scoring: what the answers of an inspection amount to.
//!
//! A criterion that is met counts 1, with a minor fault 4/5, a major one 1/2, a critical one 0. In
//! a category every criterion that applies weighs the same; one that the inspector found not
//! applicable is left out. A category without any such criterion drops out, and the weights of the
//! others are scaled up to fill its place. Scores are exact fractions until they are shown, and
//! shown as basis points (1/10 000) rounded down: 8 999.9 is not an A.
//!
//! An inspection passes with a total of at least [`PASS_PERCENT`], every category at or over its
//! minimum, and no major or critical answer. Where not a single criterion counts there is nothing
//! to certify: the total is 0 and the inspection does not pass ([`Reason::NothingApplicable`]).
//!
//! All arithmetic is exact and cannot overflow. A category has at most 64 criteria (a rule of
//! [`Standards`](crate::Standards)), so every denominator divides 10 · lcm(1..=64), about
//! 1.2 · 10²⁸; with weights up to 100 and the factor 10 000 nothing exceeds 1.2 · 10³⁴, and a
//! `u128` holds 3.4 · 10³⁸.

mod answers;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;
mod tally;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::scope::Scope;
use crate::standard::{Criterion, Standard};
use tally::{Exact, Tally, basis_points, percent};

pub use answers::{
    Answer, AnswerDraft, AnswerSheet, AnswersDraft, RecordedAnswer, UnjustifiedAnswer,
};

/// The least total with which an inspection passes, in percent.
pub const PASS_PERCENT: u32 = 80;

/// What the answers amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scoring {
    /// Criteria that apply have no answer yet. This is never a pass.
    Incomplete {
        /// Their ids, in the order of the checklist; never empty.
        missing: Vec<String>,
    },
    /// Every criterion that applies has its answer.
    Complete(Score),
}

/// The outcome of a complete inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Score {
    /// The weighted total in basis points, rounded down.
    pub total_bp: u32,
    /// The grade of the total alone.
    pub grade: Grade,
    /// The categories that counted, in the order of the standard.
    pub categories: Vec<CategoryScore>,
    /// The ids of the categories that dropped out because nothing in them applies.
    pub dropped: Vec<String>,
    /// How many answers are `major`.
    pub majors: u32,
    /// How many answers are `critical`.
    pub criticals: u32,
    /// Whether the inspection passes.
    pub passed: bool,
    /// Why not; empty when it passes.
    pub reasons: Vec<Reason>,
}

/// The outcome of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryScore {
    /// The id of the category.
    pub id: String,
    /// Its score in basis points, rounded down.
    pub score_bp: u32,
    /// Its least score in basis points.
    pub minimum_bp: u32,
    /// Whether it reaches its minimum.
    pub passed: bool,
}

/// A grade: A from 90 %, B from 85 %, C from 80 %, else F.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Grade {
    /// 90 % up to 100 %.
    A,
    /// 85 % up to, but not including, 90 %.
    B,
    /// 80 % up to, but not including, 85 %.
    C,
    /// Less than 80 %.
    F,
}

/// Why an inspection does not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Reason {
    /// Not a single criterion counts.
    NothingApplicable,
    /// The total is below the pass mark.
    TotalBelowMinimum {
        /// The total in basis points, rounded down.
        total_bp: u32,
        /// The pass mark in basis points.
        minimum_bp: u32,
    },
    /// A category is below its minimum.
    CategoryBelowMinimum {
        /// The id of the category.
        category: String,
        /// Its score in basis points, rounded down.
        score_bp: u32,
        /// Its minimum in basis points.
        minimum_bp: u32,
    },
    /// An answer is `major`.
    MajorAnswer {
        /// The id of the criterion.
        criterion: String,
    },
    /// An answer is `critical`.
    CriticalAnswer {
        /// The id of the criterion.
        criterion: String,
    },
}

impl Grade {
    /// The grade of a score.
    fn of(score: Exact) -> Self {
        match score {
            score if score >= percent(90) => Self::A,
            score if score >= percent(85) => Self::B,
            score if score >= percent(80) => Self::C,
            _ => Self::F,
        }
    }
}

/// Scores the answers to those criteria of a standard that apply to a scope. Answers to others are
/// ignored.
pub fn score(standard: &Standard, scope: &Scope, answers: &AnswerSheet) -> Scoring {
    let applicable = || standard.categories().iter().flat_map(|one| one.applicable(scope));
    let missing = applicable().filter(|criterion| answers.get(&criterion.id).is_none());
    let missing: Vec<String> = missing.map(|criterion| criterion.id.clone()).collect();
    if !missing.is_empty() {
        return Scoring::Incomplete { missing };
    }
    let categories = standard.categories().iter();
    let tallies: Vec<_> = categories.map(|one| Tally::of(one, scope, answers)).collect();
    let given = applicable().filter_map(|one| Some((one, answers.get(&one.id)?.answer())));
    Scoring::Complete(outcome(&tallies, &given.collect::<Vec<_>>()))
}

fn outcome(tallies: &[Tally<'_>], given: &[(&Criterion, Answer)]) -> Score {
    let total = tally::total(tallies);
    let dropped = tallies.iter().filter(|tally| tally.score.is_none());
    let dropped = dropped.map(|tally| tally.category.id.clone()).collect();
    let categories: Vec<_> = tallies.iter().filter_map(scored).collect();
    let mut reasons = total_reasons(total);
    reasons.extend(categories.iter().filter(|category| !category.passed).map(below_minimum));
    reasons.extend(given.iter().filter_map(|(criterion, answer)| fault(criterion, *answer)));
    let count = |wanted: Answer| {
        let found = given.iter().filter(|(_, answer)| *answer == wanted).count();
        u32::try_from(found).unwrap_or(u32::MAX)
    };
    Score {
        total_bp: total.map_or(0, basis_points),
        grade: total.map_or(Grade::F, Grade::of),
        majors: count(Answer::Major),
        criticals: count(Answer::Critical),
        passed: reasons.is_empty(),
        categories,
        dropped,
        reasons,
    }
}

fn scored(tally: &Tally<'_>) -> Option<CategoryScore> {
    let minimum = percent(tally.category.minimum);
    tally.score.map(|score| CategoryScore {
        id: tally.category.id.clone(),
        score_bp: basis_points(score),
        minimum_bp: basis_points(minimum),
        passed: score >= minimum,
    })
}

fn total_reasons(total: Option<Exact>) -> Vec<Reason> {
    match total {
        None => vec![Reason::NothingApplicable],
        Some(total) if total < percent(PASS_PERCENT) => vec![Reason::TotalBelowMinimum {
            total_bp: basis_points(total),
            minimum_bp: basis_points(percent(PASS_PERCENT)),
        }],
        Some(_) => Vec::new(),
    }
}

fn below_minimum(category: &CategoryScore) -> Reason {
    Reason::CategoryBelowMinimum {
        category: category.id.clone(),
        score_bp: category.score_bp,
        minimum_bp: category.minimum_bp,
    }
}

fn fault(criterion: &Criterion, answer: Answer) -> Option<Reason> {
    let criterion = criterion.id.clone();
    match answer {
        Answer::Critical => Some(Reason::CriticalAnswer { criterion }),
        Answer::Major => Some(Reason::MajorAnswer { criterion }),
        Answer::Minor | Answer::Compliant | Answer::NotApplicable => None,
    }
}
