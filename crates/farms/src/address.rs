//! Thai postal addresses.

use serde::{Deserialize, Serialize};

use crate::draft::{AddressDraft, AddressPatch};
use crate::name::clean;

/// Where a farm is reached, in the parts that a Thai address has. Texts are NFC and trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Address {
    /// บ้านเลขที่.
    pub house_no: String,
    /// หมู่ที่.
    pub moo: Option<String>,
    /// ซอย.
    pub soi: Option<String>,
    /// ถนน.
    pub road: Option<String>,
    /// ตำบล or แขวง.
    pub tambon: String,
    /// อำเภอ or เขต.
    pub amphoe: String,
    /// จังหวัด, the province.
    pub changwat: String,
    /// Five digits.
    pub postal_code: String,
}

impl Address {
    /// The address that a checked draft describes.
    pub(crate) fn of(draft: &AddressDraft) -> Self {
        let optional = |text: &Option<String>| text.as_deref().map(clean);
        Self {
            house_no: clean(&draft.house_no),
            moo: optional(&draft.moo),
            soi: optional(&draft.soi),
            road: optional(&draft.road),
            tambon: clean(&draft.tambon),
            amphoe: clean(&draft.amphoe),
            changwat: clean(&draft.changwat),
            postal_code: draft.postal_code.clone(),
        }
    }

    /// The same address after a checked patch.
    pub(crate) fn patched(&self, patch: &AddressPatch) -> Self {
        let required = |said: &Option<String>, kept: &String| {
            said.as_deref().map_or_else(|| kept.clone(), clean)
        };
        Self {
            house_no: required(&patch.house_no, &self.house_no),
            moo: patch.moo.map_ref(|text| clean(text)).over(self.moo.as_ref()),
            soi: patch.soi.map_ref(|text| clean(text)).over(self.soi.as_ref()),
            road: patch.road.map_ref(|text| clean(text)).over(self.road.as_ref()),
            tambon: required(&patch.tambon, &self.tambon),
            amphoe: required(&patch.amphoe, &self.amphoe),
            changwat: required(&patch.changwat, &self.changwat),
            postal_code: required(&patch.postal_code, &self.postal_code),
        }
    }
}
