//! All types of Milvus' protocol can be declared, written and read, unless there is a reason against it.

use serde_json::json;

use super::*;
use crate::proto::schema::{DataType as Number, GeometryArray, MolArray, ScalarField};
use crate::proto::schema::{
    DateArray, TimeArray, TimestamptzArray, field_data::Field as Data, scalar_field::Data as Scalar,
};

#[expect(clippy::large_enum_variant, reason = "one at a time, in a test")]
enum Support {
    /// The declared field, a value in a typed row, the same value as a column, and the value that is read.
    Whole(Field, serde_json::Value, fn(Columns) -> Columns, Value),
    /// Why no field has this type.
    None(&'static str),
}

/// The test does not compile with a new type of the protocol until it has an arm here.
fn support(number: Number) -> Support {
    use Support::{None, Whole};
    let text = |text: &str| Value::Text(text.into());
    let bytes = |bytes: &'static [u8]| bytes::Bytes::from_static(bytes);
    match number {
        Number::None => None("it stands for no type"),
        Number::String => None("no server supports it: Milvus has always used varchar"),
        Number::Decimal => None("no server supports it yet, and the protocol has no values for it"),
        Number::Struct => None("it is the type of the elements of an array of structs"),
        Number::ArrayOfVector => None("it is the type of a vector field in an array of structs"),
        Number::Bool => Whole(
            Field::bool("f"),
            json!(true),
            |columns| columns.bool("f", [true]),
            Value::Bool(true),
        ),
        Number::Int8 => Whole(
            Field::int8("f"),
            json!(i8::MIN),
            |columns| columns.int8("f", [i8::MIN]),
            Value::Int(i8::MIN.into()),
        ),
        Number::Int16 => Whole(
            Field::int16("f"),
            json!(i16::MIN),
            |columns| columns.int16("f", [i16::MIN]),
            Value::Int(i16::MIN.into()),
        ),
        Number::Int32 => Whole(
            Field::int32("f"),
            json!(i32::MIN),
            |columns| columns.int32("f", [i32::MIN]),
            Value::Int(i32::MIN.into()),
        ),
        Number::Int64 => Whole(
            Field::int64("f"),
            json!(i64::MIN),
            |columns| columns.int64("f", [i64::MIN]),
            Value::Int(i64::MIN),
        ),
        Number::Float => Whole(
            Field::float("f"),
            json!(0.1),
            |columns| columns.float("f", [0.1]),
            Value::Float(0.1),
        ),
        Number::Double => Whole(
            Field::double("f"),
            json!(0.1),
            |columns| columns.double("f", [0.1]),
            Value::Double(0.1),
        ),
        Number::VarChar => Whole(
            Field::varchar("f", 9),
            json!("a"),
            |columns| columns.varchar("f", ["a"]),
            text("a"),
        ),
        Number::Text => Whole(
            Field::text("f"),
            json!("a"),
            |columns| columns.text("f", ["a"]),
            text("a"),
        ),
        Number::Array => Whole(
            Field::array("f", DataType::Int8, 4),
            json!([1, 2]),
            |columns| columns.array("f", [vec![1_i8, 2]]),
            Value::Array(vec![Value::Int(1), Value::Int(2)]),
        ),
        Number::Json => Whole(
            Field::json("f"),
            json!({ "a": [0.1, null] }),
            |columns| columns.json("f", [json!({ "a": [0.1, null] })]),
            Value::Json(bytes(br#"{"a":[0.1,null]}"#)),
        ),
        Number::Geometry => Whole(
            Field::geometry("f"),
            json!("POINT (1 2)"),
            |columns| columns.geometry("f", ["POINT (1 2)"]),
            text("POINT (1 2)"),
        ),
        Number::Timestamptz => Whole(
            Field::timestamptz("f"),
            json!("2026-03-01T12:00:00Z"),
            |columns| columns.timestamptz("f", ["2026-03-01T12:00:00Z"]),
            text("2026-03-01T12:00:00Z"),
        ),
        Number::Mol => Whole(
            Field::mol("f"),
            json!("c1ccccc1"),
            |columns| columns.mol("f", ["c1ccccc1"]),
            text("c1ccccc1"),
        ),
        Number::Date => Whole(
            Field::date("f"),
            json!("2026-03-01"),
            |columns| columns.date("f", ["2026-03-01"]),
            text("2026-03-01"),
        ),
        Number::Time => Whole(
            Field::time("f"),
            json!("12:00:00"),
            |columns| columns.time("f", ["12:00:00"]),
            text("12:00:00"),
        ),
        Number::BinaryVector => Whole(
            Field::binary_vector("f", 16),
            json!([1, 255]),
            |columns| columns.binary_vector("f", 16, vec![1_u8, 255]),
            Value::Bytes(bytes(&[1, 255])),
        ),
        Number::FloatVector => Whole(
            Field::float_vector("f", 2),
            json!([0.1, 2]),
            |columns| columns.float_vector("f", 2, vec![0.1, 2.0]),
            Value::FloatVector(vec![0.1, 2.0]),
        ),
        Number::Float16Vector => Whole(
            Field::float16_vector("f", 1),
            json!([1]),
            |columns| columns.float16_vector("f", 1, vec![0_u8, 0x3c]),
            Value::Float16Vector(bytes(&[0, 0x3c])),
        ),
        Number::BFloat16Vector => Whole(
            Field::bfloat16_vector("f", 1),
            json!([1]),
            |columns| columns.bfloat16_vector("f", 1, vec![0x80_u8, 0x3f]),
            Value::BFloat16Vector(bytes(&[0x80, 0x3f])),
        ),
        Number::Int8Vector => Whole(
            Field::int8_vector("f", 2),
            json!([1, -1]),
            |columns| columns.int8_vector("f", 2, vec![1_i8, -1]),
            Value::Int8Vector(bytes(&[1, 0xff])),
        ),
        Number::SparseFloatVector => Whole(
            Field::sparse_vector("f"),
            json!({ "7": 0.5 }),
            |columns| columns.sparse_vector("f", [SparseVector::from([(7, 0.5)])]),
            Value::SparseVector([(7, 0.5)].into()),
        ),
        Number::ArrayOfStruct => Whole(
            Field::struct_array("f", [Field::int64("n")], 4),
            json!([{ "n": 1 }]),
            |columns| columns.struct_array("f", [1], Columns::new().int64("n", [1])),
            Value::Array(vec![Value::Struct(vec![("n".into(), Value::Int(1))])]),
        ),
    }
}

#[test]
fn all_types_are_declared_written_and_read() {
    let numbers: Vec<Number> = (-1..1000)
        .filter_map(|number| number.try_into().ok())
        .collect();
    assert!(numbers.len() >= 28, "{numbers:?}");
    for number in numbers {
        let (field, row, column, value) = match support(number) {
            Support::Whole(field, row, column, value) => (field, row, column, value),
            Support::None(why) => {
                assert!(!why.is_empty());
                continue;
            }
        };
        assert_eq!(field.data_type().number(), number as i32);
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(field)
            .field(Field::float_vector("v", 1))
            .build()
            .unwrap();
        assert_eq!(Schema::from_proto(&schema.to_proto("c")), schema);

        let row = json!({ "id": 1, "v": [0.5], "f": row });
        let columns = Columns::new()
            .int64("id", [1])
            .float_vector("v", 1, vec![0.5]);
        for input in [row.into_rows(), column(columns).into()] {
            let mut input = input;
            let fields = input.encode(&schema, WriteRules::default(), false).unwrap();
            let sent = fields.iter().find(|field| field.field_name == "f").unwrap();
            assert_eq!(sent.r#type, number as i32);
            let table = Table::new(over_the_wire(fields), 1).unwrap();
            assert_eq!(table.value(0, "f"), Some(value.clone()), "{number:?}");
        }
    }
}

/// Representations that servers use internally, and may send.
#[test]
fn internal_representations_are_read() {
    let bytes = || vec![bytes::Bytes::from_static(&[1, 2])];
    let whole = Value::Bytes(bytes::Bytes::from_static(&[1, 2]));
    for (number, data, value) in [
        (
            Number::Mol,
            Scalar::MolData(MolArray { data: bytes() }),
            whole.clone(),
        ),
        (
            Number::Geometry,
            Scalar::GeometryData(GeometryArray { data: bytes() }),
            whole,
        ),
        (
            Number::Date,
            Scalar::DateData(DateArray { data: vec![-1] }),
            Value::Int(-1),
        ),
        (
            Number::Time,
            Scalar::TimeData(TimeArray {
                data: vec![86_399_999_999],
            }),
            Value::Int(86_399_999_999),
        ),
        (
            Number::Timestamptz,
            Scalar::TimestamptzData(TimestamptzArray {
                data: vec![i64::MIN],
            }),
            Value::Int(i64::MIN),
        ),
    ] {
        let field = FieldData {
            r#type: number as i32,
            field_name: "f".into(),
            field: Some(Data::Scalars(ScalarField { data: Some(data) })),
            ..FieldData::default()
        };
        assert_eq!(rows_of(&field), Ok(1));
        let table = Table::new(over_the_wire(vec![field]), 1).unwrap();
        assert_eq!(table.value(0, "f"), Some(value), "{number:?}");
    }
}
