//! Primary keys that Milvus generates.

use serde_json::json;

use super::*;

#[derive(Clone, Serialize)]
struct Book {
    id: Option<i64>,
    v: [f32; 1],
}

fn encode<'a, K>(rows: impl IntoRows<'a, K>, rules: WriteRules) -> Result<Vec<String>, String> {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key().auto_id())
        .field(Field::float_vector("v", 1))
        .build()
        .unwrap();
    let fields = rows.into_rows().encode(&schema, rules, false)?;
    Ok(fields.into_iter().map(|field| field.field_name).collect())
}

const INSERT: WriteRules = WriteRules {
    upsert: false,
    partial: false,
    refuse_nan: false,
    key_allowed: false,
    loses_largest_key: false,
};
const ALLOWED: WriteRules = WriteRules {
    key_allowed: true,
    ..INSERT
};
const UPSERT: WriteRules = WriteRules {
    upsert: true,
    ..INSERT
};

#[test]
fn a_null_key_is_treated_as_left_out() {
    let book = |id| Book { id, v: [0.5] };
    let nothing = [book(None), book(None)];
    for rules in [INSERT, ALLOWED] {
        assert_eq!(encode(&nothing, rules).unwrap(), ["v"]);
        let json = json!([{ "id": null, "v": [0.5] }, { "v": [0.5] }]);
        assert_eq!(encode(json, rules).unwrap(), ["v"]);
    }
    assert_eq!(
        encode(&nothing, UPSERT).unwrap_err(),
        "row 0: field \"id\" is missing: expected int64"
    );
    for rows in [[book(None), book(Some(3))], [book(Some(3)), book(None)]] {
        let why = encode(&rows, ALLOWED).unwrap_err();
        assert!(
            why.contains("\"id\" is in some rows and missing in others"),
            "{why}"
        );
    }
}

#[test]
fn a_column_of_null_keys_is_treated_as_left_out() {
    let columns = |ids: [Option<i64>; 2]| {
        Columns::new()
            .int64("id", ids)
            .float_vector("v", 1, vec![0.5, 0.5])
    };
    for rules in [INSERT, ALLOWED] {
        assert_eq!(encode(columns([None, None]), rules).unwrap(), ["v"]);
    }
    assert_eq!(
        encode(columns([None, None]), UPSERT).unwrap_err(),
        "field \"id\" is missing: expected int64"
    );
    let why = encode(columns([Some(3), None]), ALLOWED).unwrap_err();
    assert!(
        why.starts_with("row 1: expected int64, found nothing"),
        "{why}"
    );
}

#[test]
fn a_given_key_is_refused_unless_the_collection_accepts_it() {
    let book = Book {
        id: Some(3),
        v: [0.5],
    };
    let columns = || {
        Columns::new()
            .int64("id", [3])
            .float_vector("v", 1, vec![0.5])
    };
    let why = "expected no value, because Milvus generates the primary key: remove it, or set the \
        collection's property allow_insert_auto_id (Milvus 2.6) in field \"id\"";
    assert_eq!(encode([book.clone()], INSERT).unwrap_err(), why);
    assert_eq!(encode(columns(), INSERT).unwrap_err(), why);
    for rules in [ALLOWED, UPSERT] {
        assert_eq!(encode([book.clone()], rules).unwrap(), ["id", "v"]);
        assert_eq!(encode(columns(), rules).unwrap(), ["id", "v"]);
    }
}

#[test]
fn a_key_that_the_server_cannot_find_is_refused() {
    let keys = |rules| {
        let schema = Schema::builder()
            .field(Field::int64("id").primary_key())
            .field(Field::int64("other"))
            .field(Field::float_vector("v", 1))
            .build()
            .unwrap();
        let columns = Columns::new()
            .int64("id", [i64::MIN, i64::MAX])
            .int64("other", [i64::MAX, 0])
            .float_vector("v", 1, vec![0.5, 0.5]);
        InputRows::from(columns).encode(&schema, rules, false)
    };
    assert!(keys(INSERT).is_ok());
    let lossy = WriteRules {
        loses_largest_key: true,
        ..INSERT
    };
    assert_eq!(
        keys(lossy).unwrap_err(),
        "row 1: expected a primary key below 9223372036854775807: servers before Milvus 2.5 cannot find this row again in field \"id\""
    );
}
