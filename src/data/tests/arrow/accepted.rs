//! Other types of Arrow that fields take.

use arrow_array::builder::{Float32Builder, MapBuilder, UInt16Builder};
use arrow_array::types::{Float16Type, Float32Type, Float64Type, Int8Type, Int32Type, UInt32Type};
use arrow_array::{
    ArrowPrimitiveType, BinaryArray, BinaryViewArray, Date32Array, Decimal128Array,
    Decimal256Array, DictionaryArray, FixedSizeBinaryArray, FixedSizeListArray, Float16Array,
    Float32Array, Float64Array, Int32Array, LargeBinaryArray, LargeListArray, LargeStringArray,
    ListArray, ListViewArray, PrimitiveArray, StringViewArray, StructArray, Time64MicrosecondArray,
    TimestampMillisecondArray, UInt16Array, UInt64Array,
};
use arrow_schema::{DataType as ArrowType, Field as ArrowField};

use super::*;
use crate::data::{SparseVector, Value};

/// A 16-bit float.
type Half = <Float16Type as ArrowPrimitiveType>::Native;

/// Writes the column, and compares what is read with these values.
#[expect(clippy::needless_pass_by_value, reason = "most calls make the field")]
fn takes(field: Field, column: impl Array + 'static, expected: impl IntoIterator<Item = Value>) {
    let (schema, name) = (with(field.clone()), field.name());
    let batch = batch(name, column);
    let data_type = batch.column(1).data_type().clone();
    let table = read(&batch, &schema).unwrap_or_else(|why| panic!("{data_type}: {why}"));
    let found: Vec<Value> = (0..table.len())
        .map(|row| table.value(row, name).unwrap())
        .collect();
    assert_eq!(
        found,
        expected.into_iter().collect::<Vec<_>>(),
        "{data_type}"
    );
}

fn texts<const N: usize>(texts: [&str; N]) -> [Value; N] {
    texts.map(|text| Value::Text(text.into()))
}

#[test]
fn integers_of_other_widths() {
    let ints = || [-1, 7].map(Value::Int);
    takes(
        Field::int8("n"),
        PrimitiveArray::<Int32Type>::from(vec![-1, 7]),
        ints(),
    );
    takes(
        Field::int64("n"),
        PrimitiveArray::<Int8Type>::from(vec![-1, 7]),
        ints(),
    );
    takes(
        Field::int16("n"),
        UInt64Array::from(vec![7, 9]),
        [7, 9].map(Value::Int),
    );
}

#[test]
fn floats_of_other_widths() {
    let halves = || Float16Array::from(vec![Half::ONE, Half::from_f32(-0.5)]);
    takes(Field::float("n"), halves(), [1.0, -0.5].map(Value::Float));
    takes(Field::double("n"), halves(), [1.0, -0.5].map(Value::Double));
    takes(
        Field::float("n"),
        Float64Array::from(vec![0.1, f64::INFINITY]),
        [0.1, f32::INFINITY].map(Value::Float),
    );
    takes(
        Field::double("n"),
        Float32Array::from(vec![Some(0.5), None]).slice(0, 1),
        [Value::Double(0.5)],
    );
    takes(
        Field::double("n"),
        Int32Array::from(vec![i32::MAX]),
        [Value::Double(2_147_483_647.0)],
    );
}

#[test]
fn decimals_are_rounded_to_the_nearest_float() {
    // 0.1, the largest integer that a double has exactly, and the next one.
    let decimals = || {
        let numbers = vec![1, 90_071_992_547_409_920, 90_071_992_547_409_930];
        let array = Decimal128Array::from(numbers);
        array.with_precision_and_scale(20, 1).unwrap()
    };
    let doubles = [0.1, 9_007_199_254_740_992.0, 9_007_199_254_740_992.0];
    takes(Field::double("n"), decimals(), doubles.map(Value::Double));
    takes(
        Field::float("n"),
        decimals().slice(0, 1),
        [Value::Float(0.1)],
    );
    let wide = arrow_buffer::i256::from_i128(-125);
    let wide = Decimal256Array::from(vec![Some(wide), None]);
    takes(
        Field::double("n").nullable(),
        wide.with_precision_and_scale(40, 2).unwrap(),
        [Value::Double(-1.25), Value::Null],
    );
}

