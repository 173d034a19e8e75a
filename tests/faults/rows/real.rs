//! Real servers: Milvus 2.3.5 and Milvus Lite, which are killed, stopped, changed by others, and given quotas.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use milvus_otel::Client;
use milvus_otel::client::RetryPolicy;
use milvus_otel::data::Columns;
use testkit::{Milvus, require};
use tokio::time::sleep;

use crate::case::Case;
use crate::data::{self, Fates};
use crate::process::Process;
use crate::row::{Row, row};
use crate::wire::{Fault, Wire};

/// Inserts 5 rows every 50 ms in 4 tasks, until the future ends.
async fn insert_during(
    case: &Case,
    client: &Client,
    fates: &Fates,
    during: impl Future<Output = ()>,
) {
    let done = AtomicBool::new(false);
    let task = async |number: i64| {
        for batch in 0.. {
            if done.load(Ordering::SeqCst) {
                return;
            }
            let first = number * 1_000_000 + batch * 5;
            let result = client.insert("books", data::books(first..first + 5)).await;
            fates.note(first..first + 5, &result);
            case.returned(result);
            sleep(Duration::from_millis(50)).await;
        }
    };
    let ending = async {
        during.await;
        done.store(true, Ordering::SeqCst);
    };
    tokio::join!(futures::future::join_all((0..4).map(task)), ending);
}

