//! How text is brought into one form before it is kept or compared.

use unicode_normalization::UnicodeNormalization;

/// Trimmed and NFC, so that equal-looking Thai text is equal.
pub(crate) fn tidy(text: &str) -> String {
    text.trim().nfc().collect()
}

/// NFC, every character kept: what passwords are hashed as.
pub(crate) fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// NFC and without case: what is compared where case does not matter.
pub(crate) fn folded(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// A rule for text: so many characters once tidied, none of them a control character.
pub(crate) fn text_of(min: usize, max: usize) -> impl FnOnce(&str, &()) -> garde::Result {
    move |text, ()| {
        let text = tidy(text);
        length_of(text.chars().count(), min, max)?;
        if text.chars().any(char::is_control) {
            return Err(garde::Error::new("invalid-format"));
        }
        Ok(())
    }
}

/// A rule for lengths; its messages carry the bound, as garde's own do.
pub(crate) fn length_of(length: usize, min: usize, max: usize) -> garde::Result {
    if length < min {
        return Err(garde::Error::new(format!("length is lower than {min}")));
    }
    if length > max {
        return Err(garde::Error::new(format!("length is greater than {max}")));
    }
    Ok(())
}

/// Characters that show nothing, or change how others are shown: two texts that differ in them
/// look the same.
pub(crate) fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
