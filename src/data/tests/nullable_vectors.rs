//! Columns of vectors with null rows.

use serde_json::json;

use super::*;
use crate::data::{ByteVectors, FloatVectors};

fn fields() -> [Field; 5] {
    [
        Field::float_vector("float", 2),
        Field::float16_vector("half", 2),
        Field::bfloat16_vector("brain", 2),
        Field::int8_vector("bytes", 2),
        Field::binary_vector("bits", 16),
    ]
}

fn schema(nullable: bool) -> Schema {
    let builder = Schema::builder().field(Field::int64("id").primary_key());
    let fields = fields().into_iter();
    let fields = fields.map(|field| if nullable { field.nullable() } else { field });
    let builder = fields.fold(builder, |builder, field| builder.field(field));
    builder.build().unwrap()
}

fn encode<'a, K>(rows: impl IntoRows<'a, K>, nullable: bool) -> Result<Vec<FieldData>, String> {
    rows.into_rows()
        .encode(&schema(nullable), WriteRules::default(), false)
}

/// 1.0 and 2.0 as 16-bit floats.
const HALF: [u8; 4] = [0, 0x3c, 0, 0x40];
const BRAIN: [u8; 4] = [0x80, 0x3f, 0, 0x40];

fn columns(some: &[bool]) -> Columns {
    fn each<T: Clone>(some: &[bool], value: &T) -> Vec<Option<T>> {
        some.iter()
            .map(|some| some.then(|| value.clone()))
            .collect()
    }
    let ids: Vec<i64> = (0..some.len() as i64).collect();
    Columns::new()
        .int64("id", ids)
        .float_vector("float", 2, each(some, &[1.0_f32, 2.0]))
        .float16_vector("half", 2, each(some, &HALF.to_vec()))
        .bfloat16_vector("brain", 2, each(some, &BRAIN.to_vec()))
        .int8_vector("bytes", 2, each(some, &vec![1_i8, 2]))
        .binary_vector("bits", 16, each(some, &vec![1_u8, 2]))
}

#[test]
fn columns_and_rows_are_encoded_equally() {
    for some in [
        &[true, false, true][..],
        &[false, false],
        &[true],
        &[false, true],
    ] {
        let row = |(id, some): (usize, &bool)| {
            let value = |value: serde_json::Value| if *some { value } else { json!(null) };
            json!({
                "id": id, "float": value(json!([1.0, 2.0])), "half": value(json!([1.0, 2.0])),
                "brain": value(json!([1.0, 2.0])), "bytes": value(json!([1, 2])), "bits": value(json!([1, 2])),
            })
        };
        let rows: Vec<_> = some.iter().enumerate().map(row).collect();
        let rows = encode(rows, true).unwrap();
        let columns = encode(columns(some), true).unwrap();
        assert_eq!(columns, rows, "{some:?}");

        let table = Table::new(over_the_wire(columns), some.len()).unwrap();
        for (row, some) in some.iter().enumerate() {
            let float = some.then(|| vec![1.0, 2.0]);
            for name in ["float", "half", "brain"] {
                assert_eq!(table.column(name).unwrap().vector(row), float);
            }
            for name in ["bytes", "bits"] {
                assert_eq!(table.column(name).unwrap().is_null(row), !some);
            }
        }
    }
}

#[test]
fn a_null_does_not_copy_flat_vectors() {
    let flat = vec![0.5_f32; 4];
    let address = flat.as_ptr().cast::<u8>();
    let vectors = FloatVectors::from(flat).valid([true, false, true]);
    let bytes = ByteVectors::from(vec![1_i8; 4]).valid([false, true, true]);
    let columns = Columns::new()
        .int64("id", [1, 2, 3])
        .float_vector("float", 2, vectors)
        .int8_vector("bytes", 2, bytes);
    let fields = encode(columns, true).unwrap();
    let table = Table::new(fields, 3).unwrap();
    let float = table.column("float").unwrap();
    assert_eq!(float.bytes().unwrap().as_ptr(), address);
    let nulls = |name| {
        let column = table.column(name).unwrap();
        [0, 1, 2].map(|row| column.is_null(row))
    };
    assert_eq!(nulls("float"), [false, true, false]);
    assert_eq!(nulls("bytes"), [true, false, false]);
    assert_eq!(nulls("half"), [true; 3], "left out");
}

