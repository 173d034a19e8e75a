//! Conversion of a typed row to a row of columns, according to the schema.

use std::collections::BTreeSet;

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;

use super::DYNAMIC_FIELD;
use super::columns::{ColumnData, Columns, scalar};
use super::json;
use super::serialize::{FieldName, Mismatch, SinkResult, ValueSink};
use super::sink::{self, Sink};
use super::write_rules::WriteRules;
use super::{check, dynamic};
use crate::proto::schema::{
    DataType as Number, FieldData, JsonArray, scalar_field::Data as Scalar,
};
use crate::schema::{Field, Schema};

/// Collects rows, which it receives from `serde`, in one sink per field.
pub(super) struct Writer<'a> {
    schema: &'a Schema,
    sinks: Vec<Sink<'a>>,
    /// The dynamic fields of the previous rows; rows at the end without any may be missing.
    dynamic: Vec<Bytes>,
    /// The dynamic fields of the current row: a JSON object without its closing brace.
    meta: BytesMut,
    row: usize,
    /// The sink after the last one written, which is tried first: rows of one type have their fields in the same order.
    next: usize,
    key: Option<String>,
    /// The field that was refused, for the error.
    at: String,
}

impl<'a> Writer<'a> {
    /// A writer for about `count` rows.
    pub(super) fn new(schema: &'a Schema, count: usize) -> Self {
        Self {
            schema,
            sinks: schema
                .fields()
                .iter()
                .filter(|field| !field.is_function_output())
                .map(|field| Sink::new(field, count))
                .collect(),
            dynamic: Vec::new(),
            meta: BytesMut::new(),
            row: 0,
            next: 0,
            key: None,
            at: String::new(),
        }
    }

    /// Begins the row of this number.
    pub(super) fn begin_row(&mut self, row: usize) {
        self.row = row;
        self.next = 0;
        self.at.clear();
    }

    /// The error with the row and the field.
    pub(super) fn in_row(&self, Mismatch(why): Mismatch) -> Mismatch {
        let (row, field) = (self.row, &self.at);
        Mismatch(if field.is_empty() {
            format!("row {row}: {why}")
        } else {
            format!("row {row}: {why} in field {field:?}")
        })
    }
}

