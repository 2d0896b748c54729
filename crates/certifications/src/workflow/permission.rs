//! Who may take which step now: the table of transitions, read for one application and one actor.

use gacp_farms::FarmStatus;
use gacp_store::{Actor, Role};
use thiserror::Error;

use super::{Action, Cause, Guard, TRANSITIONS, Transition, Who};
use crate::{
    AnswerSheet, Application, Inspection, Reason, Scope, Score, Scoring, Standard, scoring,
};

/// What the guards must know beside the application.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Who acts, or reads.
    pub by: Actor,
    /// The standard of the application.
    pub standard: &'a Standard,
    /// Where its farm stands; nothing when the farm was not looked at.
    pub farm: Option<FarmStatus>,
}

/// Why somebody is not allowed to act. Each text is shown to whom it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Forbidden {
    /// This takes another role, always or in the present state.
    #[error("your role does not allow you to do this")]
    Role,
    /// The application is another farmer's.
    #[error("the application belongs to somebody else")]
    NotOwner,
    /// The application was assigned to another inspector.
    #[error("the application is assigned to another inspector")]
    NotAssigned,
    /// Whoever holds the application must not judge it.
    #[error("you cannot judge an application of your own")]
    OwnApplication,
    /// Who reviewed an application does not inspect it, nor decide on it.
    #[error("you reviewed the application, so you can neither inspect it nor decide on it")]
    Reviewed,
    /// Who inspected an application does not review it, nor decide on it.
    #[error("you are its inspector, so you can neither review the application nor decide on it")]
    Inspected,
}

/// Why a step cannot be taken now. Each text is shown to whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Somebody else must take it.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Not in this state.
    #[error("the status of the application does not allow this")]
    WrongStatus,
    /// The farm is not approved.
    #[error("the farm is not approved")]
    FarmNotApproved,
    /// Criteria without an answer, by id.
    #[error("{}", unanswered(.0))]
    InspectionIncomplete(Vec<String>),
    /// The inspection did not come to what certification takes.
    #[error("the inspection was not passed")]
    NotPassed(Vec<Reason>),
}

/// An action, and why its reader cannot take it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Which action.
    pub action: Action,
    /// Why not; nothing when he can.
    pub refusal: Option<Refusal>,
}

impl Who {
    /// Whether whoever does it has reviewed the application by doing it.
    pub(crate) fn reviews(self) -> bool {
        self == Self::Reviewer
    }
}

impl Facts<'_> {
    /// What an inspection comes to. Fails with the criteria that have no answer.
    pub(crate) fn score_of(
        &self,
        inspection: Option<&Inspection>,
        scope: &Scope,
    ) -> Result<Score, Vec<String>> {
        let nothing = AnswerSheet::default();
        let answers = inspection.map_or(&nothing, Inspection::answers);
        match scoring::score(self.standard, scope, answers) {
            Scoring::Complete(outcome) => Ok(outcome),
            Scoring::Incomplete { missing } => Err(missing),
        }
    }
}

fn unanswered(criteria: &[String]) -> String {
    match criteria.len() {
        1 => "1 criterion has no answer".to_owned(),
        count => format!("{count} criteria have no answer"),
    }
}

/// Why an actor must not take an action on an application; nothing if it is his to take, be it in
/// another state. Where it can be taken in the present state, it is only for the roles that take
/// it there.
pub fn forbidden(application: &Application, action: Action, by: Actor) -> Option<Forbidden> {
    let here = |row: &Transition| row.from.contains(&application.status());
    let rows: Vec<_> = rows_for(action, by).collect();
    let for_others = rows_of(action).any(here) && !rows.iter().any(|row| here(row));
    if rows.is_empty() || for_others {
        return Some(Forbidden::Role);
    }
    let says = |who: Who| rows.iter().any(|row| row.who == who);
    if says(Who::Owner) && application.owner() != by.id {
        return Some(Forbidden::NotOwner);
    }
    if says(Who::AssignedInspector) && !is_named(application, by) {
        return Some(Forbidden::NotAssigned);
    }
    let guarded = rows.iter().any(|row| row.guards.contains(&Guard::FourEyes));
    if guarded { four_eyes(application, by) } else { None }
}

