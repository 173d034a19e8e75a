use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use super::columns::Columns;
use super::rows;
use crate::proto::schema::FieldData;
use crate::schema::{DataType, Field, Schema};

/// What is written, and what holds for it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Checks {
    /// The primary key must be given, even if Milvus makes it up for inserts.
    pub(crate) upsert: bool,
    /// Fields may be left out: their values stay.
    pub(crate) partial: bool,
    /// Float vectors must hold finite numbers.
    pub(crate) refuse_nan: bool,
    /// The collection takes primary keys although it generates them for rows without one.
    pub(crate) key_allowed: bool,
    /// The server would not find a row again whose primary key is the largest 64-bit integer.
    pub(crate) loses_largest_key: bool,
}

impl Checks {
    /// Whether rows without this field are refused.
    pub(super) fn needs(self, field: &Field) -> bool {
        if field.is_primary_key() {
            return self.upsert || !field.is_auto_id();
        }
        !(self.partial || field.is_function_output() || field.is_nullable() || field.has_default())
    }

    /// Whether generated primary keys may be given.
    pub(super) fn takes_keys(self) -> bool {
        self.upsert || self.key_allowed
    }

    /// Whether rows without this field are sent with a null: a nullable or default field of a write of whole rows.
    /// Of a type that cannot be written Milvus fills it.
    pub(super) fn fills(self, field: &Field) -> bool {
        !self.partial
            && !matches!(field.data_type(), DataType::Unknown(_))
            && !field.is_primary_key()
            && !field.is_function_output()
            && (field.is_nullable() || field.has_default())
    }
}

/// Rows to be written: typed rows, [`Columns`], or JSON.
///
/// Made by `into()` from `&[T]`, `&Vec<T>`, `&[T; N]` and `Vec<T>` of any `T: Serialize` (structs, maps,
/// `serde_json::Value`), from `Columns`, and from one `serde_json::Value` that is an object or an array of objects.
pub struct Input<'a>(Source<'a>);

enum Source<'a> {
    Columns(Columns),
    Rows(Box<dyn Rows + 'a>),
}

/// Rows of one type that is no longer known.
trait Rows: Send + Sync {
    fn len(&self) -> usize;
    fn write(&self, schema: &Schema, checks: Checks) -> Result<Columns, String>;
}

impl<T: Serialize + Send + Sync> Rows for Vec<T> {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn write(&self, schema: &Schema, checks: Checks) -> Result<Columns, String> {
        rows::write(self, schema, checks)
    }
}

impl<T: Serialize + Sync> Rows for &[T] {
    fn len(&self) -> usize {
        <[T]>::len(self)
    }

    fn write(&self, schema: &Schema, checks: Checks) -> Result<Columns, String> {
        rows::write(self, schema, checks)
    }
}

impl Input<'_> {
    pub(crate) fn len(&self) -> usize {
        match &self.0 {
            Source::Columns(columns) => columns.len(),
            Source::Rows(rows) => rows.len(),
        }
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What goes on the wire, or why it must not. Columns that do not fit stay, for a newer schema; those that fit stay
    /// only if `again` says that they may be needed once more.
    pub(crate) fn encode(
        &mut self,
        schema: &Schema,
        checks: Checks,
        again: bool,
    ) -> Result<Vec<FieldData>, String> {
        let columns = match &mut self.0 {
            Source::Columns(columns) => {
                columns.check(schema, checks)?;
                if again {
                    columns.clone()
                } else {
                    std::mem::take(columns)
                }
            }
            Source::Rows(rows) => {
                let columns = rows.write(schema, checks)?;
                columns.check(schema, checks)?;
                columns
            }
        };
        columns.into_fields(schema, checks)
    }
}

impl fmt::Debug for Input<'_> {
    /// The count only: rows are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Input({} rows)", self.len())
    }
}

impl From<Columns> for Input<'_> {
    fn from(columns: Columns) -> Self {
        Self(Source::Columns(columns))
    }
}

impl<'a, T: Serialize + Send + Sync + 'a> From<Vec<T>> for Input<'a> {
    fn from(rows: Vec<T>) -> Self {
        Self(Source::Rows(Box::new(rows)))
    }
}

impl<'a, T: Serialize + Sync> From<&'a [T]> for Input<'a> {
    fn from(rows: &'a [T]) -> Self {
        Self(Source::Rows(Box::new(rows)))
    }
}

impl<'a, T: Serialize + Sync> From<&'a Vec<T>> for Input<'a> {
    fn from(rows: &'a Vec<T>) -> Self {
        rows.as_slice().into()
    }
}

impl<'a, T: Serialize + Sync, const N: usize> From<&'a [T; N]> for Input<'a> {
    fn from(rows: &'a [T; N]) -> Self {
        rows.as_slice().into()
    }
}

impl<'a, T: Serialize + Send + Sync + 'a, const N: usize> From<[T; N]> for Input<'a> {
    fn from(rows: [T; N]) -> Self {
        Vec::from(rows).into()
    }
}

impl From<Json> for Input<'_> {
    fn from(rows: Json) -> Self {
        match rows {
            Json::Array(rows) => rows.into(),
            row => vec![row].into(),
        }
    }
}
