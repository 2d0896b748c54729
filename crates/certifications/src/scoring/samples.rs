//! Small standards and answers to try scoring on.

use gacp_farms::Crop;
use gacp_store::{AccountId, Violations};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answer, AnswerDraft, AnswerSheet, AnswersDraft, Score, Scoring, score};
use crate::scope::{Activity, PartUsed, Scope, ScopeDraft};
use crate::standard::{Standard, Standards};

/// Weight, minimum and number of criteria of a category.
pub(super) type Shape = (u32, u32, usize);

/// A standard whose category 2 has the id `category-2`, and in it the criterion `criterion-2-0`.
pub(super) fn standard(shapes: &[Shape]) -> Standard {
    let categories = shapes.iter().enumerate().map(|(at, &(weight, minimum, criteria))| {
        let criteria: Vec<Value> = (0..criteria).map(|index| criterion(at, index)).collect();
        json!({
            "id": format!("category-{at}"), "title": { "th": "หมวด", "en": "Category" },
            "weight": weight, "minimum": minimum, "source": "none", "criteria": criteria,
        })
    });
    let file = json!({
        "id": "sample", "version": "2026-1", "title": { "th": "ตัวอย่าง", "en": "Sample" },
        "validityYears": 3, "surveillanceMonths": 12, "maximumRevisions": 2,
        "deadlines": {
            "draft": 1, "documentFee": 1, "review": 1, "revision": 1, "inspectionFee": 1,
            "correctiveAction": 1,
        },
        "fees": {
            "documentReview": [{ "from": "2026-01-01", "amountSatang": 1 }],
            "inspection": [{ "from": "2026-01-01", "amountSatang": 1 }],
        },
        "sources": ["none"], "categories": categories.collect::<Vec<_>>(),
    });
    Standards::parse(&file.to_string()).unwrap().current("sample").unwrap().clone()
}

fn criterion(category: usize, index: usize) -> Value {
    json!({
        "id": format!("criterion-{category}-{index}"),
        "title": { "th": "ข้อกำหนด", "en": "Criterion" },
        "obligation": "mandatory", "severity": "major",
    })
}

pub(super) fn bundled() -> Standard {
    Standards::bundled().unwrap().current("thai-gacp").unwrap().clone()
}

pub(super) fn scope(crop: Crop, activity: Activity) -> Scope {
    let draft = ScopeDraft {
        crops: vec![crop],
        parts_used: vec![PartUsed::Leaf],
        activities: vec![activity],
    };
    Scope::try_from(draft).unwrap()
}

pub(super) fn any_scope() -> Scope {
    scope(Crop::Cannabis, Activity::Cultivation)
}

pub(super) fn draft(criterion: &str, answer: Answer) -> AnswerDraft {
    let justification = (answer == Answer::NotApplicable).then(|| "ไม่มีบ่อน้ำ".to_owned());
    AnswerDraft { criterion: criterion.to_owned(), answer, note: None, justification }
}

pub(super) fn inspector() -> AccountId {
    AccountId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap()
}

pub(super) fn record(sheet: &mut AnswerSheet, standard: &Standard, answers: Vec<AnswerDraft>) {
    let draft = Violations::check(AnswersDraft { answers }).unwrap();
    sheet.record(standard, draft, inspector(), Timestamp::UNIX_EPOCH).unwrap();
}

/// A sheet with an answer to every criterion of the standard.
pub(super) fn sheet(standard: &Standard, answer: impl Fn(&str) -> Answer) -> AnswerSheet {
    let mut sheet = AnswerSheet::default();
    let drafts: Vec<_> = standard.criteria().map(|one| draft(&one.id, answer(&one.id))).collect();
    for part in drafts.chunks(500) {
        record(&mut sheet, standard, part.to_vec());
    }
    sheet
}

/// A sheet with these answers, in the order of the checklist.
pub(super) fn sheet_of(standard: &Standard, answers: &[Answer]) -> AnswerSheet {
    let criteria: Vec<_> = standard.criteria().map(|one| one.id.as_str()).collect();
    assert_eq!(criteria.len(), answers.len(), "as many answers as criteria");
    sheet(standard, |id| answers[criteria.iter().position(|one| *one == id).unwrap()])
}

pub(super) fn complete(standard: &Standard, scope: &Scope, answers: &AnswerSheet) -> Score {
    match score(standard, scope, answers) {
        Scoring::Complete(outcome) => outcome,
        Scoring::Incomplete { missing } => panic!("unanswered: {missing:?}"),
    }
}

/// The score of these answers to a standard of this shape.
pub(super) fn scored(shapes: &[Shape], answers: &[Answer]) -> Score {
    let standard = standard(shapes);
    complete(&standard, &any_scope(), &sheet_of(&standard, answers))
}
