//! Fields in files.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::Value as Json;

use super::super::named::is_named;
use super::super::{DataType, DefaultValue, Field};
use super::parameters::{Parameter, is_false, texts};
use crate::proto::MMAP_ENABLED;

/// The parameters that a field has under names of their own.
const ANALYZER: &str = "enable_analyzer";
const ANALYZER_PARAMETERS: &str = "analyzer_params";
const MATCH: &str = "enable_match";

/// A field as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldText {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_capacity: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<Field>>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(default, skip_serializing_if = "is_false")]
    primary_key: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    auto_id: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    partition_key: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    clustering_key: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    nullable: bool,
    /// `null` is a default value of a JSON field.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    default: Option<Json>,
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    analyzer: Option<Json>,
    #[serde(default, skip_serializing_if = "is_false")]
    text_match: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    mmap: Option<bool>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    external_field: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parameters: BTreeMap<String, Parameter>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

/// In the format of [`Schema`](crate::Schema)'s `Deserialize`.
impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = FieldText {
            name: self.name.clone(),
            kind: self.data_type.name(),
            element: None,
            max_length: None,
            max_capacity: None,
            dimension: self.data_type.dimension(),
            fields: None,
            description: self.description.clone(),
            primary_key: self.primary_key,
            auto_id: self.auto_id,
            partition_key: self.partition_key,
            clustering_key: self.clustering_key,
            nullable: self.nullable,
            default: None,
            analyzer: None,
            text_match: false,
            mmap: None,
            external_field: self.external_name().unwrap_or_default().to_owned(),
            parameters: BTreeMap::new(),
        };
        match &self.data_type {
            DataType::VarChar { max_length } => text.max_length = Some(*max_length),
            DataType::Array {
                element,
                max_capacity,
            } => {
                text.max_capacity = Some(*max_capacity);
                text.element = Some(element.name());
                if let DataType::VarChar { max_length } = **element {
                    text.max_length = Some(max_length);
                }
            }
            DataType::StructArray {
                fields,
                max_capacity,
            } => {
                text.max_capacity = Some(*max_capacity);
                text.fields = Some(fields.clone());
            }
            _ => {}
        }
        text.default = match &self.default {
            None => None,
            Some(DefaultValue::Bool(value)) => Some((*value).into()),
            Some(DefaultValue::Int(value)) => Some((*value).into()),
            Some(DefaultValue::Double(value)) => Some((*value).into()),
            Some(DefaultValue::Text(value)) => Some(value.as_str().into()),
            Some(DefaultValue::Json(value)) => Some(value.clone()),
            Some(DefaultValue::Unknown) => {
                let why = format!(
                    "field {:?} has a default value that this version cannot read",
                    self.name
                );
                return Err(ser::Error::custom(why));
            }
        };
        text.add_parameters(self);
        text.serialize(serializer)
    }
}

impl FieldText {
    /// Adds parameters, under names of their own if this loses nothing.
    fn add_parameters(&mut self, field: &Field) {
        let mut all: BTreeMap<&str, &str> = field.parameters().collect();
        let is_true = |value: Option<&&str>| value == Some(&"true");
        if is_true(all.get(ANALYZER)) {
            let analyzer = match all.get(ANALYZER_PARAMETERS) {
                None => Some(Json::Object(serde_json::Map::new())),
                Some(text) => serde_json::from_str(text).ok().filter(|read: &Json| {
                    let is_empty = read.as_object().is_some_and(serde_json::Map::is_empty);
                    let written = read.to_string();
                    !is_empty && written == *text
                }),
            };
            if analyzer.is_some() {
                all.remove(ANALYZER);
                all.remove(ANALYZER_PARAMETERS);
            }
            self.analyzer = analyzer;
        }
        if is_true(all.get(MATCH)) {
            all.remove(MATCH);
            self.text_match = true;
        }
        self.mmap = match all.get(MMAP_ENABLED) {
            Some(&"true") => Some(true),
            Some(&"false") => Some(false),
            _ => None,
        };
        if self.mmap.is_some() {
            all.remove(MMAP_ENABLED);
        }
        self.parameters = texts(all.into_iter());
    }

