//! What serde asks of a [`Reader`].

use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Node;
use super::access::{Choice, Fields, Members};
use super::reader::{Reader, Source, split, text_of, truth_of};
use super::state::Halt;

type Visited<'de, V> = Result<<V as Visitor<'de>>::Value, Halt>;

macro_rules! integers {
    ($($deserialize:ident $visit:ident $integer:ty;)+) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
            visitor.$visit(self.integer::<$integer>())
        }
    )+};
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Halt;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        match self.scalar() {
            Some(node) => self.visit_any(node, visitor),
            None => visitor.visit_unit(),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        visitor.visit_unit()
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        visitor.visit_bool(self.typed(truth_of).unwrap_or_default())
    }

    integers! {
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_i128 visit_i128 i128;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_u128 visit_u128 u128;
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        visitor.visit_f64(self.float())
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        visitor.visit_f64(self.float())
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        let letter = self.typed(|node| text_of(node)?.parse().ok());
        visitor.visit_char(letter.unwrap_or_default())
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        visitor.visit_str(self.text())
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        visitor.visit_str(self.text())
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        visitor.visit_str(self.text())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        match self.source {
            Source::Given(Node::Null) | Source::Missing | Source::StandIn => visitor.visit_none(),
            Source::Given(_) if self.state.is_refused(self.path) => {
                self.note("invalid-format");
                visitor.visit_none()
            }
            Source::Given(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        self.typed(|node| matches!(node, Node::Null).then_some(()));
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Visited<'de, V> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Visited<'de, V> {
        // A merge patch tells what is missing from what is null; serde by itself does not.
        if name == "Patch" && matches!(self.source, Source::Missing) {
            return visitor.visit_unit();
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        if let Source::Given(Node::Loose(text)) = self.source {
            let items = split(text);
            return self.visit_list(items.iter().map(Source::Given).collect(), visitor);
        }
        self.visit_list(self.list().unwrap_or_default(), visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Visited<'de, V> {
        let mut items = match self.list() {
            Some(items) => {
                self.note_length(items.len(), len);
                items
            }
            None => Vec::new(),
        };
        items.resize(len, Source::StandIn);
        self.visit_list(items, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        len: usize,
        visitor: V,
    ) -> Visited<'de, V> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Visited<'de, V> {
        visitor.visit_map(Members::new(self, self.object().unwrap_or_default()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Visited<'de, V> {
        self.check_depth()?;
        self.state.shape(self.path, fields);
        visitor.visit_map(Fields::new(self, self.object(), fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Visited<'de, V> {
        self.check_depth()?;
        visitor.visit_enum(Choice::new(self, variants)?)
    }

    forward_to_deserialize_any! { bytes byte_buf }
}
