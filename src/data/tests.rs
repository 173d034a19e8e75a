#[cfg(feature = "arrow-60")]
mod arrow;
mod auto_ids;
mod exact;
mod nullable_vectors;
mod protocol;
mod read_errors;
mod structs;
mod structs_received;
mod structs_refused;
mod unknown;

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use prost::Message;
use serde::{Deserialize, Serialize};

use super::*;
use crate::proto::milvus::QueryResults;
use crate::proto::schema::FieldData;
use crate::schema::{DataType, Field, Schema};

/// A row with a field of every type of the protocol.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Everything {
    id: i64,
    flag: bool,
    tiny: i8,
    small: i16,
    medium: Option<i32>,
    single: f32,
    double: f64,
    text: Option<String>,
    json: serde_json::Value,
    flags: Vec<bool>,
    numbers: Vec<i16>,
    longs: Vec<i64>,
    doubles: Vec<f64>,
    words: Option<Vec<String>>,
    place: String,
    dense: Vec<f32>,
    half: Vec<f32>,
    brain: Vec<f32>,
    bytes: Vec<i8>,
    bits: Vec<u8>,
    sparse: BTreeMap<u32, f32>,
    body: Option<String>,
    day: String,
    hour: String,
    molecule: String,
    maybe: Option<Vec<f32>>,
    /// Not in the schema.
    extra: serde_json::Value,
}

fn schema() -> Schema {
    let array = |name: &str, element| Field::array(name, element, 8);
    let fields = [
        Field::int64("id").primary_key(),
        Field::bool("flag"),
        Field::int8("tiny"),
        Field::int16("small"),
        Field::int32("medium").nullable(),
        Field::float("single"),
        Field::double("double"),
        Field::varchar("text", 99).nullable(),
        Field::json("json"),
        array("flags", DataType::Bool),
        array("numbers", DataType::Int16),
        array("longs", DataType::Int64),
        array("doubles", DataType::Double),
        array("words", DataType::VarChar { max_length: 40 }).nullable(),
        Field::geometry("place"),
        Field::float_vector("dense", 3),
        Field::float16_vector("half", 2),
        Field::bfloat16_vector("brain", 2),
        Field::int8_vector("bytes", 4),
        Field::binary_vector("bits", 16),
        Field::sparse_vector("sparse"),
        Field::text("body").nullable(),
        Field::date("day"),
        Field::time("hour"),
        Field::mol("molecule"),
        Field::float_vector("maybe", 2).nullable(),
    ];
    let builder = fields
        .into_iter()
        .fold(Schema::builder(), |builder, field| builder.field(field));
    builder.dynamic_fields(true).build().unwrap()
}

/// A number that is exact as a 16-bit float, so that it round-trips.
fn halves() -> impl Strategy<Value = Vec<f32>> {
    vec(any::<u16>().prop_map(float16::f32_from_f16), 2)
}

fn brains() -> impl Strategy<Value = Vec<f32>> {
    vec(any::<u16>().prop_map(float16::f32_from_bf16), 2)
}

fn floats(length: usize) -> impl Strategy<Value = Vec<f32>> {
    vec(any::<u32>().prop_map(f32::from_bits), length)
}

fn finite() -> impl Strategy<Value = f64> {
    let numbers = any::<u64>().prop_map(f64::from_bits);
    numbers.prop_filter("json has no other numbers", |number| number.is_finite())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        finite().prop_map(Into::into),
        vec(finite(), 0..4).prop_map(Into::into),
        ".{0,9}".prop_map(Into::into),
        vec(any::<i32>(), 0..3).prop_map(Into::into),
        btree_map("[a-z]{0,3}", any::<bool>(), 0..3).prop_map(|map| serde_json::json!(map)),
    ]
}

fn row() -> impl Strategy<Value = Everything> {
    let scalars = (
        any::<i64>(),
        any::<bool>(),
        any::<i8>(),
        any::<i16>(),
        option::of(any::<i32>()),
        any::<u32>().prop_map(f32::from_bits),
        any::<u64>().prop_map(f64::from_bits),
        option::of(".{0,20}"),
        json(),
    );
    let arrays = (
        vec(any::<bool>(), 0..8),
        vec(any::<i16>(), 0..8),
        vec(any::<i64>(), 0..8),
        vec(any::<u64>().prop_map(f64::from_bits), 0..8),
        option::of(vec(".{0,9}", 0..8)),
        "[A-Z ()0-9]{0,9}",
    );
    let vectors = (
        floats(3),
        halves(),
        brains(),
        vec(any::<i8>(), 4),
        vec(any::<u8>(), 2),
        btree_map(0..u32::MAX, any::<f32>(), 0..5),
        json(),
        option::of(floats(2)),
    );
    let texts = (option::of(".{0,20}"), ".{0,9}", ".{0,9}", ".{0,9}");
    (scalars, arrays, vectors, texts).prop_map(|(s, a, v, t)| Everything {
        id: s.0,
        flag: s.1,
        tiny: s.2,
        small: s.3,
        medium: s.4,
        single: s.5,
        double: s.6,
        text: s.7,
        json: s.8,
        flags: a.0,
        numbers: a.1,
        longs: a.2,
        doubles: a.3,
        words: a.4,
        place: a.5,
        dense: v.0,
        half: v.1,
        brain: v.2,
        bytes: v.3,
        bits: v.4,
        sparse: v.5,
        extra: v.6,
        maybe: v.7,
        body: t.0,
        day: t.1,
        hour: t.2,
        molecule: t.3,
    })
}

