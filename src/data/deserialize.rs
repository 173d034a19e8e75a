//! Conversion of received rows to `Deserialize` types.

mod cell;
mod names;
mod read_error;
mod row;

use serde::Deserialize;
use serde::de::Error as _;

use self::cell::CellReader;
pub(crate) use self::names::field_names;
use self::read_error::ReadError;
use self::row::RowReader;
use super::cell::Cell;
use super::table::Table;
use crate::error::{Error, Result};

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

    /// Deserializes one field or dynamic field of a row. A field that the row does not have is read like null.
    pub(super) fn field<'a, T: Deserialize<'a>>(&'a self, row: usize, name: &str) -> Result<T> {
        let found = self.column(name).filter(|column| !column.is_dynamic());
        let (value, found) = match found {
            Some(column) => (T::deserialize(CellReader(column.cell(row))), true),
            None => {
                let mut fields = self.dynamic_fields(row).unwrap_or_default();
                match fields.remove(name) {
                    Some(value) => {
                        let value = T::deserialize(value);
                        (value.map_err(ReadError::custom), true)
                    }
                    None => (T::deserialize(CellReader(Cell::Null)), false),
                }
            }
        };
        value.map_err(|ReadError(why)| match found {
            true => Error::invalid_response("read_row", format!("{why} in field {name:?}")),
            false => Error::invalid_argument(
                "read_row",
                format!("the row has no field {name:?}: request it with .output(..)"),
            ),
        })
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
