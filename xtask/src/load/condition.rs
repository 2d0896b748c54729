//! Conditions: `ifTrue: "count < 3 and name == \"a\""`, and those of `ensure`.
//!
//! The part of Artillery's language (filtrex) that conditions are made of: numbers, texts in double
//! quotes, names, `+ - * /`, comparisons, `and`, `or`, `not`, parentheses.

mod tokens;

use serde_json::Value as Json;

use tokens::{Token, Tokens};

/// How deep parentheses may lie in each other.
const DEEPEST: usize = 32;

/// A condition, ready to be asked again and again.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    term: Term,
    text: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Term {
    Value(Json),
    Name(String),
    Not(Box<Term>),
    Negative(Box<Term>),
    Two(Operator, Box<Term>, Box<Term>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
    Plus,
    Minus,
    Times,
    Over,
}

impl Operator {
    /// How closely it binds: the most loosely first.
    fn rank(self) -> usize {
        match self {
            Self::Or => 1,
            Self::And => 2,
            Self::Equal | Self::Unequal => 3,
            Self::Less | Self::AtMost | Self::More | Self::AtLeast => 4,
            Self::Plus | Self::Minus => 5,
            Self::Times | Self::Over => 6,
        }
    }
}

impl Condition {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let refused = |what: String| format!("the condition `{text}` is not understood: {what}");
        let mut tokens = Tokens::of(text).map_err(refused)?;
        let term = level(&mut tokens, 1, 0).map_err(refused)?;
        match tokens.next() {
            None => Ok(Self { term, text: text.to_owned() }),
            Some(token) => Err(refused(format!("{token} where it should end"))),
        }
    }

    /// Whether it holds; a name without a value makes every comparison with it false.
    pub(super) fn holds(&self, value: &impl Fn(&str) -> Option<Json>) -> bool {
        is_true(&self.term.value(value))
    }

    /// Every name in it.
    pub(super) fn names(&self) -> Vec<&str> {
        let (mut names, mut left) = (Vec::new(), vec![&self.term]);
        while let Some(term) = left.pop() {
            match term {
                Term::Value(_) => {}
                Term::Name(name) => names.push(name.as_str()),
                Term::Not(inner) | Term::Negative(inner) => left.push(inner),
                Term::Two(_, first, second) => left.extend([&**first, &**second]),
            }
        }
        names
    }

    /// As it was written.
    pub(super) fn shown(&self) -> &str {
        &self.text
    }
}

impl Term {
    fn value(&self, known: &impl Fn(&str) -> Option<Json>) -> Json {
        match self {
            Self::Value(value) => value.clone(),
            Self::Name(name) => known(name).unwrap_or_default(),
            Self::Not(inner) => Json::Bool(!is_true(&inner.value(known))),
            Self::Negative(inner) => number(&inner.value(known)).map(|it| -it).into(),
            Self::Two(Operator::Or, first, second) => {
                Json::Bool(is_true(&first.value(known)) || is_true(&second.value(known)))
            }
            Self::Two(Operator::And, first, second) => {
                Json::Bool(is_true(&first.value(known)) && is_true(&second.value(known)))
            }
            Self::Two(operator, first, second) => {
                combined(*operator, &first.value(known), &second.value(known))
            }
        }
    }
}

fn combined(operator: Operator, first: &Json, second: &Json) -> Json {
    let numbers = number(first).zip(number(second));
    let compare = |holds: fn(f64, f64) -> bool| {
        Json::Bool(numbers.is_some_and(|(first, second)| holds(first, second)))
    };
    let compute = |result: fn(f64, f64) -> f64| {
        Json::from(numbers.map(|(first, second)| result(first, second)))
    };
    match operator {
        Operator::Equal => Json::Bool(same(first, second)),
        Operator::Unequal => Json::Bool(!same(first, second)),
        Operator::Less => compare(|first, second| first < second),
        Operator::AtMost => compare(|first, second| first <= second),
        Operator::More => compare(|first, second| first > second),
        Operator::AtLeast => compare(|first, second| first >= second),
        Operator::Plus => compute(|first, second| first + second),
        Operator::Minus => compute(|first, second| first - second),
        Operator::Times => compute(|first, second| first * second),
        Operator::Over => compute(|first, second| first / second),
        Operator::Or | Operator::And => Json::Null,
    }
}

