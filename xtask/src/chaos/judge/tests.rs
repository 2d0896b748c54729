use super::*;

const BREAKS_STORE: Breaks = Breaks::Dependency;

fn facts(status: u16, code: &str, retry_after: &str) -> Facts {
    Facts {
        status,
        kind: "application/problem+json".to_owned(),
        code: code.to_owned(),
        retry_after: retry_after.to_owned(),
    }
}

fn refusal() -> Facts {
    facts(503, "service-unavailable", "5")
}

fn success() -> Facts {
    Facts { kind: "application/json".to_owned(), ..facts(201, "", "") }
}

fn in_progress() -> Facts {
    facts(409, IN_PROGRESS, "1")
}

/// The rule that a reply to a write breaks.
fn broken(heard: &Heard, breaks: Breaks, span: Span) -> Option<Rule> {
    broken_by(heard, wish(Needs::Records, 1), Met { breaks, span, took: Duration::ZERO })
}

fn wish(needs: Needs, repeats: u32) -> Wish {
    Wish { what: "POST /api/farms", status: 201, needs, repeats, rule: Rule::Replies }
}

fn broken_by(heard: &Heard, wish: Wish, met: Met) -> Option<Rule> {
    objection(heard, wish, met).map(|(rule, _)| rule)
}

#[test]
fn while_a_dependency_is_gone_an_honest_refusal_alone_is_due() {
    for (facts, span, is_due) in [
        (success(), Span::Whole, true),
        (success(), Span::Between, true),
        (success(), Span::Broken, false),
        (refusal(), Span::Whole, false),
        (refusal(), Span::Between, true),
        (refusal(), Span::Broken, true),
    ] {
        let rule = broken(&Heard::Reply(facts.clone()), BREAKS_STORE, span);
        assert_eq!(rule.is_none(), is_due, "{facts} {span:?}");
    }
}

#[test]
fn a_refusal_is_honest_when_it_is_a_problem_and_says_when_to_come_back() {
    let plain = Facts { kind: "text/plain".to_owned(), ..refusal() };
    let others = [
        plain,
        facts(503, "storage-full", "30"),
        facts(503, "temporarily-overloaded", ""),
        facts(503, "service-unavailable", ""),
        facts(503, "service-unavailable", "0"),
        facts(503, "service-unavailable", "1.5"),
        facts(500, "internal-error", ""),
        facts(409, "farm-name-taken", ""),
        facts(401, "unauthenticated", ""),
    ];

    for facts in others {
        let rule = broken(&Heard::Reply(facts.clone()), BREAKS_STORE, Span::Between);
        assert_eq!(rule, Some(Rule::Replies), "{facts}");
    }
}

#[test]
fn a_server_that_lives_answers_and_one_that_is_killed_need_not() {
    for (breaks, span, is_due) in [
        (Breaks::Dependency, Span::Whole, false),
        (Breaks::Dependency, Span::Between, false),
        (Breaks::Dependency, Span::Broken, false),
        (Breaks::Server, Span::Whole, false),
        (Breaks::Server, Span::Between, true),
        (Breaks::Server, Span::Broken, true),
    ] {
        assert_eq!(broken(&Heard::Lost, breaks, span).is_none(), is_due, "{breaks:?} {span:?}");
    }
}

#[test]
fn a_server_that_was_killed_has_no_reason_to_refuse() {
    let refused = broken(&Heard::Reply(refusal()), Breaks::Server, Span::Between);

    assert_eq!(refused, Some(Rule::Replies));
}

#[test]
fn what_needs_the_server_alone_succeeds_while_a_dependency_is_gone() {
    let met = Met { breaks: BREAKS_STORE, span: Span::Broken, took: Duration::ZERO };
    let judged = |facts| broken_by(&Heard::Reply(facts), wish(Needs::Server, 0), met);

    assert_eq!((judged(success()), judged(refusal())), (None, Some(Rule::Replies)));
}

#[test]
fn only_a_repetition_can_be_told_to_wait_for_its_first_run() {
    let judged = |repeats, span| {
        let met = Met { breaks: BREAKS_STORE, span, took: Duration::ZERO };
        broken_by(&Heard::Reply(in_progress()), wish(Needs::Records, repeats), met)
    };

    assert_eq!(judged(1, Span::Whole), None);
    assert_eq!(judged(0, Span::Whole), Some(Rule::Replies));
    assert_eq!(judged(1, Span::Broken), Some(Rule::Replies), "who could have said so?");
}

#[test]
fn without_room_writes_alone_are_refused_and_some_still_fit() {
    let full = || Heard::Reply(facts(503, "storage-full", "30"));
    for (heard, needs, span, is_due) in [
        (full(), Needs::Room, Span::Broken, true),
        (full(), Needs::Room, Span::Between, true),
        (full(), Needs::Room, Span::Whole, false),
        (full(), Needs::Records, Span::Broken, false),
        (Heard::Reply(success()), Needs::Room, Span::Broken, true),
        (Heard::Reply(success()), Needs::Records, Span::Broken, true),
        (Heard::Reply(refusal()), Needs::Room, Span::Broken, false),
        (Heard::Reply(in_progress()), Needs::Room, Span::Broken, true),
    ] {
        let met = Met { breaks: Breaks::Space, span, took: Duration::ZERO };
        let rule = broken_by(&heard, wish(needs, 1), met);
        assert_eq!(rule.is_none(), is_due, "{heard:?} {needs:?} {span:?}");
    }
}

#[test]
fn without_a_shared_limiter_nobody_is_refused() {
    for (facts, is_due) in [
        (success(), true),
        (refusal(), false),
        (facts(503, "storage-full", "30"), false),
        (facts(500, "internal-error", ""), false),
    ] {
        let rule = broken(&Heard::Reply(facts.clone()), Breaks::Limiter, Span::Broken);
        assert_eq!(rule.is_none(), is_due, "{facts}");
    }
}

#[test]
fn who_lost_a_connection_can_lose_to_what_that_left_open() {
    let judged = |repeats, breaks, span| {
        let contended = Heard::Reply(facts(503, CONTENDED, "1"));
        let met = Met { breaks, span, took: Duration::ZERO };
        broken_by(&contended, wish(Needs::Room, repeats), met)
    };

    assert_eq!(judged(1, BREAKS_STORE, Span::Between), None);
    assert_eq!(judged(1, BREAKS_STORE, Span::Whole), None);
    assert_eq!(judged(1, BREAKS_STORE, Span::Broken), Some(Rule::Replies), "who said so?");
    assert_eq!(judged(0, BREAKS_STORE, Span::Between), None);
    assert_eq!(judged(0, BREAKS_STORE, Span::Whole), Some(Rule::Replies));
    assert_eq!(judged(1, Breaks::Space, Span::Between), Some(Rule::Replies));
}

#[test]
fn the_best_reply_is_worth_nothing_after_the_deadline() {
    let late = Met { breaks: BREAKS_STORE, span: Span::Between, took: TIMEOUT * 2 };
    let judged = |heard| broken_by(&heard, wish(Needs::Records, 0), late);

    assert_eq!(judged(Heard::Reply(success())), Some(Rule::Deadline));
    assert_eq!(judged(Heard::Late), Some(Rule::Deadline));
}
