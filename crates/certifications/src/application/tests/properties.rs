//! Whatever anybody tries, in whatever order: the rules of the manual hold.
//!
//! The rules are written out here a second time, by hand, so that a wrong row of the table does
//! not prove itself right.

use gacp_farms::FarmStatus;
use gacp_store::{AccountId, Actor, uuid::Uuid};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::contract::sample::{appointment, certificate_number, slot};
use crate::workflow::{Facts, Forbidden, Refusal, allowed};
use crate::{Action, Appointment, InspectionMode};

/// Something that somebody tries.
#[derive(Debug, Clone, Copy)]
enum Attempted {
    Act { action: Action, by: Actor, farm: FarmStatus, inspector: AccountId },
    Pay { kind: FeeKind, satang: u64 },
    Answer { answer: Answer, whole: bool },
    Wait { days: i64 },
}

/// Five accounts that may turn up in any role: the first is the owner's.
fn account(number: u128) -> AccountId {
    Uuid::from_u128(0xABC0 + number).into()
}

fn actor() -> impl Strategy<Value = Actor> {
    let role = proptest::sample::select(Role::ALL.to_vec());
    (0..5_u128, role).prop_map(|(number, role)| Actor { id: account(number), role })
}

fn attempted() -> impl Strategy<Value = Attempted> {
    let action = proptest::sample::select(Action::ALL.to_vec());
    let farm = prop_oneof![8 => Just(FarmStatus::Approved), 1 => Just(FarmStatus::Suspended)];
    let act = (action, actor(), farm, 0..5_u128).prop_map(|(action, by, farm, inspector)| {
        Attempted::Act { action, by, farm, inspector: account(inspector) }
    });
    let kind = proptest::sample::select(FeeKind::ALL.to_vec());
    let satang = proptest::sample::select(vec![1, 250_000, 500_000, 2_500_000]);
    let pay = (kind, satang).prop_map(|(kind, satang)| Attempted::Pay { kind, satang });
    let answer =
        proptest::sample::select(vec![Answer::Compliant, Answer::Compliant, Answer::Major]);
    let answer = (answer, any::<bool>());
    let answer = answer.prop_map(|(answer, whole)| Attempted::Answer { answer, whole });
    let wait = (0..4_i64).prop_map(|days| Attempted::Wait { days: days * days });
    prop_oneof![20 => act, 4 => pay, 2 => answer, 1 => wait]
}

/// What happened so far, as an observer remembers it.
struct Observed {
    application: Application,
    now: Timestamp,
    reviewed: Vec<AccountId>,
    named: Option<AccountId>,
    sent_back: u32,
    paid: [u64; 2],
}

impl Observed {
    fn start() -> Self {
        let farm = approved_farm(account(0), "ไร่ขมิ้นทอง");
        let application = application(&farm, 1);
        let now = application.updated_at();
        Self { application, now, reviewed: vec![], named: None, sent_back: 0, paid: [0, 0] }
    }

    fn see(&mut self, attempted: Attempted) {
        self.now += SignedDuration::from_mins(1);
        if let Some(moved) = self.application.lapsed(self.now) {
            assert!(self.application.deadline().unwrap() <= self.now);
            self.accept(moved);
        }
        match attempted {
            Attempted::Act { action, by, farm, inspector } => self.act(action, by, farm, inspector),
            Attempted::Pay { kind, satang } => self.pay(kind, satang),
            Attempted::Answer { answer, whole } => self.answer(answer, whole),
            Attempted::Wait { days } => self.now += SignedDuration::from_hours(24 * days),
        }
    }

    fn act(&mut self, action: Action, by: Actor, farm: FarmStatus, inspector: AccountId) {
        let facts = Facts { by, standard: standard(), farm: Some(farm) };
        let offered = allowed(&self.application, &facts).contains(&action);
        let step = step(action, inspector, &self.application);
        let outcome = self.application.clone().take(step, &facts, self.now);
        assert_eq!(outcome.is_ok(), offered, "what is offered can be done, and nothing else");
        match outcome {
            Ok(moved) => {
                self.judge(action, by, farm);
                self.remember(action, by, inspector);
                self.accept(moved);
            }
            Err(refusal) => self.judge_refusal(&refusal, action, by.role),
        }
    }

