use std::fmt;

use super::DataType;
use crate::proto::schema::{ValueField, value_field::Data};

/// What rows without a value get.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DefaultValue {
    /// Of a bool field.
    Bool(bool),
    /// Of an integer field, or a float field.
    Int(i64),
    /// Of a float or double field.
    Double(f64),
    /// Of a varchar field, or as ISO 8601 of a timestamptz field.
    Text(String),
    /// Of a JSON field.
    Json(serde_json::Value),
}

impl DefaultValue {
    /// Whether a field of this type can have it.
    pub(super) fn fits(&self, data_type: &DataType) -> bool {
        match (self, data_type) {
            (Self::Bool(_), DataType::Bool) | (Self::Json(_), DataType::Json) => true,
            (Self::Int(value), DataType::Int8) => i8::try_from(*value).is_ok(),
            (Self::Int(value), DataType::Int16) => i16::try_from(*value).is_ok(),
            (Self::Int(value), DataType::Int32) => i32::try_from(*value).is_ok(),
            (Self::Int(_), DataType::Int64)
            | (Self::Int(_) | Self::Double(_), DataType::Float | DataType::Double)
            | (Self::Text(_), DataType::Timestamptz | DataType::Geometry) => true,
            (Self::Text(text), DataType::VarChar { max_length }) => {
                text.len() <= *max_length as usize
            }
            _ => false,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "the schema's check has seen that integers are in range; floats are rounded"
    )]
    pub(super) fn to_proto(&self, data_type: &DataType) -> ValueField {
        let data = match (self, data_type) {
            (Self::Bool(value), _) => Data::BoolData(*value),
            (Self::Int(value), DataType::Int64) => Data::LongData(*value),
            (Self::Int(value), DataType::Timestamptz) => Data::TimestamptzData(*value),
            (Self::Int(value), DataType::Float) => Data::FloatData(*value as f32),
            (Self::Int(value), DataType::Double) => Data::DoubleData(*value as f64),
            (Self::Int(value), _) => Data::IntData(*value as i32),
            (Self::Double(value), DataType::Float) => Data::FloatData(*value as f32),
            (Self::Double(value), _) => Data::DoubleData(*value),
            (Self::Text(value), _) => Data::StringData(value.clone()),
            (Self::Json(value), _) => Data::BytesData(value.to_string().into_bytes().into()),
        };
        ValueField { data: Some(data) }
    }

    pub(super) fn from_proto(value: &ValueField) -> Option<Self> {
        Some(match value.data.as_ref()? {
            Data::BoolData(value) => Self::Bool(*value),
            Data::IntData(value) => Self::Int((*value).into()),
            Data::LongData(value) | Data::TimestamptzData(value) | Data::TimeData(value) => {
                Self::Int(*value)
            }
            Data::DateData(value) => Self::Int((*value).into()),
            Data::FloatData(value) => Self::Double((*value).into()),
            Data::DoubleData(value) => Self::Double(*value),
            Data::StringData(value) => Self::Text(value.clone()),
            Data::BytesData(value) => Self::Json(serde_json::from_slice(value).ok()?),
        })
    }
}

impl fmt::Display for DefaultValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Double(value) => value.fmt(f),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::Json(value) => value.fmt(f),
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident;)*) => {
        $(impl From<$type> for DefaultValue {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}
from! {
    bool => Bool;
    i8 => Int;
    i16 => Int;
    i32 => Int;
    i64 => Int;
    f32 => Double;
    f64 => Double;
    &str => Text;
    String => Text;
    serde_json::Value => Json;
}
