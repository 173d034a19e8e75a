//! The exporter for all signals and destinations.

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

/// Exports batches and counts the outcomes. `E` is the exporter from `opentelemetry-otlp` for the signal.
///
/// `export` never returns an error: failures are counted and reported here, and the SDK would report them again.
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

    /// Whether to skip an export of `count` items because the destination does not support the signal; if so, counts
    /// them.
    fn skip_unsupported(&self, count: u64) -> bool {
        let skip = self.counts.is_unsupported();
        if skip {
            self.counts.count_unsupported(count);
        }
        skip
    }

    /// Waits for an export and takes its outcome from the sender, because the exporter does not return it.
    async fn export_to_collector(
        &self,
        sender: &Sender,
        export: impl Future<Output = OTelSdkResult> + Send,
    ) -> Result<Accepted, Failure> {
        let export = async {
            let result = export.await;
            // There is no outcome if the export could not be encoded.
            sender.take_outcome().unwrap_or_else(|| match result {
                Ok(()) => Ok(Accepted::default()),
                Err(error) => Err(Failure::permanent(error.to_string())),
            })
        };
        self.exports.run(export).await
    }
}

fn append(lines: &Lines, batch: &impl Serialize) -> Result<Accepted, Failure> {
    to_outcome(
        json::encode(batch)
            .map_err(|error| format!("cannot write the batch as JSON: {error}"))
            .and_then(|line| lines.append(&(line + "\n"))),
    )
}

/// Files and the console accept a whole batch or nothing.
fn to_outcome(written: Result<(), String>) -> Result<Accepted, Failure> {
    match written {
        Ok(()) => Ok(Accepted::default()),
        Err(cause) => Err(Failure::permanent(cause)),
    }
}

impl SpanExporter for Exporter<otlp::SpanExporter> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len() as u64;
        if self.skip_unsupported(count) {
            return Ok(());
        }
        let outcome = match &self.to {
            To::Collector { exporter, sender } => {
                self.export_to_collector(sender, exporter.export(batch))
                    .await
            }
            To::File(lines) => {
                let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
                append(lines, &ExportTraceServiceRequest { resource_spans })
            }
            To::Console => to_outcome(console::print(&console::spans(&batch))),
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
        if self.skip_unsupported(count) {
            return Ok(());
        }
        let outcome = match &self.to {
            To::Collector { exporter, sender } => {
                self.export_to_collector(sender, exporter.export(batch))
                    .await
            }
            To::File(lines) => {
                let resource_logs = group_logs_by_resource_and_scope(&batch, &self.resource);
                append(lines, &ExportLogsServiceRequest { resource_logs })
            }
            To::Console => to_outcome(console::print(&console::logs(&batch))),
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
        if self.skip_unsupported(count) {
            return Ok(());
        }
        let outcome = match &self.to {
            To::Collector { exporter, sender } => {
                self.export_to_collector(sender, exporter.export(metrics))
                    .await
            }
            To::File(lines) => append(lines, &ExportMetricsServiceRequest::from(metrics)),
            To::Console => to_outcome(console::print(&console::metrics(metrics))),
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
