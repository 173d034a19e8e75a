//! Schemas in files, such as JSON, TOML or YAML.

mod field;
mod parameters;

use std::collections::BTreeMap;

use parameters::{Parameter, is_false, texts};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Field, Function, FunctionKind, Schema, SchemaBuilder};

/// A schema as it is written. What has its default is left out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaText {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    fields: Vec<Field>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    functions: Vec<Function>,
    #[serde(default, skip_serializing_if = "is_false")]
    dynamic_fields: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    namespaces: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    external_source: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    external_spec: String,
}

/// A function as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FunctionText {
    name: String,
    kind: FunctionKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    outputs: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parameters: BTreeMap<String, Parameter>,
}

/// In the format of [`Schema`]'s `Deserialize`. External specifications and the parameters of functions are written as
/// they are, with credentials if they contain any.
impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = SchemaText {
            description: self.description.clone(),
            fields: self.fields.clone(),
            functions: self.functions.clone(),
            dynamic_fields: self.dynamic_fields,
            namespaces: self.namespaces,
            external_source: self.external_source().unwrap_or_default().to_owned(),
            external_spec: self.external_spec().unwrap_or_default().to_owned(),
        };
        text.serialize(serializer)
    }
}

/// Keys are named like the methods of [`SchemaBuilder`] and [`Field`], types like the constructors of [`Field`]. What has
/// its default can be left out. Unknown keys are refused, and so is what [`build`](SchemaBuilder::build) refuses.
///
/// ```
/// use milvus_otel::schema::DataType;
/// use milvus_otel::{Field, Schema};
///
/// let schema: Schema = serde_json::from_str(r#"{
///     "description": "books and their chapters",
///     "fields": [
///         { "name": "id", "type": "int64", "primary_key": true, "auto_id": true },
///         { "name": "title", "type": "varchar", "max_length": 512, "nullable": true },
///         { "name": "language", "type": "varchar", "max_length": 8, "default": "en" },
///         { "name": "tags", "type": "array", "element": "varchar", "max_length": 64, "max_capacity": 16 },
///         { "name": "text", "type": "varchar", "max_length": 65535, "analyzer": { "type": "english" }, "text_match": true },
///         { "name": "embedding", "type": "float_vector", "dimension": 768, "mmap": true },
///         { "name": "words", "type": "sparse_vector" },
///         { "name": "chapters", "type": "struct_array", "max_capacity": 100, "fields": [
///             { "name": "number", "type": "int32" },
///             { "name": "summary", "type": "float16_vector", "dimension": 64 }
///         ] }
///     ],
///     "functions": [
///         { "name": "bm25", "kind": "BM25", "inputs": ["text"], "outputs": ["words"] }
///     ],
///     "dynamic_fields": true
/// }"#)?;
///
/// let tags = schema.field("tags").map(Field::data_type);
/// let varchar = Box::new(DataType::VarChar { max_length: 64 });
/// assert_eq!(tags, Some(&DataType::Array { element: varchar, max_capacity: 16 }));
/// # Ok::<_, serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = SchemaText::deserialize(deserializer)?;
        let mut builder = text
            .fields
            .into_iter()
            .fold(Self::builder(), SchemaBuilder::field);
        builder = text
            .functions
            .into_iter()
            .fold(builder, SchemaBuilder::function);
        let schema = builder
            .description(text.description)
            .dynamic_fields(text.dynamic_fields)
            .namespaces(text.namespaces)
            .external_source(text.external_source)
            .external_spec(text.external_spec)
            .build();
        schema.map_err(|error| de::Error::custom(error.message()))
    }
}

/// In the format of [`Schema`]'s `Deserialize`. Parameters are written as they are, with credentials if they contain any.
impl Serialize for Function {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = FunctionText {
            name: self.name.clone(),
            kind: self.kind,
            inputs: self.inputs.clone(),
            outputs: self.outputs.clone(),
            description: self.description.clone(),
            parameters: texts(self.parameters()),
        };
        text.serialize(serializer)
    }
}

/// In the format of [`Schema`]'s `Deserialize`.
impl<'de> Deserialize<'de> for Function {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = FunctionText::deserialize(deserializer)?;
        let function = Self::new(text.name, text.kind, text.inputs, text.outputs);
        let parameters = text.parameters.into_iter();
        let function = parameters.fold(function, |function, (key, value)| {
            function.parameter(key, value.into_text())
        });
        Ok(function.description(text.description))
    }
}
