//! `#[tracing::instrument]` functions as parents of the calls they make, in their own task and in others.
//!
//! `cargo run --example instrument`

use std::error::Error;

use milvus_otel::{Client, Result, init};
use opentelemetry::trace::{TraceContextExt, TraceId};
use testkit::demo::Demo;
use tokio::task::JoinSet;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    let demo = Demo::find_or_start().await?;
    let mut telemetry = init::from_env();
    if let Some(endpoint) = demo.otlp_endpoint() {
        telemetry = telemetry.endpoint(endpoint);
    }
    let telemetry = telemetry.install()?;

    let mut trace_id = TraceId::INVALID;
    let outcome = furnish(&demo, &mut trace_id).await;

    // Sends the remaining spans, and warns if they cannot be delivered.
    telemetry.shutdown_or_warn();
    demo.show(trace_id).await;
    Ok(outcome?)
}

/// Stores the id of its trace in `trace_id`.
#[tracing::instrument(skip_all)]
async fn furnish(demo: &Demo, trace_id: &mut TraceId) -> Result<()> {
    *trace_id = Span::current().context().span().span_context().trace_id();
    let client = match demo.started_milvus() {
        Some(uri) => Client::connect(uri).await?,
        None => Client::from_env().await?,
    };
    let mut shelves = JoinSet::new();
    for name in ["instrument_novels", "instrument_poems"] {
        // A new task has no current span, so its calls would start separate traces. This one keeps the caller's span.
        shelves.spawn(build_shelf(client.clone(), name).in_current_span());
    }
    for shelf in shelves.join_all().await {
        println!("built {}", shelf?);
    }
    Ok(())
}

/// Its span has the attribute `name`, but not the client.
#[tracing::instrument(skip(client))]
async fn build_shelf(client: Client, name: &'static str) -> Result<&'static str> {
    client.create_collection(name, 8).await?;
    client.drop_collection(name).await?;
    Ok(name)
}
