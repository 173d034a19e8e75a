//! A service with the mixed load that a dashboard is for: reads, writes, searches that find nothing, failures, retries
//! and rate limits. It serves its metrics to Prometheus until its standard input is closed.
//!
//! Started by `.ci/deploy`, which evaluates the queries and rules of deploy/ on them: `cargo test` leaves it out.

use std::error::Error;
use std::future::Future;
use std::io::Read as _;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use milvus_otel::otel::{AnswerQuality, WeakScore};
use milvus_otel::proto::milvus::SearchResults;
use milvus_otel::proto::schema::SearchResultData;
use milvus_otel::{
    Client, Consistency, Field, Index, Metric, OtelLayer, Schema, client::RetryPolicy,
};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Encoder as _, Registry, TextEncoder};
use serde::Serialize;
use testkit::{Fake, Milvus, Reply};
use tokio::net::TcpListener;

const COLLECTIONS: [&str; 3] = ["books", "films", "songs"];
const DIMENSION: usize = 8;
const ROWS: i64 = 500;

#[derive(Serialize)]
struct Item {
    id: i64,
    year: i64,
    embedding: [f32; DIMENSION],
}

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let registry = Registry::new();
    let exporter = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()?;
    let meters = SdkMeterProvider::builder().with_reader(exporter).build();
    let quality = AnswerQuality::new().weak_hits(|_| Some(WeakScore::Below(0.8)));
    let layer = OtelLayer::new()
        .meter_provider(&meters)
        .detailed_metrics(true)
        .answer_quality(quality);

    let milvus = Milvus::standalone()
        .start()
        .await
        .map_err(|error| error.to_string())?;
    let client = connect(milvus.uri(), &layer).await?;
    for collection in COLLECTIONS {
        create(&client, collection).await?;
    }
    let faulty = Fake::scripted();
    let address = faulty.serve().await?;
    let unsteady = connect(&format!("http://localhost:{}", address.port()), &layer).await?;

    let metrics = Router::new().route("/metrics", get(move || async move { exposed(&registry) }));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/metrics", listener.local_addr()?);
    tokio::spawn(axum::serve(listener, metrics).into_future());
    for _ in 0..4 {
        tokio::spawn(forever(client.clone(), |client| async move {
            call(&client).await
        }));
    }
    let started = Instant::now();
    tokio::spawn(forever(unsteady, move |client| {
        trouble(&faulty, started.elapsed());
        async move { drop(client.search("books", embedding()).limit(1).await) }
    }));

    // Jobs that connect for one call.
    let uri = milvus.uri().to_owned();
    tokio::spawn(forever(client, move |_| {
        let (uri, layer) = (uri.clone(), layer.clone());
        async move {
            tokio::time::sleep(Duration::from_secs(2)).await;
            if let Ok(job) = connect(&uri, &layer).await {
                call(&job).await;
            }
        }
    }));

    tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
    milvus.stop().await;
    Ok(())
}

async fn connect(uri: &str, layer: &OtelLayer) -> milvus_otel::Result<Client> {
    let retry = RetryPolicy::default().initial_backoff(Duration::from_millis(5));
    let client = Client::builder(uri).otel(layer.clone()).retry(retry);
    client.connect().await
}

async fn create(client: &Client, collection: &str) -> milvus_otel::Result<()> {
    let schema = Schema::builder()
        .field(Field::int64("id").primary_key())
        .field(Field::int64("year"))
        .field(Field::float_vector("embedding", DIMENSION as u32));
    let creation = client.create_collection(collection, schema.build()?);
    creation
        .index("embedding", Index::flat(Metric::Cosine))
        .await?;
    let items: Vec<Item> = (0..ROWS).map(item).collect();
    client.insert(collection, &items).await?;
    Ok(())
}

fn item(id: i64) -> Item {
    Item {
        id,
        year: 1900 + id % 120,
        embedding: embedding(),
    }
}

fn embedding() -> [f32; DIMENSION] {
    std::array::from_fn(|_| fastrand::f32() - 0.5)
}

/// Calls again and again, more often and less often by turns.
async fn forever<F: Future<Output = ()>>(client: Client, call: impl Fn(Client) -> F) {
    let started = Instant::now();
    loop {
        call(client.clone()).await;
        let wave = 1.5 + (started.elapsed().as_secs_f32() / 15.0).sin();
        tokio::time::sleep(Duration::from_secs_f32(wave * fastrand::f32() * 0.04)).await;
    }
}

/// One call, as often of each kind as a service makes them. What fails is in the metrics.
async fn call(client: &Client) {
    let collection = COLLECTIONS[fastrand::usize(..3).min(fastrand::usize(..3))];
    let search = client.search(collection, embedding()).limit(10);
    let search = search.consistency(Consistency::Eventually);
    let query = client
        .query(collection)
        .consistency(Consistency::Eventually);
    let id = fastrand::i64(..ROWS);
    match fastrand::u32(..1000) {
        0..600 => drop(search.output(["year"]).await),
        600..680 => drop(search.filter("year > 2100").await),
        680..780 => drop(query.filter(format!("year == {}", 1900 + id % 120)).await),
        780..850 => drop(client.get(collection, [id]).await),
        850..920 => drop(client.insert(collection, [item(ROWS + id)]).await),
        920..950 => drop(client.upsert(collection, [item(id)]).await),
        950..970 => drop(client.delete(collection, [ROWS + id]).await),
        970..985 => drop(client.search("plays", embedding()).await),
        985..993 => drop(query.filter("writer == 'Austen'").await),
        _ => drop(search.timeout(Duration::from_micros(900)).await),
    }
}

/// What the next search meets: mostly nothing, now and then a server that is away, then limits, then answers. For 10
/// seconds of each 90 it stays away.
fn trouble(fake: &Fake, running: Duration) {
    let away = Reply::Status(tonic::Code::Unavailable, "restarting".into());
    let limited = Reply::failure(8, 49, "rate limit exceeded");
    let found = SearchResults {
        results: Some(SearchResultData {
            topks: vec![1],
            scores: vec![0.9],
            ..Default::default()
        }),
        ..Default::default()
    };
    let found = Reply::message(&found);
    let outage = running.as_secs() % 90 >= 80;
    let answers = match fastrand::u32(..20) {
        _ if outage => vec![away],
        0..4 => vec![away, limited, found],
        _ => vec![found],
    };
    fake.script("Search", answers);
}

fn exposed(registry: &Registry) -> String {
    let mut text = Vec::new();
    match TextEncoder::new().encode(&registry.gather(), &mut text) {
        Ok(()) => String::from_utf8_lossy(&text).into_owned(),
        Err(error) => format!("# {error}\n"),
    }
}
