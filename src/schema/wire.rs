//! Schemas as Milvus' messages, both ways.

use super::external::External;
use super::{DataType, DefaultValue, Field, Function, Schema};
use crate::proto::common::KeyValuePair;
use crate::proto::schema::{CollectionSchema, DataType as Number, FieldSchema};

impl Schema {
    pub(crate) fn to_proto(&self, collection: &str) -> CollectionSchema {
        CollectionSchema {
            name: collection.to_owned(),
            description: self.description.clone(),
            fields: (self.fields.iter())
                .filter(|field| !field.is_struct_array())
                .map(Field::to_proto)
                .collect(),
            struct_array_fields: (self.struct_arrays())
                .filter_map(Field::to_struct_array)
                .collect(),
            functions: self.functions.iter().map(Function::to_proto).collect(),
            enable_dynamic_field: self.dynamic_fields,
            enable_namespace: self.namespaces,
            external_source: self.external.source.clone(),
            external_spec: self.external.spec.clone(),
            ..CollectionSchema::default()
        }
    }

    pub(crate) fn from_proto(schema: &CollectionSchema) -> Self {
        let mut schema = Self {
            fields: schema
                .fields
                .iter()
                .filter(|field| !field.is_dynamic)
                .map(Field::from_proto)
                .chain((schema.struct_array_fields.iter()).map(Field::from_struct_array))
                .collect(),
            functions: schema.functions.iter().map(Function::from_proto).collect(),
            description: schema.description.clone(),
            dynamic_fields: schema.enable_dynamic_field,
            namespaces: schema.enable_namespace,
            external: External {
                source: schema.external_source.clone(),
                spec: schema.external_spec.clone(),
            },
        };
        schema.mark_outputs();
        schema
    }
}

impl Field {
    pub(super) fn to_proto(&self) -> FieldSchema {
        let mut type_params: Vec<KeyValuePair> = Vec::new();
        let mut push = |key: &str, value: String| {
            type_params.push(KeyValuePair {
                key: key.to_owned(),
                value,
            })
        };
        match &self.data_type {
            DataType::VarChar { max_length } => push("max_length", max_length.to_string()),
            DataType::Array {
                element,
                max_capacity,
            } => {
                push("max_capacity", max_capacity.to_string());
                if let DataType::VarChar { max_length } = **element {
                    push("max_length", max_length.to_string());
                }
            }
            other => {
                if let Some(dimension) = other.dimension() {
                    push("dim", dimension.to_string());
                }
            }
        }
        let element_type = match &self.data_type {
            DataType::Array { element, .. } => number(element),
            _ => Number::None as i32,
        };
        FieldSchema {
            name: self.name.clone(),
            is_primary_key: self.primary_key,
            description: self.description.clone(),
            data_type: number(&self.data_type),
            type_params: self.parameters.clone().over(type_params),
            auto_id: self.auto_id,
            element_type,
            is_partition_key: self.partition_key,
            is_clustering_key: self.clustering_key,
            nullable: self.nullable,
            default_value: self
                .default
                .as_ref()
                .map(|value| value.to_proto(&self.data_type)),
            is_function_output: self.function_output,
            external_field: self.external_field.clone(),
            ..FieldSchema::default()
        }
    }

    pub(super) fn from_proto(field: &FieldSchema) -> Self {
        let mut parameters = field.type_params.clone();
        let mut take = |key: &str| -> u32 {
            let found = parameters.iter().position(|pair| pair.key == key);
            found
                .and_then(|index| parameters.remove(index).value.parse().ok())
                .unwrap_or_default()
        };
        let data_type = data_type(field.data_type, field.element_type, &mut take);
        Self {
            name: field.name.clone(),
            data_type,
            description: field.description.clone(),
            primary_key: field.is_primary_key,
            auto_id: field.auto_id,
            partition_key: field.is_partition_key,
            clustering_key: field.is_clustering_key,
            nullable: field.nullable,
            default: field
                .default_value
                .as_ref()
                .and_then(DefaultValue::from_proto),
            function_output: field.is_function_output,
            external_field: field.external_field.clone(),
            parameters: parameters.as_slice().into(),
        }
    }
}

impl DataType {
    /// The type's number in the contract.
    pub(crate) fn number(&self) -> i32 {
        number(self)
    }
}

