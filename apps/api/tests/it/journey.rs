//! The steps of a certification, as verbs.

use serde_json::{Value, json};

use crate::app::{TestApp, User};
use crate::reply::Reply;

/// Everybody who takes part in one certification.
pub(crate) struct Cast {
    pub(crate) farmer: User,
    pub(crate) reviewer: User,
    pub(crate) inspector: User,
    pub(crate) approver: User,
    pub(crate) finance: User,
}

pub(crate) fn farm_body(name: &str) -> Value {
    json!({
        "name": name,
        "farmType": "OUTDOOR",
        "address": {
            "houseNo": "99/1", "moo": "4", "tambon": "แม่เหียะ", "amphoe": "เมืองเชียงใหม่",
            "changwat": "เชียงใหม่", "postalCode": "50100"
        },
        "location": {"type": "Point", "coordinates": [98.9612, 18.7405]},
        "declaredArea": {"value": 7.0, "unit": "rai"},
    })
}

/// A square of about 1.1 ha whose south-west corner lies east of the farm's by `east` degrees.
pub(crate) fn plot_body(name: &str, east: f64) -> Value {
    let (west, south, side) = (98.9612 + east, 18.7405, 0.001);
    json!({
        "name": name,
        "crop": "cannabis",
        "method": "อินทรีย์",
        "boundary": {"type": "Polygon", "coordinates": [[
            [west, south], [west + side, south], [west + side, south + side],
            [west, south + side], [west, south]
        ]]},
    })
}

pub(crate) fn application_body(farm: &Reply) -> Value {
    json!({
        "farmId": farm.id(),
        "plotIds": [farm.data("/plots/0/id")],
        "standard": "thai-gacp",
        "requestType": "new",
        "purpose": "domestic",
        "scope": {"crops": ["cannabis"], "partsUsed": ["flower"], "activities": ["cultivation"]},
    })
}

impl User {
    /// Registers a farm with one plot; the reply is the farm.
    pub(crate) async fn registers_farm(&self, name: &str) -> Reply {
        let farm = self.post("/api/farms", &farm_body(name)).await.expect(201);
        let path = format!("/api/farms/{}", farm.id());
        self.post(&format!("{path}/plots"), &plot_body("แปลง 1", 0.0)).await.expect(201);
        self.get(&path).await.expect(200)
    }

    pub(crate) async fn pays(&self, application: &str, kind: &str, satang: u64) -> Reply {
        let reference = format!("PAY-{application}-{kind}");
        let body = json!({"kind": kind, "amountSatang": satang, "gatewayRef": reference});
        self.post(&format!("/api/certifications/{application}/payments"), &body).await
    }

    pub(crate) async fn acts(&self, application: &str, action: &str, body: Value) -> Reply {
        self.act(&format!("/api/certifications/{application}"), action, &body).await
    }

    /// Answers every criterion of the standard alike, but the first ones as given.
    pub(crate) async fn answers(&self, application: &str, first: &[&str]) -> Reply {
        let standards = self.get("/api/standards").await.expect(200);
        let version = standards.text("/0/version");
        let standard = self.get(&format!("/api/standards/thai-gacp/{version}")).await.expect(200);
        let categories = standard.data("/categories");
        let criteria = categories.as_array().unwrap().iter();
        let criteria = criteria.flat_map(|category| category["criteria"].as_array().unwrap());
        let given = first.iter().copied().chain(std::iter::repeat("compliant"));
        let answers: Vec<Value> = criteria
            .zip(given)
            .map(|(criterion, answer)| json!({"criterion": criterion["id"], "answer": answer}))
            .collect();
        let path = format!("/api/certifications/{application}/inspection/answers");
        self.post(&path, &json!({"answers": answers})).await
    }
}

impl TestApp {
    pub(crate) async fn cast(&self) -> Cast {
        Cast {
            farmer: self.farmer("สมชาย ใจดี").await,
            reviewer: self.staff("reviewer").await,
            inspector: self.staff("inspector").await,
            approver: self.staff("approver").await,
            finance: self.staff("finance").await,
        }
    }
}

impl Cast {
    /// A farm that staff have approved.
    pub(crate) async fn approved_farm(&self) -> Reply {
        let farm = self.farmer.registers_farm("สวนสมุนไพรบ้านดอย").await;
        let path = format!("/api/farms/{}", farm.id());
        self.farmer.act(&path, "submit", &json!({})).await.expect(200);
        self.reviewer.act(&path, "start-review", &json!({})).await.expect(200);
        self.reviewer.act(&path, "approve", &json!({})).await.expect(200);
        self.farmer.get(&path).await.expect(200)
    }

    /// A new application; returns its id.
    pub(crate) async fn application(&self) -> String {
        let farm = self.approved_farm().await;
        let body = application_body(&farm);
        self.farmer.post("/api/certifications", &body).await.expect(201).id()
    }

    /// An application under review.
    pub(crate) async fn under_review(&self) -> String {
        let id = self.application().await;
        self.farmer.acts(&id, "submit", json!({})).await.expect(200);
        self.finance.pays(&id, "document-review", 500_000).await.expect(201);
        id
    }

    pub(crate) fn slot(&self) -> Value {
        json!({
            "inspectorId": self.inspector.id, "mode": "on-site",
            "startsAt": "2026-01-12T02:00:00Z", "endsAt": "2026-01-12T05:00:00Z",
        })
    }

    /// An application with its inspection scheduled.
    pub(crate) async fn scheduled(&self) -> String {
        let id = self.under_review().await;
        self.reviewer.acts(&id, "approve-documents", json!({})).await.expect(200);
        self.finance.pays(&id, "inspection", 2_500_000).await.expect(201);
        self.reviewer.acts(&id, "schedule-inspection", self.slot()).await.expect(200);
        id
    }

    /// An inspected application whose first criteria were answered as given.
    pub(crate) async fn inspected(&self, first: &[&str]) -> String {
        let id = self.scheduled().await;
        self.inspector.answers(&id, first).await.expect(200);
        let summary = json!({"summary": "ตรวจครบทุกข้อ"});
        self.inspector.acts(&id, "complete-inspection", summary).await.expect(200);
        id
    }

    /// The number of a certificate that was just issued.
    pub(crate) async fn certified(&self) -> String {
        let id = self.inspected(&[]).await;
        let decided = self.approver.acts(&id, "approve", json!({})).await.expect(200);
        decided.text("/certificateNumber")
    }
}