    /// The rules of the manual, before the step was taken.
    fn judge(&self, action: Action, by: Actor, farm: FarmStatus) {
        let status = self.application.status();
        let owns = by.id == self.application.owner();
        let reviewed = self.reviewed.contains(&by.id);
        let inspects = self.named == Some(by.id);
        match action {
            Action::Submit | Action::Resubmit | Action::Withdraw => {
                assert!(owns && by.role == Role::Farmer);
                assert!(action != Action::Submit || farm == FarmStatus::Approved);
            }
            Action::ApproveDocuments | Action::RequestRevision | Action::ScheduleInspection => {
                assert!(by.role == Role::Reviewer && !owns && !inspects);
            }
            Action::Reschedule | Action::CompleteInspection => {
                assert!(by.role == Role::Inspector && inspects && !reviewed && !owns);
            }
            Action::Approve => {
                assert!(by.role == Role::Approver && !reviewed && !inspects && !owns);
                let score = self.application.score().unwrap();
                assert!(score.total_bp >= 8_000 && score.majors + score.criticals == 0);
            }
            Action::Reject if status == Status::UnderReview => {
                assert!(by.role == Role::Reviewer && !owns && !inspects);
            }
            Action::Reject => {
                assert!(by.role == Role::Approver && !reviewed && !inspects && !owns);
            }
        }
    }

    fn judge_refusal(&self, refusal: &Refusal, action: Action, role: Role) {
        self.judge_rejection(refusal, action, role);
        if let Refusal::NotPassed(_) = refusal {
            assert_eq!(
                (action, self.application.status()),
                (Action::Approve, Status::DecisionPending)
            );
        }
        if let Refusal::InspectionIncomplete(missing) = refusal {
            assert!(action == Action::CompleteInspection && !missing.is_empty());
        }
    }

    /// Each of two roles rejects in a state of its own: there the other must not, and elsewhere
    /// it is too early or too late for both.
    fn judge_rejection(&self, refusal: &Refusal, action: Action, role: Role) {
        let rejects_here = match self.application.status() {
            Status::UnderReview => Some(Role::Reviewer),
            Status::DecisionPending => Some(Role::Approver),
            _ => None,
        };
        let rejects = matches!(role, Role::Reviewer | Role::Approver);
        if action == Action::Reject && (!rejects || rejects_here.is_some_and(|one| one != role)) {
            assert_eq!(*refusal, Refusal::Forbidden(Forbidden::Role));
        }
        if action == Action::Reject && rejects_here.is_some() {
            assert_ne!(*refusal, Refusal::WrongStatus);
        }
    }

    fn remember(&mut self, action: Action, by: Actor, inspector: AccountId) {
        if by.role == Role::Reviewer {
            self.reviewed.push(by.id);
        }
        match action {
            Action::ScheduleInspection => self.named = Some(inspector),
            Action::RequestRevision => self.sent_back += 1,
            _ => {}
        }
    }

    fn pay(&mut self, kind: FeeKind, satang: u64) {
        let index = usize::from(kind == FeeKind::Inspection);
        self.paid[index] += satang;
        let payment = payment(&self.application, kind, satang, "unrecorded");
        let moved = self.application.clone().paid(&payment, standard(), self.now);
        self.accept(moved);
    }

    fn answer(&mut self, answer: Answer, whole: bool) {
        if self.application.status() == Status::InspectionScheduled {
            let sheet = if whole { answers(answer, self.now) } else { AnswerSheet::default() };
            self.application = self.application.clone().answered(sheet, self.now);
        }
    }

    /// What must be true of every change.
    fn accept(&mut self, moved: Moved) {
        let Moved { application, moves } = moved;
        let mut status = self.application.status();
        for step in moves {
            assert_eq!(step.from, status, "moves follow each other");
            assert!(MANUAL.contains(&(step.from, step.to)), "{step:?}");
            self.judge_fee(&application, step);
            status = step.to;
        }
        assert_eq!(application.status(), status);
        assert_eq!(application.revision(), self.application.revision().next());
        let stored = serde_json::to_string(&application).unwrap();
        assert_eq!(serde_json::from_str::<Application>(&stored).unwrap(), application);
        self.application = application;
    }

