//! Which language a client reads (RFC 9110 §12.5.4).

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};

use crate::http::quality::{Quality, listed};

/// A language in which problems are explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// What is not said otherwise is English.
    #[default]
    English,
    /// Thai.
    Thai,
}

impl Language {
    /// The tag of the `Content-Language` header.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Thai => "th",
        }
    }

    /// The language that the client likes best; English when it likes none of ours.
    pub fn of(headers: &HeaderMap) -> Self {
        let wanted = listed(headers, &ACCEPT_LANGUAGE);
        let quality = |language: Self| {
            let named = wanted.iter().find(|item| language.is_meant_by(&item.value));
            let any = || wanted.iter().find(|item| item.value == "*");
            named.or_else(any).map_or(Quality::NONE, |item| item.quality)
        };
        if quality(Self::Thai) > quality(Self::English) { Self::Thai } else { Self::English }
    }

    fn is_meant_by(self, range: &str) -> bool {
        let primary = range.split('-').next().unwrap_or_default();
        primary.eq_ignore_ascii_case(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn language(accepted: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(accepted).unwrap());
        Language::of(&headers)
    }

    #[test]
    fn the_language_of_highest_quality_is_chosen() {
        for thai in ["th", "TH", "th-TH", "th, en;q=0.9", "en;q=0.4,th;q=0.41", "de, th;q=0.1"] {
            assert_eq!(language(thai), Language::Thai, "{thai}");
        }
        for english in ["", "en", "de", "*", "th;q=0", "th;q=0.5, en", "thx", "th;q=0.5, *", ";;"] {
            assert_eq!(language(english), Language::English, "{english}");
        }
        assert_eq!(Language::of(&HeaderMap::new()), Language::English);
    }
}
