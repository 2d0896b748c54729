use super::*;

#[test]
fn the_numbers_are_those_of_splitmix() {
    let at = |n: u64| mix(STEP.wrapping_mul(n).wrapping_add(1_234_567));

    // Vectors of the reference implementation (prng.di.unimi.it/splitmix64.c).
    assert_eq!(at(1), 6_457_827_717_110_365_317);
    assert_eq!(at(2), 3_203_168_211_198_807_973);
    assert_eq!(at(3), 9_817_491_932_198_370_423);
}

#[test]
fn a_part_is_never_the_whole() {
    assert_eq!(part(1_000, u64::MAX), 999);
    assert_eq!(part(1_000, u64::MAX / 2), 499);
    assert_eq!(part(u64::MAX, 0), 0);
}

#[test]
fn seeds_differ_unless_given() {
    assert_eq!(seed(Some(7)), 7);
    assert_ne!(seed(None), seed(None));
}
