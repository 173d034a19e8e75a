//! Arrays of structs that do not fit their schema.

use super::*;

#[test]
fn invalid_structs_are_named() {
    let chunk = [Field::varchar("text", 3), Field::float_vector("dense", 2)];
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::struct_array("chunks", chunk, 2))
        .dynamic_fields(true)
        .build()
        .unwrap();
    let refused = |input: InputRows<'_>| {
        let mut input = input;
        let rules = WriteRules {
            refuse_nan: true,
            ..WriteRules::default()
        };
        input.encode(&schema, rules, false).unwrap_err()
    };
    let structs = "array of at most 2 structs of text, dense";
    for (chunks, why) in [
        (
            serde_json::json!([{ "text": "ab", "dense": [1, 2] }, { "text": "abcd", "dense": [1, 2] }]),
            "expected varchar of at most 3 bytes, found a string of 4 bytes in \"text\" of struct 1",
        ),
        (
            serde_json::json!([{ "text": "ab", "dense": [1] }]),
            "expected float vector of 2, found 1 floats in \"dense\" of struct 0",
        ),
        (
            serde_json::json!([{ "text": 3, "dense": [1, 2] }]),
            "expected varchar of at most 3 bytes, found an integer in \"text\" of struct 0",
        ),
        (
            serde_json::json!([{ "text": "ab" }]),
            "expected float vector of 2, found nothing in \"dense\" of struct 0",
        ),
        (
            serde_json::json!([{ "text": null, "dense": [1, 2] }]),
            "expected varchar of at most 3 bytes, found nothing: the field is not nullable in \"text\" of struct 0",
        ),
        (
            serde_json::json!([{ "text": "ab", "dense": [1, 2], "page": 3 }]),
            "expected a struct or a map of text, dense, found \"page\" in struct 0",
        ),
        (
            serde_json::json!([null]),
            "expected a struct or a map of text, dense, found nothing",
        ),
        (
            serde_json::json!({ "text": "ab", "dense": [1, 2] }),
            "expected array of at most 2 structs of text, dense, found a map",
        ),
        (
            serde_json::json!(null),
            "expected array of at most 2 structs of text, dense, found nothing: the field is not nullable",
        ),
        (
            serde_json::json!(vec![
                serde_json::json!({ "text": "ab", "dense": [1, 2] });
                3
            ]),
            "expected array of at most 2 structs of text, dense, found 3",
        ),
    ] {
        let row = serde_json::json!({ "id": 1, "chunks": chunks });
        let whole = format!("row 0: {why} in field \"chunks\"");
        assert_eq!(refused(vec![row].into_rows()), whole);
    }
    let path = serde_json::json!({ "id": 1, "chunks": [], "chunks[text]": ["a"] });
    assert_eq!(
        refused(path.into_rows()),
        "row 0: \"chunks[text]\" is a field of structs: expected the whole array of structs in field \"chunks[text]\""
    );

    let good = || Columns::new().varchar("text", ["a", "b"]);
    let with = |counts: [usize; 2], inner: Columns| {
        let columns = Columns::new().int64("id", [1, 2]);
        columns.struct_array("chunks", counts, inner)
    };
    for (columns, why) in [
        (
            with([1, 1], good()),
            format!("expected {structs}, found no \"dense\" in its structs in field \"chunks\""),
        ),
        (
            with([1, 1], good().float_vector("dense", 2, vec![0.0; 4]).int64("page", [1, 2])),
            format!("expected {structs}, found \"page\" in its structs in field \"chunks\""),
        ),
        (
            with([1, 1], good().float_vector("dense", 4, vec![0.0; 8])),
            "row 0: expected float vector of 2, found a vector of 4 in \"dense\" of struct 0 in field \"chunks\"".to_owned(),
        ),
        (
            with([1, 1], good().int8_vector("dense", 2, vec![0_i8; 4])),
            "expected float vector of 2, found a column of int8vector in \"dense\" of its structs in field \"chunks\"".to_owned(),
        ),
        (
            with([2, 0], good().float_vector("dense", 2, vec![0.0, 1.0, f32::NAN, 2.0])),
            "row 0: expected float vector of 2, found NaN or infinity in \"dense\" of struct 1 in field \"chunks\"".to_owned(),
        ),
        (
            with([0, 2], Columns::new().varchar("text", ["abc", "abcd"]).float_vector("dense", 2, vec![0.0; 4])),
            "row 1: expected varchar of at most 3 bytes, found a string of 4 bytes in \"text\" of struct 1 in field \"chunks\"".to_owned(),
        ),
        (
            with([1, 2], good()),
            "field \"chunks\": in \"text\" of its structs: expected 3 values, one for each struct, found 2".to_owned(),
        ),
        (
            with([1, 1], Columns::new().varchar("text", [Some("a"), None])),
            "field \"chunks\": in \"text\" of its structs: expected a value in each struct, found none in struct 1 of the column".to_owned(),
        ),
        (
            with([1, 1], Columns::new().json("text", vec![serde_json::json!(1); 2])),
            "field \"chunks\": in \"text\" of its structs: a struct cannot hold values of a column of json".to_owned(),
        ),
        (
            with([1, 1], Columns::new().float_vector("dense", 2, vec![0.0; 3])),
            "field \"chunks\": in \"dense\" of its structs: expected 2 floats per vector, found 3 floats, which is not a multiple".to_owned(),
        ),
        (
            with([1, 1], good().varchar("text", ["a", "b"])),
            "field \"chunks\": in \"text\" of its structs: it is given twice".to_owned(),
        ),
        (
            with([0, 0], Columns::new()),
            "field \"chunks\": its structs have no fields".to_owned(),
        ),
        (
            with([usize::MAX, 1], good()),
            "field \"chunks\": in \"text\" of its structs: expected more values, one for each struct, found 2".to_owned(),
        ),
        (
            Columns::new().int64("id", [1]).int64("chunks", [1]),
            format!("expected {structs}, found a column of int64 in field \"chunks\""),
        ),
        (
            Columns::new().int64("id", [1]).struct_array("chunks", [None], good()),
            "field \"chunks\": in \"text\" of its structs: expected 0 values, one for each struct, found 2".to_owned(),
        ),
        (
            Columns::new().int64("id", [1]).array("chunks[text]", [vec!["a"]]),
            "\"chunks[text]\" is a field of structs: expected the whole array of structs".to_owned(),
        ),
        (
            Columns::new().int64("id", [1]),
            format!("field \"chunks\" is missing: expected {structs}"),
        ),
    ] {
        assert_eq!(refused(columns.into()), why);
    }
}

#[test]
fn structs_outside_the_schema_become_dynamic_fields() {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::float_vector("v", 1))
        .dynamic_fields(true)
        .build()
        .unwrap();
    let structs = Columns::new().varchar("text", ["a", "b"]);
    let columns = Columns::new()
        .int64("id", [1, 2])
        .float_vector("v", 1, vec![0.0, 1.0])
        .struct_array("chunks", [Some(2), None], structs);
    let fields = InputRows::from(columns)
        .encode(&schema, WriteRules::default(), false)
        .unwrap();
    let table = Table::new(over_the_wire(fields), 2).unwrap();
    let chunks = serde_json::json!([{ "text": "a" }, { "text": "b" }]);
    assert_eq!(table.value(0, "chunks").unwrap().json(), Some(chunks));
    assert_eq!(table.value(1, "chunks"), Some(Value::Null));
}
