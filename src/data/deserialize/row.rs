//! A row as a map from the names of its fields to their values.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::cell::CellReader;
use super::read_error::{ReadError, ReadResult, without_value};
use crate::data::table::{Column, Table};

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
