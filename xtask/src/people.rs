//! Who plays: a farmer whom no run has seen before, and the staff of the demonstration data.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::client::{Api, Call, Reply};
use crate::interrupt;
use crate::round::Round;

/// The password of every account of the demonstration data.
pub(crate) const STAFF_PASSWORD: &str = "demo-Turmeric-2026";

/// Enough registrations to keep every core busy, few enough to be let in.
const AT_ONCE: usize = 4;

/// How often somebody comes back who is told to: on a machine with other work a hash may wait too
/// long.
const RETURNS: u32 = 20;
const A_MOMENT: Duration = Duration::from_secs(1);

/// Random numbers for what differs from run to run.
pub(crate) fn random(below: u64) -> Result<u64> {
    let number = getrandom::u64().context("the system gives no randomness")?;
    Ok(number % below)
}

/// What somebody fills in who registers.
pub(crate) struct Registration {
    pub(crate) email: String,
    pub(crate) password: &'static str,
    pub(crate) full_name: &'static str,
    pub(crate) phone: String,
    pub(crate) national_id: String,
}

impl Registration {
    /// The farmer of a round; no other round has her e-mail, phone and national ID.
    pub(crate) fn of(round: Round) -> Self {
        let number = round.number();
        Self {
            email: format!("somying.{number:08}@farm.example"),
            password: "ขมิ้นชันหอมทั้งดอย-2569",
            full_name: "สมหญิง แก้วมณี",
            phone: format!("08{number:08}"),
            national_id: national_id(100_000_000_000 + number),
        }
    }

    /// Anybody, for a registration that is refused.
    pub(crate) fn invent() -> Result<Self> {
        Ok(Self::of(Round::first()?))
    }

    /// The body of the request that registers, with some fields as given.
    pub(crate) fn body_with(&self, fields: &[(&str, &str)]) -> Value {
        let mut body = self.body();
        for (field, value) in fields {
            if let Some(place) = body.as_object_mut() {
                place.insert((*field).to_owned(), json!(value));
            }
        }
        body
    }

    /// What she logs in with.
    pub(crate) fn credentials(&self) -> Value {
        json!({"email": self.email, "password": self.password})
    }

    pub(crate) fn body(&self) -> Value {
        json!({
            "email": self.email,
            "password": self.password,
            "fullName": self.full_name,
            "phone": self.phone,
            "nationalId": self.national_id,
            "address": crate::bodies::address(),
            "consent": {"termsVersion": "2026-01", "privacyVersion": "2026-01"},
        })
    }
}

/// So many farmers whom no run has seen before; at most [`MOST`](crate::round::MOST).
pub(crate) fn invent(many: u32) -> Result<Vec<Registration>> {
    let first = Round::first()?;
    Ok((0..many).map(|nth| Registration::of(first.later(nth))).collect())
}

/// Sends registrations, a few at a time: each costs the server a hash.
pub(crate) async fn register(api: &Api, bodies: Vec<Value>) -> Result<()> {
    register_all(api, bodies, &[201]).await.map(|_new| ())
}

/// Sends registrations of people who may have registered before; says how many are new.
pub(crate) async fn register_unless_known(api: &Api, bodies: Vec<Value>) -> Result<usize> {
    register_all(api, bodies, &[201, 409]).await
}

async fn register_all(api: &Api, bodies: Vec<Value>, fine: &'static [u16]) -> Result<usize> {
    let mut new = 0;
    for few in bodies.chunks(AT_ONCE) {
        let mut registering = JoinSet::new();
        for body in few {
            registering.spawn(register_patiently(api.clone(), body.clone(), fine));
        }
        while let Some(registered) = registering.join_next().await {
            new += usize::from(registered??.status == 201);
        }
        interrupt::check()?;
    }
    Ok(new)
}

/// Registers somebody who comes back as long as there is more to do than can be done.
async fn register_patiently(api: Api, body: Value, fine: &[u16]) -> Result<Reply> {
    for _refusal in 0..RETURNS {
        let reply = api.post("/api/auth/register", body.clone()).send().await?;
        match reply.status {
            status if fine.contains(&status) => return Ok(reply),
            503 => sleep(A_MOMENT).await,
            _ => return Err(reply.unlike("status 201")),
        }
    }
    bail!("the server refuses registrations for {RETURNS} s")
}

