//! Arrays of structs in responses.

use crate::proto::schema::{
    DataType as Number, FieldData, StructArrayField, field_data::Field as Data,
};
use crate::schema::split_path;

/// Joins the fields of each array of structs into one field. Servers send them in one message, or as separate fields
/// with the name `array[name]`.
pub(super) fn join_struct_arrays(fields: Vec<FieldData>) -> Vec<FieldData> {
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