/// Numbers are the same by what they count, whether written 1 or 1.0.
fn same(first: &Json, second: &Json) -> bool {
    match (number(first), number(second)) {
        (Some(first), Some(second)) => (first - second).abs() <= f64::EPSILON * first.abs(),
        _ => first == second,
    }
}

fn number(value: &Json) -> Option<f64> {
    match value {
        Json::Bool(truth) => Some(f64::from(u8::from(*truth))),
        other => other.as_f64(),
    }
}

fn is_true(value: &Json) -> bool {
    match value {
        Json::Null => false,
        Json::String(text) => !text.is_empty(),
        Json::Array(_) | Json::Object(_) => true,
        other => number(other).is_some_and(|number| number != 0.0),
    }
}

/// Everything that binds at least so closely.
fn level(tokens: &mut Tokens, rank: usize, depth: usize) -> Result<Term, String> {
    let mut term = operand(tokens, depth)?;
    while let Some(operator) = tokens.operator().filter(|operator| operator.rank() >= rank) {
        tokens.next();
        let second = level(tokens, operator.rank() + 1, depth)?;
        term = Term::Two(operator, Box::new(term), Box::new(second));
    }
    Ok(term)
}

fn operand(tokens: &mut Tokens, depth: usize) -> Result<Term, String> {
    if depth > DEEPEST {
        return Err(format!("more than {DEEPEST} levels"));
    }
    match tokens.next() {
        Some(Token::Value(value)) => Ok(Term::Value(value)),
        Some(Token::Name(name)) => Ok(Term::Name(name)),
        // It binds more loosely than a comparison: `not a == b`.
        Some(Token::Not) => Ok(Term::Not(Box::new(level(tokens, 3, depth + 1)?))),
        Some(Token::Operator(Operator::Minus)) => {
            Ok(Term::Negative(Box::new(operand(tokens, depth + 1)?)))
        }
        Some(Token::Open) => {
            let inside = level(tokens, 1, depth + 1)?;
            match tokens.next() {
                Some(Token::Close) => Ok(inside),
                _ => Err("a parenthesis that is not closed".to_owned()),
            }
        }
        Some(token) => Err(format!("{token} where a value should be")),
        None => Err("it ends where a value should be".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::Condition;

    fn holds(text: &str) -> bool {
        let known = |name: &str| match name {
            "count" => Some(json!(3)),
            "name" => Some(json!("a")),
            "http.response_time.p95" => Some(json!(120.5)),
            _ => None,
        };
        Condition::parse(text).unwrap().holds(&known)
    }

    #[test]
    fn a_condition_holds_or_does_not() {
        for text in [
            "count == 3",
            "count < 4 and name == \"a\"",
            "not count > 3",
            "count + 1 * 2 == 5",
            "(count + 1) * 2 == 8",
            "name",
            "http.response_time.p95 < 200",
            "none or count",
            "-count == 0 - 3",
            "10 - 4 - 3 == 3",
            "not none",
        ] {
            assert!(holds(text), "{text}");
        }
        for text in
            ["count != 3", "none", "none < 1", "none >= 0", "name == \"b\"", "count / 3 > 1"]
        {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for text in
            ["", "count ==", "count = 3", "(count", "count)", "f(x)", "\"open", "a b", "1.2.3"]
        {
            assert!(Condition::parse(text).is_err(), "{text}");
        }
        let deep = "(".repeat(100) + "1" + &")".repeat(100);
        assert!(Condition::parse(&deep).is_err());
    }

    #[test]
    fn its_names_are_known() {
        let condition = Condition::parse("a.b < 1 and not (c or $loopCount == 2)").unwrap();

        let mut names = condition.names();
        names.sort_unstable();
        assert_eq!(names, ["$loopCount", "a.b", "c"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z0-9 <>=!()\"+*/.-]{0,40}") {
            if let Ok(condition) = Condition::parse(&text) {
                condition.holds(&|_name| Some(Json::from(1)));
            }
        }
    }
}
