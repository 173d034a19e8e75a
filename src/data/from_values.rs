//! Rows and tables made of values, for test doubles and for results of your own.

use serde_json::Value as Json;

use super::DYNAMIC_FIELD;
use super::columns::{scalar, vector};
use super::row::Row;
use super::table::Table;
use super::value::Value;
use crate::proto::schema::{
    ArrayArray, BoolArray, BytesArray, DataType as Number, FieldData, JsonArray, LongArray,
    ScalarField, SparseFloatArray, StringArray, StructArrayField, VectorArray, VectorField,
    field_data::Field as Data, scalar_field::Data as Scalar, vector_field::Data as Vector,
};

impl Row {
    /// A row with these fields, for the tests of your program. Results of operations have rows of the same type.
    ///
    /// Reading it gives the same values. A list of elements of several types, which no field of Milvus can hold, becomes
    /// JSON. A second value for a name replaces the first.
    ///
    /// ```
    /// use milvus_otel::Row;
    /// use milvus_otel::data::Value;
    ///
    /// let row = Row::new([("title", Value::from("Dune")), ("year", 1965.into())]);
    /// assert_eq!(row.get("title"), Some("Dune".into()));
    /// assert_eq!(row.field::<u16>("year")?, 1965);
    /// # Ok::<_, milvus_otel::Error>(())
    /// ```
    pub fn new<N: Into<String>, V: Into<Value>>(fields: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut values: Vec<(String, Value)> = Vec::new();
        for (name, value) in fields {
            let (name, value) = (name.into(), value.into());
            match values.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => values.push((name, value)),
            }
        }
        let columns = values.into_iter().map(|(name, value)| (name, vec![value]));
        Self::of_table(&table(1, columns).into(), 0)
    }

    /// The row with this field added or replaced.
    #[must_use]
    pub fn with_field(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let names = self.names().into_iter();
        let known = names.filter_map(|name| self.get(&name).map(|value| (name, value)));
        Self::new(known.chain([(name.into(), value.into())]))
    }
}