fn number(data_type: &DataType) -> i32 {
    let number = match data_type {
        DataType::Bool => Number::Bool,
        DataType::Int8 => Number::Int8,
        DataType::Int16 => Number::Int16,
        DataType::Int32 => Number::Int32,
        DataType::Int64 => Number::Int64,
        DataType::Float => Number::Float,
        DataType::Double => Number::Double,
        DataType::VarChar { .. } => Number::VarChar,
        DataType::Json => Number::Json,
        DataType::Array { .. } => Number::Array,
        DataType::StructArray { .. } => Number::ArrayOfStruct,
        DataType::Geometry => Number::Geometry,
        DataType::Timestamptz => Number::Timestamptz,
        DataType::FloatVector { .. } => Number::FloatVector,
        DataType::Float16Vector { .. } => Number::Float16Vector,
        DataType::BFloat16Vector { .. } => Number::BFloat16Vector,
        DataType::Int8Vector { .. } => Number::Int8Vector,
        DataType::BinaryVector { .. } => Number::BinaryVector,
        DataType::SparseFloatVector => Number::SparseFloatVector,
        DataType::Unknown(number) => return *number,
    };
    number as i32
}

/// The type of this number; `take` gives its parameters.
fn data_type(number: i32, element: i32, take: &mut dyn FnMut(&str) -> u32) -> DataType {
    match Number::try_from(number) {
        Ok(Number::Bool) => DataType::Bool,
        Ok(Number::Int8) => DataType::Int8,
        Ok(Number::Int16) => DataType::Int16,
        Ok(Number::Int32) => DataType::Int32,
        Ok(Number::Int64) => DataType::Int64,
        Ok(Number::Float) => DataType::Float,
        Ok(Number::Double) => DataType::Double,
        Ok(Number::VarChar) => DataType::VarChar {
            max_length: take("max_length"),
        },
        Ok(Number::Json) => DataType::Json,
        Ok(Number::Array) => DataType::Array {
            max_capacity: take("max_capacity"),
            element: Box::new(data_type(element, Number::None as i32, take)),
        },
        Ok(Number::Geometry) => DataType::Geometry,
        Ok(Number::Timestamptz) => DataType::Timestamptz,
        Ok(Number::FloatVector) => DataType::FloatVector {
            dimension: take("dim"),
        },
        Ok(Number::Float16Vector) => DataType::Float16Vector {
            dimension: take("dim"),
        },
        Ok(Number::BFloat16Vector) => DataType::BFloat16Vector {
            dimension: take("dim"),
        },
        Ok(Number::Int8Vector) => DataType::Int8Vector {
            dimension: take("dim"),
        },
        Ok(Number::BinaryVector) => DataType::BinaryVector {
            dimension: take("dim"),
        },
        Ok(Number::SparseFloatVector) => DataType::SparseFloatVector,
        _ => DataType::Unknown(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_comes_back_as_it_went() {
        let varchars = DataType::VarChar { max_length: 99 };
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key().auto_id())
            .field(
                Field::varchar("tenant", 64)
                    .partition_key()
                    .description("who"),
            )
            .field(
                Field::varchar("title", 512)
                    .nullable()
                    .parameter("mmap.enabled", "true"),
            )
            .field(Field::array("tags", varchars, 16))
            .field(Field::array("counts", DataType::Int32, 8))
            .field(Field::float_vector("dense", 768))
            .field(Field::binary_vector("bits", 64))
            .field(Field::sparse_vector("sparse"))
            .field(Field::json("extra"))
            .field(Field::varchar("text", 999).analyzer(serde_json::json!({})))
            .field(Field::int16("pages").default_value(100))
            .field(Field::double("price").default_value(9.5).nullable())
            .field(Field::varchar("language", 9).default_value("en"))
            .function(Function::bm25("words", "text", "sparse"))
            .dynamic_fields(true)
            .namespaces(true)
            .description("all there is")
            .build()
            .unwrap();
        assert_eq!(Schema::from_proto(&schema.to_proto("books")), schema);
    }

    #[test]
    fn a_type_of_the_future_keeps_its_number() {
        let field = FieldSchema {
            name: "new".into(),
            data_type: 4711,
            ..FieldSchema::default()
        };
        let field = Field::from_proto(&field);
        assert_eq!(*field.data_type(), DataType::Unknown(4711));
        assert_eq!(field.to_proto().data_type, 4711);
    }
}
