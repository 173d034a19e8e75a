use std::fmt;

use super::DataType;
use crate::proto::schema::{ValueField, value_field::Data};

/// What rows without a value get.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DefaultValue {
    /// Of a bool field.
    Bool(bool),
    /// Of an integer field; of a date, time or timestamptz field as the server keeps it: days, or microseconds.
    Int(i64),
    /// Of a float or double field.
    Double(f64),
    /// Of a varchar or text field, or as ISO 8601 of a timestamptz, date or time field.
    Text(String),
    /// Of a JSON field.
    Json(serde_json::Value),
    /// Of a server, in a form that this version of the crate does not know.
    Unknown,
}

impl DefaultValue {
    /// As a field of this type keeps it, and a server describes it. What a float cannot hold stays, to be refused.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "numbers are rounded to the nearest float; integers that are no double stay integers"
    )]
    pub(super) fn of(self, data_type: &DataType) -> Self {
        match (self, data_type) {
            (Self::Int(value), DataType::Double) if (value as f64) as i128 == value.into() => {
                Self::Double(value as f64)
            }
            (Self::Int(value), DataType::Float) => Self::Double((value as f32).into()),
            (Self::Double(value), DataType::Float) if (value as f32).is_finite() => {
                Self::Double((value as f32).into())
            }
            (value, _) => value,
        }
    }

    /// Whether a field of this type can have it.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whether that makes it infinite is the question"
    )]
    pub(super) fn fits(&self, data_type: &DataType) -> bool {
        match (self, data_type) {
            (Self::Bool(_), DataType::Bool) | (Self::Json(_), DataType::Json) => true,
            (Self::Int(value), DataType::Int8) => i8::try_from(*value).is_ok(),
            (Self::Int(value), DataType::Int16) => i16::try_from(*value).is_ok(),
            (Self::Int(value), DataType::Int32) => i32::try_from(*value).is_ok(),
            (Self::Double(value), DataType::Float) => (*value as f32).is_finite(),
            (Self::Double(value), DataType::Double) => value.is_finite(),
            (Self::Int(_), DataType::Int64 | DataType::Timestamptz)
            | (
                Self::Text(_),
                DataType::Text
                | DataType::Timestamptz
                | DataType::Geometry
                | DataType::Date
                | DataType::Time,
            ) => true,
            (Self::Text(text), DataType::VarChar { max_length }) => {
                text.len() <= *max_length as usize
            }
            _ => false,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the schema's check has seen that integers are in range; floats are rounded"
    )]
    pub(super) fn to_proto(&self, data_type: &DataType) -> ValueField {
        let data = match (self, data_type) {
            (Self::Bool(value), _) => Data::BoolData(*value),
            (Self::Int(value), DataType::Int64) => Data::LongData(*value),
            (Self::Int(value), DataType::Timestamptz) => Data::TimestamptzData(*value),
            (Self::Int(value), DataType::Time) => Data::TimeData(*value),
            (Self::Int(value), DataType::Date) => Data::DateData(*value as i32),
            (Self::Int(value), _) => Data::IntData(*value as i32),
            (Self::Double(value), DataType::Float) => Data::FloatData(*value as f32),
            (Self::Double(value), _) => Data::DoubleData(*value),
            (Self::Text(value), _) => Data::StringData(value.clone()),
            (Self::Json(value), _) => Data::BytesData(value.to_string().into_bytes().into()),
            (Self::Unknown, _) => return ValueField::default(),
        };
        ValueField { data: Some(data) }
    }

    pub(super) fn from_proto(value: &ValueField) -> Self {
        match &value.data {
            Some(Data::BoolData(value)) => Self::Bool(*value),
            Some(Data::IntData(value) | Data::DateData(value)) => Self::Int((*value).into()),
            Some(Data::LongData(value) | Data::TimestamptzData(value) | Data::TimeData(value)) => {
                Self::Int(*value)
            }
            Some(Data::FloatData(value)) => Self::Double((*value).into()),
            Some(Data::DoubleData(value)) => Self::Double(*value),
            Some(Data::StringData(value)) => Self::Text(value.clone()),
            Some(Data::BytesData(value)) => {
                serde_json::from_slice(value).map_or(Self::Unknown, Self::Json)
            }
            None => Self::Unknown,
        }
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
            Self::Unknown => f.write_str("unknown"),
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
    u8 => Int;
    u16 => Int;
    u32 => Int;
    f32 => Double;
    f64 => Double;
    &str => Text;
    String => Text;
    serde_json::Value => Json;
}
