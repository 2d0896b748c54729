//! Everybody who can call, and the objects that they call about.

use std::str::FromStr as _;

use gacp_api::access::{CALLERS, Relation};
use gacp_certifications::{Action, Cause};
use gacp_farms::FarmAction;
use gacp_store::Role;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::app::{DEMO_PASSWORD, PASSWORD, TestApp, User};
use crate::journey::application_body;
use crate::reply::Reply;

/// One kind of caller.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) name: &'static str,
    pub(crate) user: User,
    pub(crate) password: &'static str,
    /// His role, and how he stands to the objects of the stage; nothing when he is nobody.
    pub(crate) standing: Option<(Role, Relation)>,
}

pub(crate) struct Stage {
    app: TestApp,
    /// A farmer who is no caller: whose password and refresh token everybody may know.
    pub(crate) guest: User,
    pub(crate) callers: Vec<Caller>,
    certificate: Option<String>,
    /// Numbers what has to be new.
    serial: u32,
}

impl Stage {
    /// A server, and every kind of caller but one: a disabled account could do nothing before.
    pub(crate) async fn set() -> Self {
        let app = TestApp::start().await;
        let expired = app.farmer("สมชาย ใจดี").await;
        app.clock.advance(SignedDuration::from_mins(16));
        let owner = expired.anybody().log_in(&credentials(&expired, PASSWORD)).await;
        let ended = expired.anybody().log_in(&credentials(&expired, PASSWORD)).await;
        ended.post("/api/auth/logout", &json!({})).await.expect(204);
        let garbage = User { token: Some("eyJhbGciOiJub25lIn0.e30.x".to_owned()), ..app.anyone() };
        let nobody = app.anyone();

        let nobodies =
            [("nobody", nobody), ("garbage", garbage), ("expired", expired), ("ended", ended)];
        let mut callers = Vec::from(nobodies.map(|(name, user)| Caller::nobody(name, user)));
        for (name, role, relation) in CALLERS {
            let (user, password) = match name {
                "owner" => (owner.clone(), PASSWORD),
                "other farmer" => (app.farmer("คนอื่น").await, PASSWORD),
                "other INSPECTOR" => (app.another("INSPECTOR").await, PASSWORD),
                _ => (app.staff(&role.as_str().to_lowercase()).await, DEMO_PASSWORD),
            };
            callers.push(Caller { name, user, password, standing: Some((role, relation)) });
        }
        let guest = app.farmer("แขก").await;
        Self { app, guest, callers, certificate: None, serial: 0 }
    }

    /// A caller by his name.
    pub(crate) fn user(&self, name: &str) -> &User {
        let caller = self.callers.iter().find(|caller| caller.name == name);
        &caller.unwrap_or_else(|| panic!("nobody is the {name}")).user
    }

    /// Lets a caller who ended his own session come back.
    pub(crate) async fn returns(&mut self, index: usize) {
        let Caller { user, password, .. } = &self.callers[index];
        if user.get("/api/auth/profile").await.status == 401 {
            let user = user.anybody().log_in(&credentials(user, password)).await;
            self.callers[index].user = user;
        }
    }

    /// The owner as he is once his account is disabled.
    pub(crate) async fn disable_the_owner(&self) -> Caller {
        let owner = self.user("owner").clone();
        let path = format!("/api/admin/users/{}", owner.id);
        self.user("ADMIN").patch(&path, &json!({"status": "disabled"})).await.expect(200);
        Caller::nobody("disabled", owner)
    }

    fn serial(&mut self) -> u32 {
        self.serial += 1;
        self.serial
    }

    /// What enrolls a member of staff whom nobody knows.
    pub(crate) fn staff_body(&mut self) -> Value {
        let email = format!("clerk{}@staff.example", self.serial());
        json!({"email": email, "fullName": "วิชัย ใจดี", "role": "FINANCE", "password": PASSWORD})
    }

    /// An account that is used for nothing else; its id.
    pub(crate) async fn account(&mut self) -> String {
        let body = self.staff_body();
        self.user("ADMIN").post("/api/admin/users", &body).await.expect(201).id()
    }

