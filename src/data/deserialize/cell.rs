//! The value of one field of a row.

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::read_error::{ReadError, ReadResult};
use crate::data::cell::Cell;
use crate::data::float16::{floats, halves};
use crate::data::sparse::pairs;
use crate::data::value::unreadable;

#[derive(Clone, Copy)]
pub(super) struct CellReader<'a>(pub(super) Cell<'a>);

impl<'a> IntoDeserializer<'a, ReadError> for CellReader<'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Methods that pass JSON text to `serde_json`, and all other values to `deserialize_any`.
macro_rules! json_or_any {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {
        $(fn $method<V: Visitor<'a>>(self $(, $argument: $type)*, visitor: V) -> ReadResult<V::Value> {
            match self.0 {
                Cell::Json(text) => json(text, |json| json.$method($($argument,)* visitor)),
                _ => self.deserialize_any(visitor),
            }
        })*
    };
}

fn json<'a, T>(
    text: &'a [u8],
    read: impl FnOnce(
        &mut serde_json::Deserializer<serde_json::de::SliceRead<'a>>,
    ) -> serde_json::Result<T>,
) -> ReadResult<T> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = read(&mut json).map_err(de::Error::custom)?;
    json.end().map_err(de::Error::custom)?;
    Ok(value)
}

impl<'a> Deserializer<'a> for CellReader<'a> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> ReadResult<V::Value> {
        match self.0 {
            Cell::Null => visitor.visit_none(),
            Cell::Bool(value) => visitor.visit_bool(value),
            Cell::Int(value) => visitor.visit_i64(value),
            Cell::Float(value) => visitor.visit_f32(value),
            Cell::Double(value) => visitor.visit_f64(value),
            Cell::Text(value) => visitor.visit_borrowed_str(value),
            Cell::Json(text) => json(text, |json| json.deserialize_any(visitor)),
            Cell::Array(_) | Cell::Vectors(_) | Cell::Structs(..) => {
                visitor.visit_seq(SeqDeserializer::new(self.0.elements().map(CellReader)))
            }
            Cell::Struct(one) => visitor.visit_map(Entries {
                index: one.index,
                entries: one.entries(),
                open: None,
            }),
            Cell::Floats(bytes, start, end) => {
                visitor.visit_seq(SeqDeserializer::new(floats(Cell::bytes(bytes, start, end))))
            }
            Cell::Halves(bytes, start, end, half) => visitor.visit_seq(SeqDeserializer::new(
                halves(Cell::bytes(bytes, start, end), half),
            )),
            Cell::Int8s(bytes, start, end) => {
                let numbers = Cell::bytes(bytes, start, end)
                    .iter()
                    .map(|byte| byte.cast_signed());
                visitor.visit_seq(SeqDeserializer::new(numbers))
            }
            Cell::Bits(bytes, start, end) => {
                let bytes = Cell::bytes(bytes, start, end).iter().copied();
                visitor.visit_seq(SeqDeserializer::new(bytes))
            }
            Cell::Sparse(bytes) => {
                let pairs = pairs(bytes).map(|(dimension, value)| (Dimension(dimension), value));
                visitor.visit_map(MapDeserializer::new(pairs))
            }
            Cell::Unknown(data_type) => Err(ReadError(unreadable(data_type))),
        }
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> ReadResult<V::Value> {
        match self.0 {
            Cell::Json(text) => json(text, |json| json.deserialize_seq(visitor)),
            Cell::Sparse(bytes) => visitor.visit_seq(MapDeserializer::new(pairs(bytes))),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, _: usize, visitor: V) -> ReadResult<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> ReadResult<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_bytes<V: Visitor<'a>>(self, visitor: V) -> ReadResult<V::Value> {
        match self.0 {
            Cell::Floats(bytes, start, end)
            | Cell::Halves(bytes, start, end, _)
            | Cell::Int8s(bytes, start, end) => {
                visitor.visit_borrowed_bytes(Cell::bytes(bytes, start, end))
            }
            Cell::Sparse(bytes) | Cell::Json(bytes) => visitor.visit_borrowed_bytes(bytes),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'a>>(self, visitor: V) -> ReadResult<V::Value> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> ReadResult<V::Value> {
        match self.0 {
            Cell::Null => visitor.visit_none(),
            Cell::Json(text) => json(text, |json| json.deserialize_option(visitor)),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'a>>(self, visitor: V) -> ReadResult<V::Value> {
        match self.0 {
            Cell::Null => visitor.visit_unit(),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> ReadResult<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> ReadResult<V::Value> {
        match self.0 {
            Cell::Json(text) => json(text, |json| json.deserialize_enum(name, variants, visitor)),
            Cell::Text(text) => visitor.visit_enum(BorrowedStrDeserializer::new(text)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> ReadResult<V::Value> {
        visitor.visit_unit()
    }

    json_or_any! {
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_map();
        deserialize_identifier();
        deserialize_unit_struct(name: &'static str);
        deserialize_struct(name: &'static str, fields: &'static [&'static str]);
    }
}

/// The fields of one struct of an array of structs.
struct Entries<'a, I> {
    index: usize,
    entries: I,
    open: Option<(&'a str, Cell<'a>)>,
}

impl<'a, I: Iterator<Item = (&'a str, Cell<'a>)>> MapAccess<'a> for Entries<'a, I> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> ReadResult<Option<K::Value>> {
        self.open = self.entries.next();
        let key = self
            .open
            .map(|(name, _)| BorrowedStrDeserializer::new(name));
        key.map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> ReadResult<V::Value> {
        let Some((name, cell)) = self.open.take() else {
            return Err(ReadError("a value was read before its key".to_owned()));
        };
        let value = seed.deserialize(CellReader(cell));
        value.map_err(|ReadError(why)| {
            ReadError(format!("{why} in {name:?} of struct {}", self.index))
        })
    }
}

/// A dimension of a sparse vector as the key of a map: a number, or its decimal digits for maps with text keys.
struct Dimension(u32);

impl IntoDeserializer<'_, ReadError> for Dimension {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Dimension {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> ReadResult<V::Value> {
        visitor.visit_u32(self.0)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> ReadResult<V::Value> {
        visitor.visit_string(self.0.to_string())
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> ReadResult<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> ReadResult<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
