use super::cell::{self, Cell};
use super::structs;
use crate::proto::schema::{FieldData, field_data::Field as Data};

/// A field of all rows as it was received, of which it is known that it has a value or a null for each.
#[derive(Clone, PartialEq)]
pub(crate) struct Received {
    pub(super) field: FieldData,
    /// For each row the index of its value, where values of null rows were left out.
    indexes: Option<Vec<usize>>,
    /// Of an array of structs: what they have, each an array per row.
    pub(super) inner: Vec<Self>,
}

impl Received {
    pub(super) fn new(mut field: FieldData, rows: usize) -> Result<Self, String> {
        if let Some(Data::StructArrays(structs)) = field.field.take_if(is_struct_array) {
            return structs::received(field, structs, rows);
        }
        let refuse = |why: String| format!("field {:?}: {why}", field.field_name);
        let count = cell::count(&field).map_err(refuse)?;
        let valid = &field.valid_data;
        let present = valid.iter().filter(|valid| **valid).count();
        let is_told = valid.is_empty() || valid.len() == rows;
        let indexes = if is_told && (count == rows || cell::has_no_values(&field)) {
            None
        } else if valid.len() == rows && count == present {
            let ranks = valid.iter().scan(0, |next, valid| {
                let index = *next;
                *next += usize::from(*valid);
                Some(index)
            });
            Some(ranks.collect())
        } else {
            return Err(refuse(format!(
                "{count} values and {} validity marks for {rows} rows",
                valid.len()
            )));
        };
        Ok(Self {
            field,
            indexes,
            inner: Vec::new(),
        })
    }

    /// A field without nulls.
    pub(super) fn whole(field: FieldData) -> Self {
        Self {
            field,
            indexes: None,
            inner: Vec::new(),
        }
    }

    /// An array of structs with these fields.
    pub(super) fn of_structs(field: FieldData, inner: Vec<Self>) -> Self {
        Self {
            field,
            indexes: None,
            inner,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.field.field_name
    }

    /// Whether this row has no value.
    pub(super) fn is_null(&self, row: usize) -> bool {
        self.field.valid_data.get(row) == Some(&false)
    }

    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        if self.is_null(row) {
            return Cell::Null;
        }
        if !self.inner.is_empty() {
            return Cell::Structs(&self.inner, row);
        }
        let index = match &self.indexes {
            Some(indexes) => indexes.get(row).copied().unwrap_or(usize::MAX),
            None => row,
        };
        cell::get(&self.field, index)
    }
}

fn is_struct_array(data: &mut Data) -> bool {
    matches!(data, Data::StructArrays(_))
}
