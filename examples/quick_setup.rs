//! One trace that begins in this program and ends in Milvus.
//!
//! `cargo run --example quick_setup` creates a collection, inserts ten rows, searches and queries them, under one span.
//! It uses the Milvus at `MILVUS_URI` or `localhost:19530` and the OTLP receiver that the `OTEL_*` variables name or
//! `localhost:4317`; what is not running it starts, and then it draws the trace itself.

use std::error::Error;

use milvus_otel::{Client, Consistency, init};
use opentelemetry::trace::TraceContextExt;
use serde::{Deserialize, Serialize};
use testkit::demo::Demo;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

const COLLECTION: &str = "quick_setup";

/// A row. `color` is not in the schema: it becomes a dynamic field.
#[derive(Serialize, Deserialize)]
struct Item {
    id: i64,
    vector: [f32; 5],
    color: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = Demo::find_or_start().await?;

    // Reads the OTEL_* variables. A program of your own needs this line and the last of telemetry's, no more.
    let mut telemetry = init::from_env();
    if let Some(endpoint) = demo.otlp_endpoint() {
        telemetry = telemetry.endpoint(endpoint);
    }
    let telemetry = telemetry.install()?;

    // The parent. Every call to Milvus made inside it becomes a child, and so does what Milvus does about it.
    let span = tracing::info_span!("quick_setup");
    let trace_id = span.context().span().span_context().trace_id();
    let outcome = quick_setup(demo.milvus_uri()).instrument(span).await;

    // Sends the spans that are still here.
    telemetry.shutdown()?;
    demo.show(trace_id).await?;
    Ok(outcome?)
}

async fn quick_setup(uri: &str) -> milvus_otel::Result<()> {
    let client = Client::connect(uri).await?;
    if client.has_collection(COLLECTION).await? {
        client.drop_collection(COLLECTION).await?;
        println!("dropped the {COLLECTION} of an earlier run");
    }

    // An `id`, a `vector` of 5 dimensions and whatever else a row has; indexed and loaded.
    client.create_collection(COLLECTION, 5).await?;
    let state = client.get_load_state(COLLECTION).await?;
    println!("created {COLLECTION}: {state:?}");

    let items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|id| Item {
        id,
        vector: [0.1, 0.2, 0.3, 0.4, id as f32 / 10.0],
        color: ["red", "green", "blue"][id as usize % 3].to_owned(),
    });
    let written = client.insert(COLLECTION, &items).await?;
    println!("inserted {} rows", written.count);

    // Sees what was written right before.
    let session = Consistency::Session;
    let search = client.search(COLLECTION, items[7].vector).limit(3);
    for hit in search.consistency(session).rows::<Item>().await? {
        println!("found {} at {:.3}: {}", hit.id, hit.score, hit.entity.color);
    }
    let query = client.query(COLLECTION).filter("color == \"blue\"");
    let blue: Vec<Item> = query.consistency(session).rows().await?;
    println!("{} rows are blue", blue.len());

    client.drop_collection(COLLECTION).await
}
