//! Areas, in the units that Thai land papers use.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::AreaDraft;
use crate::name::names;

/// The largest area that can be declared: 100 000 ha (625 000 rai), more than any farm in
/// Thailand; keeps a figure typed in the wrong unit out.
pub const MAX_AREA_M2: f64 = 1e9;

/// Up to this fraction of the declared area the measured one may be off without being flagged.
pub(crate) const AREA_GAP: f64 = 0.05;

/// A unit of area: 1 rai = 4 ngan = 400 square wah = 1 600 m² = 0.16 ha.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AreaUnit {
    /// ไร่, 1 600 m².
    Rai,
    /// งาน, 400 m².
    Ngan,
    /// ตารางวา, 4 m².
    Wah2,
    /// Square metre.
    M2,
    /// Hectare, 10 000 m².
    Ha,
}

names!(AreaUnit { Rai => "rai", Ngan => "ngan", Wah2 => "wah2", M2 => "m2", Ha => "ha" });

impl AreaUnit {
    /// How many square metres one of it has.
    pub fn square_metres(self) -> f64 {
        match self {
            Self::Rai => 1_600.0,
            Self::Ngan => 400.0,
            Self::Wah2 => 4.0,
            Self::M2 => 1.0,
            Self::Ha => 10_000.0,
        }
    }
}

/// An area as somebody declared it: more than nothing, at most [`MAX_AREA_M2`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "AreaDraft")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Area {
    value: f64,
    unit: AreaUnit,
}

/// The area is nothing, no number, or more than [`MAX_AREA_M2`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("area is out of range")]
pub struct AreaOutOfRange;

impl Area {
    /// An area in a unit. Fails when it is not a number within the bounds of the type.
    pub fn new(value: f64, unit: AreaUnit) -> Result<Self, AreaOutOfRange> {
        let in_range = value > 0.0 && value * unit.square_metres() <= MAX_AREA_M2;
        in_range.then_some(Self { value, unit }).ok_or(AreaOutOfRange)
    }

    /// The figure, in [`unit`](Self::unit).
    pub fn value(self) -> f64 {
        self.value
    }

    /// The unit of the figure.
    pub fn unit(self) -> AreaUnit {
        self.unit
    }

    /// The same area in square metres.
    pub fn square_metres(self) -> f64 {
        self.value * self.unit.square_metres()
    }

    /// Whether a measured area is so far off that somebody should look.
    pub(crate) fn differs_from(self, measured_m2: f64) -> bool {
        (measured_m2 - self.square_metres()).abs() > AREA_GAP * self.square_metres()
    }
}

impl TryFrom<AreaDraft> for Area {
    type Error = AreaOutOfRange;

    fn try_from(draft: AreaDraft) -> Result<Self, AreaOutOfRange> {
        Self::new(draft.value, draft.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(value: f64, unit: AreaUnit) -> Area {
        Area::new(value, unit).unwrap()
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the units are whole multiples of each other")]
    fn one_rai_is_four_ngan_400_square_wah_1600_square_metres_and_a_sixth_of_a_hectare() {
        let rai = area(1.0, AreaUnit::Rai).square_metres();

        assert_eq!(rai, 1_600.0);
        assert_eq!(area(4.0, AreaUnit::Ngan).square_metres(), rai);
        assert_eq!(area(400.0, AreaUnit::Wah2).square_metres(), rai);
        assert_eq!(area(0.16, AreaUnit::Ha).square_metres(), rai);
    }

    #[test]
    fn an_area_is_a_positive_finite_number_within_the_bound() {
        let hectares = |value| Area::new(value, AreaUnit::Ha).is_ok();

        assert!(hectares(100_000.0));
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY, 100_000.1] {
            assert!(!hectares(value), "{value}");
        }
    }

    #[test]
    fn a_stored_area_out_of_range_is_not_read() {
        assert!(serde_json::from_str::<Area>(r#"{"value":12.5,"unit":"rai"}"#).is_ok());
        assert!(serde_json::from_str::<Area>(r#"{"value":-1,"unit":"rai"}"#).is_err());
    }

    #[test]
    fn a_gap_of_exactly_five_percent_is_no_gap() {
        let declared = area(1.0, AreaUnit::Rai);

        assert!(!declared.differs_from(1_680.0));
        assert!(!declared.differs_from(1_520.0));
        assert!(declared.differs_from(1_680.1));
        assert!(declared.differs_from(1_519.9));
    }
}
