//! Postal addresses in Thailand.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::Malformed;
use crate::text::{text_of, tidy};

/// A postal address, its text trimmed and in NFC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// House number.
    pub house_no: String,
    /// Village number.
    pub moo: Option<String>,
    /// Lane.
    pub soi: Option<String>,
    /// Road.
    pub road: Option<String>,
    /// Subdistrict.
    pub tambon: String,
    /// District.
    pub amphoe: String,
    /// Province.
    pub changwat: String,
    /// Five digits.
    pub postal_code: String,
}

/// An address as somebody wrote it. Lengths are in characters.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
// Farms have addresses of their own; in one API description the two need two names.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AccountAddress))]
pub struct AddressDraft {
    /// House number.
    #[garde(custom(text_of(1, 30)))]
    pub house_no: String,
    /// Village number.
    #[garde(inner(custom(text_of(1, 30))))]
    pub moo: Option<String>,
    /// Lane.
    #[garde(inner(custom(text_of(1, 100))))]
    pub soi: Option<String>,
    /// Road.
    #[garde(inner(custom(text_of(1, 100))))]
    pub road: Option<String>,
    /// Subdistrict.
    #[garde(custom(text_of(1, 100)))]
    pub tambon: String,
    /// District.
    #[garde(custom(text_of(1, 100)))]
    pub amphoe: String,
    /// Province.
    #[garde(custom(text_of(1, 100)))]
    pub changwat: String,
    /// Five digits.
    #[garde(custom(is_postal_code))]
    pub postal_code: String,
}

impl From<AddressDraft> for Address {
    fn from(draft: AddressDraft) -> Self {
        let tidied = |text: Option<String>| text.map(|text| tidy(&text));
        Self {
            house_no: tidy(&draft.house_no),
            moo: tidied(draft.moo),
            soi: tidied(draft.soi),
            road: tidied(draft.road),
            tambon: tidy(&draft.tambon),
            amphoe: tidy(&draft.amphoe),
            changwat: tidy(&draft.changwat),
            postal_code: draft.postal_code,
        }
    }
}

fn is_postal_code(text: &str, (): &()) -> garde::Result {
    let sound = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    if sound { Ok(()) } else { Err(Malformed::Format.into()) }
}
