//! Applications, certificates and changes to test with.

use std::sync::LazyLock;

use gacp_farms::contract::sample as farms;
use gacp_farms::{Crop, Farm, FarmStatus};
use gacp_store::{Actor, Attempt, Change, Lease, Once, Role, StoredReply, Violations, uuid::Uuid};
use jiff::Timestamp;

use crate::{
    Activity, Answer, AnswerDraft, AnswerSheet, AnswersDraft, Application, ApplicationId,
    ApplicationNumber, Appointment, Certificate, CertificateNumber, Facts, FeeKind, Grant,
    InspectionMode, Opening, PartUsed, Payment, PaymentId, Purpose, RequestType, Scope, ScopeDraft,
    Slot, Standard, Standards, Step, Term, Terms, Unsigned, history,
};

pub use gacp_farms::contract::sample::{BODY, KEY, approved_farm, at, owner};

/// So many states follow the first on the [`journey`] of an application.
pub const STEPS: usize = 7;

/// How many steps lead to a scheduled inspection.
pub const TO_SCHEDULED: usize = 5;

/// How many steps lead to a pending decision.
pub const TO_DECISION: usize = 6;

static THAI_GACP: LazyLock<Standard> =
    LazyLock::new(|| Standards::bundled().unwrap().current("thai-gacp").unwrap().clone());

/// The standard that ships with the crate.
pub fn standard() -> &'static Standard {
    &THAI_GACP
}

/// The one member of staff of a role; always the same.
pub fn staff(role: Role) -> Actor {
    let number = Role::ALL.iter().position(|one| *one == role).unwrap();
    Actor { id: Uuid::from_u128(u128::try_from(number).unwrap() + 1).into(), role }
}

/// The farmer whose application it is.
pub fn owner_of(application: &Application) -> Actor {
    Actor { id: application.owner(), role: Role::Farmer }
}

/// The scope of an application for turmeric.
pub fn scope() -> Scope {
    let draft = ScopeDraft {
        crops: vec![Crop::Turmeric],
        parts_used: vec![PartUsed::Rhizome],
        activities: vec![Activity::Cultivation, Activity::Processing],
    };
    Scope::try_from(draft).unwrap()
}

/// An application in draft for all plots of a farm, opened an hour after the farm's last change.
pub fn application(farm: &Farm, serial: u32) -> Application {
    let now = at(3_600);
    let opening = Opening {
        id: ApplicationId::at(now),
        number: ApplicationNumber::new(2026, serial).unwrap(),
        owner: farm.owner(),
        farm: farm.id(),
        request_type: RequestType::New,
        terms: Terms {
            plots: farm.plots().iter().map(gacp_farms::Plot::id).collect(),
            scope: scope(),
            purpose: Purpose::Export,
        },
    };
    Application::open(opening, standard(), now)
}

/// The application after a step that is taken an hour after the last.
pub fn taken(application: &Application, step: Step, by: Actor) -> Application {
    let facts = Facts { by, standard: standard(), farm: Some(FarmStatus::Approved) };
    let now = later(application);
    application.clone().take(step, &facts, now).unwrap().application
}

/// An hour after the last change of an application.
pub fn later(application: &Application) -> Timestamp {
    application.updated_at() + jiff::SignedDuration::from_hours(1)
}

/// A payment for an application.
pub fn payment(
    application: &Application,
    kind: FeeKind,
    satang: u64,
    gateway_ref: &str,
) -> Payment {
    let now = later(application);
    Payment {
        id: PaymentId::at(now),
        application: application.id(),
        kind,
        amount_satang: satang,
        gateway_ref: gateway_ref.to_owned(),
        recorded_by: staff(Role::Finance),
        recorded_at: now,
    }
}

/// The application after a payment.
pub fn paid(application: &Application, payment: &Payment) -> Application {
    application.clone().paid(payment, standard(), payment.recorded_at).application
}

/// The application after a payment of what is due.
pub fn settled(application: &Application) -> Application {
    let fee = *application.fees().iter().find(|fee| fee.paid_at.is_none()).unwrap();
    paid(application, &payment(application, fee.kind, fee.amount_satang, "unrecorded"))
}

/// A slot of some half hours, some half hours after the morning of 2 March 2026.
pub fn slot(first: i64, count: i64) -> Slot {
    slot_of_minutes(30 * first, 30 * (first + count))
}

/// A slot between two minutes after the morning of 2 March 2026.
pub fn slot_of_minutes(first: i64, end: i64) -> Slot {
    let morning: Timestamp = "2026-03-02T02:00:00Z".parse().unwrap();
    let after = |minutes: i64| morning + jiff::SignedDuration::from_mins(minutes);
    Slot::new(after(first), after(end)).unwrap()
}

/// An inspection at that time by the one inspector.
pub fn appointment(slot: Slot) -> Appointment {
    Appointment { inspector: staff(Role::Inspector).id, slot, mode: InspectionMode::Hybrid }
}

/// The same answer to every criterion.
pub fn answers(answer: Answer, now: Timestamp) -> AnswerSheet {
    let mut sheet = AnswerSheet::default();
    let drafts: Vec<AnswerDraft> = standard()
        .criteria()
        .map(|criterion| AnswerDraft {
            criterion: criterion.id.clone(),
            answer,
            note: Some("ตรวจแล้ว".to_owned()),
            justification: None,
        })
        .collect();
    for part in drafts.chunks(100) {
        let draft = Violations::check(AnswersDraft { answers: part.to_vec() }).unwrap();
        sheet.record(standard(), draft, staff(Role::Inspector).id, now).unwrap();
    }
    sheet
}

