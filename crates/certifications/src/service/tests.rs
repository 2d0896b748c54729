//! The use cases, on the stores in memory.

mod certificates;
mod deadlines;
mod inspections;
mod journey;
mod opening;
mod payments;
mod races;

use std::sync::Arc;

use async_trait::async_trait;
use gacp_farms::{Farm, FarmId, FarmStatus, FarmStore, MemoryFarms};
use gacp_keys::{Keyring, MasterKey, MemoryKeys};
use gacp_store::{
    AccountId, Actor, Attempt, Expected, HistoryStore, MemoryLedger, PageRequest, Role, StoreError,
    Subject, Target, Violations,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::contract::sample::{approved_farm, at, owner, staff, standard};
use crate::{
    Action, ActionDraft, ApplicationDraft, ApplicationFilter, ApplicationId, CertificationError,
    Conflict, FeeKind, MemoryCertifications, PaymentDraft, Status, history,
};

type Outcome<T> = Result<T, CertificationError>;

/// Everybody has a name; whoever is listed is an active inspector.
struct Roster {
    inspectors: Vec<AccountId>,
}

#[async_trait]
impl People for Roster {
    async fn public_name(&self, _account: AccountId) -> Result<Option<String>, StoreError> {
        Ok(Some("วิสาหกิจชุมชนสมุนไพรแม่ริม".to_owned()))
    }

    async fn is_active_inspector(&self, account: AccountId) -> Result<bool, StoreError> {
        Ok(self.inspectors.contains(&account))
    }
}

/// The certification body, with a clock that the test turns.
struct Office {
    desk: Certifications,
    farms: Arc<MemoryFarms>,
    ledger: Arc<MemoryLedger>,
    /// Active, and named in no application yet.
    second_inspector: Actor,
    now: Timestamp,
}

impl Office {
    async fn open() -> Self {
        let ledger = MemoryLedger::shared();
        let farms = Arc::new(MemoryFarms::new(Arc::clone(&ledger)));
        let stores = MemoryCertifications::beside(Arc::clone(&farms), Arc::clone(&ledger));
        let now = at(3_600);
        let master = MasterKey::generate().unwrap();
        let second_inspector = Actor { id: owner(), role: Role::Inspector };
        let inspectors = vec![staff(Role::Inspector).id, second_inspector.id];
        let desk = Certifications::new(CertificationParts {
            applications: stores.clone(),
            certificates: stores.clone(),
            numbers: stores,
            farms: farms.clone(),
            people: Arc::new(Roster { inspectors }),
            history: ledger.clone(),
            standards: Arc::new(Standards::bundled().unwrap()),
            keyring: Keyring::open(&MemoryKeys::default(), &master, now).await.unwrap(),
            issuer: "https://gacp.example".to_owned(),
        });
        Self { desk, farms, ledger, second_inspector, now }
    }

    fn pass(&mut self, days: i64) {
        self.now += SignedDuration::from_hours(24 * days);
    }

    fn by<T>(&self, by: Actor) -> Attempt<'static, T> {
        Attempt { by, at: self.now, request_id: "request-7", once: None }
    }

    /// An approved farm with a plot of turmeric and one of cannabis.
    async fn farm(&self, name: &str) -> Farm {
        let farm = approved_farm(owner(), name);
        self.keep_farm(&farm).await;
        farm
    }

    async fn keep_farm(&self, farm: &Farm) {
        let change = gacp_farms::contract::sample::change(farm, "registered");
        self.farms.insert(farm, &change).await.unwrap();
    }

    async fn farm_now(&self, id: FarmId) -> Farm {
        self.farms.find(id, None).await.unwrap().unwrap()
    }

    async fn apply(&self, by: Actor, form: Value) -> Outcome<Dossier> {
        let draft: ApplicationDraft = serde_json::from_value(form).unwrap();
        self.desk.open(&self.by(by), Violations::check(draft)).await
    }

    /// A draft for all plots of an approved farm.
    async fn draft(&self, farm_name: &str) -> Dossier {
        let farm = self.farm(farm_name).await;
        self.apply(holder(&farm), form(&farm)).await.unwrap()
    }

    /// An application that went so far as its status.
    async fn at_status(&self, status: Status) -> Dossier {
        let mut dossier = self.draft("ไร่ขมิ้นทอง").await;
        while dossier.application.status() != status {
            dossier = self.advance(&dossier).await;
        }
        dossier
    }

    /// The next step of the straight way.
    async fn advance(&self, dossier: &Dossier) -> Dossier {
        let farmer = farmer(dossier);
        match dossier.application.status() {
            Status::Draft => self.act(dossier, farmer, Action::Submit, json!({})).await,
            Status::UnderReview => {
                let reviewer = staff(Role::Reviewer);
                self.act(dossier, reviewer, Action::ApproveDocuments, json!({})).await
            }
            Status::AwaitingInspection => {
                let reviewer = staff(Role::Reviewer);
                self.act(dossier, reviewer, Action::ScheduleInspection, visit(0)).await
            }
            Status::InspectionScheduled => {
                self.answer_all(dossier, "compliant").await.unwrap();
                let summary = json!({ "summary": "ครบถ้วน" });
                let inspector = staff(Role::Inspector);
                self.act(dossier, inspector, Action::CompleteInspection, summary).await
            }
            Status::DecisionPending => {
                self.act(dossier, staff(Role::Approver), Action::Approve, json!({})).await
            }
            _ => Ok(self.settle(dossier).await),
        }
        .unwrap()
    }

    /// Pays what is due.
    async fn settle(&self, dossier: &Dossier) -> Dossier {
        let mut fees = dossier.application.fees().iter();
        let due = *fees.find(|fee| fee.paid_at.is_none()).unwrap();
        let reference =
            format!("KB-{}-{}", dossier.application.id(), dossier.application.fees().len());
        self.pay(dossier, due.kind, due.amount_satang, &reference).await.unwrap();
        self.look(dossier).await
    }

    async fn act(
        &self,
        dossier: &Dossier,
        by: Actor,
        action: Action,
        form: Value,
    ) -> Outcome<Dossier> {
        let draft: ActionDraft = serde_json::from_value(form).unwrap();
        let target = Target { id: dossier.application.id(), expected: Expected::Any };
        self.desk.act(&self.by(by), &target, action, Violations::check(draft)).await
    }

    async fn pay(
        &self,
        dossier: &Dossier,
        kind: FeeKind,
        satang: u64,
        reference: &str,
    ) -> Outcome<Recorded> {
        let draft = PaymentDraft { kind, amount_satang: satang, gateway_ref: reference.to_owned() };
        let attempt = self.by(staff(Role::Finance));
        let id = dossier.application.id();
        self.desk.record_payment(&attempt, id, Violations::check(draft)).await
    }

    async fn answer_all(&self, dossier: &Dossier, answer: &str) -> Outcome<Dossier> {
        let ids = standard().criteria().map(|criterion| criterion.id.as_str());
        self.answer(dossier, staff(Role::Inspector), &ids.collect::<Vec<_>>(), answer).await
    }

    async fn answer(
        &self,
        dossier: &Dossier,
        by: Actor,
        criteria: &[&str],
        answer: &str,
    ) -> Outcome<Dossier> {
        let answers: Vec<Value> =
            criteria.iter().map(|id| json!({ "criterion": id, "answer": answer })).collect();
        let draft = serde_json::from_value(json!({ "answers": answers })).unwrap();
        let id = dossier.application.id();
        self.desk.answer(&self.by(by), id, Violations::check(draft)).await
    }

    async fn read(&self, by: Actor, id: ApplicationId) -> Outcome<Dossier> {
        self.desk.get(by, id, self.now).await
    }

    /// The application as its owner sees it now.
    async fn look(&self, dossier: &Dossier) -> Dossier {
        self.read(farmer(dossier), dossier.application.id()).await.unwrap()
    }

    /// What history has of a record, oldest first: action, and states where it moved.
    async fn told(&self, subject: Subject) -> Vec<String> {
        let page = self.ledger.history(subject, &PageRequest::first(100)).await.unwrap();
        page.items.iter().rev().map(|entry| entry.action.clone()).collect()
    }
}