/// So many farmers who have registered.
pub(crate) async fn registered(api: &Api, many: u32) -> Result<Vec<Registration>> {
    let people = invent(many)?;
    register(api, people.iter().map(Registration::body).collect()).await?;
    Ok(people)
}

/// Twelve digits and the check digit of the Thai national ID: weights 13 to 2, modulus 11.
pub(crate) fn national_id(twelve_digits: u64) -> String {
    let digits = twelve_digits.to_string();
    let weighted = digits.bytes().zip((2..=13).rev());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", (11 - sum % 11) % 10)
}

/// Somebody who is logged in.
pub(crate) struct User {
    api: Api,
    pub(crate) id: String,
    pub(crate) role: String,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl User {
    /// Logs in with what identifies the person: an e-mail or a national ID, and a password.
    pub(crate) async fn log_in(api: &Api, credentials: Value) -> Result<Self> {
        Self::of(api, &api.post("/api/auth/login", credentials).expect(200).await?)
    }

    /// Whoever a reply to a login is for.
    pub(crate) fn of(api: &Api, reply: &Reply) -> Result<Self> {
        reply.check("/data/tokens/tokenType", "Bearer")?;
        Ok(Self {
            api: api.clone(),
            id: reply.string("/data/user/id")?,
            role: reply.string("/data/user/role")?,
            access: reply.string("/data/tokens/accessToken")?,
            refresh: reply.string("/data/tokens/refreshToken")?,
        })
    }

    pub(crate) fn call(&self, method: Method, path: impl Into<String>) -> Call<'_> {
        self.api.call(method, path).bearer(&self.access)
    }

    pub(crate) fn get(&self, path: impl Into<String>) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: impl Into<String>, body: Value) -> Call<'_> {
        self.call(Method::POST, path).json(body)
    }

    pub(crate) fn patch(&self, path: impl Into<String>, body: Value) -> Call<'_> {
        self.call(Method::PATCH, path).json(body)
    }

    /// An action on what is at `path`, in the state in which this person sees it now.
    pub(crate) async fn action(&self, path: &str, name: &str, body: Value) -> Result<Call<'_>> {
        let tag = self.get(path).expect(200).await?.tag()?;
        Ok(self.post(format!("{path}/actions/{name}"), body).if_match(&tag))
    }

    /// Takes an action and sees that it leads where it should.
    pub(crate) async fn act(
        &self,
        path: &str,
        name: &str,
        body: Value,
        leads_to: &str,
    ) -> Result<Reply> {
        let reply = self.action(path, name, body).await?.expect(200).await?;
        reply.check("/data/status", leads_to)?;
        Ok(reply)
    }
}

/// The staff of the demonstration data, each with a session.
pub(crate) struct Staff {
    pub(crate) reviewer: User,
    pub(crate) inspector: User,
    pub(crate) approver: User,
    pub(crate) finance: User,
    pub(crate) admin: User,
}

impl Staff {
    pub(crate) async fn log_in(api: &Api) -> Result<(Self, String)> {
        let staff = Self {
            reviewer: Self::member(api, "reviewer").await?,
            inspector: Self::member(api, "inspector").await?,
            approver: Self::member(api, "approver").await?,
            finance: Self::member(api, "finance").await?,
            admin: Self::member(api, "admin").await?,
        };
        Ok((staff, "REVIEWER, INSPECTOR, APPROVER, FINANCE, ADMIN".to_owned()))
    }

    async fn member(api: &Api, name: &str) -> Result<User> {
        let email = format!("{name}@demo.example");
        User::log_in(api, json!({"email": email, "password": STAFF_PASSWORD})).await
    }
}

#[cfg(test)]
mod tests {
    use super::national_id;

    #[test]
    fn a_national_id_ends_in_its_check_digit() {
        let made = [national_id(123_456_789_012), national_id(100_000_000_000)];

        assert_eq!(made, ["1234567890121", "1000000000009"]);
    }
}