    fn judge_fee(&self, application: &Application, step: Move) {
        let due = |kind: FeeKind| {
            let fees = application.fees().iter().filter(|fee| fee.kind == kind);
            fees.filter(|fee| fee.paid_at.is_some()).map(|fee| fee.amount_satang).sum::<u64>()
        };
        assert!(self.paid[0] >= due(FeeKind::DocumentReview), "nothing is paid without money");
        assert!(self.paid[1] >= due(FeeKind::Inspection), "nothing is paid without money");
        if step.from == Status::RevisionRequested && step.to == Status::UnderReview {
            assert!(self.sent_back <= 2);
        }
        if step.from == Status::RevisionRequested && step.to == Status::AwaitingDocumentFee {
            assert!(self.sent_back > 2);
        }
    }
}

fn step(action: Action, inspector: AccountId, application: &Application) -> Step {
    match action {
        Action::Submit => Step::Submit,
        Action::ApproveDocuments => Step::ApproveDocuments,
        Action::RequestRevision => Step::RequestRevision,
        Action::Resubmit => Step::Resubmit,
        Action::Reject => Step::Reject,
        Action::ScheduleInspection => {
            Step::ScheduleInspection(Appointment { inspector, ..appointment(slot(0, 2)) })
        }
        Action::Reschedule => Step::Reschedule(slot(4, 2), InspectionMode::OnSite),
        Action::CompleteInspection => Step::CompleteInspection("ครบถ้วน".to_owned()),
        Action::Approve => Step::Approve(certificate_number(application)),
        Action::Withdraw => Step::Withdraw,
    }
}

/// The picture of the manual, arrow by arrow.
const MANUAL: &[(Status, Status)] = &[
    (Status::Draft, Status::AwaitingDocumentFee),
    (Status::AwaitingDocumentFee, Status::UnderReview),
    (Status::UnderReview, Status::Rejected),
    (Status::UnderReview, Status::RevisionRequested),
    (Status::UnderReview, Status::AwaitingInspectionFee),
    (Status::RevisionRequested, Status::UnderReview),
    (Status::RevisionRequested, Status::AwaitingDocumentFee),
    (Status::AwaitingInspectionFee, Status::AwaitingInspection),
    (Status::AwaitingInspection, Status::InspectionScheduled),
    (Status::InspectionScheduled, Status::InspectionScheduled),
    (Status::InspectionScheduled, Status::DecisionPending),
    (Status::DecisionPending, Status::Certified),
    (Status::DecisionPending, Status::Rejected),
    (Status::Draft, Status::Withdrawn),
    (Status::AwaitingDocumentFee, Status::Withdrawn),
    (Status::UnderReview, Status::Withdrawn),
    (Status::RevisionRequested, Status::Withdrawn),
    (Status::AwaitingInspectionFee, Status::Withdrawn),
    (Status::AwaitingInspection, Status::Withdrawn),
    (Status::InspectionScheduled, Status::Withdrawn),
    (Status::Draft, Status::Expired),
    (Status::AwaitingDocumentFee, Status::Expired),
    (Status::RevisionRequested, Status::Expired),
    (Status::AwaitingInspectionFee, Status::Expired),
];

proptest! {
    #[test]
    fn nobody_gets_round_the_rules(
        attempts in proptest::collection::vec(attempted(), 1..120)
    ) {
        let mut observed = Observed::start();
        for attempted in attempts {
            observed.see(attempted);
        }
    }

    /// Chance seldom gets far; so here it starts from every stage of the straight way.
    #[test]
    fn nobody_gets_round_the_rules_from_any_stage(
        stage in 0..8_usize,
        attempts in proptest::collection::vec(attempted(), 1..40)
    ) {
        let mut observed = Observed::start();
        let states = journey(&observed.application);
        observed.application = states[stage].clone();
        observed.now = observed.application.updated_at();
        observed.reviewed = observed.application.reviewers().to_vec();
        observed.named = observed.application.assignee();
        observed.paid = FeeKind::ALL
            .iter()
            .map(|kind| observed.application.received_satang(*kind))
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        for attempted in attempts {
            observed.see(attempted);
        }
    }
}