#[test]
fn decimals_in_json_are_numbers() {
    let json = |text: &str| Value::Json(text.to_owned().into());
    let decimals = |numbers: Vec<i128>, scale| {
        let array = Decimal128Array::from(numbers);
        array.with_precision_and_scale(38, scale).unwrap()
    };
    takes(
        Field::json("j"),
        decimals(vec![-5, 1250], 2),
        [json("-0.05"), json("12.5")],
    );
    takes(
        Field::json("j"),
        decimals(vec![i128::from(u64::MAX), -7], 0),
        [json("18446744073709551615"), json("-7")],
    );
}

#[test]
fn texts_of_other_kinds_and_dictionaries() {
    let field = || Field::varchar("t", 99).nullable();
    takes(
        field(),
        LargeStringArray::from(vec!["a", "b"]),
        texts(["a", "b"]),
    );
    takes(
        field(),
        StringViewArray::from(vec!["a", "longer than twelve bytes"]),
        texts(["a", "longer than twelve bytes"]),
    );
    let dictionary: DictionaryArray<Int8Type> = [Some("x"), None, Some("y"), Some("x")]
        .into_iter()
        .collect();
    let [x, y] = texts(["x", "y"]);
    takes(field(), dictionary.slice(1, 3), [Value::Null, y, x]);
    let nulls: DictionaryArray<Int8Type> = [None::<&str>, None].into_iter().collect();
    takes(field(), nulls, [Value::Null, Value::Null]);
    // A null among the values of the dictionary.
    let values = StringArray::from(vec![None, Some("z")]);
    let keys = PrimitiveArray::<Int8Type>::from(vec![1, 0]);
    let [z] = texts(["z"]);
    takes(
        field(),
        DictionaryArray::new(keys, Arc::new(values)),
        [z, Value::Null],
    );
}

#[test]
fn times() {
    // 2026-03-01T12:00:00.250Z
    let stamps = || TimestampMillisecondArray::from(vec![1_772_366_400_250]);
    takes(
        Field::timestamptz("t"),
        stamps().with_timezone("Europe/Berlin"),
        texts(["2026-03-01T12:00:00.250Z"]),
    );
    takes(
        Field::timestamptz("t"),
        stamps(),
        texts(["2026-03-01T12:00:00.250"]),
    );
    takes(
        Field::date("t"),
        Date32Array::from(vec![20_513]),
        texts(["2026-03-01"]),
    );
    takes(
        Field::time("t"),
        Time64MicrosecondArray::from(vec![43_200_000_000]),
        texts(["12:00:00"]),
    );
    takes(
        Field::date("t"),
        StringArray::from(vec!["2026-03-01"]),
        texts(["2026-03-01"]),
    );
}

#[test]
fn json_from_text_bytes_and_nested_values() {
    let json = |text: &str| Value::Json(text.to_owned().into());
    let text = "[1, {\"a\": 1e2}]";
    takes(
        Field::json("j"),
        StringArray::from(vec![text, "null"]),
        [json(text), json("null")],
    );
    takes(
        Field::json("j"),
        BinaryArray::from(vec![text.as_bytes()]),
        [json(text)],
    );
    takes(
        Field::json("j"),
        BinaryViewArray::from(vec![text.as_bytes()]),
        [json(text)],
    );
    takes(
        Field::json("j"),
        Float32Array::from(vec![0.5]),
        [json("0.5")],
    );
    let strings: DictionaryArray<Int8Type> = ["x"].into_iter().collect();
    let fields = vec![
        (
            Arc::new(ArrowField::new("word", strings.data_type().clone(), true)),
            Arc::new(strings) as ArrayRef,
        ),
        (
            Arc::new(ArrowField::new("day", ArrowType::Date32, true)),
            Arc::new(Date32Array::from(vec![0])) as ArrayRef,
        ),
        (
            Arc::new(ArrowField::new("big", ArrowType::UInt64, true)),
            Arc::new(UInt64Array::from(vec![u64::MAX])) as ArrayRef,
        ),
    ];
    let structs = StructArray::from(fields);
    takes(
        Field::json("j"),
        structs,
        [json(
            r#"{"big":18446744073709551615,"day":"1970-01-01","word":"x"}"#,
        )],
    );
}

