//! Changes of farms and plots: JSON merge patches (RFC 7396).

use std::fmt;
use std::marker::PhantomData;

use garde::Validate;
use garde::error::NoKey;
use garde::rules::inner::Inner;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use super::is_postal_code;
use crate::name::is_line;
use crate::{AreaDraft, Crop, FarmType, GeometryDraft, PointDraft};

/// What a merge patch says of a value that may be missing: nothing, `null`, or another value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It goes.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Patch<T> {
    /// The same patch of something made from the value.
    pub(crate) fn map_ref<U>(&self, turn: impl FnOnce(&T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(turn(value)),
        }
    }

    /// The value after the patch.
    pub(crate) fn over(self, kept: Option<&T>) -> Option<T>
    where
        T: Clone,
    {
        match self {
            Self::Keep => kept.cloned(),
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// `null` clears. A missing member is [`Patch::Keep`]: by `#[serde(default)]`, or by a deserializer
/// that offers missing members too and visits a unit for a newtype of the name `Patch`.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct("Patch", Offered(PhantomData))
    }
}

struct Offered<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Offered<T> {
    type Value = Patch<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_unit<E: Error>(self) -> Result<Patch<T>, E> {
        Ok(Patch::Keep)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<Patch<T>, D::Error> {
        Ok(Option::deserialize(value)?.map_or(Patch::Clear, Patch::Set))
    }
}

impl<T> Inner<T> for Patch<T> {
    type Key = NoKey;

    fn validate_inner<F>(&self, mut check: F)
    where
        F: FnMut(&T, &Self::Key),
    {
        if let Self::Set(value) = self {
            check(value, &NoKey::default());
        }
    }
}

impl<T: Validate> Validate for Patch<T> {
    type Context = T::Context;

    fn validate_into(
        &self,
        context: &Self::Context,
        parent: &mut dyn FnMut() -> garde::Path,
        report: &mut garde::Report,
    ) {
        if let Self::Set(value) = self {
            value.validate_into(context, parent, report);
        }
    }
}

/// What changes on a farm.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FarmPatch {
    /// Another name.
    #[garde(inner(length(chars, min = 1, max = 120), custom(is_line)))]
    pub name: Option<String>,
    /// Another way in which the plants grow.
    #[garde(skip)]
    pub farm_type: Option<FarmType>,
    /// Parts of the address.
    #[garde(dive)]
    pub address: Option<AddressPatch>,
    /// Another place.
    #[garde(dive)]
    pub location: Option<PointDraft>,
    /// Another area; whole, because a figure means nothing without its unit.
    #[garde(dive)]
    pub declared_area: Option<AreaDraft>,
}

/// What changes of an address.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddressPatch {
    /// บ้านเลขที่.
    #[garde(inner(length(chars, min = 1, max = 100), custom(is_line)))]
    pub house_no: Option<String>,
    /// หมู่ที่.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 100), custom(is_line)))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub moo: Patch<String>,
    /// ซอย.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 100), custom(is_line)))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub soi: Patch<String>,
    /// ถนน.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 100), custom(is_line)))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub road: Patch<String>,
    /// ตำบล or แขวง.
    #[garde(inner(length(chars, min = 1, max = 100), custom(is_line)))]
    pub tambon: Option<String>,
    /// อำเภอ or เขต.
    #[garde(inner(length(chars, min = 1, max = 100), custom(is_line)))]
    pub amphoe: Option<String>,
    /// จังหวัด.
    #[garde(inner(length(chars, min = 1, max = 100), custom(is_line)))]
    pub changwat: Option<String>,
    /// Five digits.
    #[garde(inner(custom(is_postal_code)))]
    pub postal_code: Option<String>,
}

/// What changes on a plot.
#[derive(Debug, Clone, Default, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlotPatch {
    /// Another name.
    #[garde(inner(length(chars, min = 1, max = 120), custom(is_line)))]
    pub name: Option<String>,
    /// Another crop.
    #[garde(skip)]
    pub crop: Option<Crop>,
    /// Another way to cultivate it.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = 500), custom(is_line)))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub method: Patch<String>,
    /// Another boundary.
    #[garde(dive)]
    pub boundary: Option<GeometryDraft>,
    /// Another area by its papers.
    #[serde(default)]
    #[garde(dive)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<AreaDraft>))]
    pub declared_area: Patch<AreaDraft>,
}
