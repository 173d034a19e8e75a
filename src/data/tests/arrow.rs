//! Arrow's batches: written, sent over the wire, and read again.

mod accepted;
mod random;
mod refused;
mod shared;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use proptest::prelude::*;

use super::super::{Columns, InputRows, IntoRows, Table, WriteRules};
use super::over_the_wire;
use crate::error::Error;
use crate::proto::schema::FieldData;
use crate::schema::{DataType, Field, Schema};

/// A schema with a field of every type, and a nullable one of every type.
fn everything() -> Schema {
    let text = DataType::VarChar { max_length: 99 };
    let array = |name: &str, element: &DataType| Field::array(name, element.clone(), 8);
    let structs = |name: &str| {
        let fields = [
            Field::int8("number"),
            Field::varchar("text", 99),
            Field::bool("flag"),
            Field::float_vector("vector", 3),
            Field::binary_vector("bits", 16),
        ];
        Field::struct_array(name, fields, 8)
    };
    let fields = |prefix: &str| {
        let name = |name: &str| format!("{prefix}{name}");
        vec![
            Field::bool(name("flag")),
            Field::int8(name("tiny")),
            Field::int16(name("small")),
            Field::int32(name("medium")),
            Field::int64(name("large")),
            Field::float(name("single")),
            Field::double(name("double")),
            Field::varchar(name("title"), 99),
            Field::text(name("body")),
            Field::json(name("json")),
            Field::geometry(name("place")),
            Field::timestamptz(name("at")),
            Field::date(name("day")),
            Field::time(name("hour")),
            Field::mol(name("molecule")),
            array(&name("flags"), &DataType::Bool),
            array(&name("tinies"), &DataType::Int8),
            array(&name("smalls"), &DataType::Int16),
            array(&name("mediums"), &DataType::Int32),
            array(&name("larges"), &DataType::Int64),
            array(&name("singles"), &DataType::Float),
            array(&name("doubles"), &DataType::Double),
            array(&name("words"), &text),
            Field::float_vector(name("dense"), 3),
            Field::float16_vector(name("half"), 2),
            Field::bfloat16_vector(name("brain"), 2),
            Field::int8_vector(name("bytes"), 4),
            Field::binary_vector(name("bits"), 16),
            Field::sparse_vector(name("sparse")),
            structs(&name("structs")),
        ]
    };
    let mut builder = Schema::builder().field(Field::int64("id").primary_key());
    for field in fields("") {
        builder = builder.field(field);
    }
    for field in fields("maybe_") {
        builder = builder.field(field.nullable());
    }
    builder.build().unwrap()
}

/// A schema with this field, and dynamic fields.
fn with(field: Field) -> Schema {
    Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(field)
        .field(Field::float_vector("v", 1).nullable())
        .dynamic_fields(true)
        .build()
        .unwrap()
}

/// A batch of the keys 0, 1 and so on, and one column.
fn batch(name: &str, column: impl Array + 'static) -> RecordBatch {
    of(name, Arc::new(column))
}

fn of(name: &str, column: ArrayRef) -> RecordBatch {
    let ids = Int64Array::from_iter_values(0..column.len() as i64);
    RecordBatch::try_from_iter_with_nullable([
        ("id", Arc::new(ids) as ArrayRef, false),
        (name, column, true),
    ])
    .unwrap()
}

fn fields<'a, K>(rows: impl IntoRows<'a, K>, schema: &Schema) -> Result<Vec<FieldData>, String> {
    rows.into_rows()
        .encode(schema, WriteRules::default(), false)
}

/// What is read after the batch was written.
fn read(batch: &RecordBatch, schema: &Schema) -> Result<Table, String> {
    let fields = over_the_wire(fields(batch, schema)?);
    Table::new(fields, batch.num_rows())
}

fn back(batch: &RecordBatch, schema: &Schema) -> RecordBatch {
    read(batch, schema).unwrap().try_into().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn batches_of_all_types_come_back_as_they_were(seed: u64, before in 0..5_usize, rows in 1..9_usize, after in 0..3_usize) {
        let schema = everything();
        let whole = random::batch(&schema, before + rows + after, seed);
        let slice = whole.slice(before, rows);
        prop_assert_eq!(back(&slice, &schema), slice);
    }

    #[test]
    fn batches_are_read_as_the_rows_of_the_same_values(seed: u64, rows in 1..9_usize) {
        let schema = everything();
        let batch = random::batch(&schema, rows, seed);
        let table = Arc::new(read(&batch, &schema).unwrap());
        // Written once more, as typed rows.
        let typed: Vec<crate::Row> =
            (0..rows).map(|row| crate::Row::of_table(&table, row)).collect();
        let fields = over_the_wire(fields(&typed, &schema).unwrap());
        let again: RecordBatch = Table::new(fields, rows).unwrap().try_into().unwrap();
        prop_assert_eq!(again, batch);
    }
}

