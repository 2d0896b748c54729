//! Chance that repeats itself: the same seed draws the same.

/// How far the state moves with each draw (`SplitMix64`, Steele et al. 2014).
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Numbers that look random and come from a seed alone.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    /// One of many rows of numbers of a seed, each another than the others.
    pub(super) fn of(seed: u64, row: u64) -> Self {
        Self(mixed(seed.wrapping_add(STEP)) ^ mixed(row.wrapping_mul(STEP)))
    }

    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0)
    }

    /// A number below this one; 0 of none.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        // The upper half of the product is even over the limit, but for a part in 2⁶⁴.
        let product = u128::from(self.number()) * u128::from(limit);
        u64::try_from(product >> 64).unwrap_or_default()
    }

    /// One of these.
    pub(super) fn one_of<'a, T>(&mut self, many: &'a [T]) -> Option<&'a T> {
        let length = u64::try_from(many.len()).unwrap_or(u64::MAX);
        many.get(usize::try_from(self.below(length)).unwrap_or_default())
    }

    /// From 0 up to, but not, 1.
    pub(super) fn share(&mut self) -> f64 {
        let upper = u32::try_from(self.number() >> 32).unwrap_or_default();
        f64::from(upper) / (f64::from(u32::MAX) + 1.0)
    }
}

fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::Draw;

    #[test]
    fn a_seed_draws_the_same_again_and_another_draws_otherwise() {
        let drawn = |seed, row| {
            let mut draw = Draw::of(seed, row);
            [draw.number(), draw.number(), draw.below(1_000)]
        };

        assert_eq!(drawn(42, 7), drawn(42, 7));
        assert_ne!(drawn(42, 7), drawn(42, 8));
        assert_ne!(drawn(42, 7), drawn(43, 7));
    }

    #[test]
    fn it_draws_each_as_often_as_the_others() {
        let mut counts = [0_u32; 11];
        for row in 0..11_000 {
            counts[usize::try_from(Draw::of(1, row).below(11)).unwrap()] += 1;
        }

        // Five standard deviations around a thousand.
        assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
        assert!((0..1_000).all(|row| (0.0..1.0).contains(&Draw::of(2, row).share())));
    }
}