/// Encodes floats as bits, because `==` and `Debug` both treat some different floats as equal.
fn bits(row: &Everything) -> impl PartialEq + std::fmt::Debug + use<> {
    let of = |floats: &[f32]| {
        floats
            .iter()
            .map(|float| float.to_bits())
            .collect::<Vec<_>>()
    };
    let doubles: Vec<u64> = row.doubles.iter().map(|double| double.to_bits()).collect();
    let sparse: Vec<(u32, u32)> = row
        .sparse
        .iter()
        .map(|(dimension, value)| (*dimension, value.to_bits()))
        .collect();
    let rest = Everything {
        single: 0.0,
        double: 0.0,
        doubles: Vec::new(),
        dense: Vec::new(),
        half: Vec::new(),
        brain: Vec::new(),
        sparse: BTreeMap::new(),
        maybe: None,
        ..row.clone()
    };
    let maybe = row.maybe.as_deref().map(of);
    let scalars = (row.single.to_bits(), row.double.to_bits(), maybe);
    (
        format!("{rest:?}"),
        scalars,
        doubles,
        of(&row.dense),
        of(&row.half),
        of(&row.brain),
        sparse,
    )
}

/// Encodes and decodes the fields, as a server would return them.
fn over_the_wire(fields: Vec<FieldData>) -> Vec<FieldData> {
    let message = QueryResults {
        fields_data: fields,
        ..QueryResults::default()
    };
    QueryResults::decode(message.encode_to_vec().as_slice())
        .unwrap()
        .fields_data
}

fn encode<'a, K>(rows: impl IntoRows<'a, K>) -> Result<Vec<FieldData>, String> {
    rows.into_rows()
        .encode(&schema(), WriteRules::default(), false)
}

proptest! {
    #[test]
    fn rows_round_trip(rows in vec(row(), 1..6)) {
        let fields = over_the_wire(encode(&rows).unwrap());
        let table = Table::new(fields, rows.len()).unwrap();
        let back: Vec<Everything> = table.rows().unwrap();
        for (sent, back) in rows.iter().zip(&back) {
            prop_assert_eq!(bits(sent), bits(back));
        }
        // Reading untyped rows and writing them again gives the same rows.
        let table = Arc::new(table);
        let untyped: Vec<Row> = (0..rows.len()).map(|row| Row::of_table(&table, row)).collect();
        let again = over_the_wire(encode(&untyped).unwrap());
        for column in Table::new(again, rows.len()).unwrap().columns() {
            for row in 0..rows.len() {
                let (one, other) = (column.value(row), table.column(column.name()).unwrap().value(row));
                prop_assert_eq!(format!("{one:?}"), format!("{other:?}"));
            }
        }
    }

    #[test]
    fn parts_contain_all_rows_in_order(rows in vec(row(), 1..40), limit in 4500_usize..9000) {
        let fields = encode(&rows).unwrap();
        let parts = split(fields, rows.len(), limit).unwrap();
        let mut next = 0;
        for part in parts {
            prop_assert_eq!(part.rows.start, next);
            next = part.rows.end;
            let size: usize = part.fields.iter().map(|field| field.encoded_len() + 8).sum();
            prop_assert!(size <= limit + 200, "{} > {}", size, limit);
            let table = Table::new(over_the_wire(part.fields), part.rows.len()).unwrap();
            let back: Vec<Everything> = table.rows().unwrap();
            for (sent, back) in rows[part.rows.clone()].iter().zip(&back) {
                prop_assert_eq!(bits(sent), bits(back));
            }
        }
        prop_assert_eq!(next, rows.len());
    }

    /// Any response is read as a table or refused; lengths and counts in it are not trusted.
    #[test]
    fn arbitrary_responses_are_read_or_refused(bytes in vec(any::<u8>(), 0..300), rows in 0_usize..9) {
        if let Ok(field) = FieldData::decode(bytes.as_slice()) {
            read_all(vec![field], rows);
        }
    }

    #[test]
    fn damaged_responses_are_read_or_refused(
        rows in vec(row(), 1..4),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let message = QueryResults { fields_data: encode(&rows).unwrap(), ..QueryResults::default() };
        read_damaged(&message, damage, rows.len());
    }
}

fn read_damaged(message: &QueryResults, damage: Vec<(prop::sample::Index, u8)>, rows: usize) {
    let mut bytes = message.encode_to_vec();
    for (index, byte) in damage {
        let at = index.index(bytes.len());
        bytes[at] = byte;
    }
    if let Ok(message) = QueryResults::decode(bytes.as_slice()) {
        read_all(message.fields_data, rows);
    }
}

