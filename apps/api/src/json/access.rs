//! Lists, objects, structs and enums, as serde walks them.

use std::collections::HashSet;
use std::vec;

use serde::de::value::{StrDeserializer, StringDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer as _, EnumAccess, IntoDeserializer as _, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::Node;
use super::reader::{Reader, Source, text_of};
use super::state::Halt;

/// The items of a list.
pub(super) struct Items<'a> {
    list: Reader<'a>,
    items: std::iter::Enumerate<vec::IntoIter<Source<'a>>>,
}

impl<'a> Items<'a> {
    pub(super) fn new(list: Reader<'a>, items: Vec<Source<'a>>) -> Self {
        Self { list, items: items.into_iter().enumerate() }
    }
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Halt;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Halt> {
        let Some((index, source)) = self.items.next() else { return Ok(None) };
        let path = self.list.path.item(index);
        self.list.inside(source, &path).seeded(seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

impl<'a> Reader<'a> {
    /// Reads this value by a seed; notes where it was refused.
    fn seeded<'de, T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Halt> {
        let Self { path, state, source, .. } = self;
        let sent = matches!(source, Source::Given(_));
        seed.deserialize(self).inspect_err(|Halt| state.halt(path, sent))
    }

    /// Notes every key that an object has twice.
    fn note_duplicates(&self, members: &'a [(String, Node)]) {
        let mut seen = HashSet::new();
        let mut noted = HashSet::new();
        for (key, _) in members {
            if !seen.insert(key) && noted.insert(key) {
                self.state.note(&self.path.member(key), "duplicate-key", None);
            }
        }
    }
}

/// The members of an object whose keys are not known beforehand.
pub(super) struct Members<'a> {
    object: Reader<'a>,
    rest: std::slice::Iter<'a, (String, Node)>,
    value: Option<&'a (String, Node)>,
}

impl<'a> Members<'a> {
    pub(super) fn new(object: Reader<'a>, members: &'a [(String, Node)]) -> Self {
        object.note_duplicates(members);
        Self { object, rest: members.iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Halt;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Halt> {
        self.value = self.rest.next();
        let Some((key, _)) = self.value else { return Ok(None) };
        let key: StringDeserializer<Halt> = key.clone().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Halt> {
        let (key, node) = self.value.take().ok_or(Halt)?;
        let path = self.object.path.member(key);
        self.object.inside(Source::Given(node), &path).seeded(seed)
    }
}

/// The fields of a struct: each of them once, whether it was sent or not.
pub(super) struct Fields<'a> {
    object: Reader<'a>,
    members: Option<&'a [(String, Node)]>,
    names: vec::IntoIter<&'static str>,
    value: Option<&'static str>,
}

impl<'a> Fields<'a> {
    /// `members` is nothing when there is no object to read.
    pub(super) fn new(
        object: Reader<'a>,
        members: Option<&'a [(String, Node)]>,
        fields: &'static [&'static str],
    ) -> Self {
        for (key, _) in members.unwrap_or_default() {
            if !fields.contains(&key.as_str()) {
                object.state.note(&object.path.member(key), "unknown-field", None);
            }
        }
        object.note_duplicates(members.unwrap_or_default());
        let mut names = fields.to_vec();
        names.sort_by_key(|name| object.state.refused.is_last(&object.path.member(name)));
        Self { object, members, names: names.into_iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Halt;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Halt> {
        self.value = self.names.next();
        let Some(name) = self.value else { return Ok(None) };
        let name: StrDeserializer<'_, Halt> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Halt> {
        let name = self.value.take().ok_or(Halt)?;
        let source = match self.members {
            Some(members) => {
                let member = members.iter().find(|(key, _)| key == name);
                Source::from(member.map(|(_, node)| node))
            }
            None => Source::StandIn,
        };
        let path = self.object.path.member(name);
        self.object.inside(source, &path).seeded(seed)
    }
}

/// One variant of an enum.
pub(super) struct Choice<'a> {
    value: Reader<'a>,
    variant: &'a str,
    payload: Source<'a>,
}

impl<'a> Choice<'a> {
    /// The variant that was sent, or else the first. Fails when the enum has none.
    pub(super) fn new(value: Reader<'a>, variants: &'static [&'static str]) -> Result<Self, Halt> {
        let sent = value.typed(variant_of).and_then(|(variant, payload)| {
            let known = variants.contains(&variant);
            if !known {
                value.note("invalid-format");
            }
            known.then_some(Self { value, variant, payload })
        });
        let first = || {
            let variant = variants.first().copied()?;
            Some(Self { value, variant, payload: Source::StandIn })
        };
        sent.or_else(first).ok_or(Halt)
    }
}

/// `"variant"` or `{"variant": payload}`.
fn variant_of(node: &Node) -> Option<(&str, Source<'_>)> {
    if let Node::Object(members) = node {
        let [(variant, payload)] = members.as_slice() else { return None };
        return Some((variant, Source::Given(payload)));
    }
    text_of(node).map(|variant| (variant, Source::Missing))
}

impl<'de, 'a> EnumAccess<'de> for Choice<'a> {
    type Error = Halt;
    type Variant = Payload<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Payload<'a>), Halt> {
        let name: StrDeserializer<'_, Halt> = self.variant.into_deserializer();
        Ok((seed.deserialize(name)?, Payload(self)))
    }
}

/// What a variant holds.
pub(super) struct Payload<'a>(Choice<'a>);

impl<'de> VariantAccess<'de> for Payload<'_> {
    type Error = Halt;

    fn unit_variant(self) -> Result<(), Halt> {
        let Self(Choice { value, payload, .. }) = self;
        if let Source::Given(_) = payload {
            value.note("wrong-type");
        }
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Halt> {
        let Self(Choice { value, variant, payload }) = self;
        let path = value.path.member(variant);
        value.inside(payload, &path).seeded(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Halt> {
        let Self(Choice { value, variant, payload }) = self;
        let path = value.path.member(variant);
        value.inside(payload, &path).deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Halt> {
        let Self(Choice { value, variant, payload }) = self;
        let path = value.path.member(variant);
        value.inside(payload, &path).deserialize_struct("", fields, visitor)
    }
}
