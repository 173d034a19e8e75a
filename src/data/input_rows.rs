use std::fmt;

use serde::Serialize;

use super::columns::Columns;
use super::kind::{Converted, Listed, Serialized};
use super::row_list;
use super::write_rules::WriteRules;
use crate::proto::schema::FieldData;
use crate::schema::Schema;

/// The rows of an [insert](crate::Client::insert) or [upsert](crate::Client::upsert), made by [`IntoRows`].
pub struct InputRows<'a>(Source<'a>);

/// What [`insert`](crate::Client::insert) and [`upsert`](crate::Client::upsert) take as rows:
///
/// - one row: a struct or a map that is `Serialize`, or a reference to one,
/// - several rows: a slice, `Vec`, array, set or other list of them, or a reference to one,
/// - an iterator over rows, which is collected first: [`insert_stream`](crate::Client::insert_stream) writes an iterator
///   of any length in batches,
/// - JSON: a `serde_json::Value` that is an object (one row) or an array of objects,
/// - [`Columns`],
/// - a `RecordBatch` of Arrow, with the feature `arrow-60`: see the module `data::arrow`.
///
/// Arrays of more than 32 rows are not `Serialize`: pass a slice (`&rows[..]`).
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// use milvus_otel::data::Columns;
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Book {
///     id: i64,
///     embedding: [f32; 2],
/// }
///
/// let book = Book { id: 1, embedding: [0.1, 0.2] };
/// client.insert("books", &book).await?;
///
/// let books = vec![book, Book { id: 2, embedding: [0.3, 0.4] }];
/// client.upsert("books", &books).await?;
/// client.upsert("books", books.iter().filter(|book| book.id > 1)).await?;
///
/// let json = serde_json::json!([{ "id": 3, "embedding": [0.5, 0.6] }]);
/// client.insert("books", json).await?;
///
/// let columns = Columns::new().int64("id", [4, 5]).float_vector("embedding", 2, [0.7, 0.8, 0.9, 1.0]);
/// client.insert("books", columns).await?;
/// # Ok(())
/// # }
/// ```
///
/// `K` is the [kind](super::kind) of the rows, which the compiler infers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a row nor a list of rows",
    label = "not rows",
    note = "a row is a struct with `#[derive(serde::Serialize)]`, a map or a JSON object; pass one, a list or an iterator of them, or `Columns`",
    note = "rows and their fields must be `Send + Sync`",
    note = "`insert_stream` and `upsert_stream` take a `Stream` of rows"
)]
pub trait IntoRows<'a, K> {
    /// Converts into rows.
    fn into_rows(self) -> InputRows<'a>;
}

enum Source<'a> {
    Columns(Columns),
    Rows {
        rows: Box<dyn RowSource + 'a>,
        count: usize,
    },
}

/// Rows of any kind, with their type erased.
pub(super) trait RowSource: Send + Sync {
    fn write(&self, count: usize, schema: &Schema, rules: WriteRules) -> Result<Columns, String>;
}

impl<T: Serialize + Send + Sync> RowSource for T {
    fn write(&self, count: usize, schema: &Schema, rules: WriteRules) -> Result<Columns, String> {
        row_list::write(self, count, schema, rules)
    }
}

impl<'a> InputRows<'a> {
    #[cfg(feature = "arrow-60")]
    pub(super) fn of(rows: impl RowSource + 'a, count: usize) -> Self {
        let rows = Box::new(rows);
        Self(Source::Rows { rows, count })
    }
}

impl InputRows<'_> {
    pub(crate) fn len(&self) -> usize {
        match &self.0 {
            Source::Columns(columns) => columns.len(),
            Source::Rows { count, .. } => *count,
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
            Source::Rows { rows, count } => rows.write(*count, schema, rules)?,
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

impl<'a, T: Into<InputRows<'a>>> IntoRows<'a, Converted> for T {
    fn into_rows(self) -> InputRows<'a> {
        self.into()
    }
}

impl<'a, T: Serialize + Send + Sync + 'a> IntoRows<'a, Serialized> for T {
    fn into_rows(self) -> InputRows<'a> {
        let count = row_list::count(&self);
        let rows = Box::new(self);
        InputRows(Source::Rows { rows, count })
    }
}

impl<'a, I> IntoRows<'a, Listed<Serialized>> for I
where
    I: Iterator<Item: Serialize + Send + Sync + 'a>,
{
    fn into_rows(self) -> InputRows<'a> {
        self.collect::<Vec<_>>().into_rows()
    }
}
