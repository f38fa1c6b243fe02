//! Every kind of value, for serde: all that is made anew for each type, and therefore next to nothing.

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::{Reader, Wrong};

macro_rules! numbers {
    ($($method:ident: $number:ident as $visit:ident),+ $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            visitor.$visit(self.$number()?)
        }
    )+};
}

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.peek() {
            b'"' => visitor.visit_str(self.string()?),
            b't' | b'f' => visitor.visit_bool(self.boolean()?),
            b'n' => {
                self.null()?;
                visitor.visit_unit()
            }
            b'[' => self.deserialize_seq(visitor),
            b'{' => self.deserialize_map(visitor),
            b'-' => visitor.visit_i64(self.signed()?),
            _ => visitor.visit_u64(self.unsigned()?),
        }
    }

    numbers! {
        deserialize_bool: boolean as visit_bool,
        deserialize_u8: unsigned as visit_u64,
        deserialize_u16: unsigned as visit_u64,
        deserialize_u32: unsigned as visit_u64,
        deserialize_u64: unsigned as visit_u64,
        deserialize_i8: signed as visit_i64,
        deserialize_i16: signed as visit_i64,
        deserialize_i32: signed as visit_i64,
        deserialize_i64: signed as visit_i64,
        deserialize_str: string as visit_str,
        deserialize_string: string as visit_str,
        deserialize_identifier: string as visit_str,
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.null()?;
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.peek() == b'n' {
            self.null()?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.open(b'[')?;
        let mut items = Items { reader: self, is_first: true, is_over: false };
        let value = visitor.visit_seq(&mut items)?;
        items.finish(b']')?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.open(b'{')?;
        let mut items = Items { reader: self, is_first: true, is_over: false };
        let value = visitor.visit_map(&mut items)?;
        items.finish(b'}')?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let places = self.places(fields)?;
        let end = self.at;
        self.depth += 1;
        let value = visitor.visit_seq(Fields { reader: &mut *self, places: places.into_iter() })?;
        self.depth -= 1;
        self.at = end;
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let has_content = self.peek() == b'{';
        if has_content {
            self.open(b'{')?;
        }
        let value = visitor.visit_enum(Choice { reader: &mut *self, has_content })?;
        if has_content && self.has_next(b'}', &mut false)? {
            return Err(Wrong);
        }
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.skip()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit_struct tuple_struct
    }
}

/// What stands between two brackets.
struct Items<'r, 'a> {
    reader: &'r mut Reader<'a>,
    is_first: bool,
    is_over: bool,
}

impl Items<'_, '_> {
    fn has_next(&mut self, bracket: u8) -> Result<bool, Wrong> {
        let has_next = self.reader.has_next(bracket, &mut self.is_first)?;
        self.is_over = !has_next;
        Ok(has_next)
    }

    /// A tuple does not look whether there is more.
    fn finish(&mut self, bracket: u8) -> Result<(), Wrong> {
        if !self.is_over && self.has_next(bracket)? {
            return Err(Wrong);
        }
        Ok(())
    }
}

impl<'de> SeqAccess<'de> for &mut Items<'_, '_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        if self.has_next(b']')? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for &mut Items<'_, '_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        if !self.has_next(b'}')? {
            return Ok(None);
        }
        if self.reader.peek() != b'"' {
            return Err(Wrong);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

/// The values of a record's fields, in the order of its type.
struct Fields<'r, 'a> {
    reader: &'r mut Reader<'a>,
    places: std::vec::IntoIter<usize>,
}

impl<'de> SeqAccess<'de> for Fields<'_, '_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        match self.places.next() {
            Some(0) | None => Ok(None),
            Some(place) => {
                self.reader.at = place;
                seed.deserialize(&mut *self.reader).map(Some)
            }
        }
    }
}

/// One of several, by its name: alone, or with what belongs to it.
struct Choice<'r, 'a> {
    reader: &'r mut Reader<'a>,
    has_content: bool,
}

impl Choice<'_, '_> {
    fn content(&self) -> Result<(), Wrong> {
        if self.has_content { Ok(()) } else { Err(Wrong) }
    }
}

impl<'de> EnumAccess<'de> for Choice<'_, '_> {
    type Error = Wrong;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Wrong> {
        let name = seed.deserialize(&mut *self.reader)?;
        if self.has_content {
            self.reader.expect(b':')?;
        }
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Choice<'_, '_> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        if self.has_content { self.reader.null() } else { Ok(()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Wrong> {
        self.content()?;
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.content()?;
        self.reader.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Wrong> {
        self.content()?;
        self.reader.deserialize_struct("", fields, visitor)
    }
}
