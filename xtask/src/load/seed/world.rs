//! Farmers with what is theirs, made as they would make it themselves.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::sleep;

use super::person::Person;
use crate::bodies::{CELLS, Corner};
use crate::client::{Api, Call, Reply};
use crate::office::{self, Office};
use crate::people::User;

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
    office: Office,
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
        Ok(Self { api: api.clone(), office: Office::open(api).await? })
    }

    /// Of those who see every farm and application.
    pub(super) fn staff_tokens(&self) -> Vec<String> {
        let staff = &self.office.staff;
        [&staff.reviewer, &staff.approver].map(|user| user.access.clone()).to_vec()
    }

    /// Makes a farmer and what is hers; what is there already stays.
    pub(super) async fn make(&self, person: &Person) -> Result<Made> {
        let registration = person.registration();
        patiently(|| self.api.post("/api/auth/register", registration.clone()), &[201, 409])
            .await?;
        let farmer = self.log_in(person).await?;
        let farm = self.farm(&farmer, person).await?;
        let application = application(&farmer, &farm).await?;
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
        self.office.farm(farmer, &person.farm_name(), Corner::of_cell(person.nth % CELLS)).await
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
        self.office.submit(farmer, &path).await?;
        if !to_the_end {
            return Ok(None);
        }
        self.office.certify(&path, nth).await.map(Some)
    }
}

async fn application(farmer: &User, farm: &str) -> Result<String> {
    if let Some(id) = first(&farmer.get("/api/certifications?limit=1").expect(200).await?) {
        return Ok(id);
    }
    office::apply(farmer, farm).await
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
