//! Receivers that take some signals, some items or another protocol: what the application returns, and what it is told.
//!
//! Tests that look at the standard error run themselves again as a child process, which plays the application.

use crate::support::child;
use crate::support::collector;
mod endpoints;
mod partial;
mod unsupported;

use milvus_otel::init::{self, Builder, Delivery, Protocol, Signal, Telemetry};
use opentelemetry::logs::{LogRecord as _, Logger as _, LoggerProvider as _};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{Tracer as _, TracerProvider as _};
use testkit::Receiver;

const PROTOCOLS: [(&str, Protocol); 3] = [
    ("grpc", Protocol::Grpc),
    ("http/protobuf", Protocol::HttpProtobuf),
    ("http/json", Protocol::HttpJson),
];

fn endpoint(receiver: &Receiver, protocol: Protocol) -> String {
    match protocol {
        Protocol::Grpc => receiver.grpc_endpoint(),
        _ => receiver.http_endpoint(),
    }
}

fn to(endpoint: String, protocol: Protocol) -> Builder {
    init::otlp("tests")
        .endpoint(endpoint)
        .protocol(protocol)
        .global(false)
}

/// A span, a metric and, if there are logs, a log record.
fn one_of_each(telemetry: &Telemetry) {
    let tracer = telemetry.tracer_provider().unwrap().tracer("test");
    drop(tracer.start("span"));
    if let Some(meters) = telemetry.meter_provider() {
        let counter = meters.meter("test").u64_counter("searches").build();
        counter.add(1, &[]);
    }
    if let Some(logs) = telemetry.logger_provider() {
        let logger = logs.logger("test");
        let mut record = logger.create_log_record();
        record.set_body("record".into());
        logger.emit(record);
    }
}

fn of(signal: Signal, deliveries: &[Delivery]) -> &Delivery {
    let found = deliveries.iter().find(|d| d.signal == signal);
    found.unwrap_or_else(|| panic!("no {signal:?} in {deliveries:?}"))
}
