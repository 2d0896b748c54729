//! What came of an outage of the store, for whoever judges it beside other things.

use std::time::Duration;

use super::breaches::Breaches;
use super::breaker::{Account, share};
use super::notes::Round;
use super::rules::Rule;

/// Whether something held, and what was seen of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) holds: bool,
    pub(crate) says: String,
}

/// One outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outage {
    /// The breaker opened in time.
    pub(crate) opened: Seen,
    /// It refused at once.
    pub(crate) refused: Seen,
    /// Service resumed in time.
    pub(crate) resumed: Seen,
    /// Every other rule of the drill.
    pub(crate) kept: Seen,
}

impl Outage {
    /// Without a round nothing was seen, and nothing holds.
    pub(super) fn of(round: Option<&Round>, breaches: &Breaches<Rule>) -> Self {
        let breaker = round.and_then(|round| round.breaker.clone());
        let seen = |rule: Rule, shown: Option<String>| {
            let broken = breaches.broken().find(|(broken, _)| *broken == rule);
            let holds = broken.is_none() && shown.is_some();
            let why = broken.map(|(_, example)| example.to_owned());
            let says = [shown, why].into_iter().flatten().collect::<Vec<_>>().join("; ");
            Seen { holds, says }
        };
        let recovery = round.map(|round| round.recovery);
        Self {
            opened: seen(Rule::Opens, breaker.as_ref().and_then(opening)),
            refused: seen(Rule::Prompt, breaker.as_ref().and_then(refusals)),
            resumed: seen(Rule::Resumes, breaker.zip(recovery).map(|it| resumption(&it))),
            kept: others(round, breaches),
        }
    }
}

fn opening(breaker: &Account) -> Option<String> {
    let opening = breaker.opening?;
    let (after, failures) = (opening.after.as_secs_f64(), opening.failures);
    Some(format!("open after {after:.1} s and {failures} failed calls"))
}

fn refusals(breaker: &Account) -> Option<String> {
    let of = |percent| share(&breaker.waits, percent).map(milliseconds);
    let (half, most) = (of(50)?, of(95)?);
    let refused = breaker.waits.len();
    Some(format!("half of {refused} within {half:.1} ms, 95 of 100 within {most:.1} ms"))
}

fn resumption((breaker, recovery): &(Account, Duration)) -> String {
    let (after, due) = (recovery.as_secs_f64(), breaker.due.as_secs_f64());
    format!("service {after:.1} s after MongoDB was back, {due:.1} s are due")
}

/// Everything that a drill judges beside the breaker.
fn others(round: Option<&Round>, breaches: &Breaches<Rule>) -> Seen {
    let of_breaker = [Rule::Opens, Rule::Prompt, Rule::Resumes];
    let broken: Vec<String> = breaches
        .broken()
        .filter(|(rule, _)| !of_breaker.contains(rule))
        .map(|(rule, example)| format!("BROKEN: {rule} ({example})"))
        .collect();
    let written = round.map_or(0, |round| round.acknowledged);
    let says = match broken.as_slice() {
        [] => format!("{written} writes acknowledged in the round, none lost, none twice"),
        broken => broken.join("; "),
    };
    Seen { holds: broken.is_empty() && written > 0, says }
}

fn milliseconds(wait: Duration) -> f64 {
    wait.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chaos::breaker::Opening;

    fn round() -> Round {
        let breaker = Account {
            opening: Some(Opening { after: Duration::from_millis(10_400), failures: 19 }),
            waits: (1..=20).map(Duration::from_millis).collect(),
            due: Duration::from_secs(6),
        };
        Round {
            acknowledged: 7,
            recovery: Duration::from_millis(500),
            breaker: Some(breaker),
            ..Round::default()
        }
    }

    #[test]
    fn what_was_seen_is_said() {
        let outage = Outage::of(Some(&round()), &Breaches::default());

        let seen = [&outage.opened, &outage.refused, &outage.resumed, &outage.kept];
        assert!(seen.iter().all(|seen| seen.holds), "{outage:?}");
        assert_eq!(outage.opened.says, "open after 10.4 s and 19 failed calls");
        assert_eq!(outage.refused.says, "half of 20 within 10.0 ms, 95 of 100 within 19.0 ms");
        assert_eq!(outage.resumed.says, "service 0.5 s after MongoDB was back, 6.0 s are due");
    }

    #[test]
    fn a_broken_rule_fails_its_own_part_and_no_other() {
        for (nth, rule) in [Rule::Opens, Rule::Prompt, Rule::Resumes, Rule::Kept].iter().enumerate()
        {
            let mut breaches = Breaches::default();
            breaches.add(*rule, "seen".to_owned());

            let Outage { opened, refused, resumed, kept } = Outage::of(Some(&round()), &breaches);

            for (part, seen) in [opened, refused, resumed, kept].iter().enumerate() {
                assert_eq!(seen.holds, part != nth, "{rule:?}, {seen:?}");
                assert_eq!(seen.says.contains("seen"), part == nth, "{rule:?}, {seen:?}");
            }
        }
    }

    #[test]
    fn what_was_not_seen_does_not_hold() {
        let outage = Outage::of(None, &Breaches::default());

        let Outage { opened, refused, resumed, kept } = &outage;
        assert!([opened, refused, resumed, kept].iter().all(|seen| !seen.holds), "{outage:?}");
    }
}
