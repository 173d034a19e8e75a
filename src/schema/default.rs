//! Default values of fields.

use std::fmt;

use crate::proto::schema::{ValueField, value_field::Data};

/// The default value of a field, which rows without a value get.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DefaultValue {
    /// For a bool field.
    Bool(bool),
    /// For an integer field. Also for a date, time or timestamptz field as the server describes it: days since 1970,
    /// microseconds since midnight, or microseconds since 1970.
    Int(i64),
    /// For a float or double field.
    Double(f64),
    /// For a varchar, text or geometry field; for a timestamptz, date or time field as ISO 8601 text.
    Text(String),
    /// For a JSON field.
    Json(serde_json::Value),
    /// A default value from a server that this version of the crate cannot read.
    Unknown,
}

impl DefaultValue {
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