fn holder(farm: &Farm) -> Actor {
    Actor { id: farm.owner(), role: Role::Farmer }
}

fn farmer(dossier: &Dossier) -> Actor {
    Actor { id: dossier.application.owner(), role: Role::Farmer }
}

fn stranger() -> Actor {
    Actor { id: owner(), role: Role::Farmer }
}

/// What a farmer fills in for all plots of a farm.
fn form(farm: &Farm) -> Value {
    let plots: Vec<_> = farm.plots().iter().map(gacp_farms::Plot::id).collect();
    json!({
        "farmId": farm.id(), "plotIds": plots, "standard": "thai-gacp", "requestType": "new",
        "purpose": "domestic",
        "scope": {
            "crops": ["turmeric"], "partsUsed": ["rhizome"], "activities": ["cultivation"],
        },
    })
}

/// A visit of two hours by the one inspector, some hours after the morning of 2 March 2026.
fn visit(hours: i8) -> Value {
    let time = |after: i8| format!("2026-03-02T{:02}:00:00+07:00", 9 + hours + after);
    json!({
        "inspectorId": staff(Role::Inspector).id, "startsAt": time(0), "endsAt": time(2),
        "mode": "on-site",
    })
}

fn can(dossier: &Dossier) -> Vec<Action> {
    let open = dossier.actions.iter().filter(|offer| offer.refusal.is_none());
    open.map(|offer| offer.action).collect()
}

/// Pointer and code of everything that is wrong.
fn wrong<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<(String, String)> {
    let found = match outcome {
        Err(CertificationError::Invalid(found)) => found,
        other => panic!("{other:?}"),
    };
    found.into_vec().into_iter().map(|one| (one.pointer, one.code)).collect()
}

fn at_pointer(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.to_owned(), code.to_owned())]
}

fn conflict<T: std::fmt::Debug>(outcome: Outcome<T>) -> Conflict {
    match outcome {
        Err(CertificationError::Conflict(conflict)) => conflict,
        other => panic!("{other:?}"),
    }
}

fn forbidden_by<T: std::fmt::Debug>(outcome: Outcome<T>) -> crate::Forbidden {
    match outcome {
        Err(CertificationError::Forbidden(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

fn allowed_after<T: std::fmt::Debug>(outcome: Outcome<T>) -> Vec<Action> {
    match outcome {
        Err(CertificationError::WrongStatus { allowed, .. }) => allowed,
        other => panic!("{other:?}"),
    }
}
