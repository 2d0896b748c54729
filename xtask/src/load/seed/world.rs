//! Farmers with what is theirs, made as they would make it themselves.

use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::person::Person;
use crate::bodies::{self, CELLS, Corner};
use crate::client::{Api, Call, Reply};
use crate::demo::inspection::visit;
use crate::people::{Staff, User};
use crate::round::Round;

/// Whatever version something has.
const ANY: &str = "*";

/// How often somebody comes back who is told to.
const RETURNS: u32 = 20;
const A_MOMENT: Duration = Duration::from_millis(500);

/// Of so many farmers one has a certificate, and another's application is under review.
const ONE_OF: u32 = 10;
/// More certificates say nothing new, and each needs a visit of the one inspector.
const MOST_CERTIFICATES: u32 = 50;

/// A server, and those who decide on it.
pub(super) struct World {
    api: Api,
    staff: Staff,
    answers: Vec<Value>,
}

/// What is known of a farmer afterwards.
pub(super) struct Made {
    pub(super) nth: u32,
    pub(super) access: String,
    pub(super) farm: String,
    pub(super) application: String,
    pub(super) certificate: Option<String>,
}

impl World {
    pub(super) async fn open(api: &Api) -> Result<Self> {
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
        Ok(Self { api: api.clone(), staff, answers })
    }

    /// Of those who see every farm and application.
    pub(super) fn staff_tokens(&self) -> Vec<String> {
        [&self.staff.reviewer, &self.staff.approver].map(|user| user.access.clone()).to_vec()
    }

    /// Makes a farmer and what is hers; what is there already stays.
    pub(super) async fn make(&self, person: &Person) -> Result<Made> {
        let registration = person.registration();
        patiently(|| self.api.post("/api/auth/register", registration.clone()), &[201, 409])
            .await?;
        let farmer = self.log_in(person).await?;
        let farm = self.farm(&farmer, person).await?;
        let application = self.application(&farmer, &farm).await?;
        let certificate = self.further(&farmer, person.nth, &application).await?;
        let access = farmer.access;
        Ok(Made { nth: person.nth, access, farm, application, certificate })
    }

    async fn log_in(&self, person: &Person) -> Result<User> {
        let login = || self.api.post("/api/auth/login", person.credentials());
        User::of(&self.api, &patiently(login, &[200]).await?)
    }

    /// The farmer's farm, with its plot, approved.
    async fn farm(&self, farmer: &User, person: &Person) -> Result<String> {
        if let Some(id) = first(&farmer.get("/api/farms?limit=1").expect(200).await?) {
            return Ok(id);
        }
        let corner = Corner::of_cell(person.nth % CELLS);
        let body = bodies::farm(&person.farm_name(), corner);
        let id = farmer.post("/api/farms", body).expect(201).await?.string("/data/id")?;
        let path = format!("/api/farms/{id}");
        let [plot, _] = bodies::plots(corner);
        farmer.post(format!("{path}/plots"), plot.body).expect(201).await?;
        act(farmer, &path, "submit", json!({})).await?;
        act(&self.staff.reviewer, &path, "start-review", json!({})).await?;
        act(&self.staff.approver, &path, "approve", json!({"comment": "ครบ"})).await?;
        Ok(id)
    }

    async fn application(&self, farmer: &User, farm: &str) -> Result<String> {
        if let Some(id) = first(&farmer.get("/api/certifications?limit=1").expect(200).await?) {
            return Ok(id);
        }
        let there = farmer.get(format!("/api/farms/{farm}")).expect(200).await?;
        let plots: Vec<String> = there
            .list("/data/plots")?
            .iter()
            .filter_map(|plot| plot["id"].as_str().map(str::to_owned))
            .collect();
        let body = bodies::application(farm, &plots);
        farmer.post("/api/certifications", body).expect(201).await?.string("/data/id")
    }

    /// Takes some applications to the review, and some to their certificate.
    async fn further(&self, farmer: &User, nth: u32, id: &str) -> Result<Option<String>> {
        let (stage, path) = (nth % ONE_OF, format!("/api/certifications/{id}"));
        let to_the_end = stage == 0 && nth / ONE_OF < MOST_CERTIFICATES;
        if stage > 1 || stage == 0 && !to_the_end {
            return Ok(None);
        }
        let now = farmer.get(&path).expect(200).await?;
        if now.at("/data/status") == "certified" {
            return now.string("/data/certificateNumber").map(Some);
        }
        if now.at("/data/status") != "draft" {
            return Ok(None);
        }
        act(farmer, &path, "submit", json!({})).await?;
        self.pay(&path, "document-review", 500_000).await?;
        if !to_the_end {
            return Ok(None);
        }
        self.certify(&path, nth).await.map(Some)
    }

    async fn pay(&self, path: &str, kind: &str, satang: u64) -> Result<()> {
        let reference = format!("{kind}-{}", path.rsplit('/').next().unwrap_or_default());
        let body = json!({"kind": kind, "amountSatang": satang, "gatewayRef": reference});
        self.staff.finance.post(format!("{path}/payments"), body).expect(201).await?;
        Ok(())
    }

    /// From the review to the certificate; its number.
    async fn certify(&self, path: &str, nth: u32) -> Result<String> {
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

    /// Asks for another time where the inspector is booked already.
    async fn schedule(&self, path: &str, nth: u32) -> Result<()> {
        for attempt in 0..u64::from(RETURNS) {
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

async fn act(who: &User, path: &str, action: &str, body: Value) -> Result<Reply> {
    who.post(format!("{path}/actions/{action}"), body).if_match(ANY).expect(200).await
}

/// The id of the first of a list.
fn first(list: &Reply) -> Option<String> {
    list.string("/data/0/id").ok()
}

/// Comes back as long as there is more to do than can be done.
async fn patiently<'a>(call: impl Fn() -> Call<'a>, fine: &[u16]) -> Result<Reply> {
    for _refusal in 0..RETURNS {
        let reply = call().send().await?;
        match reply.status {
            status if fine.contains(&status) => return Ok(reply),
            503 => sleep(A_MOMENT).await,
            429 => {
                bail!(
                    "the server limits how many may come: start it with GACP_RATE_LIMIT__… raised"
                )
            }
            _ => return Err(reply.unlike(&format!("one of {fine:?}"))),
        }
    }
    bail!("the server refuses for too long")
}