#[test]
fn lists_of_other_kinds() {
    let field = || Field::array("a", DataType::Int16, 4).nullable();
    let ints = |ints: &[i64]| Value::Array(ints.iter().copied().map(Value::Int).collect());
    let rows = || [Some(vec![Some(1), Some(2)]), None, Some(vec![])];
    let expected = || [ints(&[1, 2]), Value::Null, ints(&[])];
    takes(
        field(),
        ListArray::from_iter_primitive::<Int32Type, _, _>(rows()),
        expected(),
    );
    takes(
        field(),
        LargeListArray::from_iter_primitive::<Int32Type, _, _>(rows()),
        expected(),
    );
    let pairs = [Some(vec![Some(1), Some(2)]), None];
    let pairs = FixedSizeListArray::from_iter_primitive::<Int8Type, _, _>(pairs, 2);
    takes(field(), pairs, [ints(&[1, 2]), Value::Null]);
    // Views may overlap, and be in any order.
    let item = Arc::new(ArrowField::new_list_field(ArrowType::Int32, true));
    let values = Arc::new(Int32Array::from(vec![1, 2, 3]));
    let views = ListViewArray::new(item, vec![1, 0].into(), vec![2, 2].into(), values, None);
    takes(field(), views, [ints(&[2, 3]), ints(&[1, 2])]);
    let words: DictionaryArray<Int8Type> = ["x", "y", "x"].into_iter().collect();
    let item = Arc::new(ArrowField::new_list_field(words.data_type().clone(), true));
    let offsets = arrow_buffer::OffsetBuffer::from_lengths([1, 2]);
    let words = ListArray::new(item, offsets, Arc::new(words), None);
    let text = |texts: &[&str]| {
        Value::Array(
            texts
                .iter()
                .map(|text| Value::Text((*text).into()))
                .collect(),
        )
    };
    let field = Field::array("a", DataType::VarChar { max_length: 9 }, 4);
    takes(field, words, [text(&["x"]), text(&["y", "x"])]);
}

#[test]
fn vectors_of_other_kinds() {
    let floats = || {
        [
            Value::FloatVector(vec![0.5, 1.0]),
            Value::FloatVector(vec![-2.0, 0.25]),
        ]
    };
    let rows = || [Some([Some(0.5), Some(1.0)]), Some([Some(-2.0), Some(0.25)])];
    let field = || Field::float_vector("f", 2);
    takes(
        field(),
        ListArray::from_iter_primitive::<Float32Type, _, _>(rows()),
        floats(),
    );
    takes(
        field(),
        LargeListArray::from_iter_primitive::<Float32Type, _, _>(rows()),
        floats(),
    );
    let wide = rows().map(|row| row.map(|row| row.map(|number| number.map(f64::from))));
    takes(
        field(),
        ListArray::from_iter_primitive::<Float64Type, _, _>(wide),
        floats(),
    );
    let narrow = rows().map(|row| row.map(|row| row.map(|number| number.map(Half::from_f32))));
    takes(
        field(),
        ListArray::from_iter_primitive::<Float16Type, _, _>(narrow),
        floats(),
    );
    let bytes: Vec<u8> = [0.5_f32, 1.0, -2.0, 0.25]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    let raw = FixedSizeBinaryArray::new(8, bytes.into(), None);
    takes(
        field(),
        raw.slice(1, 1),
        [Value::FloatVector(vec![-2.0, 0.25])],
    );
    let vectors: Vec<Vec<u8>> = [[0.5_f32, 1.0], [-2.0, 0.25]]
        .map(|vector| vector.map(f32::to_le_bytes).concat())
        .into();
    let present = || [Some(&vectors[0][..]), None, Some(&vectors[1][..])];
    let expected = || {
        [
            Value::FloatVector(vec![0.5, 1.0]),
            Value::Null,
            Value::FloatVector(vec![-2.0, 0.25]),
        ]
    };
    takes(
        field().nullable(),
        BinaryArray::from_iter(present()),
        expected(),
    );
    takes(
        field().nullable(),
        LargeBinaryArray::from_iter(present()),
        expected(),
    );
    takes(
        field().nullable(),
        BinaryViewArray::from_iter(present()),
        expected(),
    );
    takes(
        Field::binary_vector("f", 64),
        BinaryArray::from_iter_values([&vectors[0]]),
        [Value::Bytes(vectors[0].clone().into())],
    );

    let single = || ListArray::from_iter_primitive::<Float32Type, _, _>(rows()).slice(0, 1);
    let bytes = |bytes: [u8; 4]| bytes.to_vec().into();
    takes(
        Field::float16_vector("f", 2),
        single(),
        [Value::Float16Vector(bytes([0, 0x38, 0, 0x3c]))],
    );
    takes(
        Field::bfloat16_vector("f", 2),
        single(),
        [Value::BFloat16Vector(bytes([0, 0x3f, 0x80, 0x3f]))],
    );
    let numbers: ArrayRef = Arc::new(FixedSizeBinaryArray::new(
        2,
        vec![0_u8, 0x3f, 0x80, 0x3f].into(),
        None,
    ));
    let item = Arc::new(ArrowField::new_list_field(
        numbers.data_type().clone(),
        true,
    ));
    let brains = FixedSizeListArray::new(item, 2, numbers, None);
    takes(
        Field::bfloat16_vector("f", 2),
        brains,
        [Value::BFloat16Vector(bytes([0, 0x3f, 0x80, 0x3f]))],
    );
}

