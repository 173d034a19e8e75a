//! Columns that are not in the schema.

use bytes::Bytes;

use super::DYNAMIC_FIELD;
use super::columns::ColumnData;
use super::table::Table;
use crate::proto::schema::FieldData;

/// Merges columns into one JSON object per row.
pub(super) fn merge(columns: Vec<ColumnData>, rows: usize) -> Result<Vec<Bytes>, String> {
    let fields: Vec<FieldData> = columns.into_iter().map(ColumnData::into_proto).collect();
    let table = Table::new(fields, rows)?;
    (0..rows)
        .map(|row| {
            let mut object = serde_json::Map::new();
            for column in table.columns() {
                let value = column.cell(row).to_json();
                let value = value
                    .map_err(|why| format!("row {row}: {why} in field {:?}", column.name()))?;
                match value {
                    serde_json::Value::Object(fields) if column.name() == DYNAMIC_FIELD => {
                        object.extend(fields)
                    }
                    value => drop(object.insert(column.name().to_owned(), value)),
                }
            }
            Ok(serde_json::Value::Object(object)
                .to_string()
                .into_bytes()
                .into())
        })
        .collect()
}