impl Default for Row {
    /// A row without fields.
    fn default() -> Self {
        Self::new::<String, Value>([])
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for Row {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        Self::new(fields)
    }
}

impl FromIterator<Row> for Table {
    /// A table with these rows, for the tests of your program. A field that a row does not have is null in it. Values of
    /// several types under one name become dynamic fields.
    fn from_iter<I: IntoIterator<Item = Row>>(rows: I) -> Self {
        let rows: Vec<Row> = rows.into_iter().collect();
        let mut names: Vec<String> = Vec::new();
        for name in rows.iter().flat_map(Row::names) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let columns = names.into_iter().map(|name| {
            let values = rows.iter().map(|row| row.get(&name).unwrap_or(Value::Null));
            let values = values.collect();
            (name, values)
        });
        table(rows.len(), columns)
    }
}

/// A table of these columns, each with one value per row.
pub(crate) fn table(rows: usize, columns: impl IntoIterator<Item = (String, Vec<Value>)>) -> Table {
    let mut fields = Vec::new();
    let mut dynamic = vec![serde_json::Map::new(); rows];
    for (name, values) in columns {
        match field(&name, &values) {
            Some(field) => fields.push(field),
            None => {
                for (row, value) in dynamic.iter_mut().zip(values) {
                    let json = serde_json::to_value(value).unwrap_or(Json::Null);
                    row.insert(name.clone(), json);
                }
            }
        }
    }
    if dynamic.iter().any(|row| !row.is_empty()) {
        let rows = dynamic.into_iter();
        let data = rows.map(|row| Json::Object(row).to_string().into_bytes().into());
        fields.push(FieldData {
            r#type: Number::Json as i32,
            field_name: DYNAMIC_FIELD.to_owned(),
            is_dynamic: true,
            field: Some(scalar(Scalar::JsonData(JsonArray {
                data: data.collect(),
            }))),
            ..FieldData::default()
        });
    }
    // Each field has been given one value or null per row.
    Table::new(fields, rows).unwrap_or_default()
}

/// The column of these values; `None` if no type of Milvus holds them all.
fn field(name: &str, values: &[Value]) -> Option<FieldData> {
    let valid: Vec<bool> = values.iter().map(|value| !value.is_null()).collect();
    let present: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    let field = FieldData {
        r#type: Number::Json as i32,
        field_name: name.to_owned(),
        valid_data: if present.len() < values.len() {
            valid
        } else {
            Vec::new()
        },
        ..FieldData::default()
    };
    let (number, data) = match present.first() {
        None => (Number::Json as i32, None),
        Some(Value::Unknown(number)) => {
            let is_same = |value: &&Value| **value == Value::Unknown(*number);
            present.iter().all(is_same).then_some((*number, None))?
        }
        Some(_) => {
            let (number, data) = one_per_row(&present)
                .or_else(|| structs_per_row(values))
                .or_else(|| bytes_per_row(&present))?;
            (number as i32, Some(data))
        }
    };
    Some(FieldData {
        r#type: number,
        field: data,
        ..field
    })
}

/// Scalars, vectors, or arrays of these.
fn one_per_row(values: &[&Value]) -> Option<(Number, Data)> {
    if let Some((number, data)) = scalars(values) {
        return Some((number, scalar(data)));
    }
    if let Some((number, vectors)) = vectors(values) {
        return Some((number, Data::Vectors(vectors)));
    }
    let rows = lists(values)?;
    let elements: Vec<&Value> = rows.iter().copied().flatten().collect();
    if elements.is_empty() {
        let data = vec![ScalarField::default(); rows.len()];
        let array = ArrayArray {
            data,
            element_type: Number::None as i32,
        };
        return Some((Number::Array, scalar(Scalar::ArrayData(array))));
    }
    let lengths: Vec<usize> = rows.iter().map(|row| row.len()).collect();
    if let Some((element, data)) = scalars(&elements) {
        let rows = data.split(&lengths).into_iter();
        let array = ArrayArray {
            data: rows.map(|data| ScalarField { data: Some(data) }).collect(),
            element_type: element as i32,
        };
        return Some((Number::Array, scalar(Scalar::ArrayData(array))));
    }
    let (element, vectors) = vectors(&elements)?;
    let array = VectorArray {
        dim: vectors.dim,
        data: vectors.split(&lengths),
        element_type: element as i32,
    };
    Some((Number::ArrayOfVector, vector(0, Vector::VectorArray(array))))
}

/// Arrays of structs with the same fields. Null rows have empty arrays in the fields of the structs.
fn structs_per_row(values: &[Value]) -> Option<(Number, Data)> {
    let rows = values.iter().map(|value| match value {
        Value::Null => Some(&[][..]),
        Value::Array(elements) => Some(elements.as_slice()),
        _ => None,
    });
    let rows: Vec<&[Value]> = rows.collect::<Option<_>>()?;
    fn names(value: &Value) -> Option<Vec<&str>> {
        match value {
            Value::Struct(fields) => Some(fields.iter().map(|(name, _)| name.as_str()).collect()),
            _ => None,
        }
    }
    let expected = names(rows.iter().copied().flatten().next()?)?;
    let mut all = rows.iter().copied().flatten();
    if expected.is_empty() || !all.all(|value| names(value).as_ref() == Some(&expected)) {
        return None;
    }
    let inner = expected.iter().enumerate().map(|(index, name)| {
        let value = |one: &Value| match one {
            Value::Struct(fields) => fields.get(index).map(|(_, value)| value.clone()),
            _ => None,
        };
        let arrays: Vec<Value> = rows
            .iter()
            .map(|row| {
                row.iter()
                    .map(value)
                    .collect::<Option<_>>()
                    .map(Value::Array)
            })
            .collect::<Option<_>>()?;
        let field = field(name, &arrays)?;
        let is_array = [Number::Array as i32, Number::ArrayOfVector as i32].contains(&field.r#type);
        is_array.then_some(field)
    });
    let fields = inner.collect::<Option<_>>()?;
    Some((
        Number::ArrayOfStruct,
        Data::StructArrays(StructArrayField { fields }),
    ))
}

/// Bytes of any length.
fn bytes_per_row(values: &[&Value]) -> Option<(Number, Data)> {
    let data = all(values, |value| match value {
        Value::Bytes(bytes) => Some(bytes.clone()),
        _ => None,
    })?;
    Some((Number::None, scalar(Scalar::BytesData(BytesArray { data }))))
}

fn all<'a, T>(values: &[&'a Value], of: impl FnMut(&'a Value) -> Option<T>) -> Option<Vec<T>> {
    values.iter().copied().map(of).collect()
}

fn lists<'a>(values: &[&'a Value]) -> Option<Vec<&'a [Value]>> {
    all(values, |value| match value {
        Value::Array(elements) => Some(elements.as_slice()),
        _ => None,
    })
}

