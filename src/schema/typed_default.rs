//! Conversion of default values according to the type of their field.

use super::default::DefaultValue;
use super::field::DataType;
use crate::proto::schema::{ValueField, value_field::Data};

impl DefaultValue {
    /// The value as a field of this type stores it, and a server describes it. A number out of range is not changed,
    /// and refused by the check of the schema.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "numbers are rounded to the nearest float; integers that are not exact doubles stay integers"
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

    /// Whether a field of this type can have the value as its default.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a value that becomes infinite is refused"
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
        reason = "the schema's check has found integers in range; floats are rounded"
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
}
