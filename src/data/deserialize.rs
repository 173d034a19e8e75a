//! Conversion of received rows to `Deserialize` types.

use std::fmt::Display;

use serde::de::value::{BorrowedStrDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::cell::Cell;
use super::float16::{floats, halves};
use super::sparse::pairs;
use super::table::{Column, Table};
use super::value::unreadable;
use crate::error::{Error, Result};

/// Why a row cannot be read as a type.
#[derive(Debug)]
pub(super) struct ReadError(String);

type ReadResult<T> = std::result::Result<T, ReadError>;

impl Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: Display>(message: T) -> Self {
        Self(without_value(message.to_string()))
    }
}

/// An error message of `serde` or `serde_json` without the value that it quotes, because values are user data:
/// ``invalid type: string "Dune", expected i64``, ``unknown variant `Dune`, expected `a` or `b` ``.
fn without_value(message: String) -> String {
    let quotes = ["invalid type: ", "invalid value: ", "unknown variant "]
        .iter()
        .any(|start| message.starts_with(start));
    // The last ", expected " belongs to the message, because the value, which may contain anything, comes before it.
    match (message.find(['"', '`']), message.rfind(", expected ")) {
        (Some(value), Some(expected)) if quotes && value < expected => {
            let (before, _) = message.split_at(value);
            let (_, after) = message.split_at(expected);
            format!("{}{after}", before.trim_end())
        }
        _ => message,
    }
}

impl Table {
    /// Deserializes one row into `T`: a struct whose fields are named like the columns, or a map. Text can be borrowed
    /// from the table.
    ///
    /// # Errors
    ///
    /// A field is missing or has another type; the message names the field. There is no such row.
    pub fn row<'a, T: Deserialize<'a>>(&'a self, row: usize) -> Result<T> {
        if row >= self.len() {
            let why = format!("row {row} does not exist: there are {}", self.len());
            return Err(Error::invalid_argument("read_row", why));
        }
        T::deserialize(RowReader::new(self, row))
            .map_err(|why| Error::invalid_response("read_row", format!("row {row}: {why}")))
    }

    /// Deserializes all rows into `T`, as [`row`](Self::row) does.
    ///
    /// # Errors
    ///
    /// A row cannot be read as `T`; the message names the first such row and its field.
    pub fn rows<'a, T: Deserialize<'a>>(&'a self) -> Result<Vec<T>> {
        (0..self.len()).map(|row| self.row(row)).collect()
    }
}

/// One row of a table, as a map from names to values.
#[derive(Clone, Copy)]
pub(super) struct RowReader<'a> {
    table: &'a Table,
    row: usize,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(table: &'a Table, row: usize) -> Self {
        Self { table, row }
    }

    fn fields<C: Iterator<Item = Column<'a>>>(
        self,
        columns: C,
        dynamic: bool,
    ) -> ReadResult<Fields<'a, C>> {
        let dynamic = if dynamic {
            self.table.dynamic_fields(self.row).map_err(ReadError)?
        } else {
            serde_json::Map::new()
        };
        Ok(Fields {
            columns,
            row: self.row,
            open: None,
            dynamic: dynamic.into_iter(),
            open_dynamic: None,
        })
    }
}

impl<'de> Deserializer<'de> for RowReader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> ReadResult<V::Value> {
        visitor.visit_map(self.fields(
            self.table.columns().filter(|column| !column.is_dynamic()),
            true,
        )?)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> ReadResult<V::Value> {
        let columns = || self.table.columns().filter(|column| !column.is_dynamic());
        // The dynamic fields are parsed only if the struct has a field without a column.
        let dynamic = names
            .iter()
            .any(|name| columns().all(|column| column.name() != *name));
        visitor.visit_map(self.fields(columns(), dynamic)?)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> ReadResult<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> ReadResult<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> ReadResult<V::Value> {
        visitor.visit_unit()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> ReadResult<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf seq tuple tuple_struct
        unit_struct map enum identifier
    }
}

struct Fields<'a, C> {
    columns: C,
    row: usize,
    open: Option<Column<'a>>,
    dynamic: serde_json::map::IntoIter,
    open_dynamic: Option<(String, serde_json::Value)>,
}

impl<'a, C: Iterator<Item = Column<'a>>> MapAccess<'a> for Fields<'a, C> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> ReadResult<Option<K::Value>> {
        self.open = self.columns.next();
        if let Some(column) = &self.open {
            return seed
                .deserialize(BorrowedStrDeserializer::new(column.name()))
                .map(Some);
        }
        self.open_dynamic = self.dynamic.next();
        match &self.open_dynamic {
            Some((name, _)) => seed
                .deserialize(name.as_str().into_deserializer())
                .map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> ReadResult<V::Value> {
        if let Some(column) = self.open.take() {
            let value = seed.deserialize(CellReader(column.cell(self.row)));
            return value.map_err(|ReadError(why)| {
                ReadError(format!("{why} in field {:?}", column.name()))
            });
        }
        match self.open_dynamic.take() {
            Some((name, value)) => seed.deserialize(value).map_err(|error| {
                let why = without_value(error.to_string());
                ReadError(format!("{why} in dynamic field {name:?}"))
            }),
            None => Err(ReadError("a value was read before its key".to_owned())),
        }
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

#[derive(Clone, Copy)]
struct CellReader<'a>(Cell<'a>);

impl<'a> IntoDeserializer<'a, ReadError> for CellReader<'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
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

/// The names of the fields of a struct, as serde sees them; `None` if `T` is not a struct.
pub(crate) fn field_names<T: de::DeserializeOwned>() -> Option<&'static [&'static str]> {
    struct Probe<'a>(&'a mut Option<&'static [&'static str]>);

    impl<'de> Deserializer<'de> for Probe<'_> {
        type Error = ReadError;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> ReadResult<V::Value> {
            Err(ReadError(String::new()))
        }

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            names: &'static [&'static str],
            _: V,
        ) -> ReadResult<V::Value> {
            *self.0 = Some(names);
            Err(ReadError(String::new()))
        }

        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            visitor: V,
        ) -> ReadResult<V::Value> {
            visitor.visit_newtype_struct(self)
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut names = None;
    // Always fails; `Probe` records the names before.
    let _ = T::deserialize(Probe(&mut names));
    names
}