#[test]
fn faults_are_reported_with_the_row() {
    let ids = || Columns::new().int64("id", [1, 2, 3]);
    let rows = |vectors: Vec<Option<Vec<f32>>>| ids().float_vector("float", 2, vectors);
    for (columns, why) in [
        (
            rows(vec![None, Some(vec![0.5; 2]), Some(vec![0.5; 3])]),
            "field \"float\": row 2: expected 2 floats per vector, found 3",
        ),
        (
            ids().int8_vector("bytes", 2, vec![None, Some(vec![1_i8]), None]),
            "field \"bytes\": row 1: expected 2 bytes per vector, found 1",
        ),
        (
            ids().float_vector(
                "float",
                2,
                FloatVectors::from(vec![0.5; 6]).valid([true, false, true]),
            ),
            "field \"float\": expected 2 vectors, one for each row that has one, found 3",
        ),
        (
            rows(vec![None, Some(vec![0.5; 2])]),
            "field \"float\": expected 3 rows, as in field \"id\", found 2",
        ),
    ] {
        assert_eq!(encode(columns, true).unwrap_err(), why);
    }
    let why = encode(columns(&[true, false]), false).unwrap_err();
    assert_eq!(
        why,
        "row 1: expected float vector of 2, found nothing: the field is not nullable in field \"float\""
    );
    let nan = rows(vec![None, Some(vec![0.5; 2]), Some(vec![0.5, f32::NAN])]);
    let rules = WriteRules {
        refuse_nan: true,
        ..WriteRules::default()
    };
    let why = InputRows::from(nan).encode(&schema(true), rules, false);
    assert_eq!(
        why.unwrap_err(),
        "row 2: expected finite numbers, found NaN or infinity in field \"float\""
    );
}

/// Milvus refuses the validity of a field that cannot be null, and requires that of a nullable one.
#[test]
fn validity_is_sent_for_nullable_fields_only() {
    for nullable in [false, true] {
        for field in encode(columns(&[true, true]), nullable).unwrap() {
            let marks = if nullable && field.field_name != "id" {
                2
            } else {
                0
            };
            assert_eq!(field.valid_data.len(), marks, "{}", field.field_name);
        }
        let plain = Columns::new()
            .int64("id", [1])
            .float_vector("float", 2, vec![0.5; 2])
            .float16_vector("half", 2, HALF.to_vec())
            .bfloat16_vector("brain", 2, BRAIN.to_vec())
            .int8_vector("bytes", 2, vec![1_i8, 2])
            .binary_vector("bits", 16, vec![1_u8, 2]);
        for field in encode(plain, nullable).unwrap() {
            let marks = usize::from(nullable && field.field_name != "id");
            assert_eq!(field.valid_data.len(), marks, "{}", field.field_name);
        }
    }
}

proptest! {
    #[test]
    fn parts_of_a_write_keep_their_nulls(some in vec(any::<bool>(), 1..40), limit in 900_usize..1500) {
        let rows = some.len();
        let fields = encode(columns(&some), true).unwrap();
        for part in split(fields, rows, limit).unwrap() {
            let table = Table::new(over_the_wire(part.fields), part.rows.len()).unwrap();
            for (row, some) in some[part.rows].iter().enumerate() {
                for field in fields_of_vectors() {
                    let column = table.column(&field).unwrap();
                    prop_assert_eq!(column.is_null(row), !some);
                }
                let float = table.column("float").unwrap().vector(row);
                prop_assert_eq!(float, some.then(|| vec![1.0, 2.0]));
            }
        }
    }
}

fn fields_of_vectors() -> Vec<String> {
    fields()
        .iter()
        .map(|field| field.name().to_owned())
        .collect()
}
