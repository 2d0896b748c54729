//! What farmers send: a farm on the slopes above Mae Rim, north of Chiang Mai.

use serde_json::{Value, json};

/// A street address as Thai forms ask for it.
pub(crate) fn address() -> Value {
    json!({
        "houseNo": HOUSE, "moo": "5", "road": "แม่ริม-สะเมิง", "tambon": "แม่แรม",
        "amphoe": "แม่ริม", "changwat": "เชียงใหม่", "postalCode": "50180",
    })
}

/// The part of the address that the public must never see.
pub(crate) const HOUSE: &str = "188/37";

/// The south-west corner of a farm, in degrees of WGS 84.
#[derive(Clone, Copy)]
pub(crate) struct Corner {
    lon: f64,
    lat: f64,
}

/// Farms of different rounds lie in different cells, so that their plots do not overlap.
pub(crate) const CELLS: u32 = 1_500;

impl Corner {
    /// The corner of a cell; a cell is about 530 m by 550 m, larger than the farm.
    pub(crate) fn of_cell(cell: u32) -> Self {
        let (column, row) = (cell % 30, cell / 30);
        Self { lon: 98.850 + 0.005 * f64::from(column), lat: 18.800 + 0.005 * f64::from(row) }
    }

    /// The corner of a cell for one of up to a million: between Kanchanaburi, Ubon Ratchathani and
    /// Udon Thani, far from the other cells. Each has one of its own: farms that lie on one another
    /// would be flagged, every one of them, and be compared with all that came before.
    pub(crate) fn in_a_crowd(nth: u32) -> Self {
        let (column, row) = (nth % 1_000, nth / 1_000 % 1_000);
        Self { lon: 98.850 + 0.005 * f64::from(column), lat: 13.500 + 0.005 * f64::from(row) }
    }

    /// A position so many hundred-thousandths of a degree (about a metre) to the east and north.
    fn position(self, east: i16, north: i16) -> Value {
        let degrees = |base: f64, units: i16| ((base * 1e5).round() + f64::from(units)) / 1e5;
        json!([degrees(self.lon, east), degrees(self.lat, north)])
    }
}

/// A farm of 25 rai; its plots measure 25.2.
pub(crate) fn farm(name: &str, corner: Corner) -> Value {
    json!({
        "name": name,
        "farmType": "OUTDOOR",
        "address": address(),
        "location": {"type": "Point", "coordinates": corner.position(190, 60)},
        "declaredArea": {"value": 25, "unit": "rai"},
    })
}

/// A plot, and what the server will measure.
pub(crate) struct Plot {
    pub(crate) name: &'static str,
    /// On the ground, within 1 %.
    pub(crate) area_m2: f64,
    pub(crate) body: Value,
}

/// The two plots of the farm.
pub(crate) fn plots(corner: Corner) -> [Plot; 2] {
    let made = |name, area_m2, outline| Plot { name, area_m2, body: plot(name, corner, outline) };
    let by_the_stream = [(0, 0), (142, -12), (171, 66), (128, 131), (37, 118), (-14, 58), (0, 0)];
    let on_the_hill = [(210, 10), (338, 22), (352, 97), (281, 140), (204, 109), (210, 10)];
    [
        made("แปลงขมิ้นชันริมห้วย", 23_000.0, by_the_stream.as_slice()),
        made("แปลงขมิ้นชันบนดอย", 17_200.0, on_the_hill.as_slice()),
    ]
}

fn plot(name: &str, corner: Corner, outline: &[(i16, i16)]) -> Value {
    let ring: Vec<Value> =
        outline.iter().map(|(east, north)| corner.position(*east, *north)).collect();
    json!({
        "name": name,
        "crop": "turmeric",
        "method": "อินทรีย์",
        "boundary": {"type": "Polygon", "coordinates": [ring]},
    })
}

/// A plot whose boundary crosses itself.
pub(crate) fn bow_tie(corner: Corner) -> Value {
    plot("แปลงไขว้", corner, &[(0, 0), (100, 100), (100, 0), (0, 100), (0, 0)])
}

/// An application for the farm's plots.
pub(crate) fn application(farm: &str, plots: &[String]) -> Value {
    json!({
        "farmId": farm,
        "plotIds": plots,
        "standard": "thai-gacp",
        "requestType": "new",
        "purpose": "domestic",
        "scope": {
            "crops": ["turmeric"], "partsUsed": ["rhizome"],
            "activities": ["cultivation", "processing"],
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Corner;

    #[test]
    fn nobody_of_a_crowd_of_a_million_lies_on_another_or_abroad() {
        let mut corners = BTreeSet::new();
        for nth in 0..1_000_000 {
            let Corner { lon, lat } = Corner::in_a_crowd(nth);
            assert!((97.0..106.0).contains(&lon) && (5.0..21.0).contains(&lat));
            assert!(
                corners.insert(((lon * 200.0).round().to_bits(), (lat * 200.0).round().to_bits()))
            );
        }
        let demo = Corner::of_cell(0);
        assert!(corners.iter().all(|(_, lat)| f64::from_bits(*lat) < (demo.lat * 200.0).round()));
    }
}
