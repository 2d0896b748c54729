//! Places and boundaries as GeoJSON, checked position by position.

use garde::{Error, Path, Report, Validate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::boundary::{Fault, region_lines};
use crate::{Boundary, THAILAND};

/// A GeoJSON `Point`: `[longitude, latitude]` in degrees, WGS 84.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PointDraft {
    /// Always `Point`.
    pub r#type: String,
    /// Longitude, latitude; a height may follow and is left out.
    pub coordinates: Vec<f64>,
}

impl Validate for PointDraft {
    type Context = ();

    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> Path, report: &mut Report) {
        if self.r#type != "Point" {
            report.append(parent().join("type"), Error::new(code_of_type(&self.r#type)));
        }
        let coordinates = parent().join("coordinates");
        let (&[lon, lat] | &[lon, lat, _]) = self.coordinates.as_slice() else {
            report.append(coordinates, Error::new("invalid-format"));
            return;
        };
        if !THAILAND.spans_lon(lon) {
            report.append(coordinates.clone().join(0), Error::new("out-of-range"));
        }
        if !THAILAND.spans_lat(lat) {
            report.append(coordinates.join(1), Error::new("out-of-range"));
        }
    }
}

/// A GeoJSON `Polygon` or `MultiPolygon` in Thailand: rings closed, without crossings, not
/// touching each other, holes inside; at most 10 000 positions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GeometryDraft {
    /// `Polygon` or `MultiPolygon`.
    pub r#type: String,
    /// Rings of `[longitude, latitude]` in degrees, WGS 84; for a `MultiPolygon` lists of rings.
    pub coordinates: Value,
}

impl Validate for GeometryDraft {
    type Context = ();

    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> Path, report: &mut Report) {
        note(Boundary::draw(self).err().unwrap_or_default(), &parent(), report);
    }
}

/// A GeoJSON `Polygon` or `MultiPolygon` in which farms are looked for, anywhere and of any size:
/// rings closed, without crossings, not touching each other, holes inside; at most 10 000
/// positions.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegionDraft {
    /// `Polygon` or `MultiPolygon`.
    pub r#type: String,
    /// Rings of `[longitude, latitude]` in degrees, WGS 84; for a `MultiPolygon` lists of rings.
    pub coordinates: Value,
}

impl Validate for RegionDraft {
    type Context = ();

    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> Path, report: &mut Report) {
        note(region_lines(self).err().unwrap_or_default(), &parent(), report);
    }
}

/// Reports what is wrong with drawn polygons, position by position.
fn note(faults: Vec<Fault>, parent: &Path, report: &mut Report) {
    for Fault { member, at, code } in faults {
        let path = at.into_iter().fold(parent.join(member), |path, index| path.join(index));
        report.append(path, Error::new(code));
    }
}

fn code_of_type(text: &str) -> &'static str {
    if text.is_empty() { "required" } else { "invalid-format" }
}
