//! From JSON to polygons: every place that is no position, by its pointer.

use serde_json::Value;

use super::{Geometry, Position, Ring, Rings};

/// One thing that is wrong with a drawn boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The member of the geometry: `type` or `coordinates`.
    pub(crate) member: &'static str,
    /// Where in the coordinates, index by index.
    pub(crate) at: Vec<usize>,
    /// Which rule is broken.
    pub(crate) code: &'static str,
}

impl Fault {
    /// Something wrong at a place in the coordinates.
    pub(super) fn at(at: Vec<usize>, code: &'static str) -> Self {
        Self { member: "coordinates", at, code }
    }
}

/// Reads what a client sent as GeoJSON; heights (RFC 7946 §3.1.1) are left out.
pub(super) fn read(kind: &str, coordinates: &Value) -> Result<Geometry, Vec<Fault>> {
    let mut reader = Reader::default();
    let geometry = match kind {
        "Polygon" => Some(Geometry::Polygon(reader.rings(coordinates))),
        "MultiPolygon" => Some(Geometry::MultiPolygon(reader.list(coordinates, Reader::rings))),
        other => {
            let code = if other.is_empty() { "required" } else { "invalid-format" };
            reader.faults.push(Fault { member: "type", at: Vec::new(), code });
            None
        }
    };
    geometry.filter(|_| reader.faults.is_empty()).ok_or(reader.faults)
}

/// Walks through the coordinates and remembers where it is.
#[derive(Default)]
struct Reader {
    at: Vec<usize>,
    faults: Vec<Fault>,
}

impl Reader {
    fn rings(&mut self, value: &Value) -> Rings {
        self.list(value, Self::ring)
    }

    fn ring(&mut self, value: &Value) -> Ring {
        self.list(value, Self::position)
    }

    fn position(&mut self, value: &Value) -> Position {
        let numbers = self.list(value, Self::number);
        match numbers.as_slice() {
            &[lon, lat] | &[lon, lat, _] => [lon, lat],
            _ => {
                self.fault("invalid-format");
                Position::default()
            }
        }
    }

    fn number(&mut self, value: &Value) -> f64 {
        value.as_f64().unwrap_or_else(|| {
            self.fault("wrong-type");
            f64::NAN
        })
    }

    fn list<T>(&mut self, value: &Value, read: impl Fn(&mut Self, &Value) -> T) -> Vec<T> {
        let Some(items) = value.as_array() else {
            self.fault(if value.is_null() { "required" } else { "wrong-type" });
            return Vec::new();
        };
        if items.is_empty() {
            self.fault("too-short");
        }
        let items = items.iter().enumerate().map(|(index, item)| {
            self.at.push(index);
            let read = read(self, item);
            self.at.pop();
            read
        });
        items.collect()
    }

    fn fault(&mut self, code: &'static str) {
        // One fault per place: what a broken part lacks in turn is no news.
        let known = self.faults.last().is_some_and(|last| last.at.starts_with(&self.at));
        if !known && self.faults.len() < super::rules::MAX_FAULTS {
            self.faults.push(Fault::at(self.at.clone(), code));
        }
    }
}
