//! The exporter of every signal to every destination.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::logs::tonic::group_logs_by_resource_and_scope;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogExporter};
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use prost::Message;
use serde::Serialize;

use super::counts::Counts;
use super::file::Lines;
use super::response::{Accepted, Failure};
use super::runtime::Exports;
use super::send::Sender;
use super::{console, json};

/// Sends batches and counts what becomes of them.
///
/// Exports never return an error: what failed is counted and reported here, and the SDK would report it once more.
#[derive(Debug)]
pub(super) struct Exporter {
    to: To,
    counts: Arc<Counts>,
    exports: Exports,
    temporality: Temporality,
    resource: ResourceAttributesWithSchema,
}

#[derive(Debug)]
pub(super) enum To {
    Collector(Box<Sender>),
    File(Lines),
    Console,
}

impl Exporter {
    pub(super) fn new(
        to: To,
        counts: Arc<Counts>,
        exports: Exports,
        temporality: Temporality,
    ) -> Self {
        Self {
            to,
            counts,
            exports,
            temporality,
            resource: ResourceAttributesWithSchema::default(),
        }
    }

    /// Sends `count` items: `shown` on the console, and otherwise `request`. Only one of the two is called.
    async fn deliver<B, R: Message + Serialize>(
        &self,
        count: u64,
        batch: B,
        shown: impl FnOnce(B) -> String,
        request: impl FnOnce(B) -> R,
    ) -> OTelSdkResult {
        if self.counts.is_unsupported() {
            self.counts.skipped(count);
            return Ok(());
        }
        let outcome = match &self.to {
            To::Collector(sender) => {
                let request = request(batch);
                self.exports.run(sender.send(&request)).await
            }
            To::File(lines) => taken(
                json::text(&request(batch))
                    .map_err(|error| format!("cannot write the batch as JSON: {error}"))
                    .and_then(|line| lines.add(&(line + "\n"))),
            ),
            To::Console => taken(console::print(&shown(batch))),
        };
        self.counts.record(count, outcome);
        Ok(())
    }
}

/// Files and the console take all or nothing.
fn taken(written: Result<(), String>) -> Result<Accepted, Failure> {
    match written {
        Ok(()) => Ok(Accepted::default()),
        Err(cause) => Err(Failure::lasting(cause)),
    }
}

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let request = |batch| ExportTraceServiceRequest {
            resource_spans: group_spans_by_resource_and_scope(batch, &self.resource),
        };
        let count = batch.len() as u64;
        let shown = |batch: Vec<_>| console::spans(&batch);
        self.deliver(count, batch, shown, request).await
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

impl LogExporter for Exporter {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let request = |batch: &LogBatch<'_>| ExportLogsServiceRequest {
            resource_logs: group_logs_by_resource_and_scope(batch, &self.resource),
        };
        let count = batch.iter().count() as u64;
        self.deliver(count, &batch, |batch| console::logs(batch), request)
            .await
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}

impl PushMetricExporter for Exporter {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let scopes = metrics.scope_metrics();
        let count = scopes.map(|scope| scope.metrics().count() as u64).sum();
        self.counts.accept(count);
        let request = |metrics: &ResourceMetrics| ExportMetricsServiceRequest::from(metrics);
        self.deliver(count, metrics, console::metrics, request)
            .await
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        self.temporality
    }
}
