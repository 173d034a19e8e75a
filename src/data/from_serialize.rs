//! Rows made of typed rows and of JSON, for test doubles and for results of your own.

use std::fmt::Display;

use bytes::BytesMut;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::json;
use super::row::Row;
use super::serialize::{FieldName, Mismatch, SinkResult, SinkSerializer, ValueSink};
use super::value::Value;
use crate::error::{Error, Result};

impl Row {
    /// A row with the fields of a struct or a map, for the tests of your program. Results of operations have rows of the
    /// same type.
    ///
    /// Values have the types they have in Rust: integers become [`Value::Int`], a `f32` becomes [`Value::Float`] and a
    /// `f64` [`Value::Double`]. A list of `f32` is a [`Value::FloatVector`], other lists of numbers, bools or texts are a
    /// [`Value::Array`], and a map from `u32` to `f32` is a [`Value::SparseVector`]. Whatever else there is, such as a
    /// struct, becomes [`Value::Json`].
    ///
    /// JSON has no `f32`: its lists of numbers are arrays. They can be read as vectors all the same.
    ///
    /// ```
    /// use milvus_otel::Row;
    /// use milvus_otel::data::Value;
    /// use serde::Serialize;
    ///
    /// #[derive(Serialize)]
    /// struct Book {
    ///     title: String,
    ///     embedding: [f32; 2],
    /// }
    ///
    /// let row = Row::from_serialize(&Book { title: "Dune".into(), embedding: [0.1, 0.9] })?;
    /// assert_eq!(row.get("embedding"), Some(Value::FloatVector(vec![0.1, 0.9])));
    ///
    /// let row = Row::from_serialize(&serde_json::json!({ "title": "Dune", "embedding": [0.1, 0.9] }))?;
    /// assert_eq!(row.field::<Vec<f32>>("embedding")?, [0.1, 0.9]);
    /// # Ok::<_, milvus_otel::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_argument`](crate::Error::is_invalid_argument) if it is neither a struct nor a map with text keys, or if
    /// a value cannot be represented. The message names the field.
    pub fn from_serialize<T: Serialize + ?Sized>(row: &T) -> Result<Self> {
        let mut fields = Fields::default();
        row.serialize(SinkSerializer(&mut fields))
            .map_err(|Mismatch(why)| Error::invalid_argument("make_row", why))?;
        Ok(Self::new(fields.values))
    }
}

impl From<Map<String, Json>> for Row {
    /// The row that [`from_serialize`](Self::from_serialize) makes.
    fn from(fields: Map<String, Json>) -> Self {
        Self::new(fields.into_iter().map(|(name, json)| {
            let value = value_of(&json).unwrap_or_else(|_| json.into());
            (name, value)
        }))
    }
}

/// The fields of a row.
#[derive(Default)]
struct Fields {
    values: Vec<(String, Value)>,
    key: Option<String>,
}

impl ValueSink for Fields {
    fn expected(&self) -> String {
        "a struct or a map as a row".to_owned()
    }

    fn begin_map(&mut self) -> SinkResult {
        Ok(())
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> SinkResult {
        self.key = Some(FieldName::read(key, None)?);
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        let name = self.key.take().unwrap_or_default();
        let value = value_of(value)
            .map_err(|Mismatch(why)| Mismatch(format!("{why} in field {name:?}")))?;
        self.values.push((name, value));
        Ok(())
    }
}

/// The value of a field: of the type that it has, or JSON.
fn value_of<T: Serialize + ?Sized>(value: &T) -> SinkResult<Value> {
    let mut typed = Typed::default();
    let written = value.serialize(SinkSerializer(&mut typed));
    if let (Ok(()), Some(value)) = (written, typed.into_value()) {
        return Ok(value);
    }
    let mut text = BytesMut::new();
    json::write(value, &mut text)?;
    Ok(Value::Json(text.freeze()))
}

/// The end of an attempt, of which nobody sees the reason.
fn is_json<T>() -> SinkResult<T> {
    Err(Mismatch(String::new()))
}

/// A scalar, a list of scalars of one type, or a sparse vector. Refuses everything else, which is JSON.
#[derive(Default)]
struct Typed {
    scalar: Option<Value>,
    list: Option<Vec<Value>>,
    pairs: Option<Vec<(u32, f32)>>,
    dimension: Option<u32>,
}

impl Typed {
    fn put(&mut self, value: Value) -> SinkResult {
        self.scalar = Some(value);
        Ok(())
    }

    fn into_value(self) -> Option<Value> {
        if let Some(pairs) = self.pairs {
            // An empty map says nothing about its keys.
            return (!pairs.is_empty()).then(|| Value::SparseVector(pairs.into()));
        }
        let Some(list) = self.list else {
            return self.scalar;
        };
        let floats = list.iter().map(|value| match value {
            Value::Float(number) => Some(*number),
            _ => None,
        });
        match floats.collect::<Option<Vec<f32>>>() {
            Some(numbers) if !numbers.is_empty() => Some(Value::FloatVector(numbers)),
            _ => Some(Value::Array(list)),
        }
    }
}

impl ValueSink for Typed {
    fn expected(&self) -> String {
        String::new()
    }

    fn refuse<T>(&self, _: impl Display) -> SinkResult<T> {
        is_json()
    }

    fn bool(&mut self, value: bool) -> SinkResult {
        self.put(Value::Bool(value))
    }

    fn int(&mut self, value: i64) -> SinkResult {
        self.put(Value::Int(value))
    }

    fn float(&mut self, value: f64) -> SinkResult {
        self.put(Value::Double(value))
    }

    fn float32(&mut self, value: f32) -> SinkResult {
        self.put(Value::Float(value))
    }

    fn text(&mut self, value: &str) -> SinkResult {
        self.put(Value::Text(value.to_owned()))
    }