#[test]
fn an_empty_batch_has_no_rows_to_write() {
    let schema = everything();
    let empty = random::batch(&schema, 3, 1).slice(1, 0);
    assert!(InputRows::from(&empty).is_empty());
}

#[test]
fn the_schema_of_arrow_has_the_types_of_the_batches() {
    let schema = everything();
    let arrow = arrow_schema::Schema::try_from(&schema).unwrap();
    let batch = random::batch(&schema, 4, 7);
    assert_eq!(*back(&batch, &schema).schema(), arrow);
    let json = arrow.field_with_name("json").unwrap();
    assert_eq!(json.extension_type_name(), Some("arrow.json"));
    let dense = arrow.field_with_name("dense").unwrap().data_type();
    assert_eq!(dense.to_string(), "FixedSizeList(3 x Float32)");
    let structs = arrow.field_with_name("structs").unwrap().data_type();
    assert!(structs.to_string().starts_with("List(Struct("), "{structs}");
}

#[test]
fn columns_that_the_schema_lacks_become_dynamic_fields() {
    let schema = with(Field::bool("flag").nullable());
    let list =
        arrow_array::ListArray::from_iter_primitive::<arrow_array::types::Int16Type, _, _>([
            Some([Some(1), None]),
            None,
        ]);
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef),
        (
            "color",
            Arc::new(StringArray::from(vec![Some("red"), None])),
        ),
        (
            "size",
            Arc::new(arrow_array::UInt64Array::from(vec![u64::MAX, 2])),
        ),
        ("counts", Arc::new(list)),
        (
            "$meta",
            Arc::new(StringArray::from(vec![Some("{\"pages\": 300}"), None])),
        ),
    ])
    .unwrap();
    let table = read(&batch, &schema).unwrap();
    let meta: RecordBatch = (&table).try_into().unwrap();
    let text = meta.column_by_name("$meta").unwrap().as_string::<i32>();
    let json = |row| serde_json::from_str::<serde_json::Value>(text.value(row)).unwrap();
    let expected =
        serde_json::json!({ "color": "red", "size": u64::MAX, "counts": [1, null], "pages": 300 });
    assert_eq!(json(0), expected);
    assert_eq!(
        json(1),
        serde_json::json!({ "color": null, "size": 2, "counts": null })
    );

    let requested = table.with_output_fields(&["id".into(), "color".into(), "pages".into()]);
    let batch: RecordBatch = requested.try_into().unwrap();
    assert!(batch.column_by_name("$meta").is_none());
    let text = |name| {
        batch
            .column_by_name(name)
            .unwrap()
            .as_string::<i32>()
            .iter()
            .collect::<Vec<_>>()
    };
    assert_eq!(text("color"), [Some("\"red\""), Some("null")]);
    assert_eq!(text("pages"), [Some("300"), None]);
}

#[test]
fn a_column_of_an_unknown_type_is_refused_by_name() {
    let odd = FieldData {
        field_name: "odd".into(),
        r#type: 999,
        ..FieldData::default()
    };
    let table = Table::new(vec![odd.clone()], 2).unwrap();
    let refused: Error = RecordBatch::try_from(&table).unwrap_err();
    assert!(refused.message().ends_with("in field \"odd\""), "{refused}");
    // Nothing is lost where it is null in each row.
    let nulls = FieldData {
        valid_data: vec![false; 2],
        ..odd
    };
    let batch: RecordBatch = Table::new(vec![nulls], 2).unwrap().try_into().unwrap();
    assert_eq!(batch.column(0).logical_null_count(), 2);
}

#[test]
fn a_primary_key_of_nulls_is_left_out_if_milvus_generates_it() {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key().auto_id())
        .field(Field::float_vector("v", 1))
        .build()
        .unwrap();
    let columns = |id: ArrayRef| {
        let vectors = Columns::new().float_vector("v", 1, [0.5, 0.25]);
        let mut expected = fields(vectors, &schema).unwrap();
        expected.retain(|field| field.field_name == "v");
        let vectors = random::vectors(vec![0.5, 0.25], 1);
        let batch = RecordBatch::try_from_iter([("id", id), ("v", vectors)]).unwrap();
        (fields(&batch, &schema), expected)
    };
    let (fields, expected) = columns(Arc::new(Int64Array::from(vec![None, None])));
    assert_eq!(fields.unwrap(), expected);
    let (fields, expected) = columns(Arc::new(arrow_array::NullArray::new(2)));
    assert_eq!(fields.unwrap(), expected);
    let (fields, _) = columns(Arc::new(Int64Array::from(vec![1, 2])));
    assert!(
        fields
            .unwrap_err()
            .starts_with("expected no value, because Milvus generates")
    );
}