/// The keys of all rows of a server that may still be starting.
async fn keys_when_ready(client: &Client) -> Vec<i64> {
    let begun = Instant::now();
    loop {
        match data::keys(client, "books").await {
            Ok(keys) => return keys,
            Err(error) => {
                assert!(begun.elapsed() < Duration::from_secs(100), "{error}");
                sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

/// Milvus Lite does not run for so long.
async fn stopped(case: Arc<Case>, seconds: u64) {
    let Some(milvus) = require(Milvus::lite().start().await) else {
        return case.skip();
    };
    let direct = milvus.client().await.unwrap();
    direct.create_collection("books", 4).await.unwrap();
    let client = case.client(milvus.uri());
    let process = Process::of(&milvus);
    let fates = Fates::default();
    case.begin();
    let stopping = async {
        sleep(Duration::from_millis(300)).await;
        process.signal("STOP");
        sleep(Duration::from_secs(seconds)).await;
        process.signal("CONT");
        sleep(Duration::from_millis(300)).await;
    };
    insert_during(&case, &client, &fates, stopping).await;
    case.written(fates.compare(&data::keys(&direct, "books").await.unwrap()));
}

/// Inserts rows after others have made a collection with another dimension of the one that the client knows.
async fn insert_into_replaced(case: Arc<Case>, rows: Columns) {
    let Some(milvus) = require(Milvus::shared_standalone().await) else {
        return case.skip();
    };
    let others = milvus.client_in_new_database().await.unwrap();
    others.create_collection("books", 4).await.unwrap();
    let client = case.client(milvus.uri());
    let client = client.in_database(others.database().unwrap());
    client.insert("books", data::books(0..5)).await.unwrap();
    others.drop_collection("books").await.unwrap();
    others.create_collection("books", 768).await.unwrap();
    case.returned(client.insert("books", rows).await);
}

/// 32 tasks insert 125 batches of 50 rows each.
async fn cut_and_killed(case: Arc<Case>) {
    let server = Milvus::standalone().setting("common.session.ttl", "5");
    let Some(milvus) = require(server.start().await) else {
        return case.skip();
    };
    let direct = milvus.client().await.unwrap();
    direct.create_collection("books", 4).await.unwrap();
    let address = milvus.uri().trim_start_matches("http://").parse().unwrap();
    let wire = Wire::to(address).await;
    let client = case.client(wire.uri());
    let mut process = Process::of(&milvus);
    let fates = Fates::default();
    case.begin();
    let breaking = async {
        sleep(Duration::from_secs(3)).await;
        process.restart();
        for fault in [Fault::Close, Fault::Reset, Fault::HalfClose]
            .iter()
            .cycle()
        {
            sleep(Duration::from_millis(200)).await;
            wire.present(*fault);
        }
    };
    let task = async |number: i64| {
        for batch in 0..125 {
            let first = (number * 125 + batch) * 50;
            let result = client.insert("books", data::books(first..first + 50)).await;
            fates.note(first..first + 50, &result);
            case.returned(result);
        }
    };
    let writing = futures::future::join_all((0..32).map(task));
    tokio::select! {
        _ = writing => {}
        () = breaking => {}
    }
    case.written(fates.compare(&keys_when_ready(&direct).await));
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("Milvus 2.3.5 is killed and started again, inserts of 4 tasks")
            .result("* ok*")
            .is("*")
            .attempts(2..)
            .in_doubt(0..=8)
            .seconds(2.0..=120.0)
            .writes()
            .run(|case| async move {
                // The sessions of a server that was killed end by themselves.
                let server = Milvus::standalone().setting("common.session.ttl", "5");
                let Some(milvus) = require(server.start().await) else {
                    return case.skip();
                };
                let direct = milvus.client().await.unwrap();
                direct.create_collection("books", 4).await.unwrap();
                let client = case.client(milvus.uri());
                let mut process = Process::of(&milvus);
                let fates = Fates::default();
                case.begin();
                let restarting = async {
                    sleep(Duration::from_secs(1)).await;
                    process.restart();
                    // It answers again.
                    let listed = direct.list_collections().timeout(Duration::from_secs(60));
                    listed.await.unwrap();
                    sleep(Duration::from_secs(1)).await;
                };
                insert_during(&case, &client, &fates, restarting).await;
                case.written(fates.compare(&keys_when_ready(&direct).await));
            }),
        row("Milvus 2.3.5 is killed while 32 tasks insert 200,000 rows through connections that are cut")
            .long()
            .result("* ok*")
            .is("*")
            .attempts(1..)
            .in_doubt(0..=2000)
            .seconds(2.0..=600.0)
            .writes()
            .run(cut_and_killed),
        row("Milvus Lite is stopped for 8 s (SIGSTOP), inserts of 4 tasks")
            .result("* ok")
            .attempts(1..)
            .seconds(8.0..=60.0)
            .writes()
            .run(|case| stopped(case, 8)),
        // A ping has no answer within 13 s.
        row("Milvus Lite is stopped for 35 s (SIGSTOP), inserts of 4 tasks")
            .long()
            .result("* ok*")
            .is("*")
            .attempts(1..)
            .in_doubt(1..=8)
            .seconds(35.0..=90.0)
            .writes()
            .run(|case| stopped(case, 35)),
        row("Milvus 2.3.5: an insert with an idempotency key, which it would ignore")
            .result("insert \"books\": idempotency keys need Milvus 3.0: this is Milvus 2.3.5*")
            .is("invalid_argument unsupported")
            .attempts(0..=1)
            .writes()
            .run(|case| async move {
                let Some(milvus) = require(Milvus::shared_standalone().await) else {
                    return case.skip();
                };
                let others = milvus.client_in_new_database().await.unwrap();
                others.create_collection("books", 4).await.unwrap();
                let client = case.builder(milvus.uri()).connect().await.unwrap();
                let client = client.in_database(others.database().unwrap());
                let fates = Fates::default();
                let result = client.insert("books", data::books(0..5)).await;
                fates.note(0..5, &result);
                let insert = client.insert("books", data::books(5..10));
                let result = insert.idempotency_key("import-7").await;
                fates.note(5..10, &result);
                case.returned(result);
                case.written(fates.compare(&data::keys(&others, "books").await.unwrap()));
            }),
        row("Milvus 2.3.5 with a quota of 0.1 MB/s: 16 inserts of 37 KB at once")
            .result("16 ok")
            .attempts(2..)
            .rate_limited(1..)
            .seconds(1.0..=60.0)
            .run(|case| async move {
                let server = Milvus::standalone()
                    .setting("quotaAndLimits.enabled", "true")
                    .setting("quotaAndLimits.dml.enabled", "true")
                    .setting("quotaAndLimits.dml.insertRate.max", "0.1");
                let Some(milvus) = require(server.start().await) else {
                    return case.skip();
                };
                let direct = milvus.client().await.unwrap();
                direct.create_collection("large", 768).await.unwrap();
                let client = case.builder(milvus.uri()).retry(RetryPolicy::default());
                let client = client.connect_lazy().unwrap();
                case.begin();
                let inserts =
                    (0..16).map(|_| client.insert("large", data::large(12)).into_future());
                for result in futures::future::join_all(inserts).await {
                    case.returned(result);
                }
            }),
        row("Milvus 2.3.5: another client replaces the collection, rows with the new schema")
            .run(|case| insert_into_replaced(case, data::large(5))),
        row("Milvus 2.3.5: another client replaces the collection, rows with the old schema")
            .result("insert \"books\": *")
            .is("invalid_argument")
            .run(|case| insert_into_replaced(case, data::books(5..10))),
    ]
}
