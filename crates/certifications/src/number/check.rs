//! The check character of ISO/IEC 7064, hybrid system MOD 37,36.

const RADIX: u32 = 36;
const MODULUS: u32 = RADIX + 1;

/// The check character of the letters and digits of `text`; everything else is passed over.
///
/// With it every single wrong character is noticed. Two neighbours that changed places are noticed
/// unless their values are consecutive (`45` for `54`, and `0` with `Z`): each such pair slips
/// through in one of the 36 states that the characters before it can lead to.
pub(super) fn check_character(text: &str) -> char {
    let state = text.chars().filter_map(|c| c.to_digit(RADIX)).fold(RADIX, after);
    let value = (MODULUS - state) % RADIX;
    // A remainder of 36 always is a digit of base 36.
    char::from_digit(value, RADIX).map_or('0', |c| c.to_ascii_uppercase())
}

/// The state after one more character; states are 1 to 36.
fn after(state: u32, value: u32) -> u32 {
    let sum = match (state + value) % RADIX {
        0 => RADIX,
        rest => rest,
    };
    sum * 2 % MODULUS
}
