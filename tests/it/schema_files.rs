//! Schemas in files: what is written is read back, and mistakes are refused by name.

use milvus_otel::schema::{DataType, Function, FunctionKind};
use milvus_otel::{Consistency, Field, Index, Metric, Schema};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn read(json: Json) -> Result<Schema, String> {
    serde_json::from_value(json).map_err(|error| error.to_string())
}

/// A schema with these fields besides the primary key and a vector.
fn with(fields: &Json) -> Json {
    let mut all = vec![
        json!({ "name": "id", "type": "int64", "primary_key": true }),
        json!({ "name": "v", "type": "float_vector", "dimension": 4 }),
    ];
    all.extend(fields.as_array().unwrap().iter().cloned());
    json!({ "fields": all })
}

#[test]
fn a_schema_is_written_without_defaults() {
    let schema = Schema::builder()
        .field(Field::varchar("key", 64).primary_key())
        .field(
            Field::varchar("text", 999)
                .analyzer(json!({ "type": "english" }))
                .text_match(),
        )
        .field(
            Field::varchar("plain", 9)
                .analyzer(json!({}))
                .mmap(false)
                .parameter("x", "1"),
        )
        .field(Field::array("tags", DataType::VarChar { max_length: 8 }, 16).nullable())
        .field(Field::array("counts", DataType::Int8, 4))
        .field(Field::json("extra").default_value(Json::Null))
        .field(Field::float("weight").default_value(0.5))
        .field(Field::sparse_vector("words"))
        .field(Field::struct_array(
            "chunks",
            [Field::bool("b"), Field::int8_vector("i", 8)],
            3,
        ))
        .function(Function::bm25("bm25", "text", "words").parameter("bm25_k1", "1.2"))
        .namespaces(true)
        .build()
        .unwrap();
    let written = json!({
        "fields": [
            { "name": "key", "type": "varchar", "max_length": 64, "primary_key": true },
            { "name": "text", "type": "varchar", "max_length": 999, "analyzer": { "type": "english" }, "text_match": true },
            { "name": "plain", "type": "varchar", "max_length": 9, "analyzer": {}, "mmap": false, "parameters": { "x": "1" } },
            { "name": "tags", "type": "array", "element": "varchar", "max_length": 8, "max_capacity": 16, "nullable": true },
            { "name": "counts", "type": "array", "element": "int8", "max_capacity": 4 },
            { "name": "extra", "type": "json", "default": null },
            { "name": "weight", "type": "float", "default": 0.5 },
            { "name": "words", "type": "sparse_vector" },
            { "name": "chunks", "type": "struct_array", "max_capacity": 3, "fields": [
                { "name": "b", "type": "bool" }, { "name": "i", "type": "int8_vector", "dimension": 8 }] },
        ],
        "functions": [
            { "name": "bm25", "kind": "BM25", "inputs": ["text"], "outputs": ["words"], "parameters": { "bm25_k1": "1.2" } },
        ],
        "namespaces": true,
    });
    assert_eq!(serde_json::to_value(&schema).unwrap(), written);
    assert_eq!(read(written).unwrap(), schema);
}

#[test]
fn mistakes_are_refused_by_name() {
    for (field, why) in [
        (
            json!({ "name": "f", "type": "float_vector", "dim": 4 }),
            "unknown field `dim`, expected one of",
        ),
        (
            json!({ "name": "f", "type": "string" }),
            "field \"f\" has the type \"string\": expected one of bool, int8",
        ),
        (
            json!({ "name": "f", "type": "varchar" }),
            "field \"f\" has no max_length",
        ),
        (
            json!({ "name": "f", "type": "float_vector" }),
            "field \"f\" has no dimension",
        ),
        (
            json!({ "name": "f", "type": "int8", "dimension": 4 }),
            "field \"f\" has dimension, which a field of type int8 does not have",
        ),
        (
            json!({ "name": "f", "type": "array", "max_capacity": 4 }),
            "field \"f\" has no element",
        ),
        (
            json!({ "name": "f", "type": "array", "element": "varchar", "max_capacity": 4 }),
            "field \"f\" has no max_length",
        ),
        (
            json!({ "name": "f", "type": "struct_array", "max_capacity": 4 }),
            "field \"f\" has no fields",
        ),
        (
            json!({ "name": "f", "type": "int8", "default": 300 }),
            "its default value cannot be 300",
        ),
        (
            json!({ "name": "f", "type": "int8", "default": "x" }),
            "its default value cannot be \"x\"",
        ),
        (
            json!({ "name": "f g", "type": "int8" }),
            "\"f g\" is not a valid field name",
        ),
        (
            json!({ "name": "id", "type": "int8" }),
            "two fields are named \"id\"",
        ),
        (
            json!({ "name": "f", "type": "varchar", "max_length": 99_999 }),
            "it must be 1 to 65535 bytes",
        ),
        (json!({ "type": "int8" }), "missing field `name`"),
        (
            json!({ "name": "f", "type": "int8", "parameters": { "a": [1] } }),
            "a parameter is a text, a number or a bool",
        ),
    ] {
        let error = read(with(&json!([field]))).unwrap_err();
        assert!(error.contains(why), "{error:?} does not say {why:?}");
    }
    let error = read(json!({ "fields": [] })).unwrap_err();
    assert!(error.contains("the schema has no primary key"), "{error}");
    let mut schema = with(&json!([]));
    schema["dynamic"] = true.into();
    let error = read(schema).unwrap_err();
    assert!(error.contains("unknown field `dynamic`"), "{error}");
    let mut schema = with(&json!([]));
    schema["functions"] = json!([{ "name": "f", "kind": "bm26" }]);
    let error = read(schema).unwrap_err();
    assert!(
        error.contains("\"bm26\" is not a FunctionKind: expected BM25, TextEmbedding"),
        "{error}"
    );
}

