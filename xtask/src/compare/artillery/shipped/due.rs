//! What a figure of a run should be, and whether it is.

use std::fmt;

/// How many standard deviations chance is given. Beyond five lies one run of 1.7 million, of a normal
/// distribution.
const MOST_DEVIATIONS: f64 = 5.0;

/// What is lost in rounding.
const ROUNDING: f64 = 1e-6;

/// What is due of one tool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Due {
    Exactly(u64),
    /// So many by chance.
    About {
        mean: f64,
        deviation: f64,
    },
}

impl Due {
    /// Of so many tries of that chance: the binomial distribution.
    pub(super) fn by_chance(tries: u64, chance: f64) -> Self {
        let deviation = (number(tries) * chance * (1.0 - chance)).max(0.0).sqrt();
        if deviation < ROUNDING {
            return Self::Exactly(if chance > 0.5 { tries } else { 0 });
        }
        Self::About { mean: number(tries) * chance, deviation }
    }

    fn holds(self, count: u64) -> bool {
        match self {
            Self::Exactly(due) => count == due,
            Self::About { mean, deviation } => {
                (number(count) - mean).abs() <= MOST_DEVIATIONS * deviation
            }
        }
    }

    fn deviation(self) -> Option<f64> {
        match self {
            Self::Exactly(_) => None,
            Self::About { deviation, .. } => Some(deviation),
        }
    }
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(due) => write!(f, "{due}"),
            Self::About { mean, deviation } => {
                write!(f, "{mean:.1} ± {:.1}", MOST_DEVIATIONS * deviation)
            }
        }
    }
}

/// One figure of both tools.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) what: String,
    /// Artillery's, and what is due of it.
    pub(super) theirs: (u64, Due),
    pub(super) ours: (u64, Due),
    /// Why the tools are known to differ; nothing where they should not.
    pub(super) known: Option<&'static str>,
}

impl Line {
    pub(super) fn holds(&self) -> bool {
        let ((theirs, of_theirs), (ours, of_ours)) = (self.theirs, self.ours);
        let each = of_theirs.holds(theirs) && of_ours.holds(ours);
        each && self.most_apart().is_none_or(|most| number(theirs.abs_diff(ours)) <= most)
    }

    /// How far chance may take the two from each other.
    fn most_apart(&self) -> Option<f64> {
        let (theirs, ours) = (self.theirs.1.deviation()?, self.ours.1.deviation()?);
        Some(MOST_DEVIATIONS * theirs.hypot(ours))
    }

    /// The figure in a sentence.
    pub(super) fn told(&self) -> String {
        let Self { what, theirs: (theirs, of_theirs), ours: (ours, of_ours), .. } = self;
        let apart = self.most_apart().map(|most| format!(", at most {most:.1} apart"));
        let apart = apart.unwrap_or_default();
        format!("{what}: artillery {theirs} (due {of_theirs}), ours {ours} (due {of_ours}){apart}")
    }
}

/// A row of a table in Markdown.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, theirs: (theirs, of_theirs), ours: (ours, of_ours), known } = self;
        let due = if of_theirs == of_ours {
            of_ours.to_string()
        } else {
            format!("{of_theirs}; ours {of_ours}")
        };
        let verdict = match known {
            _ if !self.holds() => "**different**",
            Some(why) => why,
            None => "as due",
        };
        write!(f, "| {what} | {due} | {theirs} | {ours} | {verdict} |")
    }
}

fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Due, Line};

    fn line(theirs: (u64, Due), ours: (u64, Due)) -> Line {
        Line { what: "logins".to_owned(), theirs, ours, known: None }
    }

    #[test]
    fn what_is_exact_is_so_in_both() {
        let due = Due::Exactly(111);

        assert!(line((111, due), (111, due)).holds());
        assert!(!line((111, due), (110, due)).holds());
        assert!(!line((110, due), (111, due)).holds());
        let row = line((111, due), (110, due)).to_string();
        assert_eq!(row, "| logins | 111 | 111 | 110 | **different** |");
    }

    #[test]
    fn chance_has_a_bound_on_either_side() {
        let due = Due::by_chance(1_100, 1.0 / 11.0); // 100 ± 47.7

        for (count, holds) in [(52, false), (53, true), (100, true), (147, true), (148, false)] {
            assert_eq!(line((count, due), (100, due)).holds(), holds, "artillery {count}");
            assert_eq!(line((100, due), (count, due)).holds(), holds, "ours {count}");
        }
    }

    #[test]
    fn two_that_are_each_within_their_bound_may_be_too_far_apart() {
        let due = Due::by_chance(1_100, 1.0 / 11.0); // 67.4 apart at most

        assert!(line((66, due), (133, due)).holds());
        assert!(!line((66, due), (134, due)).holds());
        let told = "logins: artillery 66 (due 100.0 ± 47.7), ours 134 (due 100.0 ± 47.7), at most \
                    67.4 apart";
        assert_eq!(line((66, due), (134, due)).told(), told);
    }

    #[test]
    fn what_always_or_never_happens_is_exact() {
        let always = 0.6 + 0.25 + 0.15;

        assert_eq!(Due::by_chance(111, always), Due::Exactly(111));
        assert_eq!(Due::by_chance(111, 0.0), Due::Exactly(0));
    }
}
