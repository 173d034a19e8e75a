//! Random values in a form that keeps every bit, and conversions to and from the types of this client.
//!
//! The form is JSON. A float, a double and a vector are the hexadecimal text of their little-endian bytes; a double
//! within JSON is `{"$d": hex}`, so that no parser or printer of numbers lies between the two clients.

use fastrand::Rng;
use milvus_otel::{
    data::{SparseVector, Value},
    schema::DataType,
};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json, json};

pub(crate) type Row = Map<String, Json>;

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn bytes(value: &Json) -> Vec<u8> {
    let text = value.as_str().unwrap();
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

pub(crate) fn float_of(value: &Json) -> f32 {
    f32::from_le_bytes(bytes(value).try_into().unwrap())
}

pub(crate) fn double_of(value: &Json) -> f64 {
    f64::from_le_bytes(bytes(value).try_into().unwrap())
}

pub(crate) fn floats_of(value: &Json) -> Vec<f32> {
    let number = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
    bytes(value).chunks(4).map(number).collect()
}

pub(crate) fn sparse_of(value: &Json) -> SparseVector {
    let pair = |pair: &[u8]| {
        let half = |at: usize| pair[at..at + 4].try_into().unwrap();
        (u32::from_le_bytes(half(0)), f32::from_le_bytes(half(4)))
    };
    bytes(value).chunks(8).map(pair).collect()
}

pub(crate) fn floats(numbers: &[f32]) -> Json {
    let bytes: Vec<u8> = numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    hex(&bytes).into()
}

pub(crate) fn double(value: f64) -> Json {
    hex(&value.to_le_bytes()).into()
}

/// JSON for this client.
pub(crate) fn untagged(value: &Json) -> Json {
    match value {
        Json::Object(fields) => match fields.get("$d") {
            Some(bits) => double_of(bits).into(),
            None => fields
                .iter()
                .map(|(name, value)| (name.clone(), untagged(value)))
                .collect(),
        },
        Json::Array(values) => values.iter().map(untagged).collect(),
        other => other.clone(),
    }
}

/// JSON as this client gave it, in this module's form.
pub(crate) fn tagged(value: &Json) -> Json {
    match value {
        Json::Number(number) if number.is_f64() => {
            json!({ "$d": double(number.as_f64().unwrap()) })
        }
        Json::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), tagged(value)))
            .collect(),
        Json::Array(values) => values.iter().map(tagged).collect(),
        other => other.clone(),
    }
}

/// A value of one field, or of a dynamic one, as a typed row holds it.
pub(crate) struct Cell<'a>(pub(crate) Option<&'a DataType>, pub(crate) &'a Json);

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(kind, value) = *self;
        if value.is_null() {
            return to.serialize_none();
        }
        match kind {
            None | Some(DataType::Json) => untagged(value).serialize(to),
            Some(DataType::Int8) => to.serialize_i8(int(value)),
            Some(DataType::Int16) => to.serialize_i16(int(value)),
            Some(DataType::Int32) => to.serialize_i32(int(value)),
            Some(DataType::Float) => to.serialize_f32(float_of(value)),
            Some(DataType::Double) => to.serialize_f64(double_of(value)),
            Some(DataType::Array { element, .. }) => {
                let values = value.as_array().unwrap();
                to.collect_seq(values.iter().map(|value| Cell(Some(element), value)))
            }
            Some(DataType::FloatVector { .. }) => to.collect_seq(floats_of(value)),
            Some(DataType::Float16Vector { .. }) => to.collect_seq(halves(&bytes(value))),
            Some(DataType::BinaryVector { .. }) => to.serialize_bytes(&bytes(value)),
            Some(DataType::SparseFloatVector) => {
                let vector = sparse_of(value);
                let mut map = to.serialize_map(Some(vector.len()))?;
                for (dimension, value) in vector.iter() {
                    map.serialize_entry(&dimension, &value)?;
                }
                map.end()
            }
            Some(_) => value.serialize(to),
        }
    }
}

fn int<T: TryFrom<i64>>(value: &Json) -> T {
    T::try_from(value.as_i64().unwrap()).ok().unwrap()
}

fn halves(bytes: &[u8]) -> Vec<f32> {
    bytes
        .chunks(2)
        .map(|pair| half(u16::from_le_bytes(pair.try_into().unwrap())))
        .collect()
}

/// An IEEE 16-bit float that is finite.
fn half(bits: u16) -> f32 {
    let (exponent, fraction) = ((bits >> 10) & 31, f32::from(bits & 1023));
    let value = match exponent {
        0 => fraction * 2_f32.powi(-24),
        _ => (1.0 + fraction / 1024.0) * 2_f32.powi(i32::from(exponent) - 15),
    };
    if bits >> 15 == 1 { -value } else { value }
}

