//! What the examples do besides what they show: telemetry, one span over everything, and a picture of the trace. See
//! `quick_setup` for the same in an application.

use std::error::Error;

use milvus_otel::{Client, Result, init};
use opentelemetry::trace::TraceContextExt;
use testkit::demo::Demo;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Runs `example`, which may use a collection of this name: it is dropped before and after.
pub(crate) async fn run(
    demo: Demo,
    collection: &'static str,
    example: impl AsyncFnOnce(&Client) -> Result<()>,
) -> std::result::Result<(), Box<dyn Error>> {
    let mut telemetry = init::from_env();
    if let Some(endpoint) = demo.otlp_endpoint() {
        telemetry = telemetry.endpoint(endpoint);
    }
    let telemetry = telemetry.install()?;

    let span = tracing::info_span!("example", otel.name = collection);
    let trace_id = span.context().span().span_context().trace_id();
    let work = async {
        let client = Client::connect(demo.milvus_uri()).await?;
        if client.has_collection(collection).await? {
            client.drop_collection(collection).await?;
        }
        example(&client).await?;
        client.drop_collection(collection).await
    };
    let outcome = work.instrument(span).await;

    telemetry.shutdown()?;
    demo.show(trace_id).await?;
    Ok(outcome?)
}
