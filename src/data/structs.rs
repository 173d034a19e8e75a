//! Received arrays of structs. Servers send them field by field, each with an array per row.

use super::cell::{self, Cell};
use super::received::Received;
use crate::proto::schema::{
    DataType as Number, FieldData, StructArrayField, VectorField, field_data::Field as Data,
    vector_field::Data as Vector,
};
use crate::schema::{inner_name, split_path};

/// One struct of one row.
#[derive(Clone, Copy)]
pub(crate) struct Struct<'a> {
    pub(super) fields: &'a [Received],
    pub(super) row: usize,
    pub(super) index: usize,
}

impl<'a> Struct<'a> {
    /// Its fields, in the order they were received.
    pub(super) fn entries(self) -> impl Iterator<Item = (&'a str, Cell<'a>)> {
        let value = move |field: &'a Received| field.cell(self.row).element(self.index);
        (self.fields.iter()).map(move |field| (field.name(), value(field)))
    }
}

/// An array of structs from what was received of it; a field of the structs that was not received is left out.
pub(super) fn received(
    mut field: FieldData,
    structs: StructArrayField,
    rows: usize,
) -> Result<Received, String> {
    let array = field.field_name.clone();
    let refuse = |why: String| format!("field {array:?}: {why}");
    let is_there = |field: &FieldData| {
        rows == 0 || !field.valid_data.is_empty() || cell::count(field) != Ok(0)
    };
    let fields = structs.fields.into_iter().filter(is_there);
    let inner = fields
        .map(|mut inner| {
            inner.field_name = inner_name(&array, &inner.field_name).to_owned();
            share_dimension(&mut inner);
            if matches!(inner.field, Some(Data::StructArrays(_))) {
                return Err(format!(
                    "field {:?}: it is an array within structs",
                    inner.field_name
                ));
            }
            Received::new(inner, rows)
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(refuse)?;
    // Nulls are whole arrays, though each field of the structs says it for itself.
    let is_null = |row: &usize| {
        field.valid_data.get(*row) == Some(&false) || inner.iter().any(|inner| inner.is_null(*row))
    };
    let nulls: Vec<usize> = (0..rows).filter(is_null).collect();
    field.valid_data.clear();
    if !nulls.is_empty() {
        field.valid_data.resize(rows, true);
        for row in nulls {
            if let Some(valid) = field.valid_data.get_mut(row) {
                *valid = false;
            }
        }
    }
    for row in (0..rows).filter(|row| field.valid_data.get(*row) != Some(&false)) {
        let is_known = |inner: &&Received| !matches!(inner.cell(row), Cell::Unknown(_));
        let mut known = inner.iter().filter(is_known);
        if let Some(first) = known.next() {
            let expected = first.cell(row).len();
            for other in known {
                let found = other.cell(row).len();
                if found != expected {
                    return Err(refuse(format!(
                        "row {row}: {expected} of {:?} and {found} of {:?}",
                        first.name(),
                        other.name()
                    )));
                }
            }
        }
    }
    Ok(Received::of_structs(field, inner))
}

/// Some servers give the dimension of the vectors once for all rows.
fn share_dimension(field: &mut FieldData) {
    if let Some(Data::Vectors(VectorField {
        data: Some(Vector::VectorArray(array)),
        ..
    })) = &mut field.field
    {
        for row in array.data.iter_mut().filter(|row| row.dim == 0) {
            row.dim = array.dim;
        }
    }
}

/// Puts together what a server sent of an array of structs as several fields, also as fields `array[name]`.
pub(super) fn gathered(fields: Vec<FieldData>) -> Vec<FieldData> {
    let is_part = |field: &FieldData| match &field.field {
        Some(Data::StructArrays(_)) => true,
        _ => field.field_name.ends_with(']'),
    };
    if !fields.iter().any(is_part) {
        return fields;
    }
    let mut whole: Vec<FieldData> = Vec::with_capacity(fields.len());
    for mut field in fields {
        let is_array = |number| field.r#type == number as i32;
        let array = split_path(&field.field_name)
            .filter(|_| is_array(Number::Array) || is_array(Number::ArrayOfVector))
            .map(|(array, _)| array.to_owned());
        let (name, parts) = match (array, &mut field.field) {
            (Some(array), _) => (array, None),
            (None, Some(Data::StructArrays(structs))) => {
                let parts = std::mem::take(&mut structs.fields);
                (field.field_name.clone(), Some(parts))
            }
            (None, _) => {
                whole.push(field);
                continue;
            }
        };
        let known = whole.iter_mut().find(|known| known.field_name == name);
        if let Some(Data::StructArrays(known)) = known.and_then(|known| known.field.as_mut()) {
            known.fields.extend(parts.unwrap_or_else(|| vec![field]));
            continue;
        }
        let valid_data = match parts {
            Some(_) => std::mem::take(&mut field.valid_data),
            None => Vec::new(),
        };
        whole.push(FieldData {
            r#type: Number::ArrayOfStruct as i32,
            field_name: name,
            valid_data,
            field: Some(Data::StructArrays(StructArrayField {
                fields: parts.unwrap_or_else(|| vec![field]),
            })),
            ..FieldData::default()
        });
    }
    whole
}
