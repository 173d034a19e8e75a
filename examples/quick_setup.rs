//! One trace that begins in this program and ends in Milvus.
//!
//! `cargo run --example quick_setup` creates a collection, inserts ten rows, searches and queries them, under one span.
//! It uses the Milvus at `MILVUS_URI` or `localhost:19530`, and the OTLP receiver that the `OTEL_EXPORTER_OTLP_*`
//! variables name or `localhost:4317`. If no Milvus is running, it starts one; if no receiver is running, it receives the
//! spans and draws the trace itself.

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

    // Reads the OTEL_* variables. The lines with `demo` are for the example only; applications do not need them.
    let mut telemetry = init::from_env();
    if let Some(endpoint) = demo.otlp_endpoint() {
        telemetry = telemetry.endpoint(endpoint);
    }
    let telemetry = telemetry.install()?;

    // The parent of every call to Milvus that is made inside it, and of the spans of Milvus.
    let span = tracing::info_span!("quick_setup");
    let trace_id = span.context().span().span_context().trace_id();
    let outcome = quick_setup(&demo).instrument(span).await;

    // Sends the remaining spans. A failure causes a warning and does not change the result of the program.
    telemetry.shutdown_or_warn();
    demo.show(trace_id).await;
    Ok(outcome?)
}

async fn quick_setup(demo: &Demo) -> milvus_otel::Result<()> {
    let client = match demo.started_milvus() {
        Some(uri) => Client::connect(uri).await?,
        // MILVUS_URI, MILVUS_TOKEN and MILVUS_DATABASE, or localhost:19530.
        None => Client::from_env().await?,
    };
    if client.has_collection(COLLECTION).await? {
        client.drop_collection(COLLECTION).await?;
        println!("dropped {COLLECTION}, left by an earlier run");
    }

    // With an `id`, a `vector` of 5 dimensions and dynamic fields; indexed and loaded.
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

    // Without it, searches may miss rows that were inserted in the last few seconds.
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