/// The row by which an actor may take an action now. Fails with the [`Refusal`] that comes first.
pub fn permit(
    application: &Application,
    action: Action,
    facts: &Facts<'_>,
) -> Result<&'static Transition, Refusal> {
    if let Some(reason) = forbidden(application, action, facts.by) {
        return Err(reason.into());
    }
    let mut refusal = Refusal::WrongStatus;
    let here = |row: &&Transition| row.from.contains(&application.status());
    for row in rows_for(action, facts.by).filter(here) {
        let mut guards = row.guards.iter();
        match guards.find_map(|guard| refused_by(*guard, application, facts)) {
            Some(reason) => refusal = reason,
            None => return Ok(row),
        }
    }
    Err(refusal)
}

/// Every action, and whether a reader can take it now.
pub fn offers(application: &Application, facts: &Facts<'_>) -> Vec<Offer> {
    let offer = |action: &Action| Offer {
        action: *action,
        refusal: permit(application, *action, facts).err(),
    };
    Action::ALL.iter().map(offer).collect()
}

/// The actions that a reader can take now.
pub fn allowed(application: &Application, facts: &Facts<'_>) -> Vec<Action> {
    let can = |action: &Action| permit(application, *action, facts).is_ok();
    Action::ALL.iter().copied().filter(can).collect()
}

/// The rows of an action that are open to an actor's role.
fn rows_for(action: Action, by: Actor) -> impl Iterator<Item = &'static Transition> {
    rows_of(action).filter(move |row| row.who.role() == Some(by.role))
}

fn rows_of(action: Action) -> impl Iterator<Item = &'static Transition> {
    TRANSITIONS.iter().filter(move |row| row.cause == Cause::Asked(action))
}

/// While nobody is named, no inspector is the wrong one: the state is.
fn is_named(application: &Application, by: Actor) -> bool {
    application.assignee().is_none_or(|inspector| inspector == by.id)
}

/// Owner, reviewer, inspector and approver are different people, whatever role they have by now.
pub(crate) fn four_eyes(application: &Application, by: Actor) -> Option<Forbidden> {
    let reviewed = application.reviewers().contains(&by.id);
    let inspected = application.assignee() == Some(by.id);
    if application.owner() == by.id {
        return Some(Forbidden::OwnApplication);
    }
    match by.role {
        Role::Reviewer | Role::Approver if inspected => Some(Forbidden::Inspected),
        Role::Inspector | Role::Approver if reviewed => Some(Forbidden::Reviewed),
        _ => None,
    }
}

/// Why a guard does not let an application pass; nothing if it does.
fn refused_by(guard: Guard, application: &Application, facts: &Facts<'_>) -> Option<Refusal> {
    let exceeded =
        application.revisions_requested() > u32::from(facts.standard.maximum_revisions());
    match guard {
        Guard::FourEyes => four_eyes(application, facts.by).map(Refusal::Forbidden),
        Guard::FarmApproved => {
            (facts.farm != Some(FarmStatus::Approved)).then_some(Refusal::FarmNotApproved)
        }
        Guard::RevisionsIncluded => exceeded.then_some(Refusal::WrongStatus),
        Guard::RevisionsExceeded => (!exceeded).then_some(Refusal::WrongStatus),
        Guard::InspectionComplete => {
            let score = facts.score_of(application.inspection(), application.scope());
            score.err().map(Refusal::InspectionIncomplete)
        }
        Guard::Passed => match application.score() {
            Some(score) if score.passed => None,
            Some(score) => Some(Refusal::NotPassed(score.reasons.clone())),
            None => Some(Refusal::WrongStatus),
        },
    }
}
