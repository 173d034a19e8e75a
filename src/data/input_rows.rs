use std::fmt;

use serde::Serialize;
use serde_json::Value as Json;

use super::columns::Columns;
use super::rows;
use super::write_rules::WriteRules;
use crate::proto::schema::FieldData;
use crate::schema::Schema;

/// The rows of an [insert](crate::Client::insert) or [upsert](crate::Client::upsert).
///
/// Converted by `into()` from:
/// - typed rows: `&[T]`, `&Vec<T>`, `&[T; N]`, `Vec<T>` or `[T; N]` of any `T: Serialize` that is a struct or a map,
/// - [`Columns`],
/// - a `serde_json::Value` that is an object (one row) or an array of objects.
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// use milvus_otel::data::Columns;
///
/// let json = serde_json::json!([{ "id": 1, "embedding": [0.1, 0.2] }]);
/// client.insert("books", json).await?;
///
/// let columns = Columns::new().int64("id", [2, 3]).float_vector("embedding", 2, [0.3, 0.4, 0.5, 0.6]);
/// client.insert("books", columns).await?;
/// # Ok(())
/// # }
/// ```
pub struct InputRows<'a>(Source<'a>);

enum Source<'a> {
    Columns(Columns),
    Rows(Box<dyn RowSource + 'a>),
}

/// Typed rows, with their type erased.
trait RowSource: Send + Sync {
    fn len(&self) -> usize;
    fn write(&self, schema: &Schema, rules: WriteRules) -> Result<Columns, String>;
}

impl<T: Serialize + Send + Sync> RowSource for Vec<T> {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn write(&self, schema: &Schema, rules: WriteRules) -> Result<Columns, String> {
        rows::write(self, schema, rules)
    }
}

impl<T: Serialize + Sync> RowSource for &[T] {
    fn len(&self) -> usize {
        <[T]>::len(self)
    }

    fn write(&self, schema: &Schema, rules: WriteRules) -> Result<Columns, String> {
        rows::write(self, schema, rules)
    }
}

impl InputRows<'_> {
    pub(crate) fn len(&self) -> usize {
        match &self.0 {
            Source::Columns(columns) => columns.len(),
            Source::Rows(rows) => rows.len(),
        }
    }

    /// Whether there are no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The fields of the request.
    ///
    /// Columns that do not fit the schema are kept, so that they can be encoded for a newer schema. Columns that fit
    /// are kept only if `keep` is set.
    ///
    /// # Errors
    ///
    /// The rows do not fit the schema, or break a rule of the write.
    pub(crate) fn encode(
        &mut self,
        schema: &Schema,
        rules: WriteRules,
        keep: bool,
    ) -> Result<Vec<FieldData>, String> {
        let columns = match &mut self.0 {
            Source::Columns(columns) => {
                columns.check(schema, rules)?;
                if keep {
                    columns.clone()
                } else {
                    std::mem::take(columns)
                }
            }
            Source::Rows(rows) => rows.write(schema, rules)?,
        };
        columns.into_fields(schema, rules)
    }
}

impl fmt::Debug for InputRows<'_> {
    /// The count only: rows are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InputRows({})", self.len())
    }
}

impl From<Columns> for InputRows<'_> {
    fn from(columns: Columns) -> Self {
        Self(Source::Columns(columns))
    }
}

impl<'a, T: Serialize + Send + Sync + 'a> From<Vec<T>> for InputRows<'a> {
    fn from(rows: Vec<T>) -> Self {
        Self(Source::Rows(Box::new(rows)))
    }
}

impl<'a, T: Serialize + Sync> From<&'a [T]> for InputRows<'a> {
    fn from(rows: &'a [T]) -> Self {
        Self(Source::Rows(Box::new(rows)))
    }
}

impl<'a, T: Serialize + Sync> From<&'a Vec<T>> for InputRows<'a> {
    fn from(rows: &'a Vec<T>) -> Self {
        rows.as_slice().into()
    }
}

impl<'a, T: Serialize + Sync, const N: usize> From<&'a [T; N]> for InputRows<'a> {
    fn from(rows: &'a [T; N]) -> Self {
        rows.as_slice().into()
    }
}

impl<'a, T: Serialize + Send + Sync + 'a, const N: usize> From<[T; N]> for InputRows<'a> {
    fn from(rows: [T; N]) -> Self {
        Vec::from(rows).into()
    }
}

impl From<Json> for InputRows<'_> {
    fn from(rows: Json) -> Self {
        match rows {
            Json::Array(rows) => rows.into(),
            row => vec![row].into(),
        }
    }
}