/// The 16-bit float of exactly this value.
fn half_bits(value: f32) -> u16 {
    let found = (0..0x7c00).find(|bits| half(*bits) == value.abs());
    let sign = u16::from(value.is_sign_negative()) << 15;
    found.expect("it came from 16 bits") | sign
}

/// What `Row::get` or a column gave, in this module's form. `kind` is none of dynamic fields.
pub(crate) fn plain(kind: Option<&DataType>, value: &Value) -> Json {
    match (kind, value) {
        (_, Value::Null) => Json::Null,
        (_, Value::Bool(value)) => (*value).into(),
        (_, Value::Int(value)) => (*value).into(),
        (_, Value::Float(value)) => floats(&[*value]),
        (None, Value::Double(value)) => json!({ "$d": double(*value) }),
        (_, Value::Double(value)) => double(*value),
        (_, Value::Text(text)) => text.as_str().into(),
        (_, Value::Json(text)) => match value.json() {
            Some(json) => tagged(&json),
            None => format!("no JSON: {}", String::from_utf8_lossy(text)).into(),
        },
        (Some(DataType::Array { element, .. }), Value::Array(values)) => values
            .iter()
            .map(|value| plain(Some(element), value))
            .collect(),
        (_, Value::FloatVector(numbers)) => floats(numbers),
        (_, Value::Float16Vector(bytes) | Value::Bytes(bytes)) => hex(bytes).into(),
        (_, Value::SparseVector(vector)) => hex(vector.as_bytes()).into(),
        (_, other) => panic!("no field has such a value: {other:?}"),
    }
}

/// What a row gave as JSON, in this module's form.
#[expect(
    clippy::cast_possible_truncation,
    reason = "it was a float before it became JSON"
)]
pub(crate) fn from_json(kind: Option<&DataType>, value: &Json) -> Json {
    let numbers = || -> Vec<f32> {
        let values = value.as_array().unwrap();
        values
            .iter()
            .map(|value| value.as_f64().unwrap() as f32)
            .collect()
    };
    if value.is_null() {
        return Json::Null;
    }
    match kind {
        None | Some(DataType::Json) => tagged(value),
        Some(DataType::Float) => floats(&[value.as_f64().unwrap() as f32]),
        Some(DataType::Double) => double(value.as_f64().unwrap()),
        Some(DataType::Array { element, .. }) => {
            let values = value.as_array().unwrap();
            values
                .iter()
                .map(|value| from_json(Some(element), value))
                .collect()
        }
        Some(DataType::FloatVector { .. }) => floats(&numbers()),
        Some(DataType::Float16Vector { .. }) => {
            let bits = numbers().into_iter().map(half_bits);
            hex(&bits.flat_map(u16::to_le_bytes).collect::<Vec<_>>()).into()
        }
        Some(DataType::BinaryVector { .. }) => {
            let values = value.as_array().unwrap().iter();
            let bytes: Vec<u8> = values
                .map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap())
                .collect();
            hex(&bytes).into()
        }
        Some(DataType::SparseFloatVector) => {
            let pairs = value.as_object().unwrap().iter();
            let pair = |(key, value): (&String, &Json)| {
                (key.parse::<u32>().unwrap(), value.as_f64().unwrap() as f32)
            };
            let vector: SparseVector = pairs.map(pair).collect();
            hex(vector.as_bytes()).into()
        }
        Some(_) => value.clone(),
    }
}

