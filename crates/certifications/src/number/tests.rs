use proptest::prelude::*;

use super::*;

const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn certificate(year: i16, serial: u32) -> String {
    CertificateNumber::new(year, serial).unwrap().to_string()
}

/// The characters at `index` and after it, in the other order.
fn transposed(text: &str, index: usize) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    characters.swap(index, index + 1);
    characters.into_iter().collect()
}

fn substituted(text: &str, index: usize, with: char) -> String {
    text.chars().enumerate().map(|(at, c)| if at == index { with } else { c }).collect()
}

#[test]
fn the_check_character_is_that_of_the_published_example() {
    // The example of the GRid standard 2.1 (IFPI), which uses MOD 37,36: A1-2425G-ABC1234002-M.
    assert_eq!(check_character("A12425GABC1234002"), 'M');
    assert_eq!(check_character("A1-2425G-ABC1234002"), 'M');
}

#[test]
fn numbers_have_the_form_of_the_manual() {
    assert_eq!(certificate(2026, 1), "GACP-TH-2026-000001-P");
    assert_eq!(ApplicationNumber::new(2026, 1).unwrap().to_string(), "APP-2026-000001-K");
    assert_eq!(certificate(2026, LAST_SERIAL), "GACP-TH-2026-999999-D");
}

#[test]
fn a_number_in_lower_case_is_the_same_number() {
    let lower = CertificateNumber::parse("gacp-th-2026-000001-p").unwrap();

    assert_eq!(lower, CertificateNumber::new(2026, 1).unwrap());
    assert_eq!((lower.year(), lower.serial()), (2026, 1));
}

#[test]
fn a_year_holds_no_more_than_999_999_numbers() {
    assert_eq!(CertificateNumber::new(2026, 1_000_000), Err(NumberOutOfRange::Serial));
    assert_eq!(ApplicationNumber::new(2026, u32::MAX), Err(NumberOutOfRange::Serial));
}

#[test]
fn a_year_of_other_than_four_digits_has_no_numbers() {
    assert_eq!(CertificateNumber::new(10_000, 1), Err(NumberOutOfRange::Year));
    assert_eq!(CertificateNumber::new(-1, 1), Err(NumberOutOfRange::Year));
}

#[test]
fn what_has_another_form_is_malformed() {
    let malformed = [
        "",
        "-",
        "GACP-TH-2026-000001",
        "GACP-TH-2026-000001-",
        "GACP-TH-2026-000001-PP",
        "GACP-TH-2026-000001-P-",
        "GACP-TH-2026-00001-P",
        "GACP-TH-2026-0000001-P",
        "GACP-TH-26-000001-P",
        "GACP-TH-2026-+00001-P",
        "GACP-TH-2026000001-P",
        "GACPTH-2026-000001-P",
        "APP-2026-000001-K",
        " GACP-TH-2026-000001-P",
        "GACP-TH-๒๐๒๖-000001-P",
        "GACP-TH-2026-000001-ท",
    ];

    for text in malformed {
        assert_eq!(CertificateNumber::parse(text), Err(NumberError::Malformed), "{text}");
    }
}

#[test]
fn a_wrong_check_character_is_told_apart_from_a_wrong_form() {
    for check in ALPHABET.chars().filter(|&c| c != 'P') {
        let text = format!("GACP-TH-2026-000001-{check}");

        let outcome = CertificateNumber::parse(&text);

        assert_eq!(outcome, Err(NumberError::WrongCheckCharacter), "{text}");
    }
}

#[test]
fn a_stored_number_that_fails_its_check_is_not_read() {
    let good: Result<CertificateNumber, _> = serde_json::from_str("\"GACP-TH-2026-000001-P\"");
    let bad: Result<CertificateNumber, _> = serde_json::from_str("\"GACP-TH-2026-000001-Q\"");

    assert_eq!(serde_json::to_string(&good.unwrap()).unwrap(), "\"GACP-TH-2026-000001-P\"");
    assert!(bad.unwrap_err().to_string().contains("check character"), "the reason is named");
}

#[test]
fn numbers_sort_by_year_and_serial() {
    let (old, new) = (certificate(2026, 999_999), certificate(2027, 1));

    assert!(CertificateNumber::parse(&old).unwrap() < CertificateNumber::parse(&new).unwrap());
}

/// MOD 37,36 is a hybrid system: unlike the pure ones it misses a few transpositions.
#[test]
fn a_transposition_slips_through_only_between_consecutive_digits() {
    let (mut missed, mut tried) = (0_u32, 0_u32);
    for serial in 0..20_000 {
        let number = certificate(2026, serial);
        for index in number.len() - 8..number.len() - 3 {
            let (first, second) = (&number[index..=index], &number[index + 1..index + 2]);
            if first == second {
                continue;
            }
            tried += 1;
            if CertificateNumber::parse(&transposed(&number, index)).is_ok() {
                let (first, second): (i32, i32) = (first.parse().unwrap(), second.parse().unwrap());
                assert_eq!((first - second).abs(), 1, "{number} at {index}");
                missed += 1;
            }
        }
    }

    assert!(missed > 0, "else the doc comment of the check character promises too little");
    assert!(missed * 100 < tried, "{missed} of {tried}");
}

proptest! {
    #[test]
    fn a_number_is_read_back_as_it_was_written(year in 0_i16..=9_999, serial in 0..=LAST_SERIAL) {
        let number = ApplicationNumber::new(year, serial).unwrap();

        prop_assert_eq!(ApplicationNumber::parse(&number.to_string()), Ok(number));
    }

    #[test]
    fn every_wrong_character_is_noticed(
        serial in 0..=LAST_SERIAL,
        index in 0_usize..21,
        with in 0_usize..36,
    ) {
        let number = certificate(2026, serial);
        let with = char::from(ALPHABET.as_bytes()[with]);
        let mistyped = substituted(&number, index, with);
        prop_assume!(mistyped != number);

        prop_assert!(CertificateNumber::parse(&mistyped).is_err(), "{}", mistyped);
    }

    #[test]
    fn every_transposition_of_unlike_neighbours_is_noticed(
        serial in 0..=LAST_SERIAL,
        index in 0_usize..20,
    ) {
        let number = certificate(2026, serial);
        let values: Vec<_> = number.chars().skip(index).take(2).map(|c| c.to_digit(36)).collect();
        // Neighbours whose values are consecutive are the documented exception.
        if let [Some(first), Some(second)] = values[..] {
            prop_assume!(first.abs_diff(second) > 1 && first.abs_diff(second) < 35);
        }

        prop_assert!(CertificateNumber::parse(&transposed(&number, index)).is_err(), "{}", number);
    }

    #[test]
    fn no_text_makes_the_parser_fail_otherwise(text in "\\PC*") {
        let _refused = CertificateNumber::parse(&text);
    }
}
