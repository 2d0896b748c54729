//! How each operation of the table of access is asked for.

use gacp_api::access::{Case, Row, When};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::app::{PASSWORD, registration};
use crate::journey::{farm_body, plot_body};
use crate::reply::Reply;
use crate::stage::{Caller, Stage, credentials};

/// An id that nothing has.
const NOTHING: &str = "0197b6a0-0000-7000-8000-000000000000";

/// A request that every kind of caller sends.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    method: Method,
    /// With its parameters in braces.
    path: String,
    /// Their names and values, that of the object first.
    parameters: Vec<(&'static str, String)>,
    body: Option<Value>,
    /// A body that says the password of whoever sends it.
    says_password: bool,
    /// What stands in the reply for those who may know of it.
    pub(crate) finds: Option<String>,
}

impl Ask {
    /// A request without a body.
    fn of(row: &Row, case: &Case) -> Self {
        let method = row.method().as_str().parse().unwrap();
        let path = match case.when() {
            When::Always => row.path().to_owned(),
            When::Action(name) => row.path().replace("{action}", name),
            When::Query(name, value) => format!("{}?{name}={value}", row.path()),
        };
        let parameters = Vec::new();
        Self { method, path, parameters, body: None, says_password: false, finds: None }
    }

    fn about(mut self, parameter: &'static str, id: String) -> Self {
        self.parameters.push((parameter, id));
        self
    }

    fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    fn saying_the_password(self) -> Self {
        Self { says_password: true, ..self }
    }

    fn finding(self, sought: String, query: &str) -> Self {
        Self { path: format!("{}{query}", self.path), finds: Some(sought), ..self }
    }

    /// The same request about an object that is not there.
    pub(crate) fn about_nothing(&self) -> Self {
        let mut ask = self.clone();
        NOTHING.clone_into(&mut ask.parameters[0].1);
        ask
    }

    /// Sends it beside other requests.
    pub(crate) fn sending(&self, caller: &Caller) -> JoinHandle<Reply> {
        let (ask, caller) = (self.clone(), caller.clone());
        tokio::spawn(async move { ask.sent_by(&caller).await })
    }

    pub(crate) async fn sent_by(&self, caller: &Caller) -> Reply {
        let fill = |path: String, (name, value): &(&str, String)| {
            path.replace(&format!("{{{name}}}"), value)
        };
        let path = self.parameters.iter().fold(self.path.clone(), fill);
        let request = caller.user.request(self.method.clone(), &path).header("If-Match", "*");
        let password = caller.password;
        let body = if self.says_password {
            Some(json!({"currentPassword": password, "newPassword": password}))
        } else {
            self.body.clone()
        };
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        caller.user.send(request).await
    }
}

impl Stage {
    /// A request for an operation in one of its cases, about an object that is made for it.
    pub(crate) async fn ask(&mut self, row: &Row, case: &Case) -> Ask {
        let ask = Ask::of(row, case);
        let mut steps = row.path().split('/').skip(1);
        match (steps.next(), steps.next()) {
            (Some("api"), Some("auth")) => self.ask_of_oneself(row.id(), ask).await,
            (Some("api"), Some("admin")) => self.ask_of_users(row.id(), ask).await,
            (Some("api"), Some("farms")) => self.ask_of_farms(row.id(), case, ask).await,
            (Some("api"), Some("certifications")) => {
                self.ask_of_applications(row.id(), case, ask).await
            }
            (Some("api"), Some("certificates")) => self.ask_of_certificates(row.id(), ask).await,
            _ => self.ask_in_public(row.id(), ask).await,
        }
    }

    async fn ask_of_oneself(&mut self, id: &str, ask: Ask) -> Ask {
        match id {
            "register" => ask.with(registration("คนใหม่")),
            "logIn" => ask.with(credentials(&self.guest, PASSWORD)),
            "refresh" => ask.with(json!({"refreshToken": self.guest.refresh_token})),
            "reviseProfile" => ask.with(json!({"fullName": "ชื่อ ใหม่"})),
            "changePassword" => ask.saying_the_password(),
            "showProfile" | "showLoginHistory" | "logOut" | "logOutEverywhere" => ask,
            "listSessions" => ask.finding(self.session().await, ""),
            "endSession" => ask.about("id", self.session().await),
            _ => unknown(id),
        }
    }

    async fn ask_of_users(&mut self, id: &str, ask: Ask) -> Ask {
        match id {
            "listUsers" | "listAudit" => ask,
            "enrollUser" => ask.with(self.staff_body()),
            "showUser" | "unlockUser" | "endUserSessions" => ask.about("id", self.account().await),
            "changeUser" => ask.about("id", self.account().await).with(json!({"role": "REVIEWER"})),
            _ => unknown(id),
        }
    }

