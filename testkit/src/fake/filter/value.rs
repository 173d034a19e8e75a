//! The values in filters and of fields, and how they compare.

use std::cmp::Ordering;

use milvus_otel::proto::schema::{
    TemplateArrayValue, TemplateValue, template_array_value::Data as List, template_value::Val,
};
use serde_json::Value as Json;

use super::super::cell::Cell;
use super::super::fail::Outcome;
use super::refuse;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Bool(bool),
    Int(i64),
    /// From a float field: what it is compared with is rounded in the same way.
    Float(f32),
    Double(f64),
    Text(String),
    List(Vec<Self>),
    /// An object, which equals nothing.
    Object,
}

impl Value {
    /// The value of a cell that is not JSON; `None` for null and for vectors.
    pub(super) fn of(cell: &Cell) -> Option<Self> {
        Some(match cell {
            Cell::Bool(value) => Self::Bool(*value),
            Cell::Int(value) => Self::Int(*value),
            Cell::Float(value) => Self::Float(*value),
            Cell::Double(value) => Self::Double(*value),
            Cell::Text(value) => Self::Text(value.clone()),
            Cell::Array(values) => Self::List(values.iter().filter_map(Self::of).collect()),
            Cell::Null | Cell::Json(_) | Cell::Vector(_) => return None,
        })
    }

    /// `None` for null.
    pub(super) fn of_json(json: &Json) -> Option<Self> {
        Some(match json {
            Json::Null => return None,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(value) => Self::Int(value),
                None => Self::Double(number.as_f64()?),
            },
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(values) => Self::List(values.iter().filter_map(Self::of_json).collect()),
            Json::Object(_) => Self::Object,
        })
    }

    pub(super) fn of_template(name: &str, value: &TemplateValue) -> Outcome<Self> {
        Ok(match &value.val {
            Some(Val::BoolVal(value)) => Self::Bool(*value),
            Some(Val::Int64Val(value)) => Self::Int(*value),
            Some(Val::FloatVal(value)) => Self::Double(*value),
            Some(Val::StringVal(text)) => Self::Text(text.clone()),
            Some(Val::ArrayVal(list)) => Self::List(list_of(list)),
            _ => {
                return Err(refuse(format_args!(
                    "the value bound to {{{name}}} is of an unknown type"
                )));
            }
        })
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some((*value).into()),
            Self::Double(value) => Some(*value),
            _ => None,
        }
    }

    /// How it compares; `None` if values of these types cannot be compared.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => Some(one.cmp(other)),
            (Self::Int(one), Self::Int(other)) => Some(one.cmp(other)),
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            (Self::Float(one), Self::Double(other)) => one.partial_cmp(&(*other as f32)),
            (Self::Double(one), Self::Float(other)) => (*one as f32).partial_cmp(other),
            (Self::List(one), Self::List(others)) => {
                let same = one.len() == others.len()
                    && one.iter().zip(others).all(|(one, other)| one.equals(other));
                same.then_some(Ordering::Equal).or(Some(Ordering::Less))
            }
            _ => self.number()?.partial_cmp(&other.number()?),
        }
    }

    pub(super) fn equals(&self, other: &Self) -> bool {
        self.compare(other) == Some(Ordering::Equal)
    }

    /// The result of arithmetic; `None` if there is none, as after a division by zero.
    pub(super) fn calculate(&self, operator: char, other: &Self) -> Option<Self> {
        if let (Self::Int(one), Self::Int(other)) = (self, other) {
            let exact = match operator {
                '+' => one.checked_add(*other),
                '-' => one.checked_sub(*other),
                '*' => one.checked_mul(*other),
                '/' => one.checked_div(*other),
                '%' => one.checked_rem(*other),
                _ => u32::try_from(*other)
                    .ok()
                    .and_then(|power| one.checked_pow(power)),
            };
            return exact.map(Self::Int);
        }
        let (one, other) = (self.number()?, other.number()?);
        Some(Self::Double(match operator {
            '+' => one + other,
            '-' => one - other,
            '*' => one * other,
            '/' => one / other,
            '%' => one % other,
            _ => one.powf(other),
        }))
    }
}

fn list_of(list: &TemplateArrayValue) -> Vec<Value> {
    match &list.data {
        Some(List::BoolData(values)) => values.data.iter().copied().map(Value::Bool).collect(),
        Some(List::LongData(values)) => values.data.iter().copied().map(Value::Int).collect(),
        Some(List::DoubleData(values)) => values.iter().map(Value::Double).collect(),
        Some(List::StringData(values)) => values.data.iter().cloned().map(Value::Text).collect(),
        Some(List::ArrayData(lists)) => {
            let lists = lists.data.iter();
            lists.map(|list| Value::List(list_of(list))).collect()
        }
        Some(List::JsonData(values)) => {
            let json = values
                .data
                .iter()
                .filter_map(|text| serde_json::from_slice(text).ok());
            json.filter_map(|json: Json| Value::of_json(&json))
                .collect()
        }
        None => Vec::new(),
    }
}
