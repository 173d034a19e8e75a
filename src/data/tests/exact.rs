//! Numbers are read exactly as they were written, or are refused.

use std::collections::HashMap;

use serde_json::json;

use super::*;

fn schema() -> Schema {
    Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::json("json").nullable())
        .field(Field::double("double").nullable())
        .field(Field::float_vector("v", 1))
        .dynamic_fields(true)
        .build()
        .unwrap()
}

fn written<'a, K>(rows: impl IntoRows<'a, K>) -> Result<Table, String> {
    let mut input = rows.into_rows();
    let rows = input.len();
    let fields = input.encode(&schema(), WriteRules::default(), false)?;
    Table::new(over_the_wire(fields), rows)
}

/// A valid row, followed by a row with this value in this field.
fn refused<T: Serialize + Send + Sync>(name: &'static str, value: T) -> String {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Cell<T> {
        Plain(i64),
        Vector([f32; 1]),
        Tried(T),
    }
    let row = |id, value| {
        HashMap::from([
            ("id", Cell::Plain(id)),
            ("v", Cell::Vector([0.5])),
            (name, value),
        ])
    };
    written(vec![row(1, Cell::Plain(1)), row(2, Cell::Tried(value))]).unwrap_err()
}

#[derive(Serialize)]
struct Inner<T> {
    deep: T,
}

#[derive(Serialize)]
struct Wrapped<T>(T);

#[derive(Serialize)]
struct Pair<T>(i8, T);

#[derive(Serialize)]
enum Variant<T> {
    Newtype(T),
    Tuple(i8, T),
    Struct { inner: T },
}

#[test]
fn numbers_that_json_cannot_represent_are_refused_with_row_and_field() {
    for name in ["json", "score"] {
        for (why, text) in [
            (refused(name, f64::NAN), "NaN"),
            (refused(name, f32::NAN), "NaN"),
            (refused(name, f64::INFINITY), "infinity"),
            (refused(name, f32::NEG_INFINITY), "-infinity"),
            (refused(name, Some(f64::NAN)), "NaN"),
            (refused(name, vec![0.5, f64::NAN]), "NaN"),
            (refused(name, [[f32::NAN]]), "NaN"),
            (refused(name, (1, "a", f64::NAN)), "NaN"),
            (refused(name, Inner { deep: f64::NAN }), "NaN"),
            (
                refused(
                    name,
                    Inner {
                        deep: vec![Some(f32::INFINITY)],
                    },
                ),
                "infinity",
            ),
            (refused(name, Wrapped(f64::NAN)), "NaN"),
            (refused(name, Pair(1, f64::NAN)), "NaN"),
            (refused(name, Variant::Newtype(f64::NAN)), "NaN"),
            (refused(name, Variant::Tuple(1, f64::NAN)), "NaN"),
            (refused(name, Variant::Struct { inner: f64::NAN }), "NaN"),
            (refused(name, HashMap::from([("a", f64::NAN)])), "NaN"),
            (refused(name, BTreeMap::from([(1, vec![f32::NAN])])), "NaN"),
            (refused(name, Value::Double(f64::NAN)), "NaN"),
            (
                refused(name, Value::Array(vec![Value::Float(f32::NAN)])),
                "NaN",
            ),
            (
                refused(name, u128::from(u64::MAX) + 1),
                "the integer 18446744073709551616",
            ),
            (
                refused(name, i128::from(i64::MIN) - 1),
                "the integer -9223372036854775809",
            ),
        ] {
            let start =
                format!("row 1: expected JSON, found a value that JSON cannot represent: {text}");
            assert!(why.starts_with(&start), "{why}");
            assert!(why.ends_with(&format!(" in field {name:?}")), "{why}");
        }
    }
}

#[test]
fn such_numbers_are_refused_in_flattened_fields() {
    #[derive(Serialize)]
    struct Row {
        id: i64,
        v: [f32; 1],
        #[serde(flatten)]
        rest: HashMap<&'static str, f64>,
    }
    let row = |id, rest| Row {
        id,
        v: [0.5],
        rest: HashMap::from([("score", rest)]),
    };
    assert!(written([row(1, 0.5)]).is_ok());
    let why = written([row(1, 0.5), row(2, f64::NAN)]).unwrap_err();
    assert_eq!(
        why,
        "row 1: expected JSON, found a value that JSON cannot represent: NaN in field \"score\""
    );
}