/// A random value of a field.
pub(crate) fn random(rng: &mut Rng, kind: &DataType) -> Json {
    match kind {
        DataType::Bool => rng.bool().into(),
        DataType::Int8 => integer(rng, i8::MIN.into(), i8::MAX.into()).into(),
        DataType::Int16 => integer(rng, i16::MIN.into(), i16::MAX.into()).into(),
        DataType::Int32 => integer(rng, i32::MIN.into(), i32::MAX.into()).into(),
        DataType::Int64 => integer(rng, i64::MIN, i64::MAX).into(),
        DataType::Float => floats(&[any_float(rng)]),
        DataType::Double => double(any_double(rng)),
        DataType::VarChar { max_length } => {
            let mut text = text(rng);
            while text.len() > *max_length as usize {
                text.pop();
            }
            text.into()
        }
        DataType::Json => random_json(rng, 3),
        DataType::Array {
            element,
            max_capacity,
        } => (0..rng.u32(0..=*max_capacity))
            .map(|_| random(rng, element))
            .collect(),
        DataType::Geometry => {
            format!("POINT ({} {})", rng.i32(-180..=180), rng.i32(-90..=90)).into()
        }
        DataType::Timestamptz => format!(
            "20{:02}-0{}-1{}T0{}:{}5:{:02}Z",
            rng.u8(0..60),
            rng.u8(1..10),
            rng.u8(0..10),
            rng.u8(0..10),
            rng.u8(0..6),
            rng.u8(0..60)
        )
        .into(),
        DataType::FloatVector { dimension } => {
            let whole = rng.u8(0..4) == 0;
            let mut numbers: Vec<f32> = (0..*dimension)
                .map(|_| {
                    if whole {
                        f32::from(rng.i8(-4..=4))
                    } else {
                        rng.f32() * 2.0 - 1.0
                    }
                })
                .collect();
            // The cosine of a vector of zeros is not defined.
            numbers[0] += 0.5;
            floats(&numbers)
        }
        DataType::Float16Vector { dimension } => {
            let bits = (0..*dimension)
                .map(|_| rng.u16(0x2c00..0x4000) | (u16::from(rng.bool()) << 15))
                .flat_map(u16::to_le_bytes);
            hex(&bits.collect::<Vec<_>>()).into()
        }
        DataType::BinaryVector { dimension } => {
            let bytes: Vec<u8> = (0..*dimension / 8).map(|_| rng.u8(..)).collect();
            hex(&bytes).into()
        }
        DataType::SparseFloatVector => {
            let mut pairs = std::collections::BTreeMap::new();
            for _ in 0..rng.u8(1..6) {
                let dimension = match rng.u8(0..10) {
                    0 => rng.u32(0..2_000_000_000),
                    _ => rng.u32(0..12),
                };
                pairs.insert(dimension, rng.f32() + 0.01);
            }
            hex(SparseVector::from(pairs).as_bytes()).into()
        }
        other => panic!("no values of {other} are made here"),
    }
}

/// Small ones mostly, so that filters and groups find some; and extremes.
fn integer(rng: &mut Rng, least: i64, most: i64) -> i64 {
    match rng.u8(0..12) {
        0 => least,
        1 => most,
        2 => rng.i64(least..=most),
        3 => rng.i64(least..=most) / 1000,
        _ => rng.i64(-3..=9),
    }
}

fn any_float(rng: &mut Rng) -> f32 {
    let special = [
        0.0,
        -0.0,
        f32::MAX,
        f32::MIN_POSITIVE,
        f32::from_bits(1),
        0.1,
    ];
    match rng.u8(0..6) {
        0 => special[rng.usize(..special.len())],
        1 => loop {
            let value = f32::from_bits(rng.u32(..));
            if value.is_finite() {
                return value;
            }
        },
        2 => f32::from(rng.i8(-5..=5)),
        _ => rng.f32() * 200.0 - 100.0,
    }
}

pub(crate) fn any_double(rng: &mut Rng) -> f64 {
    let special = [
        0.0,
        -0.0,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::from_bits(1),
        0.1,
        1e16,
    ];
    match rng.u8(0..6) {
        0 => special[rng.usize(..special.len())],
        1 => loop {
            let value = f64::from_bits(rng.u64(..));
            if value.is_finite() {
                return value;
            }
        },
        2 => f64::from(rng.i8(-5..=5)),
        _ => rng.f64() * 1000.0,
    }
}

/// Words, and what is hard to quote or to count.
pub(crate) fn text(rng: &mut Rng) -> String {
    const ODD: [&str; 12] = [
        "",
        "it's",
        "say \"so\"",
        "back\\slash",
        "\u{fc}\u{1F30D}",
        "\u{65e5}\u{672c}",
        "100%_",
        "a,b]",
        "{x}",
        " spaced ",
        "tab\there",
        "two\nlines",
    ];
    match rng.u8(0..4) {
        0 => ODD[rng.usize(..ODD.len())].to_owned(),
        _ => {
            let letters = rng.usize(1..4);
            (0..letters).map(|_| rng.char('a'..='d')).collect()
        }
    }
}

pub(crate) fn random_json(rng: &mut Rng, depth: u8) -> Json {
    let kinds = if depth == 0 { 6 } else { 9 };
    match rng.u8(0..kinds) {
        0 => Json::Null,
        1 => rng.bool().into(),
        2 => integer(rng, i64::MIN, i64::MAX).into(),
        3 => text(rng).into(),
        4 | 5 => json!({ "$d": double(any_double(rng)) }),
        6 => (0..rng.u8(0..4))
            .map(|_| random_json(rng, depth - 1))
            .collect(),
        _ => {
            let keys = ["a", "b", "n", "c d", "\u{e9}", ""];
            (0..rng.u8(0..4))
                .map(|_| {
                    let key = keys[rng.usize(..keys.len())].to_owned();
                    (key, random_json(rng, depth - 1))
                })
                .collect()
        }
    }
}