/// An application that is ready to be scheduled.
pub fn awaiting_inspection(draft: &Application) -> Application {
    journey(draft).into_iter().nth(TO_SCHEDULED - 1).unwrap()
}

/// The states of an application from its draft to its certificate: each replaces the one before.
pub fn journey(draft: &Application) -> Vec<Application> {
    let owner = owner_of(draft);
    let submitted = taken(draft, Step::Submit, owner);
    let reviewed = settled(&submitted);
    let approved = taken(&reviewed, Step::ApproveDocuments, staff(Role::Reviewer));
    let awaiting = settled(&approved);
    // Each application has a day of its own, so that none is in another one's way.
    let day = i64::from(draft.number().serial()) * 48;
    let scheduling = Step::ScheduleInspection(appointment(slot(day, 4)));
    let scheduled = taken(&awaiting, scheduling, staff(Role::Reviewer));
    let decidable = inspected(&scheduled, Answer::Compliant);
    let number = certificate_number(draft);
    let certified = taken(&decidable, Step::Approve(number), staff(Role::Approver));
    vec![draft.clone(), submitted, reviewed, approved, awaiting, scheduled, decidable, certified]
}

/// A scheduled application after an inspection with the same answer to everything.
///
/// Answers are a change of their own; here they come with the completion, as one state.
pub fn inspected(scheduled: &Application, answer: Answer) -> Application {
    let answered = scheduled.clone().answered(answers(answer, later(scheduled)), later(scheduled));
    let completion = Step::CompleteInspection("แปลงสะอาด เอกสารครบถ้วน".to_owned());
    let completed = taken(&answered, completion, staff(Role::Inspector));
    as_next_of(scheduled, &completed)
}

/// A later state with the revision that follows an earlier one.
fn as_next_of(earlier: &Application, later: &Application) -> Application {
    let mut record = serde_json::to_value(later).unwrap();
    record["revision"] = earlier.revision().next().get().into();
    serde_json::from_value(record).unwrap()
}

/// The number of the certificate of an application.
pub fn certificate_number(application: &Application) -> CertificateNumber {
    CertificateNumber::new(2026, application.number().serial()).unwrap()
}

/// The certificate of an application, issued at a moment, with a signature that is none.
pub fn certificate(application: &Application, now: Timestamp) -> Certificate {
    let grant = Grant {
        application: application.id(),
        holder: application.owner(),
        holder_name: "วิสาหกิจชุมชนสมุนไพรแม่ริม".to_owned(),
        farm: application.farm(),
        farm_name: "ไร่ขมิ้นทอง".to_owned(),
        province: "เชียงใหม่".to_owned(),
        plot_count: 2,
        area_m2: 23_456.789_012_3,
        scope: application.scope().clone(),
        standard: application.standard().clone(),
    };
    let number = certificate_number(application);
    let term = Term::starting(now, standard().validity_years());
    Certificate::issue(Unsigned { number, grant, term }, "e30.e30.c2ln".to_owned(), now)
}

/// An attempt of the owner at the moment of the application's last change.
pub fn attempt(application: &Application) -> Attempt<'static, Application> {
    let at = application.updated_at();
    Attempt { by: owner_of(application), at, request_id: "request-1", once: None }
}

/// What is written beside a change of an application: one entry of this action.
pub fn change(application: &Application, action: &str) -> Change {
    let attempt = attempt(application);
    let entry = attempt.entry(history::of_application(application.id()), action);
    attempt.change(vec![entry], application)
}

/// What is written beside an opening: an entry for the application and one for its farm.
pub fn opening(application: &Application, farm: &Farm) -> Change {
    let mut change = change(application, "created");
    change.entries.push(attempt(application).entry(farm.subject(), "application-opened"));
    change
}

/// What is written beside an issue: an entry for the application and one for its certificate.
pub fn issuing(application: &Application, certificate: &Certificate) -> Change {
    let mut change = change(application, "approve");
    let subject = history::of_certificate(certificate.id());
    change.entries.push(attempt(application).entry(subject, "issued"));
    change
}

/// What is written beside a change of a certificate: one entry of this action.
pub fn ruling(certificate: &Certificate, action: &str) -> Change {
    let at = certificate.updated_at();
    let by = staff(Role::Approver);
    let attempt: Attempt<'_, Certificate> = Attempt { by, at, request_id: "request-2", once: None };
    let entry = attempt.entry(history::of_certificate(certificate.id()), action);
    attempt.change(vec![entry], certificate)
}

/// A change with the reply to a request that holds [`KEY`] by this lease.
pub fn replying(mut change: Change, lease: Lease) -> Change {
    let reply = |(): &()| StoredReply {
        status: 201,
        headers: vec![("etag".to_owned(), "\"1\"".to_owned())],
        body: "รับแล้ว".as_bytes().to_vec(),
    };
    let once = Once { key: KEY, lease, reply: &reply };
    let by = staff(Role::Reviewer);
    let attempt = Attempt { by, at: farms::at(0), request_id: "request-3", once: Some(once) };
    change.receipt = attempt.change(Vec::new(), &()).receipt;
    change
}
