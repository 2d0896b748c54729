//! Scene three: the application, its fees, and the documents' review.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::farm::Farm;
use super::journey::Cast;
use super::script::Script;
use crate::bodies;
use crate::client::Reply;
use crate::people::{User, random};

/// Plays until the inspection is to be scheduled; returns the application's id.
pub(super) async fn play(script: &mut Script, cast: &Cast, farm: &Farm) -> Result<String> {
    let id = script.step("the farmer applies", applies(cast, farm)).await?;
    let path = format!("/api/certifications/{id}");
    script.step("a second application is refused", second(cast, farm)).await?;
    script.step("the farmer submits", submits(cast, &path)).await?;
    script.step("a farmer cannot mark a fee paid", cannot_pay(cast, &path)).await?;
    let fee = pays(cast, &path, "document-review", "under-review");
    script.step("FINANCE records the document fee", fee).await?;
    script.step("a REVIEWER approves the documents", documents(cast, &path)).await?;
    let fee = pays(cast, &path, "inspection", "awaiting-inspection");
    script.step("FINANCE records the inspection fee", fee).await?;
    Ok(id)
}

async fn applies(cast: &Cast, farm: &Farm) -> Result<(String, String)> {
    let body = bodies::application(&farm.id, &farm.plots);
    let reply = cast.farmer.post("/api/certifications", body).expect(201).await?;
    reply.check("/data/status", "draft")?;
    let number = reply.string("/data/number")?;
    reply.ensure(number.starts_with("APP-"), "a number that begins with APP-")?;
    let standard = reply.string("/data/standard/version")?;
    Ok((reply.string("/data/id")?, format!("{number}, thai-gacp {standard}, draft")))
}

async fn second(cast: &Cast, farm: &Farm) -> Result<((), String)> {
    let body = bodies::application(&farm.id, &farm.plots);
    let call = cast.farmer.post("/api/certifications", body);
    call.expect_problem(409, "application-exists").await?;
    Ok(((), "409 application-exists".to_owned()))
}

async fn submits(cast: &Cast, path: &str) -> Result<((), String)> {
    let reply = cast.farmer.act(path, "submit", json!({}), "awaiting-document-fee").await?;
    let satang = fee(&reply, "document-review")?;
    Ok(((), format!("awaiting-document-fee, {} THB due", satang / 100)))
}

/// The amount of a fee of an application, in satang.
fn fee(application: &Reply, kind: &str) -> Result<u64> {
    let fees = application.list("/data/fees")?;
    let amount = fees.iter().find(|fee| fee["kind"] == kind).map(|fee| &fee["amountSatang"]);
    let amount = amount.and_then(Value::as_u64);
    amount.ok_or_else(|| application.unlike(&format!("a fee of the kind {kind}")))
}

fn payment(kind: &str, satang: u64) -> Result<Value> {
    let reference = format!("PP-{:016x}", random(u64::MAX)?);
    Ok(json!({"kind": kind, "amountSatang": satang, "gatewayRef": reference}))
}

async fn cannot_pay(cast: &Cast, path: &str) -> Result<((), String)> {
    let body = payment("document-review", 500_000)?;
    let call = cast.farmer.post(format!("{path}/payments"), body);
    call.expect_problem(403, "forbidden").await?;
    Ok(((), "403 forbidden".to_owned()))
}

/// Pays the whole fee, twice with the gateway's one reference.
async fn pays(cast: &Cast, path: &str, kind: &str, leads_to: &str) -> Result<((), String)> {
    let application = cast.farmer.get(path).expect(200).await?;
    let satang = fee(&application, kind)?;
    let (payments, body) = (format!("{path}/payments"), payment(kind, satang)?);
    let first = cast.staff.finance.post(&payments, body.clone()).expect(201).await?;
    let again = cast.staff.finance.post(&payments, body).expect(200).await?;
    again.check("/data", first.at("/data").clone())?;
    cast.farmer.get(path).expect(200).await?.check("/data/status", leads_to)?;
    Ok(((), format!("{} THB, 201; the same reference 200; {leads_to}", satang / 100)))
}

async fn documents(cast: &Cast, path: &str) -> Result<((), String)> {
    let reviewer: &User = &cast.second_reviewer;
    let comment = json!({"comment": "เอกสารครบถ้วน"});
    let reply = reviewer.act(path, "approve-documents", comment, "awaiting-inspection-fee").await?;
    let actions = reply.list("/data/actions").context("a reader sees what he may do")?.len();
    Ok(((), format!("awaiting-inspection-fee; {actions} actions listed")))
}
