//! What holds of the whole table.

use std::collections::BTreeSet;

use gacp_certifications::{Action, Cause, TRANSITIONS, Who};
use gacp_farms::FarmAction;
use gacp_store::Role as AnyRole;

use super::*;

fn actions(row: &Row) -> Vec<(&'static str, Rule)> {
    let action = |case: &Case| match case.when() {
        When::Action(name) => Some((name, case.rule())),
        When::Always | When::Query(..) => None,
    };
    row.cases().iter().filter_map(action).collect()
}

/// The roles that may do it to some object.
fn able(rule: Rule) -> BTreeSet<AnyRole> {
    let may = |role: &AnyRole| {
        Relation::ALL.iter().any(|relation| rule.verdict(*role, *relation) == Verdict::Allowed)
    };
    AnyRole::ALL.into_iter().filter(may).collect()
}

#[test]
fn every_route_has_its_row_and_every_row_its_route() {
    let row = |row: &&Row| (row.method().to_string(), row.path().to_owned());
    let mut rows: Vec<_> = table().iter().map(row).collect();
    rows.sort_unstable();

    assert_eq!(rows, crate::routed());
    let ids: BTreeSet<_> = table().iter().map(|row| row.id()).collect();
    assert_eq!(ids.len(), table().len(), "an id is used twice");
}

#[test]
fn an_operation_is_public_in_every_case_or_in_none() {
    for row in table() {
        let public = row.cases().iter().filter(|case| case.rule().is_public()).count();
        assert!(public == 0 || public == row.cases().len(), "{}", row.id());
    }
}

#[test]
fn what_names_an_action_has_a_case_for_each_and_no_other() {
    for row in table() {
        let named = actions(row).len();
        let expected = if row.path().ends_with("/{action}") { row.cases().len() } else { 0 };
        assert_eq!(named, expected, "{}", row.id());
    }
}

#[test]
fn the_actions_on_farms_are_those_of_the_workflow_and_their_parties() {
    let rows: BTreeSet<_> =
        actions(&ACT_ON_FARM).into_iter().map(|(name, rule)| (name, able(rule))).collect();
    let workflow = |action: FarmAction| {
        let roles = AnyRole::ALL.into_iter().filter(|role| action.party().includes(*role));
        (action.as_str(), roles.collect())
    };

    assert_eq!(rows, FarmAction::ALL.into_iter().map(workflow).collect());
}

#[test]
fn the_actions_on_applications_are_those_of_the_workflow_and_their_parties() {
    let party = |who: Who| match who {
        Who::Owner => Some(Owner),
        Who::Reviewer => Some(Role(Reviewer)),
        Who::AssignedInspector => Some(InspectorNamed),
        Who::Approver => Some(Role(Approver)),
        Who::Payment | Who::Deadline => None,
    };
    let mut workflow = BTreeSet::new();
    for line in TRANSITIONS {
        if let (Cause::Asked(action), Some(party)) = (line.cause, party(line.who)) {
            workflow.insert((action.as_str(), format!("{party:?}")));
        }
    }

    let mut rows = BTreeSet::new();
    for (name, rule) in actions(&ACT_ON_APPLICATION) {
        rows.extend(rule.parties().iter().map(|party| (name, format!("{party:?}"))));
    }

    assert_eq!(rows, workflow);
    let named: BTreeSet<_> = rows.iter().map(|(name, _)| *name).collect();
    assert_eq!(named, Action::ALL.iter().map(|action| action.as_str()).collect());
}

#[test]
fn a_rule_by_status_names_states_in_which_just_these_act() {
    for case in ACT_ON_APPLICATION.cases() {
        let (When::Action(name), Some(status)) = (case.when(), case.status()) else { continue };
        let action: Action = name.parse().unwrap();
        let here = TRANSITIONS.iter().filter(|line| {
            line.cause == Cause::Asked(action)
                && line.from.iter().any(|from| from.as_str() == status)
        });
        let roles: BTreeSet<_> = here.filter_map(|line| line.who.role()).collect();
        assert_eq!(roles, able(case.rule()), "{name} in {status}");
    }
}

#[test]
fn a_guard_never_answers_for_an_object_that_it_has_not_looked_for() {
    for case in table().iter().flat_map(|row| row.cases()) {
        let Subject::One(thing) = case.rule().subject() else { continue };
        let excluded = AnyRole::ALL.into_iter().filter(|role| case.rule().excludes(*role)).count();
        // Whether an account exists is for administrators to know, and for nobody else.
        let expected = if thing == Thing::Account { AnyRole::ALL.len() - 1 } else { 0 };
        assert_eq!(excluded, expected, "{case:?}");
    }
}

#[test]
fn nobody_may_do_anything_with_what_is_not_there() {
    for case in table().iter().flat_map(|row| row.cases()) {
        let Subject::One(_) = case.rule().subject() else { continue };
        for role in AnyRole::ALL {
            let told = case.rule().verdict(role, Relation::Absent);
            assert_ne!(told, Verdict::Allowed, "{case:?} {role:?}");
        }
    }
}

#[test]
fn a_farmer_hears_of_nothing_of_another_farmers() {
    for case in table().iter().flat_map(|row| row.cases()) {
        let rule = case.rule();
        assert!(!rule.lists(AnyRole::Farmer, Relation::Stranger), "{case:?}");
        if let Subject::One(thing) = rule.subject()
            && thing != Thing::Account
        {
            let told = rule.verdict(AnyRole::Farmer, Relation::Stranger);
            assert_eq!(told, Verdict::NotFound, "{case:?}");
        }
    }
}

#[test]
fn callers_are_told_in_words() {
    assert_eq!(SHOW_FARM.who(), "the owner or staff");
    assert_eq!(
        ACT_ON_FARM.who(),
        "`submit`: the owner; `start-review`, `approve`, `reject`, `suspend`, \
         `reinstate`: REVIEWER or APPROVER"
    );
    assert_eq!(LIST_USERS.who(), "with `role=INSPECTOR`: ADMIN or REVIEWER; otherwise: ADMIN");
}

#[test]
fn the_documentation_shows_the_table_as_it_is() {
    let page = include_str!("../../../../docs/access.md");
    let start = page.find(DOC_START).expect("the start marker");
    let end = page.find(DOC_END).expect("the end marker") + DOC_END.len();

    // Not the two pages: what is wrong is seen in the diff of the one that is written.
    assert!(
        page[start..end] == render(),
        "docs/access.md is out of date: run `cargo run -p gacp-api --example access_doc`"
    );
}
