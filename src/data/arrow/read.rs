//! Arrow's batches from received tables.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, DataType as ArrowType, Field as ArrowField, Schema as ArrowSchema};

use super::super::table::{Column, Table};
use super::fields::array;
use super::types::field;
use crate::error::Error;

/// The columns of a table, in its order. See the [types](crate::data::arrow). Vectors share the memory of the answer if
/// it is aligned for their numbers, and no row is null; otherwise they are copied.
impl TryFrom<&Table> for RecordBatch {
    type Error = Error;

    /// # Errors
    ///
    /// A column has a type or a value that this version of the crate cannot read; the message names the column.
    fn try_from(table: &Table) -> Result<Self, Error> {
        let batch = columns(table).and_then(|columns| batch(columns, table.len()));
        batch.map_err(|why| Error::invalid_response("record_batch", why))
    }
}

/// See the conversion of `&Table`.
impl TryFrom<Table> for RecordBatch {
    type Error = Error;

    /// # Errors
    ///
    /// A column has a type or a value that this version of the crate cannot read; the message names the column.
    fn try_from(table: Table) -> Result<Self, Error> {
        Self::try_from(&table)
    }
}

/// The columns of a table, with the requested dynamic fields.
pub(crate) fn columns(table: &Table) -> Result<Vec<(ArrowField, ArrayRef)>, String> {
    let mut columns = Vec::new();
    for column in table.columns() {
        let names = table.dynamic_names();
        if column.is_dynamic() && !names.is_empty() {
            columns.extend(dynamic(table, names)?);
            continue;
        }
        columns.push(self::column(column)?);
    }
    Ok(columns)
}

/// A received column.
pub(crate) fn column(column: Column<'_>) -> Result<(ArrowField, ArrayRef), String> {
    let name = column.name();
    let (array, is_json) =
        array(column.received(), column.len()).map_err(|why| format!("{why} in field {name:?}"))?;
    Ok((field(name, array.data_type().clone(), is_json), array))
}

/// A batch of these columns.
pub(crate) fn batch(
    columns: Vec<(ArrowField, ArrayRef)>,
    rows: usize,
) -> Result<RecordBatch, String> {
    let (fields, arrays): (Vec<ArrowField>, _) = columns.into_iter().unzip();
    let schema = Arc::new(ArrowSchema::new(fields));
    // The number of rows counts for a batch without columns.
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, arrays, &options)
        .map_err(|error: ArrowError| error.to_string())
}

/// The requested dynamic fields, as one column of JSON texts each.
fn dynamic(table: &Table, names: &[String]) -> Result<Vec<(ArrowField, ArrayRef)>, String> {
    let mut columns: Vec<Vec<Option<String>>> = vec![Vec::with_capacity(table.len()); names.len()];
    for row in 0..table.len() {
        let fields = (table.dynamic_fields(row)).map_err(|why| format!("row {row}: {why}"))?;
        for (name, column) in names.iter().zip(&mut columns) {
            column.push(fields.get(name).map(serde_json::Value::to_string));
        }
    }
    let columns = names.iter().zip(columns);
    Ok(columns
        .map(|(name, texts)| {
            let array: ArrayRef = Arc::new(arrow_array::StringArray::from(texts));
            (field(name, ArrowType::Utf8, true), array)
        })
        .collect())
}
