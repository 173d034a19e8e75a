//! What does not fit is refused by column, type and row.

use arrow_array::types::{Float32Type, Int32Type, UInt8Type};
use arrow_array::{
    BooleanArray, FixedSizeBinaryArray, FixedSizeListArray, Float64Array, Int32Array, ListArray,
    StructArray,
};
use arrow_schema::{DataType as ArrowType, Field as ArrowField};

use super::*;

fn refused(field: Field, column: impl Array + 'static, why: &str) {
    let batch = batch(field.name(), column);
    let found = read(&batch, &with(field)).unwrap_err();
    assert_eq!(found, why);
}

#[test]
fn types_that_do_not_fit() {
    let ints = || Int32Array::from(vec![1, 2]);
    let cases = [
        (Field::bool("f"), "bool"),
        (Field::varchar("f", 9), "varchar of at most 9 bytes"),
        (Field::timestamptz("f"), "timestamptz"),
        (Field::float_vector("f", 2), "float vector of 2"),
        (Field::sparse_vector("f"), "sparse float vector"),
        (
            Field::array("f", DataType::Int8, 3),
            "array of at most 3 int8",
        ),
    ];
    for (field, expected) in cases {
        let why = format!("expected {expected}, found a column of Int32 in field \"f\"");
        refused(field, ints(), &why);
    }
    refused(
        Field::int8("f"),
        BooleanArray::from(vec![true]),
        "expected int8, found a column of Boolean in field \"f\"",
    );
    refused(
        Field::int64("f"),
        arrow_array::TimestampMillisecondArray::from(vec![1]),
        "expected int64, found a column of Timestamp(ms) (to store its numbers, cast it to Int64) in field \"f\"",
    );
    refused(
        Field::int8("f"),
        Float64Array::from(vec![1.0]),
        "expected int8, found a column of Float64 in field \"f\"",
    );
    let lists = || ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1), Some(2)])]);
    refused(
        Field::float_vector("f", 2),
        lists(),
        "expected float vector of 2, found a column of List of Int32 in field \"f\"",
    );
    refused(
        Field::array("f", DataType::Bool, 3),
        lists(),
        "expected array of at most 3 bool, found a column of List of Int32 in field \"f\"",
    );
    let vectors =
        FixedSizeListArray::from_iter_primitive::<UInt8Type, _, _>([Some([Some(1), Some(2)])], 2);
    refused(
        Field::int8_vector("f", 2),
        vectors,
        "expected int8 vector of 2, found a column of FixedSizeList of 2 UInt8 in field \"f\"",
    );
}

#[test]
fn values_that_do_not_fit() {
    refused(
        Field::int8("f"),
        Int32Array::from(vec![1, 128]),
        "row 1: expected int8, found an integer outside of its range in field \"f\"",
    );
    refused(
        Field::float("f"),
        Float64Array::from(vec![1e300]),
        "row 0: expected float, found a number outside of its range in field \"f\"",
    );
    let large = arrow_array::Decimal256Array::from(vec![arrow_buffer::i256::MAX]);
    refused(
        Field::float("f"),
        large.with_precision_and_scale(76, 0).unwrap(),
        "row 0: expected float, found a number outside of its range in field \"f\"",
    );
    refused(
        Field::varchar("f", 2),
        StringArray::from(vec!["ab", "abc"]),
        "row 1: expected varchar of at most 2 bytes, found a string of 3 bytes in field \"f\"",
    );
    refused(
        Field::json("f"),
        StringArray::from(vec![Some("1"), None, Some("red")]),
        "row 2: expected json, found text that is not JSON in field \"f\"",
    );
    refused(
        Field::json("f"),
        Float64Array::from(vec![f64::NAN]),
        "row 0: expected json, found a number that JSON cannot represent in field \"f\"",
    );
    refused(
        Field::int8("f"),
        Int32Array::from(vec![Some(1), None]),
        "row 1: expected int8, found nothing: the field is not nullable in field \"f\"",
    );
    refused(
        Field::int8("f"),
        arrow_array::NullArray::new(2),
        "row 0: expected int8, found nothing: the field is not nullable in field \"f\"",
    );
}

#[test]
fn lists_and_vectors_that_do_not_fit() {
    let lists = || {
        ListArray::from_iter_primitive::<Int32Type, _, _>([
            Some(vec![Some(1)]),
            None,
            Some(vec![Some(2), None]),
        ])
    };
    let field = || Field::array("f", DataType::Int8, 3).nullable();
    refused(
        field(),
        lists(),
        "row 2: expected array of at most 3 int8, found a null in its list in field \"f\"",
    );
    let large = ListArray::from_iter_primitive::<Int32Type, _, _>([
        Some(vec![]),
        Some(vec![Some(1), Some(300)]),
    ]);
    refused(
        field(),
        large,
        "row 1: expected array of at most 3 int8, found an integer outside of its range in its list in field \"f\"",
    );
    let long = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1); 4])]);
    refused(
        field(),
        long,
        "row 0: expected array of at most 3 int8, found an array of 4 in field \"f\"",
    );

    let field = || Field::float_vector("f", 2).nullable();
    let vectors = [
        Some(vec![Some(0.5), Some(0.5)]),
        None,
        Some(vec![Some(0.5)]),
    ];
    let vectors = ListArray::from_iter_primitive::<Float32Type, _, _>(vectors);
    refused(
        field(),
        vectors,
        "row 2: expected float vector of 2, found 1 numbers in field \"f\"",
    );
    let nulls =
        FixedSizeListArray::from_iter_primitive::<Float32Type, _, _>([Some([Some(0.5), None])], 2);
    refused(
        field(),
        nulls,
        "row 0: expected float vector of 2, found a null in its vector in field \"f\"",
    );
    let three = random::vectors(vec![0.5; 3], 3);
    let batch = of("f", three);
    let why = read(&batch, &with(field())).unwrap_err();
    assert_eq!(
        why,
        "row 0: expected float vector of 2, found 3 numbers in field \"f\""
    );
    let raw = FixedSizeBinaryArray::new(7, vec![0_u8; 7].into(), None);
    refused(
        field(),
        raw,
        "row 0: expected float vector of 2, found 7 bytes in field \"f\"",
    );
    let raw =
        arrow_array::BinaryArray::from_opt_vec(vec![Some(&[0_u8; 8][..]), None, Some(&[0; 4])]);
    refused(
        field(),
        raw,
        "row 2: expected float vector of 2, found 4 bytes in field \"f\"",
    );
}

