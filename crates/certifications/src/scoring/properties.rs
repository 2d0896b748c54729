use proptest::prelude::*;

use super::Answer::{Compliant, Critical, Major, Minor, NotApplicable};
use super::samples::{Shape, any_scope, complete, draft, record, scored, sheet_of, standard};
use super::{Answer, AnswerSheet};

/// The total in basis points by plain integers over one common denominator; nothing when not a
/// single criterion counts.
pub(super) fn model(shapes: &[Shape], answers: &[Answer]) -> Option<u32> {
    let mut rest = answers.iter();
    let counted: Vec<(u128, u128, u128)> = shapes
        .iter()
        .map(|&(weight, _, criteria)| {
            let tenths: Vec<u128> = rest
                .by_ref()
                .take(criteria)
                .filter_map(|answer| match answer {
                    Compliant => Some(10),
                    Minor => Some(8),
                    Major => Some(5),
                    Critical => Some(0),
                    NotApplicable => None,
                })
                .collect();
            (u128::from(weight), tenths.iter().sum(), u128::try_from(tenths.len()).unwrap())
        })
        .filter(|&(_, _, count)| count > 0)
        .collect();
    let common = counted.iter().fold(1, |common, &(_, _, count)| lcm(common, count));
    let weights: u128 = counted.iter().map(|&(weight, _, _)| weight).sum();
    let sum: u128 = counted.iter().map(|&(weight, sum, n)| weight * sum * (common / n)).sum();
    (weights > 0).then(|| u32::try_from(sum * 1_000 / (common * weights)).unwrap())
}

fn lcm(a: u128, b: u128) -> u128 {
    let (mut x, mut y) = (a, b);
    while y > 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

fn any_answer() -> impl Strategy<Value = Answer> {
    prop::sample::select(vec![Compliant, Minor, Major, Critical, NotApplicable])
}

/// A few categories whose weights sum to 100, and an answer to each criterion.
fn any_inspection() -> impl Strategy<Value = (Vec<Shape>, Vec<Answer>)> {
    let others = prop::collection::vec((1_u32..=12, 0_u32..=100, 1_usize..=9), 0..=8);
    (others, 0_u32..=100, 1_usize..=9).prop_flat_map(|(mut shapes, minimum, criteria)| {
        let taken: u32 = shapes.iter().map(|&(weight, _, _)| weight).sum();
        shapes.push((100 - taken, minimum, criteria));
        let all = shapes.iter().map(|&(_, _, criteria)| criteria).sum::<usize>();
        (Just(shapes), prop::collection::vec(any_answer(), all))
    })
}

proptest! {
    #[test]
    fn every_score_lies_between_nothing_and_the_whole((shapes, answers) in any_inspection()) {
        let score = scored(&shapes, &answers);

        prop_assert!(score.total_bp <= 10_000);
        prop_assert!(score.categories.iter().all(|one| one.score_bp <= 10_000));
        prop_assert_eq!(score.categories.len() + score.dropped.len(), shapes.len());
    }

    #[test]
    fn the_total_is_that_of_plain_integers((shapes, answers) in any_inspection()) {
        let score = scored(&shapes, &answers);

        prop_assert_eq!(score.total_bp, model(&shapes, &answers).unwrap_or(0));
    }

    #[test]
    fn a_pass_has_the_total_the_minima_and_no_grave_answer(
        (shapes, answers) in any_inspection(),
    ) {
        let score = scored(&shapes, &answers);

        let grave = answers.iter().any(|answer| matches!(answer, Major | Critical));
        let minima = score.categories.iter().all(|one| one.score_bp >= one.minimum_bp);
        prop_assert_eq!(score.passed, score.total_bp >= 8_000 && minima && !grave);
    }

    #[test]
    fn answers_score_the_same_in_whatever_order_they_come(
        (shapes, answers, order) in any_inspection().prop_flat_map(|(shapes, answers)| {
            let order: Vec<usize> = (0..answers.len()).collect();
            (Just(shapes), Just(answers), Just(order).prop_shuffle())
        }),
    ) {
        let standard = standard(&shapes);
        let criteria: Vec<_> = standard.criteria().map(|one| one.id.clone()).collect();
        let mut shuffled = AnswerSheet::default();
        for part in order.chunks(3) {
            let drafts = part.iter().map(|&at| draft(&criteria[at], answers[at])).collect();
            record(&mut shuffled, &standard, drafts);
        }

        let in_order = sheet_of(&standard, &answers);
        let scope = any_scope();

        prop_assert_eq!(&shuffled, &in_order);
        prop_assert_eq!(
            complete(&standard, &scope, &shuffled),
            complete(&standard, &scope, &in_order)
        );
    }

    #[test]
    fn meeting_one_more_criterion_never_hurts(
        (shapes, answers) in any_inspection(),
        which in any::<prop::sample::Index>(),
    ) {
        let before = scored(&shapes, &answers);
        let mut better = answers.clone();
        *which.get_mut(&mut better) = Compliant;

        let after = scored(&shapes, &better);

        prop_assert!(after.total_bp >= before.total_bp);
        prop_assert!(after.passed || !before.passed);
    }
}
