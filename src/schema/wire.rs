//! Conversion of schemas to and from Milvus' messages.

use super::{DataType, DefaultValue, External, Field, Function, Schema};
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
            DataType::Array { element, .. } => element.number(),
            _ => Number::None as i32,
        };
        FieldSchema {
            name: self.name.clone(),
            is_primary_key: self.primary_key,
            description: self.description.clone(),
            data_type: self.data_type.number(),
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
        let data_type = DataType::of_field(field.data_type, field.element_type, &mut take);
        Self {
            name: field.name.clone(),
            data_type,
            description: field.description.clone(),
            primary_key: field.is_primary_key,
            auto_id: field.auto_id,
            partition_key: field.is_partition_key,
            clustering_key: field.is_clustering_key,
            nullable: field.nullable,
            default: field.default_value.as_ref().map(DefaultValue::from_proto),
            function_output: field.is_function_output,
            external_field: field.external_field.clone(),
            parameters: parameters.as_slice().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::schema::ValueField;

    #[test]
    fn a_schema_round_trips() {
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
            .field(Field::bool("new").default_value(true))
            .field(Field::int8("tiny").default_value(i8::MIN))
            .field(Field::int16("pages").default_value(100))
            .field(Field::int32("medium").default_value(i32::MIN))
            .field(Field::int64("large").default_value(i64::MIN))
            .field(Field::float("weight").default_value(0.1))
            .field(Field::float("height").default_value(f32::MAX))
            .field(Field::float("depth").default_value(3))
            .field(Field::float("rounded").default_value(16_777_217))
            .field(Field::double("price").default_value(0.1).nullable())
            .field(Field::double("cost").default_value(i64::MIN))
            .field(Field::double("least").default_value(f64::from_bits(1)))
            .field(Field::varchar("language", 9).default_value("en"))
            .field(Field::text("body").default_value(""))
            .field(Field::json("more").default_value(serde_json::json!({ "a": [0.1, u64::MAX] })))
            .field(Field::timestamptz("at").default_value("2026-03-01T12:00:00Z"))
            .field(Field::date("day").default_value("2026-03-01"))
            .field(Field::time("hour").default_value("12:00:00"))
            .field(Field::mol("molecule").nullable())
            .function(Function::bm25("words", "text", "sparse"))
            .dynamic_fields(true)
            .namespaces(true)
            .description("all there is")
            .build()
            .unwrap();
        assert_eq!(Schema::from_proto(&schema.to_proto("books")), schema);
    }

    #[test]
    fn equality_ignores_the_order_of_parameters() {
        let schema = |parameters: [(&str, &str); 2]| {
            let id = Field::int64("id").primary_key();
            let vector = parameters
                .into_iter()
                .fold(Field::float_vector("v", 2), |field, (key, value)| {
                    field.parameter(key, value)
                });
            Schema::builder().field(id).field(vector).build().unwrap()
        };
        let one = schema([("a", "1"), ("b", "2")]);
        assert_eq!(one, schema([("b", "2"), ("a", "1")]));
        assert_ne!(one, schema([("a", "2"), ("b", "1")]));
        assert_ne!(one, schema([("a", "1"), ("c", "2")]));
        assert_ne!(one, schema([("a", "1"), ("a", "2")]));
    }

    #[test]
    fn an_unknown_default_value_is_kept() {
        let field = FieldSchema {
            name: "new".into(),
            data_type: Number::Int64 as i32,
            default_value: Some(ValueField { data: None }),
            ..FieldSchema::default()
        };
        let field = Field::from_proto(&field);
        assert_eq!(field.default(), Some(&DefaultValue::Unknown));
        assert!(field.has_default());
        let id = Field::int64("id").primary_key();
        let schema = Schema::builder().field(id).field(field);
        let refused = schema.field(Field::float_vector("v", 2)).build();
        let why = refused.unwrap_err();
        assert!(why.message().contains("\"new\" is of type int64"), "{why}");
    }

    #[test]
    fn defaults_that_a_field_cannot_hold_are_refused() {
        for (field, value) in [
            (Field::float("f").default_value(1e300), "1000"),
            (Field::float("f").default_value(f64::NAN), "NaN"),
            (Field::double("f").default_value(f64::INFINITY), "inf"),
            (
                Field::double("f").default_value(9_007_199_254_740_993_i64),
                "9007199254740993",
            ),
            (
                Field::double("f").default_value(i64::MAX),
                "9223372036854775807",
            ),
            (Field::int8("f").default_value(128), "128"),
            (Field::int16("f").default_value(-32_769), "-32769"),
            (
                Field::int32("f").default_value(i64::MAX),
                "9223372036854775807",
            ),
            (Field::int64("f").default_value(0.5), "0.5"),
        ] {
            let id = Field::int64("id").primary_key();
            let schema = Schema::builder().field(id).field(field);
            let refused = schema.field(Field::float_vector("v", 2)).build();
            let why = refused.unwrap_err();
            let text = format!("its default value cannot be {value}");
            assert!(why.message().contains(&text), "{why}");
        }
    }

    #[test]
    fn an_unknown_type_keeps_its_number() {
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
