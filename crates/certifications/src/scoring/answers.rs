//! Answers to the criteria of a standard: what an inspector sends, and what is kept of it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use gacp_store::{AccountId, Violation, Violations};
use garde::{Valid, Validate};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::standard::Standard;

/// How far a criterion is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Answer {
    /// It is met.
    Compliant,
    /// A small fault.
    Minor,
    /// A requirement is not met.
    Major,
    /// The product is unsafe or the certificate would deceive.
    Critical,
    /// It makes no sense here, for a reason that is given.
    NotApplicable,
}

/// One answer as an inspector sends it.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerDraft {
    /// The id of the criterion.
    #[garde(length(chars, min = 1, max = 64))]
    pub criterion: String,
    /// How far it is met.
    #[garde(skip)]
    pub answer: Answer,
    /// What was seen.
    #[garde(length(chars, max = 2_000))]
    pub note: Option<String>,
    /// Why it makes no sense here; required with `not-applicable`.
    #[garde(length(chars, max = 2_000), custom(justifying(self.answer)))]
    pub justification: Option<String>,
}

/// A checklist, whole or in part.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswersDraft {
    /// The answers; no criterion twice.
    // More than any standard asks, and still less than a request may weigh.
    #[garde(length(min = 1, max = 500), dive, custom(each_criterion_once))]
    pub answers: Vec<AnswerDraft>,
}

/// An answer that was given. One that is not applicable always says why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "StoredAnswer")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordedAnswer {
    answer: Answer,
    note: Option<String>,
    justification: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Uuid))]
    by: AccountId,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    at: Timestamp,
}

/// A stored answer says `not-applicable` and not why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an answer that is not applicable has no justification")]
pub struct UnjustifiedAnswer;

/// The answers of one inspection so far, by criterion.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerSheet(BTreeMap<String, RecordedAnswer>);

impl Answer {
    /// What it counts in tenths of a point; nothing when it leaves the denominator.
    pub(super) fn tenths(self) -> Option<u8> {
        match self {
            Self::Compliant => Some(10),
            Self::Minor => Some(8),
            Self::Major => Some(5),
            Self::Critical => Some(0),
            Self::NotApplicable => None,
        }
    }
}

impl RecordedAnswer {
    /// How far the criterion is met.
    pub fn answer(&self) -> Answer {
        self.answer
    }

    /// What was seen.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Why the criterion makes no sense here.
    pub fn justification(&self) -> Option<&str> {
        self.justification.as_deref()
    }

    /// Who gave it.
    pub fn by(&self) -> AccountId {
        self.by
    }

    /// When it was given; sending it again does not change that.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    fn says_the_same(&self, other: &Self) -> bool {
        self.answer == other.answer
            && self.note == other.note
            && self.justification == other.justification
    }
}

impl AnswerSheet {
    /// Adds answers to the ones that are there; a later answer to a criterion takes the place of
    /// the earlier one. Sending the same answers again changes nothing, not even their time.
    ///
    /// Says how many criteria have another answer now. Nothing is recorded when a criterion is not
    /// one of the standard; one that does not apply to the scope is welcome, scoring ignores it.
    pub fn record(
        &mut self,
        standard: &Standard,
        draft: Valid<AnswersDraft>,
        by: AccountId,
        at: Timestamp,
    ) -> Result<usize, Violations> {
        let answers = draft.into_inner().answers;
        known_to(standard, &answers)?;
        let mut changed = 0;
        for AnswerDraft { criterion, answer, note, justification } in answers {
            let given = RecordedAnswer { answer, note, justification, by, at };
            if !self.get(&criterion).is_some_and(|before| before.says_the_same(&given)) {
                self.0.insert(criterion, given);
                changed += 1;
            }
        }
        Ok(changed)
    }

    /// The answer to a criterion.
    pub fn get(&self, criterion: &str) -> Option<&RecordedAnswer> {
        self.0.get(criterion)
    }

    /// The criteria that have an answer, and the answers.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RecordedAnswer)> {
        self.0.iter().map(|(criterion, answer)| (criterion.as_str(), answer))
    }

    /// How many criteria have an answer.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no criterion has an answer.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An answer as it is stored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredAnswer {
    answer: Answer,
    note: Option<String>,
    justification: Option<String>,
    by: AccountId,
    at: Timestamp,
}

impl TryFrom<StoredAnswer> for RecordedAnswer {
    type Error = UnjustifiedAnswer;

    fn try_from(stored: StoredAnswer) -> Result<Self, UnjustifiedAnswer> {
        let StoredAnswer { answer, note, justification, by, at } = stored;
        if lacks_justification(answer, justification.as_deref()) {
            return Err(UnjustifiedAnswer);
        }
        Ok(Self { answer, note, justification, by, at })
    }
}

fn known_to(standard: &Standard, answers: &[AnswerDraft]) -> Result<(), Violations> {
    let known: BTreeSet<&str> = standard.criteria().map(|one| one.id.as_str()).collect();
    let unknown = answers.iter().enumerate().filter(|(_, one)| !known.contains(&*one.criterion));
    let pointers = unknown.map(|(index, _)| format!("/answers/{index}/criterion"));
    let violations = pointers.map(|pointer| Violation::new(pointer, "invalid-format")).collect();
    Violations::of(violations).map_or(Ok(()), Err)
}

fn lacks_justification(answer: Answer, justification: Option<&str>) -> bool {
    let is_blank = justification.is_none_or(|text| text.trim().is_empty());
    answer == Answer::NotApplicable && is_blank
}

fn justifying(answer: Answer) -> impl FnOnce(&Option<String>, &()) -> garde::Result {
    move |justification, ()| {
        if lacks_justification(answer, justification.as_deref()) {
            return Err(garde::Error::new("required"));
        }
        Ok(())
    }
}

#[expect(clippy::ptr_arg, reason = "custom rules of garde take the field as it is")]
fn each_criterion_once(answers: &Vec<AnswerDraft>, (): &()) -> garde::Result {
    let distinct: BTreeSet<&str> = answers.iter().map(|one| one.criterion.as_str()).collect();
    if distinct.len() == answers.len() { Ok(()) } else { Err(garde::Error::new("not-unique")) }
}
