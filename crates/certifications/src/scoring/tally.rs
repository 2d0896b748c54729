//! The arithmetic of scores: exact fractions, and basis points that are rounded down.

use num_rational::Ratio;

use super::AnswerSheet;
use crate::scope::Scope;
use crate::standard::Category;

/// A score between 0 and 1, exactly.
pub(super) type Exact = Ratio<u128>;

/// A whole in basis points.
const WHOLE_BP: u32 = 10_000;

/// What one category amounts to.
pub(super) struct Tally<'a> {
    pub(super) category: &'a Category,
    /// Σ answers ÷ criteria that count; nothing when no criterion counts.
    pub(super) score: Option<Exact>,
}

impl<'a> Tally<'a> {
    /// Counts the answers to those criteria of a category that apply to a scope.
    pub(super) fn of(category: &'a Category, scope: &Scope, answers: &AnswerSheet) -> Self {
        let given = category.applicable(scope).filter_map(|one| answers.get(&one.id));
        let (mut sum, mut count) = (0, 0_u128);
        for tenths in given.filter_map(|answer| answer.answer().tenths()) {
            sum += u128::from(tenths);
            count += 1;
        }
        Self { category, score: (count > 0).then(|| Exact::new(sum, 10 * count)) }
    }
}

/// Σ weight · score ÷ Σ weight over the categories that count, if any does.
pub(super) fn total(tallies: &[Tally<'_>]) -> Option<Exact> {
    let (mut sum, mut weights) = (Exact::from(0), 0_u128);
    for tally in tallies {
        if let Some(score) = tally.score {
            let weight = u128::from(tally.category.weight);
            sum += score * weight;
            weights += weight;
        }
    }
    (weights > 0).then(|| sum / weights)
}

pub(super) fn percent(percent: u32) -> Exact {
    Exact::new(u128::from(percent), 100)
}

/// Rounded down, so that nothing looks better than it is.
pub(super) fn basis_points(score: Exact) -> u32 {
    let floor = (score * u128::from(WHOLE_BP)).to_integer();
    // No score exceeds 1.
    u32::try_from(floor).unwrap_or(WHOLE_BP)
}
