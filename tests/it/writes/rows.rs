//! What `insert` and `upsert` take as rows.

use std::collections::{BTreeMap, HashMap, VecDeque};

use milvus_otel::proto::milvus::InsertRequest;
use milvus_otel::proto::schema::{field_data, scalar_field};
use milvus_otel::{Client, data::IntoRows};
use serde::Serialize;
use serde_json::json;
use testkit::Fake;

use super::{connect, inserted, received};

#[derive(Serialize, Clone, Copy)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) v: [f32; 2],
}

pub(super) fn row(id: i64) -> Row {
    Row { id, v: [0.5, 1.5] }
}

/// The primary keys of a request.
pub(super) fn keys(request: &InsertRequest) -> Vec<i64> {
    let field = request.fields_data.iter();
    let mut ids = field.filter(|field| field.field_name == "id");
    let Some(field_data::Field::Scalars(scalars)) = &ids.next().unwrap().field else {
        panic!("no keys")
    };
    let Some(scalar_field::Data::LongData(keys)) = &scalars.data else {
        panic!("no integers")
    };
    assert_eq!(keys.data.len(), request.num_rows as usize);
    keys.data.clone()
}

async fn sent<'a, K>(rows: impl IntoRows<'a, K>) -> Vec<i64> {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    fake.answer("Insert", &inserted([], 1));
    client.insert("books", rows).await.unwrap();
    received(&fake, "Insert").iter().flat_map(keys).collect()
}

/// Code that is generic over its rows.
async fn save<T: Serialize + Send + Sync>(client: &Client, row: &T, rows: &[T]) -> u64 {
    let one = client.insert("books", row).await.unwrap().count;
    one + client.insert("books", rows).await.unwrap().count
}

#[tokio::test]
async fn one_row_and_all_lists_of_rows_are_inserted() {
    let (one, two) = (row(1), vec![row(1), row(2)]);
    let map = HashMap::from([("id", json!(1)), ("v", json!([0.5, 1.5]))]);
    let object = json!({ "id": 1, "v": [0.5, 1.5] });
    assert_eq!(sent(one).await, [1]);
    assert_eq!(sent(&one).await, [1]);
    assert_eq!(sent(&&one).await, [1]);
    assert_eq!(sent(Box::new(one)).await, [1]);
    assert_eq!(sent(Some(one)).await, [1]);
    assert_eq!(sent(&map).await, [1]);
    assert_eq!(sent(map.into_iter().collect::<BTreeMap<_, _>>()).await, [1]);
    assert_eq!(sent(&object).await, [1]);
    assert_eq!(sent(object.clone()).await, [1]);
    assert_eq!(sent(json!([object, object])).await, [1, 1]);
    assert_eq!(sent(object.as_object().unwrap()).await, [1]);
    assert_eq!(sent([&object, &object]).await, [1, 1]);

    assert_eq!(sent(&two).await, [1, 2]);
    assert_eq!(sent(two.as_slice()).await, [1, 2]);
    assert_eq!(sent(&two[..1]).await, [1]);
    assert_eq!(sent(two.clone()).await, [1, 2]);
    assert_eq!(sent([row(1), row(2)]).await, [1, 2]);
    assert_eq!(sent(&[row(1), row(2)]).await, [1, 2]);
    assert_eq!(sent(VecDeque::from(two.clone())).await, [1, 2]);
    assert_eq!(sent(two.clone().into_boxed_slice()).await, [1, 2]);
    assert_eq!(sent((one, row(2))).await, [1, 2]);

    assert_eq!(sent(two.iter()).await, [1, 2]);
    assert_eq!(sent(two.iter().rev().copied()).await, [2, 1]);
    assert_eq!(sent((0..100).map(row)).await, (0..100).collect::<Vec<_>>());
    assert_eq!(sent(two.into_iter().filter(|row| row.id > 1)).await, [2]);
}

#[tokio::test]
async fn generic_code_inserts_rows_and_lists() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    assert_eq!(save(&client, &row(1), &[row(2), row(3)]).await, 3);
}

#[tokio::test]
async fn nothing_is_sent_without_rows() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let none: Vec<Row> = Vec::new();
    assert_eq!(client.insert("books", &none).await.unwrap().count, 0);
    assert_eq!(client.insert("books", none.iter()).await.unwrap().count, 0);
    assert_eq!(client.insert("books", json!([])).await.unwrap().count, 0);
    assert_eq!(client.upsert("books", none).await.unwrap().count, 0);
    assert!(fake.calls_of("DescribeCollection").is_empty());
}

#[tokio::test]
async fn what_is_not_a_row_is_refused() {
    let fake = Fake::scripted();
    let client = connect(&fake).await;
    let whole = "expected a struct or a map as a row, or a list of rows, found";
    let refused = async |operation: milvus_otel::ops::Insert<'_>| {
        let error = operation.await.unwrap_err();
        assert!(error.is_invalid_argument(), "{error}");
        error.message().to_owned()
    };
    assert_eq!(
        refused(client.insert("books", 5)).await,
        format!("{whole} an integer")
    );
    assert_eq!(
        refused(client.insert("books", "id = 1")).await,
        format!("{whole} a string")
    );
    assert_eq!(
        refused(client.insert("books", None::<Row>)).await,
        format!("{whole} nothing")
    );
    assert_eq!(
        refused(client.insert("books", [1, 2])).await,
        "row 0: expected a struct or a map as a row, found an integer"
    );
    let wrong = json!({ "id": "one", "v": [0.5, 1.5] });
    for rows in [wrong.clone(), json!([wrong])] {
        assert_eq!(
            refused(client.insert("books", rows)).await,
            "row 0: expected int64, found a string in field \"id\""
        );
    }
    let missing = json!({ "id": 1 });
    assert_eq!(
        refused(client.insert("books", &missing)).await,
        "row 0: field \"v\" is missing: expected float vector of 2"
    );
    assert!(fake.calls_of("Insert").is_empty());
}