    fn bytes(&mut self, value: &[u8]) -> SinkResult {
        self.put(Value::Bytes(value.to_vec().into()))
    }

    fn null(&mut self) -> SinkResult {
        self.put(Value::Null)
    }

    fn begin_seq(&mut self) -> SinkResult {
        self.list = Some(Vec::new());
        Ok(())
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        let mut one = Self::default();
        value.serialize(SinkSerializer(&mut one))?;
        let (Some(list), Some(scalar)) = (&mut self.list, one.scalar) else {
            return is_json();
        };
        let kind = std::mem::discriminant(&scalar);
        let is_same = list
            .first()
            .is_none_or(|first| std::mem::discriminant(first) == kind);
        if !is_same || matches!(scalar, Value::Null | Value::Bytes(_)) {
            return is_json();
        }
        list.push(scalar);
        Ok(())
    }

    fn begin_map(&mut self) -> SinkResult {
        self.pairs = Some(Vec::new());
        Ok(())
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> SinkResult {
        let mut one = Self::default();
        key.serialize(SinkSerializer(&mut one))?;
        self.dimension = one.scalar.and_then(|key| u32::try_from(key.as_int()?).ok());
        if self.dimension.is_none() {
            return is_json();
        }
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> SinkResult {
        let mut one = Self::default();
        value.serialize(SinkSerializer(&mut one))?;
        match (self.dimension.take(), one.scalar, &mut self.pairs) {
            (Some(dimension), Some(Value::Float(number)), Some(pairs)) => {
                pairs.push((dimension, number));
                Ok(())
            }
            _ => is_json(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::data::SparseVector;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Inner {
        pages: u16,
        weight: f32,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Book {
        id: i64,
        title: Option<String>,
        price: f64,
        weight: f32,
        embedding: Vec<f32>,
        tags: Vec<String>,
        ratings: Vec<f64>,
        none: Vec<i32>,
        bits: Vec<u8>,
        words: SparseVector,
        map: BTreeMap<u32, f32>,
        pairs: Vec<(u32, f32)>,
        inner: Inner,
        chapters: Vec<Inner>,
        large: u64,
        mixed: (i32, String),
    }

    fn book() -> Book {
        let inner = Inner {
            pages: 7,
            weight: 0.1,
        };
        Book {
            id: i64::MAX,
            title: None,
            price: 0.1,
            weight: 0.1,
            embedding: vec![0.1, -1.0],
            tags: vec!["a".into(), "b".into()],
            ratings: vec![0.1, 5.0],
            none: Vec::new(),
            bits: vec![1, 255],
            words: SparseVector::from([(3, 0.1)]),
            map: BTreeMap::from([(7, 0.5)]),
            pairs: vec![(9, 0.1)],
            inner: inner.clone(),
            chapters: vec![inner],
            large: u64::MAX,
            mixed: (1, "one".into()),
        }
    }

    #[test]
    fn a_typed_row_is_read_as_it_was() {
        let row = Row::from_serialize(&book()).unwrap();
        assert_eq!(row.read::<Book>().unwrap(), book());
        let value = |name: &str| row.get(name).unwrap();
        assert_eq!(value("id"), Value::Int(i64::MAX));
        assert_eq!(value("title"), Value::Null);
        assert_eq!(value("price"), Value::Double(0.1));
        assert_eq!(value("weight"), Value::Float(0.1));
        assert_eq!(value("embedding"), Value::FloatVector(vec![0.1, -1.0]));
        assert_eq!(value("tags"), Value::from(vec!["a", "b"]));
        assert_eq!(value("ratings"), Value::from(vec![0.1, 5.0_f64]));
        assert_eq!(value("none"), Value::Array(Vec::new()));
        assert_eq!(value("words"), Value::from(SparseVector::from([(3, 0.1)])));
        assert_eq!(value("map"), Value::from(SparseVector::from([(7, 0.5)])));
        let inner = json!({ "pages": 7, "weight": 0.1 });
        assert_eq!(value("chapters").json(), Some(json!([inner])));
        assert_eq!(value("large").json(), Some(json!(u64::MAX)));
        assert_eq!(value("mixed").json(), Some(json!([1, "one"])));
    }

    #[test]
    fn json_makes_the_same_row_however_it_is_passed() {
        let json = json!({
            "id": 1, "title": "Dune", "sold": true, "none": null, "price": 0.1, "large": u64::MAX,
            "tags": ["a"], "vector": [0.1, 0.9], "mixed": [1, "a", null], "more": { "3": 0.5 }, "empty": {},
        });
        let row = Row::from_serialize(&json).unwrap();
        assert_eq!(serde_json::to_value(&row).unwrap(), json);
        assert_eq!(row.get("vector"), Some(Value::from(vec![0.1, 0.9_f64])));
        assert_eq!(row.get("more").unwrap().json(), Some(json!({ "3": 0.5 })));
        let Json::Object(map) = json else {
            unreachable!("it is an object")
        };
        assert_eq!(Row::from(map), row);
    }

    #[test]
    fn what_is_no_row_is_refused_by_the_name_of_the_field() {
        let of = |refused: Result<Row>| refused.unwrap_err().to_string();
        let list = of(Row::from_serialize(&[1, 2]));
        assert!(
            list.contains("expected a struct or a map as a row, found a sequence"),
            "{list}"
        );
        let keys = of(Row::from_serialize(&BTreeMap::from([(1, "a")])));
        assert!(
            keys.contains("expected a string as the field name"),
            "{keys}"
        );
        let nan = BTreeMap::from([("more", (1, f64::NAN))]);
        let nan = of(Row::from_serialize(&nan));
        assert!(nan.contains("NaN in field \"more\""), "{nan}");
    }
}
