use std::fmt;
use std::sync::Arc;

use serde::ser::{self, SerializeMap};
use serde::{Deserialize, Serialize, Serializer};

use super::table::Table;
use super::value::{Value, unreadable};
use crate::error::Result;

/// A row of a result. Its values are not copied from the response until they are read.
///
/// `Row` implements `Serialize`, as a map from field names to values, so that it can be returned as JSON or written to
/// another collection.
///
/// ```no_run
/// # async fn example(client: milvus_otel::Client) -> milvus_otel::Result<()> {
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Book<'a> {
///     title: &'a str,
///     year: i32,
/// }
///
/// for row in client.get("books", [1, 2]).output(["title", "year"]).await? {
///     println!("{:?}", row.get("title"));
///     let book: Book = row.read()?;
///     println!("{} ({})", book.title, book.year);
/// }
/// # Ok(())
/// # }
/// ```
#[doc(alias = "entity")]
#[doc(alias = "Document")]
#[derive(Clone, PartialEq)]
pub struct Row {
    table: Arc<Table>,
    row: usize,
}

impl Row {
    pub(crate) fn of_table(table: &Arc<Table>, row: usize) -> Self {
        Self {
            table: Arc::clone(table),
            row,
        }
    }

    /// The value of a field or dynamic field; `None` if it was not received.
    pub fn get(&self, name: &str) -> Option<Value> {
        self.table.value(self.row, name)
    }

    /// The value of a field or dynamic field, converted to `T`: any type that implements `Deserialize`.
    ///
    /// A field that was not received can be read as an `Option`, and is `None`.
    ///
    /// # Errors
    ///
    /// The field was not received, is null, or has another type.
    #[doc(alias = "try_get")]
    pub fn field<'a, T: Deserialize<'a>>(&'a self, name: &str) -> Result<T> {
        self.table.field(self.row, name)
    }

    /// The names of the received fields, including dynamic fields.
    pub fn names(&self) -> Vec<String> {
        let fields = self.table.columns().filter(|column| !column.is_dynamic());
        let mut names: Vec<String> = fields.map(|column| column.name().to_owned()).collect();
        names.extend(
            self.table
                .dynamic_fields(self.row)
                .unwrap_or_default()
                .into_iter()
                .map(|(name, _)| name),
        );
        names
    }

    /// Deserializes the row into `T`: a struct whose fields are named like the fields of the row, or a map.
    ///
    /// # Errors
    ///
    /// A field is missing or has another type; the message names the field.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        self.table.row(self.row)
    }

    /// The indexes of the structs that matched an `element_filter`: see [`Table::matched_elements`].
    pub fn matched_elements(&self) -> Option<&[u64]> {
        self.table.matched_elements(self.row)
    }

    /// The table that contains the row, and the index of the row in it.
    pub fn table(&self) -> (&Table, usize) {
        (&self.table, self.row)
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        TableRow(&self.table, self.row).serialize(serializer)
    }
}

/// As a list of rows, each of which is a map from field names to values.
impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.len()).map(|row| TableRow(self, row)))
    }
}

/// A row of a table.
struct TableRow<'a>(&'a Table, usize);

impl Serialize for TableRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let Self(table, row) = *self;
        let fields = table.columns().filter(|column| !column.is_dynamic());
        let dynamic = table.dynamic_fields(row).map_err(ser::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        for column in fields {
            let value = column.value(row);
            if let Value::Unknown(data_type) = value {
                let (why, name) = (unreadable(data_type), column.name());
                return Err(ser::Error::custom(format_args!("{why} in field {name:?}")));
            }
            map.serialize_entry(column.name(), &value)?;
        }
        for (name, value) in &dynamic {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl fmt::Debug for Row {
    /// Field names only: values are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Row").field(&self.names()).finish()
    }
}
