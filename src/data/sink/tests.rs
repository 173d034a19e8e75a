use std::collections::{LinkedList, VecDeque};
use std::fmt::Debug;

use serde::Serialize;
use serde_json::json;

use super::super::{IntoRows, WriteRules};
use crate::proto::schema::{field_data::Field as Data, vector_field::Data as Vector};
use crate::schema::{Field, Schema};

/// The encoded column of one row with this value in field `v`.
fn column(field: Field, value: impl Serialize + Debug + Send + Sync) -> Result<Vec<u8>, String> {
    #[derive(Serialize)]
    struct Row<T> {
        id: i64,
        v: T,
    }
    let schema = Schema::builder().field(Field::int64("id").primary_key());
    let schema = schema.field(field).build().unwrap();
    let rows = [Row { id: 7, v: value }];
    let mut fields = rows
        .into_rows()
        .encode(&schema, WriteRules::default(), false)?;
    let Some(Data::Vectors(vectors)) = fields.pop().unwrap().field else {
        panic!("no vectors")
    };
    Ok(match vectors.data.unwrap() {
        Vector::FloatVector(array) => array.as_le_bytes().to_vec(),
        Vector::Int8Vector(bytes) | Vector::BinaryVector(bytes) => bytes.to_vec(),
        other => panic!("{other:?}"),
    })
}

#[test]
fn float_vectors_accept_all_sequences_of_numbers() {
    let expected: Vec<u8> = [1.0_f32, 2.5, -3.0]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    let floats = [1.0_f32, 2.5, -3.0];
    macro_rules! same {
        ($($value:expr),* $(,)?) => {
            $(assert_eq!(column(Field::float_vector("v", 3), $value).as_ref(), Ok(&expected));)*
        };
    }
    same![
        floats,
        &floats[..],
        floats.to_vec(),
        floats.to_vec().into_boxed_slice(),
        VecDeque::from(floats),
        LinkedList::from(floats),
        floats.map(f64::from).to_vec(),
        floats.map(Some).to_vec(),
        (1_u8, 2.5_f64, -3_i64),
        json!([1, 2.5, -3.0]),
    ];
}

#[test]
fn byte_vectors_accept_all_sequences_of_small_numbers() {
    let signed = |value| column(Field::int8_vector("v", 2), value);
    assert_eq!(signed(vec![-1, 127]), Ok(vec![255, 127]));
    let bits = || Field::binary_vector("v", 16);
    assert_eq!(column(bits(), vec![255_u8, 1]), Ok(vec![255, 1]));
    assert_eq!(
        column(bits(), VecDeque::from([255_i64, 1])),
        Ok(vec![255, 1])
    );
    assert_eq!(column(bits(), json!([255, 1])), Ok(vec![255, 1]));
}

#[test]
fn the_first_fault_of_a_vector_is_reported() {
    let float = || Field::float_vector("v", 3);
    let int8 = || Field::int8_vector("v", 2);
    for (outcome, why) in [
        (column(float(), json!([1, "two", null])), "found a string"),
        (
            column(float(), vec![Some(1.0), None, None]),
            "found nothing",
        ),
        (column(float(), vec![1.0, 1e300, 2e300]), "found 1000"),
        (column(float(), vec![0.5_f32; 4]), "found 4 floats"),
        (
            column(float(), VecDeque::from([0.5_f32; 2])),
            "found 2 floats",
        ),
        (column(float(), vec![[0.5_f32]; 3]), "found a sequence"),
        (column(int8(), vec![1, 128]), "found 128"),
        (column(int8(), vec![1_i8; 3]), "found 3 bytes"),
        (column(Field::binary_vector("v", 8), vec![-1]), "found -1"),
    ] {
        let refusal = outcome.unwrap_err();
        assert!(
            refusal.starts_with("row 0: expected") && refusal.contains(why),
            "{refusal}"
        );
        assert!(refusal.ends_with("in field \"v\""), "{refusal}");
    }
}

#[test]
fn a_large_dimension_alone_allocates_no_memory() {
    for field in [
        Field::float_vector("v", u32::MAX),
        Field::float16_vector("v", u32::MAX),
        Field::bfloat16_vector("v", u32::MAX),
        Field::int8_vector("v", u32::MAX),
        Field::binary_vector("v", u32::MAX - 7),
    ] {
        let schema = Schema::builder().field(Field::int64("id").primary_key());
        let schema = schema.field(field).build().unwrap();
        let rows: Vec<_> = (0..100_000)
            .map(|id| json!({ "id": id, "v": [1] }))
            .collect();
        let refused = rows
            .into_rows()
            .encode(&schema, WriteRules::default(), false);
        let why = refused.unwrap_err();
        assert!(why.contains("\"v\""), "{why}");
    }
}
