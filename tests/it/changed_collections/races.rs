//! One task replaces a collection, again and again, while 16 others read, delete and insert by primary key.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use milvus_otel::{Client, Consistency, Field, Result, Row, Schema};
use serde_json::{Value as Json, json};
use testkit::{Milvus, require};

use super::{ints, schema, try_create};

const NAME: &str = "raced";
const TASKS: usize = 16;
/// Rows that are deleted by their keys, 0 to 49. As many more have these numbers in the other field, and must stay.
const DELETED: i64 = 50;

/// How often the collection is replaced. By hand: 1000.
fn rounds() -> usize {
    let rounds = std::env::var("MILVUS_OTEL_ROUNDS").ok();
    rounds.map_or(20, |rounds| rounds.parse().unwrap())
}

/// Of two shapes that take each other's rows: another key, and a price of another type.
#[derive(Clone, Copy)]
struct Shape {
    key: &'static str,
    other: &'static str,
    price: fn(&'static str) -> Field,
}

const SHAPES: [Shape; 2] = [
    Shape {
        key: "id",
        other: "uid",
        price: Field::int64,
    },
    Shape {
        key: "uid",
        other: "id",
        price: Field::double,
    },
];

impl Shape {
    fn schema(self) -> Schema {
        let field = |name| {
            let field = Field::int64(name);
            if name == self.key {
                field.primary_key()
            } else {
                field
            }
        };
        schema([
            field("id"),
            field("uid"),
            Field::int64("shape"),
            (self.price)("price"),
        ])
    }

    fn row(self, key: i64, other: i64) -> Json {
        let shape = i64::from(self.key == "uid");
        json!({self.key: key, self.other: other, "shape": shape, "price": 3, "v": [0.5, 0.5]})
    }

    fn rows(self) -> Vec<Json> {
        let deleted = (0..DELETED).map(|key| self.row(key, 1000 + key));
        let kept = (0..DELETED).map(|number| self.row(DELETED + number, number));
        deleted.chain(kept).collect()
    }
}

/// Whether the rows are those of these keys, by the key of the collection that they were in.
fn check(rows: &[Row], key: i64) {
    for row in rows {
        let int = |field| row.get(field).and_then(|value| value.as_int()).unwrap();
        let shape = &SHAPES[usize::try_from(int("shape")).unwrap()];
        assert_eq!(int(shape.key), key, "{row:?}");
    }
}

#[derive(Default)]
struct Counts {
    got: AtomicUsize,
    deleted: AtomicUsize,
    inserted: AtomicUsize,
    failed: AtomicUsize,
}

async fn work(
    client: Client,
    task: usize,
    reads_only: bool,
    counts: Arc<Counts>,
    over: Arc<AtomicBool>,
) {
    let mut number = i64::try_from(task).unwrap();
    let count = |done: Result<bool>, counter: &AtomicUsize| match done {
        Ok(true) => drop(counter.fetch_add(1, Ordering::Relaxed)),
        Ok(false) => {}
        Err(_) => drop(counts.failed.fetch_add(1, Ordering::Relaxed)),
    };
    while !over.load(Ordering::Relaxed) {
        number = (number + 7) % (2 * DELETED);
        match if reads_only { 0 } else { task % 3 } {
            0 => {
                let got = client
                    .get(NAME, [number])
                    .consistency(Consistency::Strong)
                    .await;
                let got = got.inspect(|rows| check(rows, number));
                count(got.map(|rows| !rows.is_empty()), &counts.got);
            }
            1 => {
                let deleted = client.delete(NAME, [number % DELETED]).await;
                count(deleted.map(|_| true), &counts.deleted);
            }
            _ => {
                // It fits both shapes, each with another type for the price.
                let row = json!({"id": 5000 + number, "uid": 5000 + number, "shape": 0, "price": 3, "v": [0.5, 0.5]});
                count(
                    client.upsert(NAME, row).await.map(|_| true),
                    &counts.inserted,
                );
            }
        }
        tokio::task::yield_now().await;
    }
}

/// With another process, only reads are certain: its change may come between a lookup and the delete that follows.
async fn race(client: Client, replacing: Client, reads_only: bool) {
    let (counts, over) = (Arc::<Counts>::default(), Arc::<AtomicBool>::default());
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            tokio::spawn(work(
                client.clone(),
                task,
                reads_only,
                Arc::clone(&counts),
                Arc::clone(&over),
            ))
        })
        .collect();
    for round in 0..rounds() {
        let shape = SHAPES[round % 2];
        // Milvus Lite in Python loses an index now and then when the old collection is still being used.
        let mut tries = 1;
        while let Err(error) = try_create(&replacing, NAME, shape.schema()).await {
            assert!(tries < 20, "{error}");
            tries += 1;
        }
        replacing.insert(NAME, shape.rows()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        let kept = format!("{} >= 50 && {} < 100", shape.key, shape.key);
        let kept = replacing
            .query(NAME)
            .filter(kept)
            .consistency(Consistency::Strong)
            .await
            .unwrap();
        assert_eq!(
            ints(&kept, shape.other),
            (0..DELETED).collect::<Vec<_>>(),
            "round {round}"
        );
    }
    over.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    let [got, deleted, inserted, failed] = [
        &counts.got,
        &counts.deleted,
        &counts.inserted,
        &counts.failed,
    ]
    .map(|count| count.load(Ordering::Relaxed));
    println!(
        "{} rounds: got {got}, deleted {deleted}, inserted {inserted}, failed {failed}",
        rounds()
    );
    assert!(got > 0 && (reads_only || deleted > 0 && inserted > 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_wrong_row_on_milvus_lite() {
    if let Some(milvus) = require(Milvus::lite().start().await) {
        let client = Client::connect(milvus.uri()).await.unwrap();
        race(client.clone(), client, false).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_wrong_row_on_milvus_lite_in_python() {
    if let Some(milvus) = require(Milvus::lite_python().start().await) {
        let client = Client::connect(milvus.uri()).await.unwrap();
        race(client.clone(), client, false).await;
    }
}

/// Its answers state the primary key, so that no other process can make a `get` return a wrong row.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_wrong_row_is_read_when_another_process_replaces_the_collection() {
    if let Some(milvus) = require(Milvus::lite_python().start().await) {
        let client = Client::connect(milvus.uri()).await.unwrap();
        let other = Client::connect(milvus.uri()).await.unwrap();
        race(client, other, true).await;
    }
}
