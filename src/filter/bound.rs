use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde_json::Value as Json;

use crate::data::Id;
use crate::proto::schema::{
    BoolArray, JsonArray, LongArray, StringArray, TemplateArrayValue, TemplateArrayValueArray,
    TemplateValue, template_array_value::Data as List, template_value::Val,
};

/// A value for a name in a [`Filter`](super::Filter).
///
/// Converted by `into()` from bools, numbers, texts, primary keys, JSON values, lists of these, and `Bytes`. Sets and
/// iterators of these are collected: `years.iter().collect::<Bound>()`.
#[derive(Clone, PartialEq)]
pub struct Bound(Kind);

#[derive(Clone, PartialEq)]
enum Kind {
    Json(Json),
    Bytes(Bytes),
    /// What expressions cannot represent, and what to do instead.
    Invalid(&'static str),
}

const NOT_FINITE: &str = "NaN or infinity: bind finite numbers only";
const BYTES_IN_LIST: &str = "bytes in a list: bind them alone";

impl Bound {
    pub(super) fn to_proto(&self) -> TemplateValue {
        let val = match &self.0 {
            Kind::Bytes(bytes) => Some(Val::BytesVal(bytes.clone())),
            Kind::Json(Json::Null) | Kind::Invalid(_) => None,
            Kind::Json(Json::Bool(value)) => Some(Val::BoolVal(*value)),
            Kind::Json(Json::Number(number)) => Some(match number.as_i64() {
                Some(value) => Val::Int64Val(value),
                None => Val::FloatVal(number.as_f64().unwrap_or(f64::NAN)),
            }),
            Kind::Json(Json::String(text)) => Some(Val::StringVal(text.clone())),
            Kind::Json(Json::Array(values)) => Some(Val::ArrayVal(list(values))),
            Kind::Json(object) => Some(Val::ArrayVal(list(std::slice::from_ref(object)))),
        };
        TemplateValue { val }
    }

    /// What the value is or contains that expressions cannot represent, and what to do instead.
    pub(super) fn fault(&self) -> Option<&'static str> {
        match &self.0 {
            Kind::Invalid(fault) => Some(fault),
            Kind::Json(_) | Kind::Bytes(_) => None,
        }
    }

    /// The name of a value that has no literal, if this is one or contains one.
    pub(super) fn without_literal(&self) -> Option<&'static str> {
        let null = match &self.0 {
            Kind::Bytes(_) => return Some("bytes"),
            Kind::Invalid(fault) => return Some(fault),
            Kind::Json(Json::Array(values)) => values.iter().any(Json::is_null),
            Kind::Json(value) => value.is_null(),
        };
        null.then_some("null")
    }

    /// Whether the value is or contains an integer above `i64::MAX`, for which Milvus has no type.
    pub(super) fn is_too_large(&self) -> bool {
        fn is(value: &Json) -> bool {
            match value {
                Json::Number(number) => number.is_u64() && !number.is_i64(),
                Json::Array(values) => values.iter().any(is),
                Json::Object(fields) => fields.values().any(is),
                _ => false,
            }
        }
        matches!(&self.0, Kind::Json(value) if is(value))
    }

    /// Whether the value is a list without elements.
    pub(super) fn is_empty_list(&self) -> bool {
        matches!(&self.0, Kind::Json(Json::Array(values)) if values.is_empty())
    }

    pub(super) fn has_line_break(&self) -> bool {
        fn has(value: &Json) -> bool {
            match value {
                Json::String(text) => text.contains(LINE_BREAKS),
                Json::Array(values) => values.iter().any(has),
                Json::Object(fields) => fields
                    .iter()
                    .any(|(key, value)| key.contains(LINE_BREAKS) || has(value)),
                _ => false,
            }
        }
        matches!(&self.0, Kind::Json(value) if has(value))
    }

    /// The literal of the value.
    pub(super) fn to_literal(&self, min_integer: MinIntegerForm) -> String {
        match &self.0 {
            Kind::Json(value) => literal(value, min_integer),
            Kind::Bytes(_) | Kind::Invalid(_) => Json::Null.to_string(),
        }
    }
}

/// Characters that need an escape in a literal.
pub(super) const LINE_BREAKS: [char; 2] = ['\n', '\r'];

/// The literal of the smallest 64-bit integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MinIntegerForm {
    /// A difference. Milvus before 2.5 and Milvus Lite 2.5 read the digits without the sign, which overflows.
    Difference,
    /// The number. In lists, Milvus Lite 3 does not accept differences.
    Literal,
}