impl Writer<'_> {
    fn put<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> SinkResult {
        let outcome = match sink::find(&mut self.sinks, &mut self.next, name) {
            Some(sink) if sink.rows > self.row => {
                Err(Mismatch("expected one value, found a second".to_owned()))
            }
            Some(sink) => sink.put(value),
            None => self.put_dynamic(name, value),
        };
        if outcome.is_err() {
            name.clone_into(&mut self.at);
        }
        outcome
    }

    fn put_dynamic<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> SinkResult {
        if self.schema.field(name).is_some() {
            return Err(Mismatch(
                "expected no value, because a function computes it".to_owned(),
            ));
        }
        if !self.schema.has_dynamic_fields() || check::is_inner(name, self.schema) {
            return Err(Mismatch(check::unknown(name, self.schema)));
        }
        self.meta
            .put_u8(if self.meta.is_empty() { b'{' } else { b',' });
        json::write(name, &mut self.meta)?;
        self.meta.put_u8(b':');
        json::write(value, &mut self.meta)
    }

    pub(super) fn end_row(&mut self, rules: WriteRules) -> Result<(), String> {
        let row = self.row;
        for sink in &mut self.sinks {
            if sink.rows > row {
                continue;
            }
            let Some(field) = self.schema.field(sink.name) else {
                continue;
            };
            if rules.fills(field) {
                sink.null().map_err(|Mismatch(why)| {
                    format!("row {row}: {why} in field {:?}", field.name())
                })?;
            } else if rules.needs(field) {
                let expected = field.data_type();
                return Err(format!(
                    "row {row}: field {:?} is missing: expected {expected}",
                    field.name()
                ));
            } else if sink.rows > 0 {
                let name = field.name();
                return Err(format!(
                    "row {row}: field {name:?} is in some rows and missing in others: expected all or none"
                ));
            }
        }
        if !self.meta.is_empty() {
            self.meta.put_u8(b'}');
            self.dynamic.resize(row, Bytes::from_static(b"{}"));
            self.dynamic.push(self.meta.split().freeze());
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Columns {
        let rows = self.row + 1;
        let mut dynamic = self.dynamic;
        let mut columns: Vec<ColumnData> = self
            .sinks
            .into_iter()
            .filter(|sink| sink.rows > 0)
            .map(Sink::finish)
            .collect();
        if !dynamic.is_empty() {
            dynamic.resize(rows, Bytes::from_static(b"{}"));
            columns.push(dynamic_column(dynamic));
        }
        Columns { columns }
    }
}

fn dynamic_column(data: Vec<Bytes>) -> ColumnData {
    ColumnData {
        name: DYNAMIC_FIELD.to_owned(),
        number: Number::Json as i32,
        rows: data.len(),
        data: scalar(Scalar::JsonData(JsonArray { data })),
        valid: Vec::new(),
        fault: None,
    }
}

impl ValueSink for Writer<'_> {
    fn expected(&self) -> String {
        "a struct or a map as a row".to_owned()
    }

    fn begin_map(&mut self) -> SinkResult {
        Ok(())
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> SinkResult {
        self.key = Some(FieldName::read(key, self.key.take())?);
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        let Some(name) = self.key.take() else {
            return self.refuse("a value without a key");
        };
        let outcome = self.put(&name, value);
        // Keeps the allocation for the next key.
        self.key = Some(name);
        outcome
    }

    fn entry<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> SinkResult {
        self.put(key, value)
    }
}

impl Columns {
    /// The fields of the request: the columns of the schema, with nulls for those that were not given, and all other
    /// columns as dynamic fields.
    pub(crate) fn into_fields(
        self,
        schema: &Schema,
        rules: WriteRules,
    ) -> Result<Vec<FieldData>, String> {
        let rows = self.len();
        let (named, mut rest): (Vec<_>, Vec<_>) = self
            .columns
            .into_iter()
            .partition(|column| schema.field(&column.name).is_some());
        let given: BTreeSet<&str> = named.iter().map(|column| column.name.as_str()).collect();
        let nulls: Vec<ColumnData> = schema
            .fields()
            .iter()
            .filter(|field| rules.fills(field) && !given.contains(field.name()))
            .map(|field| {
                let mut sink = Sink::new(field, 0);
                (0..rows)
                    .try_for_each(|_| sink.null())
                    .map_err(|Mismatch(why)| why)?;
                Ok(sink.finish())
            })
            .collect::<Result<_, String>>()?;
        // Milvus requires the validity of each row if a field can be null, even if no row is null, and accepts no
        // validity for other fields.
        let with_validity = |mut column: ColumnData| {
            let may_be_null = |field: &Field| {
                let by_default =
                    field.has_default() && column.number != Number::ArrayOfStruct as i32;
                field.is_nullable() || by_default
            };
            match schema.field(&column.name).is_some_and(may_be_null) {
                true if column.valid.is_empty() => column.valid = vec![true; rows],
                true => {}
                false => column.valid = Vec::new(),
            }
            column
        };
        let is_left_out = |column: &ColumnData| {
            (schema.field(&column.name)).is_some_and(|field| column.is_left_out(field))
        };
        let mut fields: Vec<FieldData> = named
            .into_iter()
            .filter(|column| !is_left_out(column))
            .chain(nulls)
            .map(|column| with_validity(column).into_proto())
            .collect();
        let meta = match rest.iter().position(|column| column.name == DYNAMIC_FIELD) {
            Some(index) if rest.len() == 1 => Some(rest.swap_remove(index)),
            None if rest.is_empty() && (rules.partial || !schema.has_dynamic_fields()) => None,
            None if rest.is_empty() => Some(dynamic_column(vec![Bytes::from_static(b"{}"); rows])),
            _ => Some(dynamic_column(dynamic::merge(rest, rows)?)),
        };
        fields.extend(meta.map(|column| FieldData {
            is_dynamic: true,
            ..column.into_proto()
        }));
        Ok(fields)
    }
}
