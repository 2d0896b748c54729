//! The words of a condition.

use std::fmt;

use serde_json::Value as Json;

use super::Operator;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Value(Json),
    Name(String),
    Operator(Operator),
    Not,
    Open,
    Close,
}

/// What is left of them.
pub(super) struct Tokens(std::iter::Peekable<std::vec::IntoIter<Token>>);

impl Tokens {
    pub(super) fn of(text: &str) -> Result<Self, String> {
        let (mut tokens, mut left) = (Vec::new(), text.trim_start());
        while !left.is_empty() {
            let (token, rest) = first(left)?;
            tokens.push(token);
            left = rest.trim_start();
        }
        Ok(Self(tokens.into_iter().peekable()))
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        self.0.next()
    }

    /// The next one, when it stands between two values.
    pub(super) fn operator(&mut self) -> Option<Operator> {
        match self.0.peek() {
            Some(Token::Operator(operator)) => Some(*operator),
            _ => None,
        }
    }
}

/// Longer ones before those that they begin with.
const SIGNS: [(&str, Token); 12] = [
    ("==", Token::Operator(Operator::Equal)),
    ("!=", Token::Operator(Operator::Unequal)),
    ("<=", Token::Operator(Operator::AtMost)),
    (">=", Token::Operator(Operator::AtLeast)),
    ("<", Token::Operator(Operator::Less)),
    (">", Token::Operator(Operator::More)),
    ("+", Token::Operator(Operator::Plus)),
    ("-", Token::Operator(Operator::Minus)),
    ("*", Token::Operator(Operator::Times)),
    ("/", Token::Operator(Operator::Over)),
    ("(", Token::Open),
    (")", Token::Close),
];

fn first(text: &str) -> Result<(Token, &str), String> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (inside, rest) = quoted.split_once('"').ok_or("a text without its end")?;
        return Ok((Token::Value(Json::from(inside)), rest));
    }
    for (sign, token) in SIGNS {
        if let Some(rest) = text.strip_prefix(sign) {
            return Ok((token, rest));
        }
    }
    let end = text.find(|character| !in_word(character)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    match word {
        "" => Err(format!("{:?} means nothing here", text.chars().next().unwrap_or_default())),
        "and" => Ok((Token::Operator(Operator::And), rest)),
        "or" => Ok((Token::Operator(Operator::Or), rest)),
        "not" => Ok((Token::Not, rest)),
        _ if word.starts_with(|first: char| first.is_ascii_digit()) => match word.parse::<f64>() {
            Ok(number) => Ok((Token::Value(Json::from(number)), rest)),
            Err(_unread) => Err(format!("{word} is no number")),
        },
        _ => Ok((Token::Name(word.to_owned()), rest)),
    }
}

fn in_word(character: char) -> bool {
    character.is_alphanumeric() || "_$.".contains(character)
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value}"),
            Self::Name(name) => write!(f, "`{name}`"),
            Self::Operator(operator) => write!(f, "an operator ({operator:?})"),
            Self::Not => f.write_str("`not`"),
            Self::Open => f.write_str("`(`"),
            Self::Close => f.write_str("`)`"),
        }
    }
}