fn literal(value: &Json, min_integer: MinIntegerForm) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Array(values) => {
            let values: Vec<String> = (values.iter())
                .map(|value| literal(value, min_integer))
                .collect();
            format!("[{}]", values.join(", "))
        }
        Json::Number(number)
            if number.as_i64() == Some(i64::MIN) && min_integer == MinIntegerForm::Difference =>
        {
            format!("({} - 1)", i64::MIN + 1)
        }
        other => other.to_string(),
    }
}

/// The literal of a text. Only characters that need an escape have one, because Milvus Lite reads `\t` as `t`, and
/// refuses `\u0001`.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A list of values of one type as an array of this type, and a mixed one as JSON values, like pymilvus: in an array of
/// floats, integers would be rounded.
fn list(values: &[Json]) -> TemplateArrayValue {
    fn all<'a, T>(values: &'a [Json], of: impl Fn(&'a Json) -> Option<T>) -> Option<Vec<T>> {
        values.iter().map(of).collect()
    }
    let data = if values.is_empty() {
        None
    } else if let Some(data) = all(values, Json::as_bool) {
        Some(List::BoolData(BoolArray { data }))
    } else if let Some(data) = all(values, Json::as_i64) {
        Some(List::LongData(LongArray { data }))
    } else if let Some(data) = all(values, |value| value.as_f64().filter(|_| value.is_f64())) {
        Some(List::DoubleData(data.into()))
    } else if let Some(data) = all(values, |value| value.as_str().map(str::to_owned)) {
        Some(List::StringData(StringArray { data }))
    } else if let Some(data) = all(values, |value| value.as_array().map(|values| list(values))) {
        Some(List::ArrayData(TemplateArrayValueArray { data }))
    } else {
        let data = values
            .iter()
            .map(|value| value.to_string().into_bytes().into())
            .collect();
        Some(List::JsonData(JsonArray { data }))
    };
    TemplateArrayValue { data }
}

impl fmt::Debug for Bound {
    /// The kind only: values are user data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Bytes(_) => "Bound(bytes)",
            Kind::Invalid(_) => "Bound(invalid)",
            Kind::Json(Json::Null) => "Bound(null)",
            Kind::Json(Json::Bool(_)) => "Bound(bool)",
            Kind::Json(Json::Number(_)) => "Bound(number)",
            Kind::Json(Json::String(_)) => "Bound(text)",
            Kind::Json(Json::Array(_)) => "Bound(list)",
            Kind::Json(Json::Object(_)) => "Bound(json)",
        })
    }
}

impl From<Bytes> for Bound {
    /// A set in a binary format of Milvus 3.0, such as a Roaring bitmap. It cannot be written into the text.
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Bytes(bytes))
    }
}

macro_rules! from_scalar {
    ($($type:ty),*; finite: $is_finite:expr) => {
        $(
            impl From<$type> for Bound {
                fn from(value: $type) -> Self {
                    let is_finite: fn(&$type) -> bool = $is_finite;
                    if is_finite(&value) {
                        Self(Kind::Json(value.into()))
                    } else {
                        Self(Kind::Invalid(NOT_FINITE))
                    }
                }
            }

            impl From<&$type> for Bound {
                fn from(value: &$type) -> Self {
                    <$type>::clone(value).into()
                }
            }

            impl From<Vec<$type>> for Bound {
                fn from(values: Vec<$type>) -> Self {
                    if values.iter().all($is_finite) {
                        Self(Kind::Json(values.into()))
                    } else {
                        Self(Kind::Invalid(NOT_FINITE))
                    }
                }
            }

            impl From<&[$type]> for Bound {
                fn from(values: &[$type]) -> Self {
                    values.to_vec().into()
                }
            }

            impl From<&Vec<$type>> for Bound {
                fn from(values: &Vec<$type>) -> Self {
                    values.as_slice().into()
                }
            }

            impl<const N: usize> From<[$type; N]> for Bound {
                fn from(values: [$type; N]) -> Self {
                    Vec::from(values).into()
                }
            }
        )*
    };
}
from_scalar!(
    bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, String, &str, Id, Json;
    finite: |_| true
);
from_scalar!(f32, f64; finite: |value| value.is_finite());

impl From<Cow<'_, str>> for Bound {
    fn from(value: Cow<'_, str>) -> Self {
        value.into_owned().into()
    }
}

impl<T: Into<Self>> FromIterator<T> for Bound {
    /// A list of these values.
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let values = values.into_iter().map(|value| match value.into().0 {
            Kind::Json(value) => Ok(value),
            Kind::Bytes(_) => Err(Kind::Invalid(BYTES_IN_LIST)),
            invalid @ Kind::Invalid(_) => Err(invalid),
        });
        let list = values.collect::<Result<Vec<_>, _>>();
        Self(list.map_or_else(|invalid| invalid, |list| Kind::Json(list.into())))
    }
}