#[test]
fn such_numbers_are_refused_in_columns_of_dynamic_fields() {
    let columns = || {
        Columns::new()
            .int64("id", [1, 2])
            .float_vector("v", 1, vec![0.5, 0.5])
    };
    for (columns, text) in [
        (columns().double("score", [0.5, f64::NAN]), "NaN"),
        (columns().float("score", [0.5, f32::INFINITY]), "infinity"),
        (columns().double("score", [None, Some(f64::NAN)]), "NaN"),
        (
            columns().array("score", [vec![0.5], vec![0.5, f64::NEG_INFINITY]]),
            "-infinity",
        ),
        (columns().array("score", [vec![], vec![f32::NAN]]), "NaN"),
        (
            columns().float_vector("score", 1, vec![0.5, f32::NAN]),
            "NaN",
        ),
        (
            // 1.0, then NaN.
            columns().float16_vector("score", 1, vec![0_u8, 0x3c, 0, 0x7e]),
            "NaN",
        ),
        (
            columns().sparse_vector(
                "score",
                [0.5, f32::INFINITY].map(|value| SparseVector::from([(1, value)])),
            ),
            "infinity",
        ),
        (
            columns().struct_array(
                "score",
                [1, 1],
                Columns::new().float("deep", [0.5, f32::NAN]),
            ),
            "NaN",
        ),
    ] {
        let why = written(columns).unwrap_err();
        assert_eq!(
            why,
            format!(
                "row 1: expected JSON, found a value that JSON cannot represent: {text} in field \"score\""
            )
        );
    }
    let fits = columns().double("score", [f64::MAX, -0.0]);
    let table = written(fits).unwrap();
    assert_eq!(table.value(0, "score"), Some(Value::Double(f64::MAX)));
}

#[test]
fn float_fields_keep_nan_and_infinity() {
    let columns = Columns::new()
        .int64("id", [1, 2])
        .float_vector("v", 1, vec![0.5, 0.5])
        .double("double", [f64::NAN, f64::INFINITY]);
    let table = written(columns).unwrap();
    assert!(matches!(table.value(0, "double"), Some(Value::Double(nan)) if nan.is_nan()));
    assert_eq!(table.value(1, "double"), Some(Value::Double(f64::INFINITY)));
}

#[test]
fn integers_of_any_size_round_trip_through_json() {
    let numbers = [
        json!(0),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(i64::MAX.unsigned_abs() + 1),
        json!(u64::MAX),
        json!(9_007_199_254_740_993_i64),
    ];
    let row = |(id, number): (usize, &serde_json::Value)| json!({ "id": id, "v": [0.5], "json": number, "extra": number });
    let rows: Vec<_> = numbers.iter().enumerate().map(row).collect();
    let table = Arc::new(written(rows).unwrap());
    for (row, number) in numbers.iter().enumerate() {
        let back: BTreeMap<String, serde_json::Value> = table.row(row).unwrap();
        assert_eq!((&back["json"], &back["extra"]), (number, number));
        assert_eq!(
            table.value(row, "json").unwrap().json().as_ref(),
            Some(number)
        );
        let dynamic = match table.value(row, "extra").unwrap() {
            Value::Int(value) => json!(value),
            other => other.json().unwrap(),
        };
        assert_eq!(dynamic, *number);
        // And the whole row, to be written again.
        let whole = serde_json::to_value(Row::of_table(&table, row)).unwrap();
        assert_eq!((&whole["json"], &whole["extra"]), (number, number));
    }

    #[derive(Deserialize)]
    struct Unsigned {
        json: u64,
        extra: u64,
    }
    let largest: Unsigned = table.row(4).unwrap();
    assert_eq!((largest.json, largest.extra), (u64::MAX, u64::MAX));
    assert!(written(vec![json!({ "id": u64::MAX, "v": [0.5] })]).is_err());
}