#[test]
fn types_are_read_in_the_spellings_of_milvus() {
    for kind in ["float_vector", "FloatVector", "FLOAT_VECTOR", "floatvector"] {
        let field = json!({ "name": "f", "type": kind, "dimension": 8 });
        let field: Field = serde_json::from_value(field).unwrap();
        assert_eq!(field, Field::float_vector("f", 8));
    }
    let field: Field =
        serde_json::from_value(json!({ "name": "f", "type": "SPARSE_FLOAT_VECTOR" })).unwrap();
    assert_eq!(field, Field::sparse_vector("f"));
    assert_eq!(field.data_type().name(), "sparse_vector");
    assert_eq!("bm25".parse::<FunctionKind>().unwrap(), FunctionKind::Bm25);
}

#[test]
fn enums_are_read_in_any_case() {
    #[derive(serde::Deserialize, serde::Serialize)]
    struct Config {
        metric: Metric,
        consistency: Consistency,
        index: Index,
    }
    let config: Config = serde_json::from_value(json!({
        "metric": "cosine", "consistency": "BOUNDED",
        "index": { "kind": "hnsw", "metric": "ip", "parameters": { "M": 16, "efConstruction": "200" } },
    }))
    .unwrap();
    assert_eq!(
        (config.metric, config.consistency),
        (Metric::Cosine, Consistency::Bounded)
    );
    assert_eq!(config.index, Index::hnsw(Metric::InnerProduct, 16, 200));
    assert_eq!(serde_json::to_value(config.consistency).unwrap(), "Bounded");
    let error = serde_json::from_value::<Metric>(json!("cosin")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("\"cosin\" is not a Metric: expected COSINE, L2"),
        "{error}"
    );
}

/// A field of any type, with settings that its type allows.
fn fields(name: String) -> impl Strategy<Value = Field> {
    let plain = prop::sample::select(vec![
        DataType::Bool,
        DataType::Int8,
        DataType::Int16,
        DataType::Int32,
        DataType::Int64,
        DataType::Float,
        DataType::Double,
        DataType::Json,
        DataType::Text,
        DataType::Geometry,
        DataType::Timestamptz,
        DataType::Date,
        DataType::Time,
        DataType::Mol,
        DataType::SparseFloatVector,
    ]);
    let scalar = prop_oneof![
        Just(DataType::Int32),
        Just(DataType::Double),
        (1..9_u32).prop_map(|max_length| DataType::VarChar { max_length }),
    ];
    let dense = (1..9_u32, 0..5).prop_map(|(eights, kind)| {
        let dimension = eights * 8;
        match kind {
            0 => DataType::FloatVector { dimension },
            1 => DataType::Float16Vector { dimension },
            2 => DataType::BFloat16Vector { dimension },
            3 => DataType::Int8Vector { dimension },
            _ => DataType::BinaryVector { dimension },
        }
    });
    let array = (scalar.clone(), 1..99_u32).prop_map(|(element, max_capacity)| DataType::Array {
        element: Box::new(element),
        max_capacity,
    });
    let structs =
        (dense.clone(), scalar.clone(), 1..99_u32).prop_map(|(dense, scalar, max_capacity)| {
            let fields = vec![Field::new("a", dense), Field::new("b", scalar)];
            DataType::StructArray {
                fields,
                max_capacity,
            }
        });
    let types = prop_oneof![3 => plain, 2 => scalar, 2 => dense, 1 => array, 1 => structs];
    let settings = (any::<[bool; 5]>(), ".{0,6}", any::<i8>());
    (types, settings).prop_map(move |(data_type, (flags, text, number))| {
        let [nullable, described, defaulted, mmap, other] = flags;
        let mut field = Field::new(name.as_str(), data_type.clone());
        if nullable {
            field = field.nullable();
        }
        if described {
            field = field.description(text.as_str());
        }
        if defaulted {
            field = match data_type {
                DataType::Bool => field.default_value(number > 0),
                DataType::Int8 | DataType::Int32 | DataType::Int64 => field.default_value(number),
                DataType::Float => field.default_value(f32::from(number) / 3.0),
                DataType::Double => field.default_value(f64::from(number) / 3.0),
                DataType::Text | DataType::Geometry => field.default_value(text.as_str()),
                DataType::Json => field.default_value(json!({ "a": [number, null, text] })),
                _ => field,
            };
        }
        if mmap {
            field = field.mmap(number > 0);
        }
        if other {
            field = field.parameter("enable_analyzer", if nullable { "true" } else { "True" });
            field = field.parameter("analyzer_params", text);
        }
        field
    })
}

proptest! {
    #[test]
    fn every_schema_is_read_as_it_was_written(
        fields in (1..6_usize).prop_flat_map(|count| {
            (0..count).map(|index| fields(format!("f{index}"))).collect::<Vec<_>>()
        }),
        dynamic in any::<bool>(),
        description in ".{0,8}",
    ) {
        let mut builder = Schema::builder()
            .field(Field::int64("id").primary_key().auto_id())
            .field(Field::float_vector("v", 2));
        for field in fields {
            builder = builder.field(field);
        }
        let schema = builder.dynamic_fields(dynamic).description(description).build().unwrap();
        let text = serde_json::to_string(&schema).unwrap();
        let back: Schema = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&back, &schema, "{}", text);
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), text);
    }
}
