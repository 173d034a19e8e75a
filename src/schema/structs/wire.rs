//! Conversion of arrays of structs to and from Milvus' messages, and the names of their fields.

use super::super::{DataType, Field};
use crate::proto::Parameters;
use crate::proto::common::KeyValuePair;
use crate::proto::schema::{DataType as Number, FieldSchema, StructArrayFieldSchema};

const MAX_CAPACITY: &str = "max_capacity";

impl Field {
    /// The message of an array of structs; `None` for other fields.
    pub(crate) fn to_struct_array(&self) -> Option<StructArrayFieldSchema> {
        let DataType::StructArray {
            fields,
            max_capacity,
        } = &self.data_type
        else {
            return None;
        };
        let capacity = KeyValuePair {
            key: MAX_CAPACITY.to_owned(),
            value: max_capacity.to_string(),
        };
        let of_structs = |field: &Self| {
            let mut wire = field.to_proto();
            wire.element_type = wire.data_type;
            wire.data_type = array_of(&field.data_type) as i32;
            wire.nullable = self.nullable;
            wire.type_params.push(capacity.clone());
            wire
        };
        Some(StructArrayFieldSchema {
            name: self.name.clone(),
            description: self.description.clone(),
            fields: fields.iter().map(of_structs).collect(),
            type_params: self.parameters.to_proto(),
            nullable: self.nullable,
            ..StructArrayFieldSchema::default()
        })
    }

    /// The message to add a field that is not an array of structs to a collection.
    pub(crate) fn to_add(&self) -> Result<FieldSchema, String> {
        self.check()?;
        if self.is_struct_array() {
            let name = &self.name;
            return Err(format!(
                "{name:?} is an array of structs: add it with add_collection_struct_field"
            ));
        }
        Ok(self.to_proto())
    }

    /// The message to add the field to a collection.
    ///
    /// # Errors
    ///
    /// The field is invalid, or not an array of structs.
    pub(crate) fn struct_array_to_add(&self) -> Result<StructArrayFieldSchema, String> {
        self.check()?;
        self.to_struct_array().ok_or_else(|| {
            let (name, found) = (&self.name, &self.data_type);
            format!("{name:?} is of type {found}: expected an array of structs")
        })
    }

    pub(in super::super) fn from_struct_array(array: &StructArrayFieldSchema) -> Self {
        let mut capacity = None;
        let of_structs = |wire: &FieldSchema| {
            let mut wire = wire.clone();
            wire.name = inner_name(&array.name, &wire.name).to_owned();
            wire.nullable = false;
            if wire.data_type == Number::Array as i32
                || wire.data_type == Number::ArrayOfVector as i32
            {
                wire.data_type = std::mem::take(&mut wire.element_type);
            }
            wire.type_params.retain(|pair| {
                let is_capacity = pair.key == MAX_CAPACITY;
                if is_capacity {
                    capacity = pair.value.parse().ok().or(capacity);
                }
                !is_capacity
            });
            Self::from_proto(&wire)
        };
        let fields: Vec<Self> = array.fields.iter().map(of_structs).collect();
        let mut parameters = Parameters::from(array.type_params.as_slice());
        let own = parameters.get(MAX_CAPACITY);
        let max_capacity = capacity.or_else(|| own?.parse().ok()).unwrap_or_default();
        parameters.remove(MAX_CAPACITY);
        Self {
            description: array.description.clone(),
            nullable: array.nullable,
            parameters,
            ..Self::struct_array(array.name.as_str(), fields, max_capacity)
        }
    }
}

/// The part `name` of `array[name]`, by which servers call the field internally, and in some responses.
pub(crate) fn inner_name<'a>(array: &str, mut name: &'a str) -> &'a str {
    let inner = |name: &'a str| {
        let rest = name.strip_prefix(array)?;
        rest.strip_prefix('[')?.strip_suffix(']')
    };
    while let Some(shorter) = inner(name) {
        name = shorter;
    }
    name
}

/// The array and the name in a path `array[name]`.
pub(crate) fn split_path(path: &str) -> Option<(&str, &str)> {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|each| each.is_ascii_alphanumeric() || each == '_')
    };
    let (array, name) = path.strip_suffix(']')?.split_once('[')?;
    (is_name(array) && is_name(name)).then_some((array, name))
}

/// The type of the message that has one array per row, with the values of one field of the structs.
fn array_of(data_type: &DataType) -> Number {
    if data_type.is_vector() {
        Number::ArrayOfVector
    } else {
        Number::Array
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    #[test]
    fn a_schema_with_structs_round_trips() {
        let fields = [
            Field::bool("flag").description("whether"),
            Field::int8("tiny"),
            Field::varchar("text", 99).mmap(true),
            Field::float16_vector("half", 8),
            Field::binary_vector("bits", 16),
        ];
        let array = Field::struct_array("chunks", fields, 12)
            .description("in order")
            .mmap(false)
            .nullable();
        let schema = Schema::builder()
            .field(array.clone())
            .field(Field::int64("id").primary_key())
            .field(Field::float_vector("v", 4))
            .build()
            .unwrap();
        let names: Vec<&str> = schema.fields().iter().map(Field::name).collect();
        assert_eq!(names, ["id", "v", "chunks"]);
        let mut wire = schema.to_proto("books");
        assert_eq!(Schema::from_proto(&wire), schema);

        let inner = &wire.struct_array_fields[0].fields;
        assert_eq!(inner[2].data_type, Number::Array as i32);
        assert_eq!(inner[2].element_type, Number::VarChar as i32);
        assert_eq!(inner[4].data_type, Number::ArrayOfVector as i32);
        assert!(inner.iter().all(|field| field.nullable));

        // With the names that servers use internally.
        for field in &mut wire.struct_array_fields[0].fields {
            field.name = format!("chunks[{}]", field.name);
        }
        assert_eq!(Schema::from_proto(&wire), schema);
        assert_eq!(*schema.field("chunks").unwrap(), array);
    }

    #[test]
    fn paths_are_recognised() {
        for (path, parts) in [
            ("chunks[text]", Some(("chunks", "text"))),
            ("chunks", None),
            ("chunks[\"text\"]", None),
            ("chunks[text", None),
            ("[text]", None),
            ("a[b][c]", None),
        ] {
            assert_eq!(split_path(path), parts, "{path}");
        }
    }
}
