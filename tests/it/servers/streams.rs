//! Streams of rows are written to each server: no row is lost or doubled, and single rows are found again.

use std::collections::BTreeSet;

use milvus_otel::{Client, Consistency, Id, Index, Metric};
use serde::{Deserialize, Serialize};
use testkit::{Milvus, require};
use tokio_stream::StreamExt;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Point {
    id: i64,
    vector: [f32; 4],
}

fn point(id: i64) -> Point {
    let id_as_float = id as f32;
    Point {
        id,
        vector: [id_as_float, 1.0, -id_as_float, 0.25],
    }
}

/// The keys of all rows, each once.
async fn keys(client: &Client, collection: &str) -> BTreeSet<i64> {
    let query = client.query(collection).consistency(Consistency::Strong);
    let rows: Vec<Point> = query
        .rows()
        .stream()
        .collect::<Result<_, _>>()
        .await
        .unwrap();
    let keys: BTreeSet<i64> = rows.iter().map(|row| row.id).collect();
    assert_eq!(keys.len(), rows.len());
    assert!(rows.iter().all(|row| *row == point(row.id)));
    keys
}

async fn written(client: &Client, most_in_flight: usize) {
    const ROWS: i64 = 2500;
    let strong = Consistency::Strong;
    for name in ["streamed", "copied"] {
        client.drop_collection(name).await.unwrap();
        let create = client.create_collection(name, 4).metric(Metric::L2);
        create
            .index("vector", Index::flat(Metric::L2))
            .await
            .unwrap();
    }
    let mut reported = Vec::new();
    let rows = tokio_stream::iter(0..ROWS).map(|id| Ok::<_, std::io::Error>(point(id)));
    let written = client
        .insert_stream("streamed", rows)
        .batch_size(400)
        .in_flight(most_in_flight)
        .progress(|batch| {
            let range = batch.rows.start as i64..batch.rows.end as i64;
            assert_eq!(batch.ids, range.map(Id::Int).collect::<Vec<_>>());
            reported.push(batch.count);
        })
        .await
        .unwrap();
    assert_eq!((written.count, written.batches), (2500, 7));
    assert_eq!(reported.last(), Some(&2500));
    assert_eq!(keys(client, "streamed").await, (0..ROWS).collect());

    // From one collection into another, replacing what is there.
    client.insert("copied", point(7)).await.unwrap();
    let rows = client.query("streamed").consistency(strong).rows::<Point>();
    let copied = client
        .upsert_stream("copied", rows.stream().batch_size(1000))
        .await;
    assert_eq!(copied.unwrap().count, 2500);
    assert_eq!(keys(client, "copied").await, (0..ROWS).collect());

    // A row that is refused in the middle leaves what was written before it.
    let rows = (ROWS..ROWS + 20).map(|id| {
        let vector = &point(id).vector[..if id == ROWS + 15 { 3 } else { 4 }];
        serde_json::json!({ "id": id, "vector": vector })
    });
    let error = client
        .insert_stream("streamed", rows)
        .batch_size(10)
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        error.is_invalid_argument() && text.contains("row 5: "),
        "{text}"
    );
    assert_eq!(error.partial_write().unwrap().written(), 0..10);
    assert_eq!(keys(client, "streamed").await, (0..ROWS + 10).collect());

    let one = client.get("streamed", 7).consistency(strong).one();
    let found: Option<Point> = one.rows().await.unwrap();
    assert_eq!(found, Some(point(7)));
    assert_eq!(client.delete("streamed", 7).await.unwrap().count, 1);
    let gone = client.get("streamed", 7).consistency(strong).one().await;
    assert!(gone.unwrap().is_none());
    let query = client
        .query("streamed")
        .filter("id >= 100")
        .consistency(strong);
    assert!(
        query
            .clone()
            .rows::<Point>()
            .one()
            .await
            .unwrap()
            .is_some_and(|row| row.id >= 100)
    );
    let page: Vec<Point> = query.clone().rows().page(3, 10).await.unwrap();
    let next: Vec<Point> = query.rows().page(4, 10).await.unwrap();
    assert_eq!((page.len(), next.len()), (10, 10));
    assert!(page.iter().all(|row| !next.contains(row)));
    for name in ["streamed", "copied"] {
        client.drop_collection(name).await.unwrap();
    }
}

#[tokio::test]
async fn streams_are_written_to_milvus() {
    let Some(milvus) = require(Milvus::shared_standalone().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    written(&client, 4).await;
}

#[tokio::test]
async fn streams_are_written_to_milvus_lite_2_5() {
    let Some(milvus) = require(Milvus::lite().start().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    written(&client, 1).await;
}

#[tokio::test]
async fn streams_are_written_to_milvus_lite_3() {
    let Some(milvus) = require(Milvus::lite_python().start().await) else {
        return;
    };
    let client = Client::connect(milvus.uri()).await.unwrap();
    written(&client, 3).await;
}
