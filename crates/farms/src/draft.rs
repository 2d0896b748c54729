//! What clients send about farms, with the rules for each field.

mod geometry;
mod patch;

use garde::Validate;
use serde::{Deserialize, Serialize};

pub use self::geometry::{GeometryDraft, PointDraft, RegionDraft};
pub use self::patch::{AddressPatch, FarmPatch, Patch, PlotPatch};
use crate::name::is_line;
use crate::{Area, AreaUnit, Crop, FarmType};

/// A farm as its owner describes it.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FarmDraft {
    /// Unique among the owner's farms; case and spaces do not count.
    #[garde(length(chars, min = 1, max = 120), custom(is_line))]
    pub name: String,
    /// How the plants grow.
    #[garde(skip)]
    pub farm_type: FarmType,
    /// Where the farm is reached.
    #[garde(dive)]
    pub address: AddressDraft,
    /// Where it lies.
    #[garde(dive)]
    pub location: PointDraft,
    /// How large it is, by its papers.
    #[garde(dive)]
    pub declared_area: AreaDraft,
}

/// A Thai address.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddressDraft {
    /// บ้านเลขที่.
    #[garde(length(chars, min = 1, max = 100), custom(is_line))]
    pub house_no: String,
    /// หมู่ที่.
    #[garde(inner(length(chars, min = 1, max = 100), custom(is_line)))]
    pub moo: Option<String>,
    /// ซอย.
    #[garde(inner(length(chars, min = 1, max = 100), custom(is_line)))]
    pub soi: Option<String>,
    /// ถนน.
    #[garde(inner(length(chars, min = 1, max = 100), custom(is_line)))]
    pub road: Option<String>,
    /// ตำบล or แขวง.
    #[garde(length(chars, min = 1, max = 100), custom(is_line))]
    pub tambon: String,
    /// อำเภอ or เขต.
    #[garde(length(chars, min = 1, max = 100), custom(is_line))]
    pub amphoe: String,
    /// จังหวัด.
    #[garde(length(chars, min = 1, max = 100), custom(is_line))]
    pub changwat: String,
    /// Five digits.
    #[garde(custom(is_postal_code))]
    pub postal_code: String,
}

/// An area by its papers.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AreaDraft {
    /// More than 0; at most 100 000 ha.
    #[garde(custom(fits(self.unit)))]
    pub value: f64,
    /// In what the figure counts.
    #[garde(skip)]
    pub unit: AreaUnit,
}

/// A plot as its owner draws it.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlotDraft {
    /// What its owner calls it.
    #[garde(length(chars, min = 1, max = 120), custom(is_line))]
    pub name: String,
    /// What grows on it.
    #[garde(skip)]
    pub crop: Crop,
    /// How it is cultivated.
    #[garde(inner(length(chars, min = 1, max = 500), custom(is_line)))]
    pub method: Option<String>,
    /// Where it ends.
    #[garde(dive)]
    pub boundary: GeometryDraft,
    /// How large it is, by its papers.
    #[garde(dive)]
    pub declared_area: Option<AreaDraft>,
}

/// What is said along with an action.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoteDraft {
    /// To the owner and for the record; needed to reject and to suspend.
    #[garde(inner(length(chars, min = 1, max = 2000), custom(is_said)))]
    pub comment: Option<String>,
}

fn is_postal_code(text: &str, (): &()) -> garde::Result {
    let digits = text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then_some(()).ok_or_else(|| garde::Error::new("invalid-format"))
}

fn fits(unit: AreaUnit) -> impl FnOnce(&f64, &()) -> garde::Result {
    move |value, ()| match Area::new(*value, unit) {
        Ok(_) => Ok(()),
        Err(_) => Err(garde::Error::new("out-of-range")),
    }
}

/// A comment may have several lines, but must say something.
fn is_said(text: &str, (): &()) -> garde::Result {
    let says_nothing = !text.is_empty() && crate::name::clean(text).is_empty();
    if says_nothing { Err(garde::Error::new("too-short")) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
