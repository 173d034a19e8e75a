//! Each client changes and pages through rows of both.

use milvus_otel::{Client, Consistency, data::Columns};
use serde_json::{Value as Json, json};
use tokio_stream::StreamExt;

use super::both_read;
use super::other::Other;

/// The row with another key, or with another value: the row that an upsert adds or replaces.
fn like(row: &Json, key: &str, tiny: i8) -> Json {
    let mut row = row.clone();
    row["key"] = key.into();
    row["tiny"] = tiny.into();
    row
}

fn key(row: &Json) -> &str {
    row["key"].as_str().unwrap()
}

/// Upserts, deletes and iterates. The collection has the same `rows` before and after.
pub(crate) async fn both_ways(
    client: &Client,
    other: &mut Other,
    collection: &str,
    rows: &[Json],
    columns: impl Fn(&[Json]) -> Columns,
) {
    // Both clients replace a row and add one.
    let ours = [like(&rows[0], key(&rows[0]), 5), like(&rows[0], "xa", 6)];
    let theirs = [like(&rows[1], key(&rows[1]), 7), like(&rows[1], "xb", 8)];
    let written = client.upsert(collection, columns(&ours)).await.unwrap();
    assert_eq!(written.count, 2, "{collection}");
    let written = other.ask(&json!({ "do": "upsert", "collection": collection, "rows": theirs }));
    assert_eq!(written, 2, "{collection}");
    let [first, second, third] = rows else {
        panic!("three rows");
    };
    let [replaced, added] = ours;
    let [replaced_too, added_too] = theirs;
    let mut all = vec![replaced, replaced_too, third.clone(), added, added_too];
    all.sort_by_key(|row| row["key"].to_string());
    both_read(client, other, collection, &all).await;
    iterate(client, other, collection, &all).await;

    // Each deletes rows of the other, by key and by filter.
    client.delete(collection, ["xb"]).await.unwrap();
    other.ask(&json!({ "do": "delete", "collection": collection, "filter": "key == 'xa'" }));
    all.retain(|row| !key(row).starts_with('x'));
    both_read(client, other, collection, &all).await;

    client
        .upsert(collection, columns(&[first.clone(), second.clone()]))
        .await
        .unwrap();
    both_read(client, other, collection, rows).await;
}

/// Both read the rows in the same pages.
async fn iterate(client: &Client, other: &mut Other, collection: &str, rows: &[Json]) {
    let filter = "tiny >= 0";
    let mut matching: Vec<&str> = rows
        .iter()
        .filter(|row| row["tiny"].as_i64().unwrap() >= 0)
        .map(key)
        .collect();
    matching.sort_unstable();
    let query = client
        .query(collection)
        .filter(filter)
        .output(["key"])
        .consistency(Consistency::Strong);
    let found: Vec<String> = query
        .stream()
        .batch_size(2)
        .map(|row| {
            row.unwrap()
                .get("key")
                .unwrap()
                .as_text()
                .unwrap()
                .to_owned()
        })
        .collect()
        .await;
    assert_eq!(found, matching, "{collection}, by this client");
    let pages: Vec<&[&str]> = matching.chunks(2).collect();
    let told = other.ask(&json!({
        "do": "iterate", "collection": collection, "batch": 2, "filter": filter,
    }));
    assert_eq!(told, json!(pages), "{collection}, by pymilvus");
}
