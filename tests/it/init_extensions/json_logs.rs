//! The recipe for JSON logs in the documentation of `init`.

use super::child::{command, is_child};
use super::collector::collector;
use milvus_otel::init;
use serde_json::Value;
use tracing_subscriber::{EnvFilter, prelude::*};

/// Each line is JSON, and an event inside of a span has the ids of the span that the collector receives.
#[test]
fn lines_have_the_ids_of_their_span() {
    const NAME: &str = concat!(module_path!(), "::lines_have_the_ids_of_their_span");
    if is_child(NAME) {
        let telemetry = init::otlp("book-search").build().unwrap();
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
        let logs = json_subscriber::layer()
            .with_current_span(false)
            .with_span_list(false)
            .with_opentelemetry_ids(true)
            .with_filter(filter.add_directive("otel::tracing=trace".parse().unwrap()));
        tracing_subscriber::registry()
            .with(telemetry.layer())
            .with(logs)
            .init();
        // Like the spans of `axum-tracing-opentelemetry`, below the level of the log.
        tracing::trace_span!(target: "otel::tracing", "HTTP request", otel.name = "GET /books")
            .in_scope(|| {
                tracing::info!(limit = 3, "searching");
                tracing::info_span!("rank").in_scope(|| tracing::warn!("slow\nline"));
                tracing::debug!("too fine");
            });
        tracing::info!("outside");
        telemetry.shutdown().unwrap();
        return;
    }
    let receiver = collector();
    let endpoint = receiver.grpc_endpoint();
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
    let output = command(NAME, &variables).env_remove("RUST_LOG").output();
    let output = output.unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{stdout}");
    // The first lines are those of the test's own process.
    let lines: Vec<Value> = stdout
        .lines()
        .filter_map(|line| line.find('{').map(|start| &line[start..]))
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect();
    let messages: Vec<_> = lines
        .iter()
        .map(|line| line["fields"]["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages, ["searching", "slow\nline", "outside"], "{stdout}");
    assert_eq!(lines[0]["fields"]["limit"], 3, "{stdout}");
    assert_eq!(lines[1]["level"], "WARN", "{stdout}");

    let spans = receiver.spans();
    for (line, name) in lines.iter().zip(["GET /books", "rank"]) {
        let span = spans.iter().find(|span| span.name == name).unwrap();
        let ids = &line["openTelemetry"];
        assert_eq!(ids["traceId"], span.trace_id.as_str(), "{line}");
        assert_eq!(ids["spanId"], span.span_id.as_str(), "{line}");
    }
    assert!(
        lines[2].get("openTelemetry").is_none_or(Value::is_null),
        "{stdout}"
    );
}
