//! What the examples have in common: telemetry, one span around everything, and showing the trace. An
//! application is written as in `quick_setup`.

use std::error::Error;

use milvus_otel::{Client, Result, init};
use opentelemetry::trace::TraceContextExt;
use testkit::demo::Demo;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Runs `example` in a span of this name. It may use a collection of the same name, which is dropped before and after.
pub(crate) async fn run(
    demo: Demo,
    name: &'static str,
    example: impl AsyncFnOnce(&Client) -> Result<()>,
) -> std::result::Result<(), Box<dyn Error>> {
    let mut telemetry = init::from_env();
    if let Some(endpoint) = demo.otlp_endpoint() {
        telemetry = telemetry.endpoint(endpoint);
    }
    let telemetry = telemetry.install()?;

    let span = tracing::info_span!("example", otel.name = name);
    let trace_id = span.context().span().span_context().trace_id();
    let work = async {
        let client = connect(&demo).await?;
        if client.has_collection(name).await? {
            client.drop_collection(name).await?;
        }
        example(&client).await?;
        client.drop_collection(name).await
    };
    let outcome = work.instrument(span).await;

    // Sends what is left, and tells what could not be delivered. The outcome is the example's own.
    telemetry.shutdown_or_warn();
    demo.show(trace_id).await;
    Ok(outcome?)
}

async fn connect(demo: &Demo) -> Result<Client> {
    match demo.started_milvus() {
        Some(uri) => Client::connect(uri).await,
        None => Client::from_env().await,
    }
}
