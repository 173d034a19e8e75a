use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use super::checks::Checks;
use super::columns::Columns;
use super::rows;
use crate::proto::schema::FieldData;
use crate::schema::Schema;

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
            Source::Rows(rows) => rows.write(schema, checks)?,
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
