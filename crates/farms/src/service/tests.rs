mod journeys;
mod refusals;

use std::sync::Arc;

use async_trait::async_trait;
use gacp_store::{
    Actor, Attempt, Expected, MemoryLedger, PageRequest, Revision, Role, StoreError, Submitted,
    Target, Violations,
};
use jiff::Timestamp;

use crate::contract::sample::{at, draft, owner, square};
use crate::{
    Crop, Farm, FarmAction, FarmError, FarmFilter, FarmId, FarmObligations, Farms, GeometryDraft,
    MemoryFarms, NoteDraft, PlotDraft,
};

/// The farms named here have an application under way.
struct Busy(Vec<FarmId>);

#[async_trait]
impl FarmObligations for Busy {
    async fn has_live_work(&self, farm: FarmId, _: Timestamp) -> Result<bool, StoreError> {
        Ok(self.0.contains(&farm))
    }
}

/// The use cases over one memory store, and who uses them.
struct Office {
    farms: Farms,
    store: Arc<MemoryFarms>,
    ledger: Arc<MemoryLedger>,
}

impl Office {
    fn open() -> Self {
        let ledger = MemoryLedger::shared();
        let store = Arc::new(MemoryFarms::new(ledger.clone()));
        let farms = Farms::new(store.clone(), ledger.clone(), Arc::new(Busy(vec![])));
        Self { farms, store, ledger }
    }

    fn with_live_work_on(&self, farm: FarmId) -> Farms {
        Farms::new(self.store.clone(), self.ledger.clone(), Arc::new(Busy(vec![farm])))
    }

    async fn farm(&self, owner: Actor, name: &str) -> Farm {
        self.farms.register(&by(owner, 0), Violations::check(draft(name))).await.unwrap()
    }

    async fn act(&self, actor: Actor, farm: &Farm, action: FarmAction) -> Farm {
        let said = note(Some("ตรวจเอกสารแล้ว"));
        self.farms.act(&by(actor, 1), &seen(farm), action, said).await.unwrap()
    }

    async fn plot(&self, owner: Actor, farm: &Farm, boundary: GeometryDraft) -> Farm {
        self.farms.add_plot(&by(owner, 1), &seen(farm), plot_draft(boundary)).await.unwrap()
    }

    /// What happened to a farm, oldest first: `approve under-review>approved`.
    async fn story(&self, reader: Actor, farm: &Farm) -> Vec<String> {
        let page = PageRequest::first(50);
        let entries = self.farms.history(reader, farm.id(), &page).await.unwrap().items;
        let line = |entry: &gacp_store::HistoryEntry| {
            let state = |state: &Option<String>| state.clone().unwrap_or_default();
            let fields = entry.fields.join(",");
            format!("{} {}>{} {fields}", entry.action, state(&entry.from), state(&entry.to))
        };
        entries.iter().rev().map(line).collect()
    }
}

fn actor(role: Role) -> Actor {
    Actor { id: owner(), role }
}

fn by(actor: Actor, second: i64) -> Attempt<'static, Farm> {
    Attempt { by: actor, at: at(second), request_id: "request-1", once: None }
}

fn on(id: FarmId, expected: Expected) -> Target<FarmId> {
    Target { id, expected }
}

/// The farm in the state in which it was seen.
fn seen(farm: &Farm) -> Target<FarmId> {
    on(farm.id(), Expected::OneOf(vec![farm.revision()]))
}

fn note(comment: Option<&str>) -> Submitted<NoteDraft> {
    Violations::check(NoteDraft { comment: comment.map(ToOwned::to_owned) })
}

fn plot_draft(boundary: GeometryDraft) -> Submitted<PlotDraft> {
    let name = "แปลง 1".to_owned();
    let (crop, method, declared_area) = (Crop::Turmeric, None, None);
    Violations::check(PlotDraft { name, crop, method, boundary, declared_area })
}