    /// The type, and the error if one of its parameters is missing, or one is given that it does not have.
    fn data_type(&mut self) -> Result<DataType, String> {
        let name = self.name.clone();
        let missing = |what: &str| format!("field {name:?} has no {what}");
        let data_type = if is_named(&self.kind, "array") {
            let element = self.element.take().ok_or_else(|| missing("element"))?;
            let element = self.plain(&element)?;
            DataType::Array {
                element: Box::new(element),
                max_capacity: self
                    .max_capacity
                    .take()
                    .ok_or_else(|| missing("max_capacity"))?,
            }
        } else if is_named(&self.kind, "struct_array") {
            DataType::StructArray {
                fields: self.fields.take().ok_or_else(|| missing("fields"))?,
                max_capacity: self
                    .max_capacity
                    .take()
                    .ok_or_else(|| missing("max_capacity"))?,
            }
        } else {
            let kind = self.kind.clone();
            self.plain(&kind)?
        };
        let extra = [
            ("element", self.element.is_some()),
            ("max_length", self.max_length.is_some()),
            ("max_capacity", self.max_capacity.is_some()),
            ("dimension", self.dimension.is_some()),
            ("fields", self.fields.is_some()),
        ];
        match extra.iter().find(|(_, given)| *given) {
            Some((what, _)) => Err(format!(
                "field {name:?} has {what}, which a field of type {} does not have",
                self.kind
            )),
            None => Ok(data_type),
        }
    }

    /// A type that is no array.
    fn plain(&mut self, kind: &str) -> Result<DataType, String> {
        let name = &self.name;
        let (length, dimension) = (&mut self.max_length, &mut self.dimension);
        DataType::from_name(kind, &mut |what| {
            let given = if what == "dimension" {
                &mut *dimension
            } else {
                &mut *length
            };
            given
                .take()
                .ok_or_else(|| format!("field {name:?} has no {what}"))
        })
        .map_err(|why| {
            why.unwrap_or_else(|| {
                format!(
                    "field {name:?} has the type {kind:?}: expected one of {}, array, struct_array",
                    DataType::NAMES.join(", ")
                )
            })
        })
    }
}

/// In the format of [`Schema`](crate::Schema)'s `Deserialize`.
impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut text = FieldText::deserialize(deserializer)?;
        let data_type = text.data_type().map_err(de::Error::custom)?;
        let default = text.default.map(|value| default(value, &data_type));
        let mut field = Self {
            description: text.description,
            primary_key: text.primary_key,
            auto_id: text.auto_id,
            partition_key: text.partition_key,
            clustering_key: text.clustering_key,
            nullable: text.nullable,
            external_field: text.external_field,
            ..Self::new(text.name, data_type)
        };
        for (key, value) in text.parameters {
            field = field.parameter(key, value.into_text());
        }
        if let Some(default) = default {
            field = field.default_value(default);
        }
        if let Some(analyzer) = text.analyzer {
            field = field.analyzer(analyzer);
        }
        if text.text_match {
            field = field.text_match();
        }
        if let Some(mmap) = text.mmap {
            field = field.mmap(mmap);
        }
        field.check().map_err(de::Error::custom)?;
        Ok(field)
    }
}

/// The default value that is written for a field of this type. What does not fit is refused by the check.
fn default(value: Json, data_type: &DataType) -> DefaultValue {
    match value {
        value if *data_type == DataType::Json => value.into(),
        Json::Bool(value) => value.into(),
        Json::String(text) => text.into(),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => value.into(),
            (None, Some(value)) if number.is_f64() => value.into(),
            _ => Json::Number(number).into(),
        },
        other => other.into(),
    }
}
