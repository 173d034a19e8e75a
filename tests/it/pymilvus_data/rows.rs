//! Rows in a form that preserves all bits, and conversions between this form and the types of the client.

use milvus_otel::{
    Field,
    data::{Columns, SparseVector, Value},
    schema::DataType,
};
use serde_json::{Value as Json, json};

/// A field, as both clients declare it.
pub(crate) type Both = (Field, Json);

fn both(field: Field, kind: &str, more: &Json) -> Both {
    let mut spec = json!({ "name": field.name(), "datatype": kind });
    spec.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    (field, spec)
}

/// The types that both servers support.
pub(crate) fn scalar_fields() -> Vec<Both> {
    let array = |name: &str, element: DataType, kind: &str| {
        let mut more = json!({ "element_type": kind, "max_capacity": 8 });
        if kind == "VARCHAR" {
            more["max_length"] = 40.into();
        }
        both(Field::array(name, element, 8), "ARRAY", &more)
    };
    let none = json!({});
    vec![
        both(
            Field::varchar("key", 64).primary_key(),
            "VARCHAR",
            &json!({ "max_length": 64, "is_primary": true }),
        ),
        both(Field::bool("flag"), "BOOL", &none),
        both(Field::int8("tiny"), "INT8", &none),
        both(Field::int16("small"), "INT16", &none),
        both(Field::int32("medium"), "INT32", &none),
        both(Field::int64("large"), "INT64", &none),
        both(Field::float("single"), "FLOAT", &none),
        both(Field::double("double"), "DOUBLE", &none),
        both(Field::json("json"), "JSON", &none),
        array("flags", DataType::Bool, "BOOL"),
        array("bytes", DataType::Int8, "INT8"),
        array("shorts", DataType::Int16, "INT16"),
        array("ints", DataType::Int32, "INT32"),
        array("longs", DataType::Int64, "INT64"),
        array("singles", DataType::Float, "FLOAT"),
        array("doubles", DataType::Double, "DOUBLE"),
        array("words", DataType::VarChar { max_length: 40 }, "VARCHAR"),
    ]
}

/// Fields that can be null.
pub(crate) fn nullable_fields() -> Vec<Both> {
    let nullable = json!({ "nullable": true });
    vec![
        both(Field::int32("maybe").nullable(), "INT32", &nullable),
        both(
            Field::varchar("perhaps", 20).nullable(),
            "VARCHAR",
            &json!({ "nullable": true, "max_length": 20 }),
        ),
        both(Field::double("possibly").nullable(), "DOUBLE", &nullable),
    ]
}

fn single(value: f32) -> String {
    hex(&value.to_le_bytes())
}

fn double(value: f64) -> String {
    hex(&value.to_le_bytes())
}

/// Typical and extreme values.
pub(crate) fn rows(vectors: &[String; 3], nullable: bool) -> Vec<Json> {
    let mut rows = vec![
        json!({
            "key": "extreme", "flag": false, "tiny": i8::MIN, "small": i16::MAX, "medium": i32::MIN, "large": i64::MIN,
            "single": single(f32::MAX), "double": double(f64::MIN_POSITIVE), "json": { "": "" },
            "flags": [], "bytes": [i8::MIN, i8::MAX], "shorts": [i16::MIN, i16::MAX], "ints": [i32::MIN, i32::MAX],
            "longs": [i64::MIN, i64::MAX, 0], "singles": [single(-0.0), single(f32::MIN_POSITIVE)],
            "doubles": [double(f64::MAX), double(-0.0)], "words": [""], "color": "red",
        }),
        json!({
            "key": "smallest", "flag": true, "tiny": 0, "small": 0, "medium": 0, "large": 0,
            "single": single(f32::from_bits(1)), "double": double(f64::from_bits(1)), "json": {},
            "flags": [true], "bytes": [], "shorts": [], "ints": [], "longs": [], "singles": [], "doubles": [],
            "words": [], "color": "",
        }),
        json!({
            "key": "usual \"key\" ü\u{1F30D}", "flag": true, "tiny": -3, "small": 300, "medium": 70_000,
            "large": 5_000_000_000_i64, "single": single(0.1), "double": double(0.1),
            "json": { "a": [1, 2.5, null], "b": { "c": "d\n\"" }, "n": 9_007_199_254_740_993_i64 },
            "flags": [true, false], "bytes": [1, -1], "shorts": [300], "ints": [70_000], "longs": [7],
            "singles": [single(0.1), single(-1e-40)], "doubles": [double(0.1)],
            "words": ["one", "zwölf", "\u{0}'\\"], "color": "blue \"green\"",
        }),
    ];
    for (row, vector) in rows.iter_mut().zip(vectors) {
        row["vector"] = vector.clone().into();
    }
    if nullable {
        let some = [json!(7), json!("text"), double(2.5).into()];
        for (index, row) in rows.iter_mut().enumerate() {
            for (name, value) in ["maybe", "perhaps", "possibly"].iter().zip(&some) {
                row[name] = if index == 1 {
                    Json::Null
                } else {
                    value.clone()
                };
            }
        }
    }
    rows
}

