//! What is grown.

use serde::{Deserialize, Serialize};

use crate::name::names;

/// A medicinal plant that is certified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Crop {
    /// *Cannabis sativa*, กัญชา.
    Cannabis,
    /// *Curcuma longa*, ขมิ้นชัน.
    Turmeric,
    /// *Zingiber officinale*, ขิง.
    Ginger,
    /// *Kaempferia parviflora*, กระชายดำ.
    BlackGalingale,
    /// *Zingiber montanum*, ไพล.
    Plai,
    /// *Mitragyna speciosa*, กระท่อม.
    Kratom,
    /// Any other medicinal plant.
    Other,
}

names!(Crop {
    Cannabis => "cannabis",
    Turmeric => "turmeric",
    Ginger => "ginger",
    BlackGalingale => "black-galingale",
    Plai => "plai",
    Kratom => "kratom",
    Other => "other",
});
