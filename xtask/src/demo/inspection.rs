//! Scene four: the inspection, four eyes, and the decision.

use anyhow::Result;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::journey::Cast;
use super::script::Script;
use crate::client::Reply;
use crate::round::Round;

/// In how many days the visit may be: from a fortnight to half a year.
const FIRST_DAY: u64 = 14;
const DAYS: u64 = 150;
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// When a visit may begin: every hour from 09:00 to 15:00 in Bangkok, which is 02:00 UTC.
const HOURS: u64 = 7;
const HOUR_SECONDS: i64 = 60 * 60;
const OPENING_SECONDS: i64 = 2 * HOUR_SECONDS;

/// So many visits of an hour do not meet: more than a run has rounds, also when midnight moves the
/// later ones by a day.
pub(crate) const VISITS: u64 = DAYS * HOURS;

/// How far from its own visit a round looks for another one; coprime to [`VISITS`].
const STRIDE: u64 = 211;

/// How often a round tries another time. Only runs against one server can meet at all.
const ATTEMPTS: u64 = 10;

/// Plays until the certificate is issued; returns its number.
pub(super) async fn play(script: &mut Script, cast: &Cast, id: &str) -> Result<String> {
    let path = format!("/api/certifications/{id}");
    let inspector = script.step("a REVIEWER lists the inspectors", inspectors(cast)).await?;
    script.step("he schedules the inspection", schedules(cast, &path, &inspector)).await?;
    let answers = script.step("the standard is public data", checklist(cast, &path)).await?;
    let half = half_answered(cast, &path, &answers);
    script.step("half a checklist is no inspection", half).await?;
    script.step("the INSPECTOR answers the rest", answered(cast, &path, &answers)).await?;
    script.step("he completes the inspection", completes(cast, &path)).await?;
    script.step("a REVIEWER cannot decide", no_approver(cast, &path)).await?;
    script.step("four eyes: the reviewer made APPROVER", four_eyes(cast, &path)).await?;
    script.step("the APPROVER approves", approves(cast, &path)).await
}

async fn inspectors(cast: &Cast) -> Result<(String, String)> {
    let path = "/api/admin/users?role=INSPECTOR&limit=100";
    let reply = cast.staff.reviewer.get(path).expect(200).await?;
    let listed = reply.list("/data")?;
    let known = listed.iter().any(|user| user["id"] == *cast.staff.inspector.id);
    reply.ensure(known, "the INSPECTOR of the demonstration data")?;
    Ok((cast.staff.inspector.id.clone(), format!("{} listed", listed.len())))
}

/// An hour in the daytime that no other round of the run has.
pub(crate) fn visit(round: Round, attempt: u64) -> Result<(Timestamp, Timestamp)> {
    let nth = (round.one_of(VISITS) + attempt * STRIDE) % VISITS;
    #[expect(clippy::disallowed_methods, reason = "the visit is planned from today on")]
    let now = Timestamp::now().as_second();
    let day = i64::try_from(FIRST_DAY + nth / HOURS)? + now / DAY_SECONDS;
    let hour = i64::try_from(nth % HOURS)?;
    let begin = day * DAY_SECONDS + OPENING_SECONDS + hour * HOUR_SECONDS;
    let begin = Timestamp::from_second(begin)?;
    Ok((begin, begin.checked_add(1.hour())?))
}

/// Asks again for another time when other runs have booked the inspector.
async fn schedules(cast: &Cast, path: &str, inspector: &str) -> Result<((), String)> {
    let mut attempt = 0;
    loop {
        let (begin, end) = visit(cast.round, attempt)?;
        let visit = json!({
            "inspectorId": inspector, "startsAt": begin, "endsAt": end, "mode": "on-site",
        });
        let call = cast.staff.reviewer.action(path, "schedule-inspection", visit).await?;
        let reply = call.send().await?;
        let booked = reply.at("/code") == "inspector-booked";
        if booked && attempt < ATTEMPTS {
            attempt += 1;
            continue;
        }
        reply.ensure(reply.status == 200, "status 200")?;
        reply.check("/data/status", "inspection-scheduled")?;
        return Ok(((), format!("on site, from {begin}")));
    }
}

