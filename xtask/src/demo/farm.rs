//! Scene two: a farm, its plots, and the staff's word on it.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::script::Script;
use crate::bodies::{self, CELLS, Corner, Plot};
use crate::people::{Staff, User, random};
use crate::round::Round;

/// A farm that staff have approved.
pub(super) struct Farm {
    pub(super) id: String,
    pub(super) plots: Vec<String>,
}

pub(super) async fn play(
    script: &mut Script,
    farmer: &User,
    staff: &Staff,
    round: Round,
) -> Result<Farm> {
    let cell = u32::try_from(round.one_of(CELLS.into())).context("no such cell")?;
    let corner = Corner::of_cell(cell);
    let id = script.step("a farm, sent twice with one key", registers(farmer, corner)).await?;
    let path = format!("/api/farms/{id}");
    script.step("a boundary that crosses itself", crossed(farmer, &path, corner)).await?;
    let mut plots = Vec::new();
    for plot in bodies::plots(corner) {
        plots.push(script.step("a plot is measured", adds(farmer, &path, plot)).await?);
    }
    script.step("If-Match: missing, stale, current", preconditions(farmer, &path)).await?;
    script.step("the farmer submits the farm", submits(farmer, &path)).await?;
    script.step("staff review and approve it", review(staff, &path)).await?;
    Ok(Farm { id, plots })
}

async fn registers(farmer: &User, corner: Corner) -> Result<(String, String)> {
    let key = format!("demo-{:016x}", random(u64::MAX)?);
    let body = bodies::farm("สวนขมิ้นชันบ้านดอย", corner);
    let send = |body: Value| farmer.post("/api/farms", body).idempotency_key(&key);
    let first = send(body.clone()).expect(201).await?;
    let id = first.string("/data/id")?;
    first.check("/data/status", "draft")?;
    let again = send(body).expect(201).await?;
    again.check("/data/id", id.as_str())?;
    let replayed = again.header("idempotency-replayed") == Some("true");
    again.ensure(replayed, "Idempotency-Replayed: true")?;
    let other = bodies::farm("สวนอื่น", corner);
    send(other).expect_problem(422, "idempotency-key-reused").await?;
    Ok((id, "201, then the same 201 replayed; another body 422".to_owned()))
}

async fn crossed(farmer: &User, path: &str, corner: Corner) -> Result<((), String)> {
    let call = farmer.post(format!("{path}/plots"), bodies::bow_tie(corner));
    let reply = call.expect_problem(422, "invalid-fields").await?;
    let pointer = reply.string("/errors/0/pointer")?;
    reply.ensure(pointer.starts_with("/boundary"), "an error at the boundary")?;
    Ok(((), format!("422 at {pointer}")))
}

async fn adds(farmer: &User, path: &str, plot: Plot) -> Result<(String, String)> {
    let reply = farmer.post(format!("{path}/plots"), plot.body).expect(201).await?;
    let measured = reply.number("/data/areaM2")?;
    let near = (measured - plot.area_m2).abs() <= plot.area_m2 * 0.01;
    reply.ensure(near, &format!("an area within 1 % of {} m²", plot.area_m2))?;
    Ok((reply.string("/data/id")?, format!("{}: {measured:.0} m²", plot.name)))
}

async fn preconditions(farmer: &User, path: &str) -> Result<((), String)> {
    let change = || farmer.patch(path, json!({"farmType": "MIXED"}));
    change().expect_problem(428, "precondition-required").await?;
    change().if_match("\"1\"").expect_problem(412, "stale-version").await?;
    let tag = farmer.get(path).expect(200).await?.tag()?;
    let reply = change().if_match(&tag).expect(200).await?;
    reply.check("/data/farmType", "MIXED")?;
    Ok(((), format!("428, 412, 200: {tag} became {}", reply.tag()?)))
}

async fn submits(farmer: &User, path: &str) -> Result<((), String)> {
    farmer.act(path, "submit", json!({}), "pending-review").await?;
    Ok(((), "pending-review".to_owned()))
}

async fn review(staff: &Staff, path: &str) -> Result<((), String)> {
    staff.reviewer.act(path, "start-review", json!({}), "under-review").await?;
    let comment = json!({"comment": "พิกัดแปลงตรงกับเอกสารสิทธิ์"});
    staff.approver.act(path, "approve", comment, "approved").await?;
    Ok(((), "under-review, approved".to_owned()))
}
