//! The spans of this crate with your own gRPC client: [`OtelLayer`] around any channel.
//!
//! `cargo run --example otel_layer`

use std::error::Error;

use milvus_otel::proto::milvus::milvus_service_client::MilvusServiceClient;
use milvus_otel::proto::milvus::{DescribeCollectionRequest, HasCollectionRequest};
use milvus_otel::{OtelLayer, init};
use opentelemetry::trace::TraceContextExt;
use testkit::demo::Demo;
use tonic::transport::Endpoint;
use tower::ServiceBuilder;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = Demo::find_or_start().await?;
    let mut telemetry = init::from_env();
    if let Some(endpoint) = demo.otlp_endpoint() {
        telemetry = telemetry.endpoint(endpoint);
    }
    let telemetry = telemetry.install()?;

    let span = tracing::info_span!("otel_layer");
    let trace_id = span.context().span().span_context().trace_id();
    let uri = match demo.started_milvus() {
        Some(uri) => uri.to_owned(),
        None => std::env::var("MILVUS_URI").unwrap_or_else(|_| "http://localhost:19530".to_owned()),
    };
    let outcome = bare_client(uri).instrument(span).await;

    // Sends the remaining spans, and warns if they cannot be delivered.
    telemetry.shutdown_or_warn();
    demo.show(trace_id).await;
    outcome
}

async fn bare_client(uri: String) -> Result<(), Box<dyn Error>> {
    let endpoint = Endpoint::from_shared(uri.clone())?;

    // The layer cannot see the address of the channel: `server.address` and `server.port` of the spans.
    let layer = match (uri.strip_prefix("unix:"), endpoint.uri().host()) {
        (Some(socket), _) => OtelLayer::new().server(socket, None),
        (None, Some(host)) => OtelLayer::new().server(host, endpoint.uri().port_u16()),
        (None, None) => OtelLayer::new(),
    };
    let traced = ServiceBuilder::new()
        .layer(layer)
        .service(endpoint.connect().await?);
    let mut milvus = MilvusServiceClient::new(traced);

    let request = HasCollectionRequest {
        collection_name: "otel_layer".to_owned(),
        ..Default::default()
    };
    let answer = milvus.has_collection(request).await?.into_inner();
    println!("has_collection: {}", answer.value);

    // Milvus reports this error inside a successful gRPC answer. The span fails nevertheless, with Milvus' code.
    let request = DescribeCollectionRequest {
        collection_name: "otel_layer".to_owned(),
        ..Default::default()
    };
    let answer = milvus.describe_collection(request).await?.into_inner();
    let status = answer.status.unwrap_or_default();
    println!(
        "describe_collection: {} (code {})",
        status.reason, status.code
    );
    Ok(())
}