/// Answers to every criterion of the standard that the application names.
async fn checklist(cast: &Cast, path: &str) -> Result<(Vec<Value>, String)> {
    let version = cast.farmer.get(path).expect(200).await?.string("/data/standard/version")?;
    let path = format!("/api/standards/thai-gacp/{version}");
    let standard = cast.staff.inspector.get(path).expect(200).await?;
    let categories = standard.list("/data/categories")?;
    let weights: u64 = categories.iter().filter_map(|category| category["weight"].as_u64()).sum();
    standard.ensure(weights == 100, "weights that sum to 100")?;
    let criteria = categories.iter().filter_map(|category| category["criteria"].as_array());
    let answers: Vec<Value> = criteria.flatten().map(compliant).collect();
    let shows = format!("{} categories, {} criteria", categories.len(), answers.len());
    Ok((answers, shows))
}

fn compliant(criterion: &Value) -> Value {
    json!({"criterion": criterion["id"], "answer": "compliant"})
}

async fn send(cast: &Cast, path: &str, answers: &[Value]) -> Result<Reply> {
    let body = json!({"answers": answers});
    cast.staff.inspector.post(format!("{path}/inspection/answers"), body).expect(200).await
}

async fn half_answered(cast: &Cast, path: &str, answers: &[Value]) -> Result<((), String)> {
    let (half, _) = answers.split_at(answers.len() / 2);
    send(cast, path, half).await?;
    let summary = json!({"summary": "ยังตรวจไม่ครบ"});
    let call = cast.staff.inspector.action(path, "complete-inspection", summary).await?;
    call.expect_problem(409, "inspection-incomplete").await?;
    Ok(((), "409 inspection-incomplete".to_owned()))
}

/// The whole list again, with one remark: what was sent before may be sent once more.
async fn answered(cast: &Cast, path: &str, answers: &[Value]) -> Result<((), String)> {
    let mut answers = answers.to_vec();
    // The first criterion applies whatever is grown and done.
    if let Some(first) = answers.first_mut() {
        first["answer"] = json!("minor");
        first["note"] = json!("คำสั่งแต่งตั้งผู้รับผิดชอบยังไม่ลงวันที่");
    }
    send(cast, path, &answers).await?;
    Ok(((), format!("{} answers, one minor", answers.len())))
}

async fn completes(cast: &Cast, path: &str) -> Result<((), String)> {
    let summary = json!({"summary": "แปลงและโรงตากเป็นไปตามเกณฑ์"});
    let inspector = &cast.staff.inspector;
    let reply = inspector.act(path, "complete-inspection", summary, "decision-pending").await?;
    reply.check("/data/score/passed", true)?;
    let percent = reply.number("/data/score/totalBp")? / 100.0;
    reply.ensure(percent < 100.0, "less than 100 % after a remark")?;
    let grade = reply.string("/data/score/grade")?;
    Ok(((), format!("decision-pending, {percent:.2} %, grade {grade}")))
}

async fn no_approver(cast: &Cast, path: &str) -> Result<((), String)> {
    let call = cast.staff.reviewer.action(path, "approve", json!({})).await?;
    call.expect_problem(403, "forbidden").await?;
    Ok(((), "403 forbidden".to_owned()))
}

/// Gives the reviewer of the documents the approver's role; the next request knows it.
async fn four_eyes(cast: &Cast, path: &str) -> Result<((), String)> {
    let reviewer = &cast.second_reviewer;
    let account = format!("/api/admin/users/{}", reviewer.id);
    let tag = cast.staff.admin.get(&account).expect(200).await?.tag()?;
    let promotion = cast.staff.admin.patch(&account, json!({"role": "APPROVER"})).if_match(&tag);
    let tag = promotion.expect(200).await?.tag()?;
    let call = reviewer.action(path, "approve", json!({})).await?;
    call.expect_problem(403, "forbidden").await?;
    let disabling = cast.staff.admin.patch(&account, json!({"status": "disabled"})).if_match(&tag);
    disabling.expect(200).await?;
    reviewer.get(path).expect_problem(401, "unauthenticated").await?;
    Ok(((), "403, for he approved the documents; disabled, his next request is 401".to_owned()))
}

async fn approves(cast: &Cast, path: &str) -> Result<(String, String)> {
    let comment = json!({"comment": "ผ่านเกณฑ์ทุกหมวด"});
    let reply = cast.staff.approver.act(path, "approve", comment, "certified").await?;
    let number = reply.string("/data/certificateNumber")?;
    reply.ensure(number.starts_with("GACP-TH-"), "a number that begins with GACP-TH-")?;
    Ok((number.clone(), format!("certified: {number}")))
}