#[test]
fn sparse_vectors_that_do_not_fit() {
    let list = |name: &str, array: ListArray| {
        (
            Arc::new(ArrowField::new(name, array.data_type().clone(), true)),
            Arc::new(array) as ArrayRef,
        )
    };
    let sparse = |indices: Vec<i32>, values: Vec<f32>| {
        let indices = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(
            indices.into_iter().map(Some),
        )]);
        let values = ListArray::from_iter_primitive::<Float32Type, _, _>([Some(
            values.into_iter().map(Some),
        )]);
        StructArray::from(vec![list("indices", indices), list("values", values)])
    };
    let case = |structs: StructArray, found: &str| {
        let why = format!("row 0: expected sparse float vector, found {found} in field \"f\"");
        refused(Field::sparse_vector("f"), structs, &why);
    };
    case(sparse(vec![1], vec![0.5, 0.25]), "1 indices and 2 values");
    case(
        sparse(vec![-1], vec![0.5]),
        "a dimension that is not between 0 and 4294967294",
    );
    let found = read(
        &batch("f", sparse(vec![1, 1], vec![0.5, 0.25])),
        &with(Field::sparse_vector("f")),
    );
    assert_eq!(
        found.unwrap_err(),
        "row 0: expected each dimension once, found 1 twice in field \"f\""
    );
}

#[test]
fn structs_that_do_not_fit() {
    let case = |name: &str, column: ArrayRef, why: &str| {
        let structs = StructArray::from(vec![(
            Arc::new(ArrowField::new(name, column.data_type().clone(), true)),
            column,
        )]);
        let item = Arc::new(ArrowField::new_list_field(
            structs.data_type().clone(),
            true,
        ));
        let lists = ListArray::new(
            item,
            arrow_buffer::OffsetBuffer::from_lengths([0, 2]),
            Arc::new(structs),
            None,
        );
        refused(Field::struct_array("f", [Field::int8("n")], 4), lists, why);
    };
    case(
        "n",
        Arc::new(Int32Array::from(vec![1, 300])),
        "row 1: expected array of at most 4 structs of n, found an integer outside of its range in \"n\" of its structs, \
         which is int8 in field \"f\"",
    );
    case(
        "n",
        Arc::new(Int32Array::from(vec![Some(1), None])),
        "row 1: expected array of at most 4 structs of n, found a null in \"n\" of its structs in field \"f\"",
    );
    case(
        "m",
        Arc::new(Int32Array::from(vec![1, 2])),
        "expected array of at most 4 structs of n, found \"m\" in its structs in field \"f\"",
    );
    case(
        "n",
        Arc::new(StringArray::from(vec!["a", "b"])),
        "expected array of at most 4 structs of n, found a column of Utf8 in \"n\" of its structs, which is int8 in field \"f\"",
    );
}

#[test]
fn columns_that_the_schema_does_not_have() {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 1))
        .build()
        .unwrap();
    let batch = of("color", Arc::new(StringArray::from(vec!["red"])));
    assert_eq!(
        read(&batch, &schema).unwrap_err(),
        "the schema has no field \"color\" and no dynamic fields: its fields are id, v"
    );
    let keys = of("id", Arc::new(Int64Array::from(vec![1])));
    assert_eq!(
        read(&keys, &schema).unwrap_err(),
        "field \"id\" is given twice"
    );
    let unions = ArrowType::Dictionary(
        Box::new(ArrowType::Int8),
        Box::new(ArrowType::Decimal32(3, 1)),
    );
    let dynamic = of("d", arrow_array::new_null_array(&unions, 1));
    assert!(read(&dynamic, &with(Field::bool("f").nullable())).is_ok());
    let duration = arrow_array::DurationSecondArray::from(vec![11]);
    let found = read(
        &of("d", Arc::new(duration)),
        &with(Field::bool("f").nullable()),
    )
    .unwrap_err();
    assert_eq!(
        found,
        "row 0: expected a JSON value, found a value of Duration(s), which JSON cannot hold in field \"d\""
    );
    let meta = of("$meta", Arc::new(StringArray::from(vec!["[1]"])));
    let found = read(&meta, &with(Field::bool("f").nullable())).unwrap_err();
    assert_eq!(
        found,
        "row 0: expected a JSON object, found other JSON in field \"$meta\""
    );
}