    async fn ask_of_farms(&mut self, id: &str, case: &Case, ask: Ask) -> Ask {
        if let When::Action(name) = case.when() {
            return ask.about("id", self.farm_for(name).await).with(json!({"comment": "ตามรอบ"}));
        }
        if id == "registerFarm" {
            return ask.with(farm_body("สวนใหม่"));
        }
        let farm = self.farm().await;
        match id {
            "listFarms" => ask.finding(farm, "?limit=100"),
            "findFarmsNear" => ask.finding(farm, "?lon=98.9612&lat=18.7405&radiusM=1000&limit=100"),
            "searchFarms" => {
                ask.finding(farm, "").with(json!({"within": around_farms(), "limit": 100}))
            }
            "showFarm" | "archiveFarm" | "showFarmHistory" => ask.about("id", farm),
            "reviseFarm" => ask.about("id", farm).with(json!({"farmType": "GREENHOUSE"})),
            "addPlot" => ask.about("id", farm).with(plot_body("แปลง 2", 0.002)),
            "revisePlot" | "removePlot" => {
                let plot = self.plot_of(&farm).await;
                let ask = ask.about("id", farm).about("plotId", plot);
                if id == "removePlot" {
                    ask
                } else {
                    ask.with(json!({"name": "แปลงเดิม"}))
                }
            }
            _ => unknown(id),
        }
    }

    async fn ask_of_applications(&mut self, id: &str, case: &Case, ask: Ask) -> Ask {
        if let When::Action(name) = case.when() {
            let application = match case.status() {
                Some(status) => self.application_in(status).await,
                None => self.application_for(name).await,
            };
            if name == "complete-inspection" {
                self.user("INSPECTOR named").answers(&application, &[]).await.expect(200);
            }
            return ask.about("id", application).with(self.action_body(name));
        }
        if id == "openApplication" {
            return ask.with(self.application_body().await);
        }
        let status = if id == "recordAnswers" { "inspection-scheduled" } else { "draft" };
        let application = self.application_in(status).await;
        match id {
            "listApplications" => ask.finding(application, "?limit=100"),
            "showApplication" | "showApplicationHistory" => ask.about("id", application),
            "reviseApplication" => ask.about("id", application).with(json!({"purpose": "export"})),
            "recordAnswers" => ask.about("id", application).with(self.answers_body().await),
            "recordPayment" => {
                let payment = json!({"kind": "document-review", "amountSatang": 500_000,
                                     "gatewayRef": format!("PAY-{application}")});
                ask.about("id", application).with(payment)
            }
            _ => unknown(id),
        }
    }

    /// What comes with an action on an application.
    fn action_body(&mut self, action: &str) -> Value {
        match action {
            "schedule-inspection" => self.slot(),
            "reschedule" => {
                let mut slot = self.slot();
                slot.as_object_mut().unwrap().remove("inspectorId");
                slot
            }
            "complete-inspection" => json!({"summary": "ตรวจครบทุกข้อ"}),
            _ => json!({"comment": "ตรวจแล้ว"}),
        }
    }

    /// The answer to one criterion.
    async fn answers_body(&self) -> Value {
        let inspector = self.user("INSPECTOR named");
        let standards = inspector.get("/api/standards").await.expect(200);
        let (id, version) = (standards.text("/0/id"), standards.text("/0/version"));
        let standard = inspector.get(&format!("/api/standards/{id}/{version}")).await.expect(200);
        let criterion = standard.text("/categories/0/criteria/0/id");
        json!({"answers": [{"criterion": criterion, "answer": "compliant"}]})
    }

    async fn ask_of_certificates(&mut self, id: &str, ask: Ask) -> Ask {
        let number = self.certificate().await;
        match id {
            "listCertificates" => ask.finding(number, "?limit=100"),
            "showCertificate" | "verifyCertificate" => ask.about("number", number),
            "actOnCertificate" => ask.about("number", number).with(json!({"reason": "ทดสอบ"})),
            _ => unknown(id),
        }
    }

    async fn ask_in_public(&mut self, id: &str, ask: Ask) -> Ask {
        match id {
            "showStandard" => {
                let standards = self.user("ADMIN").get("/api/standards").await.expect(200);
                let (id, version) = (standards.text("/0/id"), standards.text("/0/version"));
                ask.about("id", id).about("version", version)
            }
            "listStandards"
            | "showAccessTokenKeys"
            | "showCertificateKeys"
            | "showIndex"
            | "checkLiveness"
            | "checkReadiness"
            | "describe" => ask,
            _ => unknown(id),
        }
    }
}

fn unknown(id: &str) -> ! {
    panic!("nobody knows how `{id}` is asked for: say it in tests/it/asking.rs")
}

/// A polygon in which the farms of the tests lie.
fn around_farms() -> Value {
    json!({"type": "Polygon", "coordinates": [[
        [98.5, 18.5], [99.5, 18.5], [99.5, 19.0], [98.5, 19.0], [98.5, 18.5]
    ]]})
}
