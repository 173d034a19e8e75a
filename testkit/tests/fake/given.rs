//! Hits and rows of the test's own types, and those that cannot be sent.

use milvus_otel::data::{SparseVector, Value};
use milvus_otel::{Hit, Id, Row};
use milvus_otel_testkit::Fake;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Book {
    id: i64,
    title: Option<String>,
    tags: Vec<String>,
    vector: [f32; 4],
}

fn books() -> [Book; 2] {
    let book = |id, title: Option<&str>, tags: &[&str]| Book {
        id,
        title: title.map(str::to_owned),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        vector: [0.1, 0.2, 0.3, 0.4],
    };
    [book(1, Some("Dune"), &[]), book(2, None, &["comedy"])]
}

#[tokio::test]
async fn typed_hits_and_rows_come_back() {
    let [dune, emma] = books();
    let fake = Fake::new()
        .search([
            Hit::new(1, 0.9).with_entity(dune),
            Hit::new(2, 0.4).with_entity(emma),
        ])
        .query(books());
    let client = fake.client().await.unwrap();
    let found = client.search("books", [0.5; 4]).rows::<Book>();
    let entities: Vec<Book> = found
        .await
        .unwrap()
        .into_iter()
        .map(|hit| hit.entity)
        .collect();
    assert_eq!(entities, books());
    let rows = client.get("books", [1, 2]).rows::<Book>().await.unwrap();
    assert_eq!(rows, books());
}

#[tokio::test]
async fn json_comes_back() {
    let book =
        json!({ "id": 1, "title": "Dune", "vector": [0.1, 0.2], "more": { "pages": [1, null] } });
    let client = Fake::new().query([book.clone()]).client().await.unwrap();
    let rows = client.get("books", [1]).await.unwrap();
    assert_eq!(serde_json::to_value(&rows[0]).unwrap(), book);
}

#[tokio::test]
async fn rows_come_back_with_the_types_of_their_values() {
    let row = Row::new([
        ("id", Value::Int(i64::MAX)),
        ("float", 0.1_f32.into()),
        ("half", Value::Float16Vector(vec![0, 60].into())),
        ("bytes", Value::Int8Vector(vec![1, 255].into())),
        ("bits", Value::Bytes(vec![7].into())),
        ("words", SparseVector::from([(3, 0.5)]).into()),
        ("json", Value::Json("[1,2]".into())),
    ]);
    let client = Fake::new().query([row.clone()]).client().await.unwrap();
    let rows = client.get("books", [1]).await.unwrap();
    for name in row.names() {
        assert_eq!(rows[0].get(&name), row.get(&name), "{name}");
    }
}

/// The message of the panic of a call.
fn panic_of(call: impl FnOnce() -> Fake + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(call).unwrap_err();
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
    }
}

#[test]
fn rows_that_cannot_be_sent_together_are_refused_with_row_and_field() {
    let two = |one: Value, other: Value| {
        panic_of(move || {
            let rows = [one, other].map(|value| Row::new([("id", 1.into()), ("x", value)]));
            Fake::new().query(rows)
        })
    };
    for (one, other, expected) in [
        (
            1.into(),
            "1".into(),
            r#"row 1 of a canned answer has VarChar in field "x", but row 0 has Int64"#,
        ),
        (
            vec![1_i64].into(),
            vec!["1"].into(),
            r#"row 1 of a canned answer has Array of VarChar in field "x", but row 0 has Array of Int64"#,
        ),
        (
            vec![1.0_f32].into(),
            vec![1.0_f32, 2.0].into(),
            r#"row 1 of a canned answer has FloatVector of dimension 2 in field "x", but row 0 has FloatVector of dimension 1"#,
        ),
        (
            Value::Null,
            Value::Unknown(4711),
            r#"row 1 of a canned answer has a value of a type that the fake does not send: script it, in field "x""#,
        ),
    ] {
        assert_eq!(two(one, other), expected);
    }
    let none = panic_of(|| Fake::new().query([1, 2]));
    assert!(
        none.starts_with("row 0 of a canned answer: ")
            && none.contains("a struct or a map as a row"),
        "{none}"
    );
}

#[test]
fn hits_that_cannot_be_sent_together_are_refused() {
    let keys = panic_of(|| Fake::new().search([Hit::new(1, 0.9), Hit::new("1", 0.9)]));
    let expected = "hit 1 of a canned answer has a key of another type than hit 0";
    assert_eq!(keys, expected);
    let groups = panic_of(|| {
        Fake::new().search([
            Hit::new(1, 0.9).with_group("year", 1965),
            Hit::new(2, 0.9).with_group("year", "1965"),
        ])
    });
    assert!(groups.contains("in field \"year\""), "{groups}");
}

#[tokio::test]
async fn hits_and_rows_of_a_collection_may_differ() {
    let fake = Fake::new()
        .search([Hit::new(1, 0.9).with_field("year", 1965)])
        .query([json!({ "id": 1, "year": "MCMLXV" })]);
    let client = fake.client().await.unwrap();
    let rows = client.get("books", [1]).await.unwrap();
    assert_eq!(rows[0].get("year"), Some("MCMLXV".into()));
    let hits = client.search("books", [0.5]).await.unwrap();
    assert_eq!(hits[0].id, Id::Int(1));
}
