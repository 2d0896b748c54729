//! Names and other short texts: how they are kept, and when two of them are the same.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// The text is none of the names that are known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a known name")]
pub struct UnknownName;

/// What makes two names the same: spaces and case are ignored.
///
/// NFKC rather than NFC, because Thai sara am (U+0E33) and its two-letter spelling
/// (U+0E4D U+0E32) look alike and only NFKC makes them equal. The zero-width spaces that Thai
/// texts carry for line breaking count as spaces.
///
/// ```
/// assert_eq!(gacp_farms::name_key(" Baan  Suan"), gacp_farms::name_key("baansuan"));
/// ```
pub fn name_key(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).filter(|&letter| !is_space(letter)).collect()
}

/// A text as it is kept: NFC, no space around it.
pub(crate) fn clean(text: &str) -> String {
    text.nfc().collect::<String>().trim_matches(is_space).to_owned()
}

/// A garde rule: something is left of the text once spaces are taken off, on one line.
pub(crate) fn is_line(text: &str, (): &()) -> garde::Result {
    // An empty text is reported by the length rule beside this one.
    if !text.is_empty() && text.chars().all(is_space) {
        return Err(garde::Error::new("too-short"));
    }
    if text.chars().any(char::is_control) {
        return Err(garde::Error::new("invalid-format"));
    }
    Ok(())
}

fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// Gives an enum of plain variants `ALL`, `as_str` and `FromStr`.
macro_rules! names {
    ($Enum:ident { $($Variant:ident => $name:literal),+ $(,)? }) => {
        impl $Enum {
            /// Every one there is.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$Variant),+];

            /// The name as clients see it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Variant => $name),+
                }
            }
        }

        impl std::str::FromStr for $Enum {
            type Err = $crate::UnknownName;

            fn from_str(text: &str) -> Result<Self, $crate::UnknownName> {
                Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or($crate::UnknownName)
            }
        }
    };
}
pub(crate) use names;

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;
    use crate::{AreaUnit, Crop, FarmAction, FarmStatus, FarmType, Flag};

    #[test]
    fn names_differ_neither_by_case_nor_by_spaces_nor_by_spelling_of_sara_am() {
        let kept = name_key("ไร่ น้ำใส GACP");

        for same in [" ไร่น้ำใส gacp ", "ไร่\u{200B}น้\u{0E4D}าใส\tGacp", "ไร่ น้ำใส ＧＡＣＰ"]
        {
            assert_eq!(name_key(same), kept, "{same}");
        }
        assert_ne!(name_key("ไร่น้ำใส 2"), kept);
    }

    #[test]
    fn a_blank_text_is_too_short_and_a_control_character_is_malformed() {
        let code = |text| is_line(text, &()).map_err(|error| error.message().to_owned());

        assert_eq!(code(" \u{200B} "), Err("too-short".to_owned()));
        assert_eq!(code("ไร่\u{0007}"), Err("invalid-format".to_owned()));
        assert_eq!(code("ไร่ฟ้าใส"), Ok(()));
    }

    fn written<T: Serialize>(value: T) -> String {
        serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn every_name_is_stored_as_it_is_shown_and_read_back() {
        for crop in Crop::ALL {
            assert_eq!(
                (written(crop), Ok(crop)),
                (crop.as_str().to_owned(), crop.as_str().parse())
            );
        }
        for unit in AreaUnit::ALL {
            assert_eq!(
                (written(unit), Ok(unit)),
                (unit.as_str().to_owned(), unit.as_str().parse())
            );
        }
        for kind in FarmType::ALL {
            assert_eq!(
                (written(kind), Ok(kind)),
                (kind.as_str().to_owned(), kind.as_str().parse())
            );
        }
        for status in FarmStatus::ALL {
            assert_eq!(written(status), status.as_str());
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        for action in FarmAction::ALL {
            assert_eq!(written(action), action.as_str());
            assert_eq!(action.as_str().parse(), Ok(action));
        }
        for flag in Flag::ALL {
            assert_eq!(
                (written(flag), Ok(flag)),
                (flag.as_str().to_owned(), flag.as_str().parse())
            );
        }
        assert_eq!("Cannabis".parse::<Crop>(), Err(UnknownName));
    }
}