#[test]
fn integers_that_a_double_would_round_are_refused() {
    let write = |number: i64| written(vec![json!({ "id": 1, "v": [0.5], "double": number })]);
    for exact in [0, 9_007_199_254_740_992, 9_007_199_254_740_994, i64::MIN] {
        let table = write(exact).unwrap();
        assert_eq!(table.value(0, "double"), Some(Value::Double(exact as f64)));
    }
    for rounded in [
        9_007_199_254_740_993,
        -9_007_199_254_740_993,
        i64::MAX,
        i64::MIN + 1,
    ] {
        assert_eq!(
            write(rounded).unwrap_err(),
            format!("row 0: expected double, found {rounded} in field \"double\"")
        );
    }
}

#[test]
fn integers_out_of_range_are_refused() {
    let fields = [
        (Field::int8("n"), i8::MIN.into(), i8::MAX.into()),
        (Field::int16("n"), i16::MIN.into(), i16::MAX.into()),
        (Field::int32("n"), i32::MIN.into(), i32::MAX.into()),
        (Field::int64("n"), i64::MIN, i64::MAX),
    ];
    for (field, least, most) in fields {
        let data_type = field.data_type().clone();
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(field)
            .field(Field::array("list", data_type.clone(), 4))
            .field(Field::float_vector("v", 1))
            .build()
            .unwrap();
        let write = |n: serde_json::Value, list: serde_json::Value| {
            let row = json!({ "id": 1, "v": [0.5], "n": n, "list": list });
            row.into_rows()
                .encode(&schema, WriteRules::default(), false)
        };
        for number in [least, most] {
            let fields = over_the_wire(write(json!(number), json!([number])).unwrap());
            let table = Table::new(fields, 1).unwrap();
            assert_eq!(table.value(0, "n"), Some(Value::Int(number)));
            let list = Value::Array(vec![Value::Int(number)]);
            assert_eq!(table.value(0, "list"), Some(list));
        }
        for beyond in [i128::from(least) - 1, i128::from(most) + 1] {
            #[derive(Serialize)]
            struct Wide {
                id: u128,
                v: [f32; 1],
                n: i128,
                list: Vec<i128>,
            }
            let wide = |n, list: &[i128]| Wide {
                id: 1,
                v: [0.5],
                n,
                list: list.to_vec(),
            };
            let wide = [wide(beyond, &[]), wide(0, &[beyond])];
            for (wide, field) in wide.into_iter().zip(["n", "list"]) {
                let refused = [wide]
                    .into_rows()
                    .encode(&schema, WriteRules::default(), false);
                assert_eq!(
                    refused.unwrap_err(),
                    format!("row 0: expected {data_type}, found {beyond} in field {field:?}")
                );
            }
            let Ok(beyond) = serde_json::to_value(beyond) else {
                continue;
            };
            let expected = format!("row 0: expected {data_type}, found ");
            let why = write(beyond.clone(), json!([])).unwrap_err();
            assert!(why.starts_with(&expected), "{why}");
            assert!(why.ends_with(" in field \"n\""), "{why}");
            let why = write(json!(0), json!([beyond])).unwrap_err();
            assert!(why.starts_with(&expected), "{why}");
            assert!(why.ends_with(" in field \"list\""), "{why}");
        }
    }
}

proptest! {
    #[test]
    fn floats_round_trip_through_json_bit_for_bit(double in finite(), single in any::<u32>()) {
        let single = f32::from_bits(single);
        prop_assume!(single.is_finite());
        #[derive(Serialize, Deserialize)]
        struct Both {
            double: f64,
            single: f32,
        }
        #[derive(Serialize, Deserialize)]
        struct Row {
            id: i64,
            v: [f32; 1],
            json: Both,
            extra: Both,
            dynamic: f32,
        }
        let both = || Both { double, single };
        let row = Row { id: 1, v: [0.5], json: both(), extra: both(), dynamic: single };
        let table = written([row]).unwrap();
        let back: Row = table.row(0).unwrap();
        for both in [back.json, back.extra] {
            prop_assert_eq!(both.double.to_bits(), double.to_bits());
            prop_assert_eq!(both.single.to_bits(), single.to_bits());
        }
        prop_assert_eq!(back.dynamic.to_bits(), single.to_bits());
        let json = table.value(0, "json").unwrap().json().unwrap();
        prop_assert_eq!(json["double"].as_f64().map(f64::to_bits), Some(double.to_bits()));
    }
}