#[test]
fn sparse_vectors_of_other_kinds() {
    let expected = || Value::SparseVector(SparseVector::from([(3, 0.5), (7, 0.25)]));
    let mut maps = MapBuilder::new(None, UInt16Builder::new(), Float32Builder::new());
    maps.keys().append_slice(&[7, 3]);
    maps.values().append_slice(&[0.25, 0.5]);
    maps.append(true).unwrap();
    maps.append(false).unwrap();
    takes(
        Field::sparse_vector("s").nullable(),
        maps.finish(),
        [expected(), Value::Null],
    );

    let pairs = StructArray::from(vec![
        (
            Arc::new(ArrowField::new("index", ArrowType::UInt16, true)),
            Arc::new(UInt16Array::from(vec![3, 7])) as ArrayRef,
        ),
        (
            Arc::new(ArrowField::new("value", ArrowType::Float32, true)),
            Arc::new(Float32Array::from(vec![0.5, 0.25])) as ArrayRef,
        ),
    ]);
    let item = Arc::new(ArrowField::new_list_field(pairs.data_type().clone(), true));
    let pairs = ListArray::new(
        item,
        arrow_buffer::OffsetBuffer::from_lengths([2]),
        Arc::new(pairs),
        None,
    );
    takes(Field::sparse_vector("s"), pairs, [expected()]);

    let list = |array: ListArray| Arc::new(array) as ArrayRef;
    let indices = list(ListArray::from_iter_primitive::<UInt32Type, _, _>([Some(
        [Some(3), Some(7)],
    )]));
    let values = list(ListArray::from_iter_primitive::<Float64Type, _, _>([Some(
        [Some(0.5), Some(0.25)],
    )]));
    // The order of the fields does not matter.
    let fields = vec![
        (
            Arc::new(ArrowField::new("values", values.data_type().clone(), true)),
            values,
        ),
        (
            Arc::new(ArrowField::new(
                "indices",
                indices.data_type().clone(),
                true,
            )),
            indices,
        ),
    ];
    takes(
        Field::sparse_vector("s"),
        StructArray::from(fields),
        [expected()],
    );
}

#[test]
fn structs_with_gaps_between_their_lists() {
    let fields = vec![
        (
            Arc::new(ArrowField::new("n", ArrowType::Int32, true)),
            Arc::new(Int32Array::from(vec![1, 2, 3, 4])) as ArrayRef,
        ),
        (
            Arc::new(ArrowField::new(
                "v",
                random::vectors(vec![], 1).data_type().clone(),
                true,
            )),
            random::vectors(vec![0.1, 0.2, 0.3, 0.4], 1),
        ),
    ];
    let structs = StructArray::from(fields);
    let item = Arc::new(ArrowField::new_list_field(
        structs.data_type().clone(),
        true,
    ));
    let views = ListViewArray::new(
        item,
        vec![2, 0].into(),
        vec![2, 1].into(),
        Arc::new(structs),
        None,
    );
    let one = |n, v| {
        Value::Struct(vec![
            ("n".into(), Value::Int(n)),
            ("v".into(), Value::FloatVector(vec![v])),
        ])
    };
    let field = Field::struct_array("s", [Field::int8("n"), Field::float_vector("v", 1)], 4);
    takes(
        field,
        views,
        [
            Value::Array(vec![one(3, 0.3), one(4, 0.4)]),
            Value::Array(vec![one(1, 0.1)]),
        ],
    );
}
