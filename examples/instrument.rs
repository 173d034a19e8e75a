//! `#[tracing::instrument]` functions as parents: the calls they make hang under them, also those made in other tasks.
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

    let outcome = furnish(demo.milvus_uri()).await;

    telemetry.shutdown()?;
    demo.show(outcome?).await?;
    Ok(())
}

/// Returns the trace that shows what it did.
#[tracing::instrument(skip_all)]
async fn furnish(uri: &str) -> Result<TraceId> {
    let client = Client::connect(uri).await?;
    let mut shelves = JoinSet::new();
    for name in ["instrument_novels", "instrument_poems"] {
        // A task starts without a span, and would start a trace of its own. This one keeps the caller's.
        shelves.spawn(build_shelf(client.clone(), name).in_current_span());
    }
    for shelf in shelves.join_all().await {
        println!("built {}", shelf?);
    }
    Ok(Span::current().context().span().span_context().trace_id())
}

/// Its span carries `name` too. The client is no attribute of anything.
#[tracing::instrument(skip(client))]
async fn build_shelf(client: Client, name: &'static str) -> Result<&'static str> {
    client.create_collection(name, 8).await?;
    client.drop_collection(name).await?;
    Ok(name)
}
