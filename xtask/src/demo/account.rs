//! Scene one: somebody registers, logs in and looks at herself.

use anyhow::Result;
use serde_json::{Value, json};

use super::script::Script;
use crate::client::{Api, Reply};
use crate::people::{Registration, STAFF_PASSWORD, User};
use crate::round::Round;

pub(super) async fn play(
    api: &Api,
    script: &mut Script,
    round: Round,
) -> Result<(Registration, User)> {
    let person = Registration::of(round);
    script.step("registering with a role is refused", role_refused(api)).await?;
    script.step("five bad fields are named, none echoed", bad_fields(api)).await?;
    script.step("a farmer registers", registers(api, &person)).await?;
    script.step("registering twice is refused", taken(api, &person)).await?;
    script.step("log in with a wrong password", wrong_password(api, &person)).await?;
    let farmer = script.step("log in by e-mail", by_email(api, &person)).await?;
    script.step("log in by national ID", by_national_id(api, &person)).await?;
    script.step("own profile", profile(&farmer, &person)).await?;
    Ok((person, farmer))
}

/// The pointers and codes of a 422.
fn faults(reply: &Reply) -> Result<Vec<(String, String)>> {
    let text = |error: &Value, field: &str| error[field].as_str().unwrap_or_default().to_owned();
    let errors = reply.list("/errors")?.iter();
    Ok(errors.map(|error| (text(error, "pointer"), text(error, "code"))).collect())
}

async fn role_refused(api: &Api) -> Result<((), String)> {
    let body = Registration::invent()?.body_with(&[("role", "ADMIN")]);
    let reply = api.post("/api/auth/register", body).expect(422).await?;
    let named = faults(&reply)? == [("/role".to_owned(), "unknown-field".to_owned())];
    reply.ensure(named, "the one error unknown-field at /role")?;
    Ok(((), "422 /role unknown-field".to_owned()))
}

async fn bad_fields(api: &Api) -> Result<((), String)> {
    let bad = [
        ("email", "สมหญิง-at-farm"),
        ("password", "ขมิ้นชัน"),
        ("fullName", "   "),
        ("phone", "081-NO-NUMBER"),
        ("nationalId", "1234567890123"),
    ];
    let body = Registration::invent()?.body_with(&bad);
    let reply = api.post("/api/auth/register", body).expect_problem(422, "invalid-fields").await?;
    let named = faults(&reply)?;
    for (field, value) in bad {
        let pointer = format!("/{field}");
        reply.ensure(named.iter().any(|(at, _)| *at == pointer), &format!("{pointer} named"))?;
        let echoed = !value.trim().is_empty() && reply.text.contains(value);
        reply.ensure(!echoed, &format!("no echo of {field}"))?;
    }
    let shown: Vec<String> = named.iter().map(|(at, code)| format!("{at} {code}")).collect();
    Ok(((), format!("422 {}", shown.join(", "))))
}

async fn registers(api: &Api, person: &Registration) -> Result<((), String)> {
    let reply = api.post("/api/auth/register", person.body()).expect(201).await?;
    reply.check("/data/role", "FARMER")?;
    reply.check("/data/fullName", person.full_name)?;
    Ok(((), format!("{}, role FARMER", person.full_name)))
}

async fn taken(api: &Api, person: &Registration) -> Result<((), String)> {
    let other = Registration { email: Registration::invent()?.email, ..Registration::invent()? };
    let body = Registration { national_id: person.national_id.clone(), ..other }.body();
    api.post("/api/auth/register", body).expect_problem(409, "account-exists").await?;
    Ok(((), "409 account-exists for a national ID that is taken".to_owned()))
}

async fn wrong_password(api: &Api, person: &Registration) -> Result<((), String)> {
    let body = json!({"email": person.email, "password": "not-my-password-2569"});
    api.post("/api/auth/login", body).expect_problem(401, "invalid-credentials").await?;
    Ok(((), "401 invalid-credentials".to_owned()))
}

async fn by_email(api: &Api, person: &Registration) -> Result<(User, String)> {
    let body = json!({"email": person.email, "password": person.password});
    let farmer = User::log_in(api, body).await?;
    Ok((farmer, "access and refresh token".to_owned()))
}

async fn by_national_id(api: &Api, person: &Registration) -> Result<((), String)> {
    let (first, rest) = person.national_id.split_at(1);
    let body = json!({"nationalId": format!("{first}-{rest}"), "password": person.password});
    User::log_in(api, body).await?;
    Ok(((), "written with a dash".to_owned()))
}

async fn profile(farmer: &User, person: &Registration) -> Result<((), String)> {
    let reply = farmer.get("/api/auth/profile").expect(200).await?;
    let last_four: String = person.national_id.chars().skip(9).collect();
    let masked = format!("•••••••••{last_four}");
    reply.check("/data/nationalId", masked.as_str())?;
    reply.ensure(!reply.text.contains(&person.national_id), "no full national ID")?;
    let tag = reply.tag()?;
    farmer.get("/api/auth/profile").header("If-None-Match", &tag).expect(304).await?;
    Ok(((), format!("national ID {masked}; 304 for ETag {tag}")))
}

/// Makes a reviewer of this round's own, and logs him in.
pub(super) async fn enrol_reviewer(api: &Api, admin: &User, round: Round) -> Result<User> {
    let email = format!("wichai.{:08}@staff.example", round.number());
    let body = json!({
        "email": email, "fullName": "วิชัย ศรีสุข", "role": "REVIEWER", "password": STAFF_PASSWORD,
    });
    admin.post("/api/admin/users", body).expect(201).await?;
    User::log_in(api, json!({"email": email, "password": STAFF_PASSWORD})).await
}
