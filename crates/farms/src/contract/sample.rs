//! Farms, plots and changes to test with; other crates' contracts use them too.

use gacp_store::{AccountId, Actor, Attempt, Change, Fingerprint, Lease, Once, ReceiptKey};
use gacp_store::{Role, StoredReply, Violations, fresh_uuid};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    AddressDraft, AreaDraft, AreaUnit, Bounds, Crop, Farm, FarmAction, FarmDraft, FarmId,
    FarmPatch, FarmType, GeometryDraft, Plot, PlotDraft, PlotId, PointDraft, Region,
};

/// The key under which [`replying`] claims.
pub const KEY: ReceiptKey = ReceiptKey([9; 32]);

/// The body that [`replying`] stands for.
pub const BODY: Fingerprint = Fingerprint([3; 32]);

/// So many seconds after the morning of 5 January 2026.
pub fn at(seconds: i64) -> Timestamp {
    let morning: Timestamp = "2026-01-05T02:00:00Z".parse().unwrap();
    morning + SignedDuration::from_secs(seconds)
}

/// An account that no other call returns.
pub fn owner() -> AccountId {
    fresh_uuid(at(0)).into()
}

/// A farm in Chiang Mai as its owner describes it.
pub fn draft(name: &str) -> FarmDraft {
    FarmDraft {
        name: name.to_owned(),
        farm_type: FarmType::Outdoor,
        address: AddressDraft {
            house_no: "99/1".to_owned(),
            moo: Some("4".to_owned()),
            soi: None,
            road: None,
            tambon: "สุเทพ".to_owned(),
            amphoe: "เมืองเชียงใหม่".to_owned(),
            changwat: "เชียงใหม่".to_owned(),
            postal_code: "50200".to_owned(),
        },
        location: PointDraft { r#type: "Point".to_owned(), coordinates: vec![98.9525, 18.8025] },
        declared_area: AreaDraft { value: 12.5, unit: AreaUnit::Rai },
    }
}

/// A farm in draft, of this owner and name, registered at `at(0)`.
pub fn farm(owner: AccountId, name: &str) -> Farm {
    farm_of(owner, draft(name), at(0))
}

/// A farm in draft as described, registered at this moment.
pub fn farm_of(owner: AccountId, draft: FarmDraft, now: Timestamp) -> Farm {
    let draft = Violations::check(draft).unwrap();
    Farm::register(FarmId::at(now), owner, draft, now).unwrap()
}

/// A farm's description with a place of its own.
pub fn placed(name: &str, lon: f64, lat: f64) -> FarmDraft {
    let location = PointDraft { r#type: "Point".to_owned(), coordinates: vec![lon, lat] };
    FarmDraft { location, ..draft(name) }
}

/// A farm in draft at a place, with a name that no other call gives.
pub fn farm_at(owner: AccountId, lon: f64, lat: f64, now: Timestamp) -> Farm {
    farm_of(owner, placed(&format!("ไร่ {}", fresh_uuid(now)), lon, lat), now)
}

/// The farm at another place, as its next state.
pub fn moved(farm: &Farm, lon: f64, lat: f64, now: Timestamp) -> Farm {
    let location = Some(placed("", lon, lat).location);
    let patch = FarmPatch { location, ..FarmPatch::default() };
    farm.clone().revised(Violations::check(patch).unwrap(), now).unwrap()
}

/// The region in a box.
pub fn boxed(west: f64, south: f64, east: f64, north: f64) -> Region {
    Region::of_box(Bounds { west, south, east, north }).unwrap()
}

/// Numbers that look random and are the same in every run (`SplitMix64`, Steele et al. 2014).
#[derive(Debug)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A number below `end`, which is not 0.
    pub fn up_to(&mut self, end: u16) -> u16 {
        u16::try_from(self.next() % u64::from(end)).unwrap()
    }

    /// True in so many cases of 100.
    pub fn of_100(&mut self, cases: u16) -> bool {
        self.up_to(100) < cases
    }

    /// A number between two others.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        let fraction = f64::from(u32::try_from(self.next() >> 32).unwrap()) / f64::from(u32::MAX);
        low + fraction * (high - low)
    }

    /// One of several.
    pub fn one_of<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        let count = u16::try_from(several.len()).unwrap();
        several.get(usize::from(self.up_to(count))).unwrap()
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// A square whose south-western corner lies there; `side` in degrees (0.001° are about 110 m).
pub fn square(west: f64, south: f64, side: f64) -> GeometryDraft {
    let (east, north) = (west + side, south + side);
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    GeometryDraft { r#type: "Polygon".to_owned(), coordinates: json!([ring]) }
}

/// A plot with this boundary.
pub fn plot(name: &str, crop: Crop, boundary: GeometryDraft) -> Plot {
    let (name, method) = (name.to_owned(), Some("ปลูกกลางแจ้ง".to_owned()));
    let draft = PlotDraft { name, crop, method, boundary, declared_area: None };
    Plot::draw(PlotId::at(at(0)), Violations::check(draft).unwrap()).unwrap()
}

/// A farm in draft with a plot of turmeric and one of cannabis, side by side in Chiang Mai.
pub fn farm_with_plots(owner: AccountId, name: &str) -> Farm {
    let turmeric = plot("แปลงขมิ้น", Crop::Turmeric, square(98.952, 18.802, 0.001));
    let cannabis = plot("แปลงกัญชา", Crop::Cannabis, square(98.954, 18.802, 0.001));
    let planted = farm(owner, name).with_plot(turmeric, at(1)).unwrap();
    planted.with_plot(cannabis, at(2)).unwrap()
}

/// The states of a farm on its way to approval: each replaces the one before.
pub fn way_to_approval(owner: AccountId, name: &str) -> Vec<Farm> {
    let draft = farm_with_plots(owner, name);
    let submitted = draft.clone().acted(FarmAction::Submit, at(3)).unwrap();
    let approved = submitted.clone().acted(FarmAction::Approve, at(4)).unwrap();
    vec![draft, submitted, approved]
}

/// An approved farm with two plots. Its revision is not the first: a store takes it by
/// `insert` all the same.
pub fn approved_farm(owner: AccountId, name: &str) -> Farm {
    way_to_approval(owner, name).pop().unwrap()
}

/// The farm under another name, as its next state.
pub fn renamed(farm: &Farm, name: &str, now: Timestamp) -> Farm {
    let patch = FarmPatch { name: Some(name.to_owned()), ..FarmPatch::default() };
    farm.clone().revised(Violations::check(patch).unwrap(), now).unwrap()
}

/// An attempt of the farm's owner at the moment of its last change.
pub fn attempt(farm: &Farm) -> Attempt<'static, Farm> {
    let by = Actor { id: farm.owner(), role: Role::Farmer };
    Attempt { by, at: farm.updated_at(), request_id: "request-1", once: None }
}

/// What is written beside a change of the farm: one entry of this action.
pub fn change(farm: &Farm, action: &str) -> Change {
    let attempt = attempt(farm);
    attempt.change(vec![attempt.entry(farm.subject(), action)], farm)
}

/// Like [`change`], with the reply to a request that holds [`KEY`] by this lease.
pub fn replying(farm: &Farm, action: &str, lease: Lease) -> Change {
    let reply = |farm: &Farm| StoredReply {
        status: 201,
        headers: vec![("etag".to_owned(), format!("\"{}\"", farm.revision().get()))],
        body: farm.name().as_bytes().to_vec(),
    };
    let once = Once { key: KEY, lease, reply: &reply };
    let attempt = Attempt { once: Some(once), ..attempt(farm) };
    attempt.change(vec![attempt.entry(farm.subject(), action)], farm)
}
