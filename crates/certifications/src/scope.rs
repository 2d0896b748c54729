//! What an application covers: crops, parts used and activities.

use gacp_farms::Crop;
use gacp_store::Violations;
use garde::{Valid, Validate};
use serde::{Deserialize, Serialize};

/// What is done with the plants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Activity {
    /// Growing them.
    Cultivation,
    /// Gathering them in the wild.
    Collection,
    /// Sorting, cleaning, drying and cutting them after the harvest.
    Processing,
}

/// The part of the plant that is put to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PartUsed {
    /// Flowers and inflorescences.
    Flower,
    /// Leaves.
    Leaf,
    /// Roots.
    Root,
    /// Rhizomes, as of turmeric and ginger.
    Rhizome,
    /// Seeds.
    Seed,
    /// All of it.
    WholePlant,
    /// Anything else.
    Other,
}

/// What the material is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Purpose {
    /// Research.
    Research,
    /// The market within the country.
    Domestic,
    /// Markets abroad.
    Export,
    /// Anything else.
    Other,
}

/// What kind of certificate is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RequestType {
    /// The first one.
    New,
    /// One that follows the present one.
    Renewal,
    /// One in the place of a lost or damaged one.
    Replacement,
}

/// What an application and its certificate cover: no list is empty or repeats itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "ScopeDraft")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scope {
    crops: Vec<Crop>,
    parts_used: Vec<PartUsed>,
    activities: Vec<Activity>,
}

/// The scope as a farmer fills it in.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScopeDraft {
    /// Which plants.
    #[garde(length(min = 1, max = 7), custom(without_repetition))]
    pub crops: Vec<Crop>,
    /// Which parts of them.
    #[garde(length(min = 1, max = 7), custom(without_repetition))]
    pub parts_used: Vec<PartUsed>,
    /// What is done with them.
    #[garde(length(min = 1, max = 7), custom(without_repetition))]
    pub activities: Vec<Activity>,
}

impl Activity {
    /// Every activity there is.
    pub const ALL: [Self; 3] = [Self::Cultivation, Self::Collection, Self::Processing];
}

impl Scope {
    /// Which plants.
    pub fn crops(&self) -> &[Crop] {
        &self.crops
    }

    /// Which parts of them.
    pub fn parts_used(&self) -> &[PartUsed] {
        &self.parts_used
    }

    /// What is done with them.
    pub fn activities(&self) -> &[Activity] {
        &self.activities
    }

    /// Makes the scope of a draft whose rules were checked with the draft that holds it.
    pub(crate) fn of_checked(draft: ScopeDraft) -> Self {
        let ScopeDraft { crops, parts_used, activities } = draft;
        Self { crops, parts_used, activities }
    }
}

impl From<Valid<ScopeDraft>> for Scope {
    fn from(draft: Valid<ScopeDraft>) -> Self {
        Self::of_checked(draft.into_inner())
    }
}

impl TryFrom<ScopeDraft> for Scope {
    type Error = Violations;

    fn try_from(draft: ScopeDraft) -> Result<Self, Violations> {
        Violations::check(draft).map(Self::from)
    }
}

#[expect(clippy::ptr_arg, reason = "custom rules of garde take the field as it is")]
fn without_repetition<T: PartialEq>(list: &Vec<T>, (): &()) -> garde::Result {
    let repeats = list.iter().enumerate().any(|(at, item)| list.iter().take(at).any(|i| i == item));
    if repeats { Err(garde::Error::new("not-unique")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(draft: serde_json::Value) -> Vec<(String, String)> {
        let draft: ScopeDraft = serde_json::from_value(draft).unwrap();
        let found = Scope::try_from(draft).unwrap_err();
        found.into_vec().into_iter().map(|v| (v.pointer, v.code)).collect()
    }

    #[test]
    fn a_scope_reads_and_writes_the_names_that_clients_use() {
        let sent = json!({
            "crops": ["black-galingale", "plai"],
            "partsUsed": ["whole-plant", "rhizome"],
            "activities": ["cultivation", "processing"],
        });

        let scope: Scope = serde_json::from_value(sent.clone()).unwrap();

        assert_eq!(serde_json::to_value(&scope).unwrap(), sent);
        assert_eq!(scope.parts_used(), [PartUsed::WholePlant, PartUsed::Rhizome]);
    }

    #[test]
    fn an_empty_list_is_too_short() {
        let found = codes(json!({ "crops": [], "partsUsed": ["leaf"], "activities": [] }));

        let expected = [("/activities", "too-short"), ("/crops", "too-short")];
        assert_eq!(found, expected.map(|(p, c)| (p.to_owned(), c.to_owned())));
    }

    #[test]
    fn a_list_that_repeats_itself_is_not_unique() {
        let found = codes(json!({
            "crops": ["ginger"], "partsUsed": ["leaf", "root", "leaf"], "activities": ["collection"]
        }));

        assert_eq!(found, [("/partsUsed".to_owned(), "not-unique".to_owned())]);
    }

    #[test]
    fn a_stored_scope_without_crops_is_not_read() {
        let stored = json!({ "crops": [], "partsUsed": ["leaf"], "activities": ["collection"] });

        let outcome: Result<Scope, _> = serde_json::from_value(stored);

        assert!(outcome.unwrap_err().to_string().contains("/crops too-short"));
    }
}
