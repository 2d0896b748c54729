//! Farms: who holds them, where they lie, what grows there, and what becomes of them.
//!
//! A [`Farm`] is described by its owner in drafts ([`FarmDraft`], [`PlotDraft`]) whose garde rules
//! name everything that is wrong at once, drawn boundaries position by position. It moves through
//! its life by the table [`TRANSITIONS`]; [`Farms`] are the use cases, which know who may do what
//! and leave a history entry for every change.
//!
//! The crate does no I/O and knows no HTTP, no clock and no certificates: farms are kept by a
//! [`FarmStore`] ([`MemoryFarms`] comes with it, and the feature `contract` has the cases that
//! every other one must pass), and what binds a farm is asked of [`FarmObligations`].
//!
//! Farms are found by their location: in a [`Region`], or [`Around`] a place with the nearest first.
//! Stores look in a box; what lies inside, and how far away it is, is decided here and exactly, so
//! that every store finds the same farms in the same order.
//!
//! Boundaries are checked and measured on the calling task, in time that grows little faster than
//! their positions. 10 000 of them, the most that are accepted, still take milliseconds: a server
//! checks such drafts on a blocking thread.
//!
//! ```
//! use std::sync::Arc;
//!
//! use gacp_farms::{FarmDraft, FarmStatus, Farms, MemoryFarms, NoObligations};
//! use gacp_store::{AccountId, Actor, Attempt, MemoryLedger, Role, Violations};
//! use jiff::Timestamp;
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let ledger = MemoryLedger::shared();
//! let store = Arc::new(MemoryFarms::new(ledger.clone()));
//! let farms = Farms::new(store, ledger, Arc::new(NoObligations));
//!
//! let draft: FarmDraft = serde_json::from_value(serde_json::json!({
//!     "name": "ไร่ขมิ้นดอยสุเทพ",
//!     "farmType": "OUTDOOR",
//!     "address": {
//!         "houseNo": "99/1", "tambon": "สุเทพ", "amphoe": "เมืองเชียงใหม่",
//!         "changwat": "เชียงใหม่", "postalCode": "50200",
//!     },
//!     "location": {"type": "Point", "coordinates": [98.9525, 18.8025]},
//!     "declaredArea": {"value": 12.5, "unit": "rai"},
//! }))?;
//! let now = Timestamp::UNIX_EPOCH;
//! let somchai = Actor { id: AccountId::at(now), role: Role::Farmer };
//! let attempt = Attempt { by: somchai, at: now, request_id: "request-1", once: None };
//!
//! let farm = farms.register(&attempt, Violations::check(draft)).await?;
//!
//! assert_eq!(farm.status(), FarmStatus::Draft);
//! assert_eq!(farm.declared_area().square_metres(), 20_000.0); // 1 rai = 1 600 m²
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(clippy::future_not_send)]

mod address;
mod area;
mod boundary;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod crop;
mod draft;
mod error;
mod farm;
mod memory;
mod name;
mod near;
mod plot;
mod point;
mod ports;
mod region;
mod service;
mod workflow;

pub use address::Address;
pub use area::{Area, AreaOutOfRange, AreaUnit, MAX_AREA_M2};
pub use boundary::{Boundary, MAX_POSITIONS, NotABoundary};
pub use crop::Crop;
pub use draft::{
    AddressDraft, AddressPatch, AreaDraft, FarmDraft, FarmPatch, GeometryDraft, NoteDraft, Patch,
    PlotDraft, PlotPatch, PointDraft, RegionDraft,
};
pub use error::{FarmError, Obstacle};
pub use farm::{Farm, FarmId, FarmType, MAX_FARM_POSITIONS, MAX_PLOTS};
pub use memory::{MemoryFarms, NoObligations};
pub use name::{UnknownName, name_key};
pub use near::{
    Around, Distance, MAX_RADIUS_M, MIN_RADIUS_M, NearFarm, NearPage, NearRequest, Nearness,
    NotAround, Picked,
};
pub use plot::{Flag, Plot, PlotId};
pub use point::{Bounds, NotInThailand, Point, THAILAND};
pub use ports::{FarmFilter, FarmObligations, FarmStore, PlotOutline};
pub use region::{NotARegion, Region};
pub use service::Farms;
pub use workflow::{FarmAction, FarmStatus, Party, TRANSITIONS, Transition};