/// The rows as columns. Written out per type, so that the test does not depend on the client's mapping of types.
pub(crate) fn columns(
    rows: &[Json],
    nullable: bool,
    vectors: impl Fn(Columns, Vec<Vec<u8>>) -> Columns,
) -> Columns {
    let each = |name: &str| -> Vec<Json> { rows.iter().map(|row| row[name].clone()).collect() };
    fn list<T>(values: &[Json], one: impl Fn(&Json) -> T) -> Vec<T> {
        values.iter().map(one).collect()
    }
    fn lists<T>(values: &[Json], one: impl Fn(&Json) -> T) -> Vec<Vec<T>> {
        values
            .iter()
            .map(|values| values.as_array().unwrap().iter().map(&one).collect())
            .collect()
    }
    fn int<T: TryFrom<i64>>(value: &Json) -> T {
        T::try_from(value.as_i64().unwrap()).ok().unwrap()
    }
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let truth = |value: &Json| value.as_bool().unwrap();
    let f32 = |value: &Json| f32::from_le_bytes(bytes(value).try_into().unwrap());
    let f64 = |value: &Json| f64::from_le_bytes(bytes(value).try_into().unwrap());
    let columns = Columns::new()
        .varchar("key", list(&each("key"), text))
        .bool("flag", list(&each("flag"), truth))
        .int8("tiny", list(&each("tiny"), int::<i8>))
        .int16("small", list(&each("small"), int::<i16>))
        .int32("medium", list(&each("medium"), int::<i32>))
        .int64("large", list(&each("large"), int::<i64>))
        .float("single", list(&each("single"), f32))
        .double("double", list(&each("double"), f64))
        .json("json", each("json"))
        .array("flags", lists(&each("flags"), truth))
        .array("bytes", lists(&each("bytes"), int::<i8>))
        .array("shorts", lists(&each("shorts"), int::<i16>))
        .array("ints", lists(&each("ints"), int::<i32>))
        .array("longs", lists(&each("longs"), int::<i64>))
        .array("singles", lists(&each("singles"), f32))
        .array("doubles", lists(&each("doubles"), f64))
        .array("words", lists(&each("words"), text))
        .varchar("color", list(&each("color"), text));
    let columns = vectors(columns, list(&each("vector"), bytes));
    if !nullable {
        return columns;
    }
    fn some<T>(value: &Json, one: impl Fn(&Json) -> T) -> Option<T> {
        (!value.is_null()).then(|| one(value))
    }
    columns
        .int32(
            "maybe",
            list(&each("maybe"), |value| some(value, int::<i32>)),
        )
        .varchar("perhaps", list(&each("perhaps"), |value| some(value, text)))
        .double(
            "possibly",
            list(&each("possibly"), |value| some(value, f64)),
        )
}

/// The rows that were read, in the form of [`rows`].
pub(crate) fn plain(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => single(*value).into(),
        Value::Double(value) => double(*value).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Json(_) => value.json().unwrap(),
        Value::Array(values) => values.iter().map(plain).collect(),
        Value::FloatVector(numbers) => {
            let bytes: Vec<u8> = numbers
                .iter()
                .flat_map(|number| number.to_le_bytes())
                .collect();
            hex(&bytes).into()
        }
        Value::Float16Vector(bytes) | Value::Bytes(bytes) => hex(bytes).into(),
        Value::SparseVector(vector) => hex(vector.as_bytes()).into(),
        other => panic!("no server gives this: {other:?}"),
    }
}

/// The bytes of a value of [`rows`].
pub(crate) fn bytes(value: &Json) -> Vec<u8> {
    let text = value.as_str().unwrap();
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn sparse(bytes: &[u8]) -> SparseVector {
    let pair = |pair: &[u8]| {
        let half = |at: usize| pair[at..at + 4].try_into().unwrap();
        (u32::from_le_bytes(half(0)), f32::from_le_bytes(half(4)))
    };
    bytes.chunks(8).map(pair).collect()
}