    /// A session of the owner beside the one that he uses; its id.
    pub(crate) async fn session(&self) -> String {
        let farmer = self.user("owner");
        let elsewhere = farmer.anybody().log_in(&credentials(farmer, PASSWORD)).await;
        let sessions = elsewhere.get("/api/auth/sessions").await.expect(200).data("");
        let current = sessions.as_array().unwrap().iter().find(|row| row["current"] == json!(true));
        current.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// A new farm of the owner, as the table of its workflow needs it for an action; its id.
    pub(crate) async fn farm_for(&mut self, action: &str) -> String {
        let action = FarmAction::from_str(action).unwrap();
        let line = gacp_farms::TRANSITIONS.iter().find(|line| line.action == action);
        let status = line.unwrap().from.as_str();
        let farm = self.farm().await;
        for (from, step) in [
            ("draft", "submit"),
            ("pending-review", "start-review"),
            ("under-review", "approve"),
            ("approved", "suspend"),
        ] {
            if from == status {
                break;
            }
            let actor = if from == "draft" { self.user("owner") } else { self.user("REVIEWER") };
            let note = json!({"comment": "ตามรอบ"});
            actor.act(&format!("/api/farms/{farm}"), step, &note).await.expect(200);
        }
        farm
    }

    /// A new farm of the owner, with one plot; its id.
    pub(crate) async fn farm(&mut self) -> String {
        let name = format!("สวน {}", self.serial());
        self.user("owner").registers_farm(&name).await.id()
    }

    /// The id of the first plot of a farm.
    pub(crate) async fn plot_of(&self, farm: &str) -> String {
        let farm = self.user("owner").get(&format!("/api/farms/{farm}")).await.expect(200);
        farm.text("/plots/0/id")
    }

    /// What opens an application for a new farm of the owner that is approved.
    pub(crate) async fn application_body(&mut self) -> Value {
        let farm = self.farm_for("suspend").await;
        let farm = self.user("owner").get(&format!("/api/farms/{farm}")).await.expect(200);
        application_body(&farm)
    }

    /// A new application, as the table of the workflow needs it for an action; its id.
    pub(crate) async fn application_for(&mut self, action: &str) -> String {
        let action = Action::from_str(action).unwrap();
        let mut lines = gacp_certifications::TRANSITIONS.iter();
        let line = lines.find(|line| line.cause == Cause::Asked(action)).unwrap();
        self.application_in(line.from[0].as_str()).await
    }

    /// A new application of the owner in a status; its id.
    pub(crate) async fn application_in(&mut self, status: &str) -> String {
        let body = self.application_body().await;
        let slot = self.slot();
        let owner = self.user("owner");
        let opened = owner.post("/api/certifications", &body).await.expect(201);
        let (id, mut now) = (opened.id(), opened.text("/status"));
        while now != status {
            let step = self.step(&id, (&now, status), &slot).await;
            assert!((200..300).contains(&step.status), "{step:?}");
            now = match step.data("/status") {
                Value::String(status) => status,
                // A payment says nothing of the application.
                _ => owner.get(&format!("/api/certifications/{id}")).await.text("/status"),
            };
        }
        id
    }

    /// The next step of an application on its way from one status to another.
    async fn step(&self, id: &str, (from, to): (&str, &str), slot: &Value) -> Reply {
        let (owner, reviewer) = (self.user("owner"), self.user("REVIEWER"));
        let (inspector, finance) = (self.user("INSPECTOR named"), self.user("FINANCE"));
        match from {
            "draft" => owner.acts(id, "submit", json!({})).await,
            "awaiting-document-fee" => finance.pays(id, "document-review", 500_000).await,
            "under-review" if to == "revision-requested" => {
                reviewer.acts(id, "request-revision", json!({"comment": "แก้ไข"})).await
            }
            "under-review" => reviewer.acts(id, "approve-documents", json!({})).await,
            "awaiting-inspection-fee" => finance.pays(id, "inspection", 2_500_000).await,
            "awaiting-inspection" => reviewer.acts(id, "schedule-inspection", slot.clone()).await,
            "inspection-scheduled" => {
                inspector.answers(id, &[]).await.expect(200);
                let summary = json!({"summary": "ตรวจครบทุกข้อ"});
                inspector.acts(id, "complete-inspection", summary).await
            }
            "decision-pending" => self.user("APPROVER").acts(id, "approve", json!({})).await,
            _ => panic!("no way from {from} to {to}"),
        }
    }

    /// An inspection on a day on which the inspector has no other.
    pub(crate) fn slot(&mut self) -> Value {
        let day = self.app.clock.now() + SignedDuration::from_hours(24 * i64::from(self.serial()));
        json!({
            "inspectorId": self.user("INSPECTOR named").id, "mode": "on-site",
            "startsAt": day, "endsAt": day + SignedDuration::from_hours(3),
        })
    }

    /// The number of a certificate of the owner.
    pub(crate) async fn certificate(&mut self) -> String {
        if let Some(number) = &self.certificate {
            return number.clone();
        }
        let id = self.application_in("certified").await;
        let application = self.user("owner").get(&format!("/api/certifications/{id}")).await;
        let number = application.expect(200).text("/certificateNumber");
        self.certificate = Some(number.clone());
        number
    }
}

impl Caller {
    fn nobody(name: &'static str, user: User) -> Self {
        Self { name, user, password: PASSWORD, standing: None }
    }
}

pub(crate) fn credentials(user: &User, password: &str) -> Value {
    json!({"email": user.email, "password": password})
}
