//! The exporter of every signal to every destination.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_otlp as otlp;
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
use serde::Serialize;

use super::counts::Counts;
use super::file::Lines;
use super::response::{Accepted, Failure};
use super::runtime::Exports;
use super::send::Sender;
use super::{console, json};

/// Sends batches and counts what becomes of them. `E` is the exporter of the signal to a collector.
///
/// Exports never return an error: what failed is counted and reported here, and the SDK would report it once more.
#[derive(Debug)]
pub(super) struct Exporter<E> {
    to: To<E>,
    counts: Arc<Counts>,
    exports: Exports,
    temporality: Temporality,
    resource: ResourceAttributesWithSchema,
}

#[derive(Debug)]
pub(super) enum To<E> {
    Collector { exporter: E, sender: Arc<Sender> },
    File(Lines),
    Console,
}

impl<E: Sync> Exporter<E> {
    pub(super) fn new(
        to: To<E>,
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

    pub(super) fn counts(&self) -> Arc<Counts> {
        Arc::clone(&self.counts)
    }

    /// Counts `count` items that are not to be exported.
    fn skips(&self, count: u64) -> bool {
        let skips = self.counts.is_unsupported();
        if skips {
            self.counts.skipped(count);
        }
        skips
    }

    /// Waits for an export, and asks its client what became of it.
    async fn collected(
        &self,
        sender: &Sender,
        export: impl Future<Output = OTelSdkResult> + Send,
    ) -> Result<Accepted, Failure> {
        let export = async {
            let result = export.await;
            // Nothing was sent if the export could not be encoded.
            sender.take_outcome().unwrap_or_else(|| match result {
                Ok(()) => Ok(Accepted::default()),
                Err(error) => Err(Failure::lasting(error.to_string())),
            })
        };
        self.exports.run(export).await
    }
}

fn add(lines: &Lines, batch: &impl Serialize) -> Result<Accepted, Failure> {
    taken(
        json::text(batch)
            .map_err(|error| format!("cannot write the batch as JSON: {error}"))
            .and_then(|line| lines.add(&(line + "\n"))),
    )
}

/// Files and the console take all or nothing.
fn taken(written: Result<(), String>) -> Result<Accepted, Failure> {
    match written {
        Ok(()) => Ok(Accepted::default()),
        Err(cause) => Err(Failure::lasting(cause)),
    }
}

impl SpanExporter for Exporter<otlp::SpanExporter> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len() as u64;
        if self.skips(count) {
            return Ok(());
        }
        let outcome = match &self.to {
            To::Collector { exporter, sender } => {
                self.collected(sender, exporter.export(batch)).await
            }
            To::File(lines) => {
                let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
                add(lines, &ExportTraceServiceRequest { resource_spans })
            }
            To::Console => taken(console::print(&console::spans(&batch))),
        };
        self.counts.record(count, outcome);
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
        if let To::Collector { exporter, .. } = &mut self.to {
            exporter.set_resource(resource);
        }
    }
}

impl LogExporter for Exporter<otlp::LogExporter> {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let count = batch.iter().count() as u64;
        if self.skips(count) {
            return Ok(());
        }
        let outcome = match &self.to {
            To::Collector { exporter, sender } => {
                self.collected(sender, exporter.export(batch)).await
            }
            To::File(lines) => {
                let resource_logs = group_logs_by_resource_and_scope(&batch, &self.resource);
                add(lines, &ExportLogsServiceRequest { resource_logs })
            }
            To::Console => taken(console::print(&console::logs(&batch))),
        };
        self.counts.record(count, outcome);
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
        if let To::Collector { exporter, .. } = &mut self.to {
            exporter.set_resource(resource);
        }
    }
}

impl PushMetricExporter for Exporter<otlp::MetricExporter> {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let scopes = metrics.scope_metrics();
        let count = scopes.map(|scope| scope.metrics().count() as u64).sum();
        self.counts.accept(count);
        if self.skips(count) {
            return Ok(());
        }
        let outcome = match &self.to {
            To::Collector { exporter, sender } => {
                self.collected(sender, exporter.export(metrics)).await
            }
            To::File(lines) => add(lines, &ExportMetricsServiceRequest::from(metrics)),
            To::Console => taken(console::print(&console::metrics(metrics))),
        };
        self.counts.record(count, outcome);
        Ok(())
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