/// Calls a macro-like match for the values of one variant.
macro_rules! of {
    ($values:ident, $variant:ident) => {
        all($values, |value| match value {
            Value::$variant(inner) => Some(inner.clone()),
            _ => None,
        })?
    };
}

/// Scalars of one type.
fn scalars(values: &[&Value]) -> Option<(Number, Scalar)> {
    Some(match values.first()? {
        Value::Bool(_) => {
            let data = of!(values, Bool);
            (Number::Bool, Scalar::BoolData(BoolArray { data }))
        }
        Value::Int(_) => {
            let data = of!(values, Int);
            (Number::Int64, Scalar::LongData(LongArray { data }))
        }
        Value::Float(_) => (Number::Float, Scalar::FloatData(of!(values, Float).into())),
        Value::Double(_) => (
            Number::Double,
            Scalar::DoubleData(of!(values, Double).into()),
        ),
        Value::Text(_) => {
            let data = of!(values, Text);
            (Number::VarChar, Scalar::StringData(StringArray { data }))
        }
        Value::Json(_) => {
            let data = of!(values, Json);
            (Number::Json, Scalar::JsonData(JsonArray { data }))
        }
        _ => return None,
    })
}

/// Vectors of one type and dimension.
fn vectors(values: &[&Value]) -> Option<(Number, VectorField)> {
    /// Concatenates vectors of the same length, which is not 0.
    fn flat<T: Copy>(rows: &[impl AsRef<[T]>]) -> Option<(i64, Vec<T>)> {
        let length = rows.first()?.as_ref().len();
        let is_same = length > 0 && rows.iter().all(|row| row.as_ref().len() == length);
        let numbers = rows.iter().flat_map(|row| row.as_ref().iter().copied());
        is_same.then_some((i64::try_from(length).ok()?, numbers.collect()))
    }
    let (number, dim, data) = match values.first()? {
        Value::FloatVector(_) => {
            let (dim, flat) = flat::<f32>(&of!(values, FloatVector))?;
            (Number::FloatVector, dim, Vector::FloatVector(flat.into()))
        }
        Value::Float16Vector(_) => {
            let (bytes, flat) = flat::<u8>(&of!(values, Float16Vector))?;
            let data = Vector::Float16Vector(flat.into());
            (Number::Float16Vector, bytes / 2, data)
        }
        Value::BFloat16Vector(_) => {
            let (bytes, flat) = flat::<u8>(&of!(values, BFloat16Vector))?;
            let data = Vector::Bfloat16Vector(flat.into());
            (Number::BFloat16Vector, bytes / 2, data)
        }
        Value::Int8Vector(_) => {
            let (dim, flat) = flat::<u8>(&of!(values, Int8Vector))?;
            (Number::Int8Vector, dim, Vector::Int8Vector(flat.into()))
        }
        Value::Bytes(_) => {
            let (bytes, flat) = flat::<u8>(&of!(values, Bytes))?;
            let data = Vector::BinaryVector(flat.into());
            (Number::BinaryVector, bytes * 8, data)
        }
        Value::SparseVector(_) => {
            let rows = of!(values, SparseVector);
            let contents = rows.iter().map(|row| row.as_bytes().clone()).collect();
            let data = Vector::SparseFloatVector(SparseFloatArray { contents, dim: 0 });
            (Number::SparseFloatVector, 0, data)
        }
        _ => return None,
    };
    let field = VectorField {
        dim,
        data: Some(data),
    };
    // Half floats with an odd number of bytes are no vectors.
    (field.count() == Ok(values.len())).then_some((number, field))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::data::SparseVector;

    /// Values that a field can hold, of one type per tree.
    fn scalar_lists() -> impl Strategy<Value = Vec<Value>> {
        let size = 1..4_usize;
        let floats = any::<i16>().prop_map(f32::from);
        prop_oneof![
            prop::collection::vec(any::<bool>().prop_map(Value::Bool), size.clone()),
            prop::collection::vec(any::<i64>().prop_map(Value::Int), size.clone()),
            prop::collection::vec(floats.prop_map(Value::Float), size.clone()),
            prop::collection::vec(
                any::<i32>().prop_map(|n| Value::Double(n.into())),
                size.clone()
            ),
            prop::collection::vec(".{0,8}".prop_map(Value::Text), size),
        ]
    }

    fn vectors_of(dimension: usize) -> impl Strategy<Value = Value> {
        let bytes = move |width| prop::collection::vec(any::<u8>(), dimension * width);
        prop_oneof![
            prop::collection::vec(any::<i16>().prop_map(f32::from), dimension)
                .prop_map(Value::FloatVector),
            bytes(2).prop_map(|bytes| Value::Float16Vector(bytes.into())),
            bytes(2).prop_map(|bytes| Value::BFloat16Vector(bytes.into())),
            bytes(1).prop_map(|bytes| Value::Int8Vector(bytes.into())),
            bytes(1).prop_map(|bytes| Value::Bytes(bytes.into())),
            prop::collection::btree_map(any::<u16>().prop_map(u32::from), 0.5..1.0_f32, 1..4)
                .prop_map(|pairs| Value::SparseVector(pairs.into())),
        ]
    }

    fn values() -> impl Strategy<Value = Value> {
        let scalar = || scalar_lists().prop_map(|mut list| list.remove(0));
        let names = prop::sample::subsequence(vec!["a", "b", "c"], 1..=3);
        let structs = (names, 0..4_usize).prop_flat_map(move |(names, count)| {
            let field = || prop_oneof![scalar(), vectors_of(2)];
            // The structs of a row have fields of the same types.
            let one: Vec<_> = names.iter().map(|_| field()).collect();
            one.prop_map(move |values| {
                let fields = names.iter().map(|name| (*name).to_owned()).zip(values);
                let one = Value::Struct(fields.collect());
                Value::Array(vec![one; count])
            })
        });
        prop_oneof![
            Just(Value::Null),
            scalar(),
            scalar_lists().prop_map(Value::Array),
            (1..5_usize).prop_flat_map(vectors_of),
            prop::collection::vec(any::<i32>(), 0..3).prop_map(|list| Value::Json(
                serde_json::json!(list).to_string().into_bytes().into()
            )),
            prop::collection::vec(any::<u8>(), 0..3).prop_map(|bytes| Value::Bytes(bytes.into())),
            structs,
            Just(Value::Unknown(4711)),
        ]
    }

    proptest! {
        #[test]
        fn rows_return_the_values_they_were_made_of(
            fields in prop::collection::btree_map("[a-z]{1,6}", values(), 0..6)
        ) {
            let row = Row::new(fields.clone());
            prop_assert_eq!(row.names(), fields.keys().cloned().collect::<Vec<_>>());
            for (name, value) in &fields {
                let read = row.get(name);
                prop_assert_eq!(read.as_ref(), Some(value), "{}", name);
            }
            let table = Table::from_iter([row.clone(), Row::default(), row]);
            for (name, value) in &fields {
                // A column that is null in some rows has a type, which an unknown one does not.
                let wanted = [value, &Value::Null, value];
                for (row, wanted) in wanted.into_iter().enumerate() {
                    let read = table.value(row, name);
                    prop_assert_eq!(read.as_ref(), Some(wanted), "{} of row {}", name, row);
                }
            }
        }
    }

    #[test]
    fn values_that_no_field_can_hold_become_json() {
        let mixed = Value::Array(vec![1.into(), "two".into(), Value::Null]);
        let row = Row::new([("mixed", mixed), ("more", "text".into())]);
        let json = Value::Json(Bytes::from_static(br#"[1,"two",null]"#));
        assert_eq!(row.get("mixed"), Some(json));
        assert_eq!(row.field::<(u8, String, ())>("mixed").unwrap().1, "two");
        let names = row.names();
        assert_eq!(names, ["more", "mixed"]);
    }

    #[test]
    fn rows_with_values_of_several_types_make_a_table() {
        let rows = [
            Row::new([("a", 1)]),
            Row::new([("a", "text")]),
            Row::new([("b", SparseVector::from([(3, 0.5)]))]),
        ];
        let table = Table::from_iter(rows);
        assert_eq!(table.len(), 3);
        assert_eq!(table.value(0, "a"), Some(1.into()));
        assert_eq!(table.value(1, "a"), Some("text".into()));
        assert_eq!(table.value(2, "a"), Some(Value::Null));
        assert_eq!(table.value(0, "b"), Some(Value::Null));
    }

    #[test]
    fn a_field_is_added_or_replaced() {
        let row = Row::new([("a", 1), ("b", 2)]).with_field("c", vec![0.5_f32]);
        let row = row.with_field("a", "new");
        assert_eq!(row.names(), ["a", "b", "c"]);
        assert_eq!(row.get("a"), Some("new".into()));
        assert_eq!(row.get("c"), Some(Value::FloatVector(vec![0.5])));
        assert_eq!(Row::default().names(), [""; 0]);
    }
}