fn read_all(fields: Vec<FieldData>, rows: usize) {
    let _ = fields.iter().map(rows_of).collect::<Vec<_>>();
    let Ok(table) = Table::new(fields, rows) else {
        return;
    };
    let _ = table.rows::<Everything>();
    let _ = table.rows::<BTreeMap<String, serde_json::Value>>();
    for column in table.columns() {
        let _ = (
            column.bytes(),
            column.floats().map(Iterator::count),
            column.int64s(),
            column.texts(),
        );
        for row in 0..=rows {
            let _ = (
                column.value(row),
                column.vector(row),
                column.cell(row).to_json(),
            );
        }
    }
}

#[test]
fn columns_outside_the_schema_become_dynamic_fields() {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 2))
        .field(Field::int32("year").nullable())
        .dynamic_fields(true)
        .build()
        .unwrap();
    let columns = Columns::new()
        .int64("id", [1, 2])
        .float_vector("v", 2, vec![[0.5_f32, 1.0], [1.5, 2.0]])
        .varchar("color", [Some("red"), None])
        .array("sizes", [vec![1_i64, 2], vec![]]);
    let fields = InputRows::from(columns)
        .encode(&schema, WriteRules::default(), false)
        .unwrap();
    let table = Table::new(over_the_wire(fields), 2).unwrap();
    assert_eq!(table.value(0, "color"), Some(Value::Text("red".into())));
    assert_eq!(table.value(1, "color"), Some(Value::Null));
    assert_eq!(
        table.value(0, "sizes").unwrap().json(),
        Some(serde_json::json!([1, 2]))
    );
    assert_eq!(table.value(1, "year"), Some(Value::Null));
    assert_eq!(table.value(0, "nothing"), None);
}

#[test]
fn invalid_columns_are_named() {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 2))
        .field(Field::varchar("name", 3))
        .build()
        .unwrap();
    let good = || {
        Columns::new()
            .int64("id", [1, 2])
            .float_vector("v", 2, vec![0.0; 4])
            .varchar("name", ["a", "b"])
    };
    for (columns, why) in [
        (good().int64("id", [1, 2]), "field \"id\" is given twice"),
        (
            good().int64("more", [1, 2]),
            "the schema has no field \"more\" and no dynamic fields: its fields are id, v, name",
        ),
        (
            Columns::new().int64("id", [1]),
            "field \"v\" is missing: expected float vector of 2",
        ),
        (
            Columns::new()
                .int64("id", [1, 2])
                .float_vector("v", 2, vec![0.0; 5]),
            "field \"v\": expected 2 floats per vector, found 5 floats, which is not a multiple",
        ),
        (
            Columns::new()
                .int64("id", [1, 2])
                .float_vector("v", 2, vec![vec![0.0; 2], vec![0.0]]),
            "field \"v\": row 1: expected 2 floats per vector, found 1",
        ),
        (
            Columns::new()
                .int64("id", [1, 2])
                .float_vector("v", 3, vec![0.0; 6]),
            "row 0: expected float vector of 2, found a vector of 3 in field \"v\"",
        ),
        (
            Columns::new()
                .int64("id", [1, 2])
                .float_vector("v", 2, vec![0.0; 2]),
            "field \"v\": expected 2 rows, as in field \"id\", found 1",
        ),
        (
            Columns::new().int32("id", [1, 2]),
            "expected int64, found a column of int32 in field \"id\"",
        ),
        (
            Columns::new().varchar("name", [Some("abc"), None]),
            "row 1: expected varchar of at most 3 bytes, found nothing: the field is not nullable in field \"name\"",
        ),
        (
            Columns::new().varchar("name", ["abc", "abcd"]),
            "row 1: expected varchar of at most 3 bytes, found a string of 4 bytes in field \"name\"",
        ),
    ] {
        assert_eq!(
            columns.check(&schema, WriteRules::default()).unwrap_err(),
            why
        );
    }
    let rules = WriteRules {
        refuse_nan: true,
        ..WriteRules::default()
    };
    let nan =
        Columns::new()
            .int64("id", [1, 2])
            .float_vector("v", 2, vec![0.0, 0.0, 0.0, f32::NAN]);
    let why = nan.check(&schema, rules).unwrap_err();
    assert_eq!(
        why,
        "row 1: expected finite numbers, found NaN or infinity in field \"v\""
    );
}

#[test]
fn vectors_are_not_copied() {
    let vectors = vec![0.25_f32; 4 * 1000];
    let address = vectors.as_ptr() as usize;
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key().auto_id())
        .field(Field::float_vector("v", 4))
        .build()
        .unwrap();
    let columns = Columns::new().float_vector("v", 4, vectors);
    let fields = InputRows::from(columns)
        .encode(&schema, WriteRules::default(), false)
        .unwrap();
    let parts = split(fields, 1000, 5000).unwrap();
    assert!(parts.len() > 1);
    for part in parts {
        let start = part.rows.start;
        let table = Table::new(part.fields, part.rows.len()).unwrap();
        let bytes = table.column("v").unwrap().bytes().unwrap();
        assert_eq!(bytes.as_ptr() as usize, address + start * 16);
    }
}
