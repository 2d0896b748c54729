//! The office: the staff who take a farm to its approval, and an application to its certificate,
//! over HTTP and by the rules that hold for everybody.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::bodies::{self, Corner};
use crate::client::{Api, Reply};
use crate::demo::inspection::visit;
use crate::people::{Staff, User};
use crate::round::Round;

/// Whatever version something has.
pub(crate) const ANY: &str = "*";

/// How often another time is looked for where the inspector is booked.
const TIMES: u64 = 20;

/// The staff of a server with the demonstration data, each with a session.
pub(crate) struct Office {
    pub(crate) staff: Staff,
    /// The answers of an inspection that finds nothing.
    answers: Vec<Value>,
}

impl Office {
    pub(crate) async fn open(api: &Api) -> Result<Self> {
        let (staff, _names) = Staff::log_in(api).await?;
        let standard = staff.inspector.get("/api/standards").expect(200).await?;
        let version = standard.list("/data")?.iter().find(|it| it["id"] == "thai-gacp");
        let version = version.and_then(|it| it["version"].as_str()).unwrap_or_default().to_owned();
        let path = format!("/api/standards/thai-gacp/{version}");
        let standard = staff.inspector.get(path).expect(200).await?;
        let categories = standard.list("/data/categories")?.iter();
        let criteria = categories.filter_map(|category| category["criteria"].as_array()).flatten();
        let answer =
            |criterion: &Value| json!({"criterion": criterion["id"], "answer": "compliant"});
        let answers = criteria.map(answer).collect();
        Ok(Self { staff, answers })
    }

    /// A new farm of a farmer, with its plot, approved; its id.
    pub(crate) async fn farm(&self, farmer: &User, name: &str, corner: Corner) -> Result<String> {
        let body = bodies::farm(name, corner);
        let id = farmer.post("/api/farms", body).expect(201).await?.string("/data/id")?;
        let path = format!("/api/farms/{id}");
        let [plot, _] = bodies::plots(corner);
        farmer.post(format!("{path}/plots"), plot.body).expect(201).await?;
        act(farmer, &path, "submit", json!({})).await?;
        act(&self.staff.reviewer, &path, "start-review", json!({})).await?;
        act(&self.staff.approver, &path, "approve", json!({"comment": "ครบ"})).await?;
        Ok(id)
    }

    /// Takes an application of a farmer to the review of its documents.
    pub(crate) async fn submit(&self, farmer: &User, path: &str) -> Result<()> {
        act(farmer, path, "submit", json!({})).await?;
        self.pay(path, "document-review", 500_000).await
    }

    /// From the review to the certificate; its number. Whoever has another `nth` meets nobody at
    /// the inspector's.
    pub(crate) async fn certify(&self, path: &str, nth: u32) -> Result<String> {
        let Staff { reviewer, inspector, approver, .. } = &self.staff;
        act(reviewer, path, "approve-documents", json!({"comment": "ครบ"})).await?;
        self.pay(path, "inspection", 2_500_000).await?;
        self.schedule(path, nth).await?;
        let answers = json!({"answers": self.answers});
        inspector.post(format!("{path}/inspection/answers"), answers).expect(200).await?;
        act(inspector, path, "complete-inspection", json!({"summary": "ผ่าน"})).await?;
        let decided = act(approver, path, "approve", json!({"comment": "ผ่าน"})).await?;
        decided.string("/data/certificateNumber")
    }

    async fn pay(&self, path: &str, kind: &str, satang: u64) -> Result<()> {
        let reference = format!("{kind}-{}", path.rsplit('/').next().unwrap_or_default());
        let body = json!({"kind": kind, "amountSatang": satang, "gatewayRef": reference});
        self.staff.finance.post(format!("{path}/payments"), body).expect(201).await?;
        Ok(())
    }

    /// Asks for another time where the inspector is booked already.
    async fn schedule(&self, path: &str, nth: u32) -> Result<()> {
        for attempt in 0..TIMES {
            let (begin, end) = visit(Round::numbered(nth.into()), attempt)?;
            let body = json!({
                "inspectorId": self.staff.inspector.id, "startsAt": begin, "endsAt": end,
                "mode": "on-site",
            });
            let call =
                self.staff.reviewer.post(format!("{path}/actions/schedule-inspection"), body);
            let reply = call.if_match(ANY).send().await?;
            match reply.status {
                200 => return Ok(()),
                409 if reply.at("/code") == "inspector-booked" => {}
                _ => return Err(reply.unlike("status 200")),
            }
        }
        bail!("the inspector has no time")
    }
}

/// A farmer's new application for all plots of a farm; its id.
pub(crate) async fn apply(farmer: &User, farm: &str) -> Result<String> {
    let there = farmer.get(format!("/api/farms/{farm}")).expect(200).await?;
    let plots: Vec<String> = there
        .list("/data/plots")?
        .iter()
        .filter_map(|plot| plot["id"].as_str().map(str::to_owned))
        .collect();
    let body = bodies::application(farm, &plots);
    farmer.post("/api/certifications", body).expect(201).await?.string("/data/id")
}

async fn act(who: &User, path: &str, action: &str, body: Value) -> Result<Reply> {
    who.post(format!("{path}/actions/{action}"), body).if_match(ANY).expect(200).await
}
