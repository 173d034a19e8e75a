//! Builds the log processors that export.

use opentelemetry_otlp::LogExporter;
use opentelemetry_sdk::logs::{BatchConfigBuilder, BatchLogProcessor, LogProcessor};
use opentelemetry_sdk::metrics::Temporality;

use super::ExporterFactory;
use super::batch::Batch;
use crate::init::delivery::Signal;
use crate::init::error::Error;
use crate::init::log_records::{CountingLogProcessor, RecordLimits};
use crate::init::otlp::with_sender;
use crate::init::settings::ExporterKind;

impl ExporterFactory<'_> {
    /// A processor that exports log records to `destination`; `None` if the destination is not available.
    pub(in super::super) fn logs(
        &mut self,
        destination: ExporterKind,
    ) -> Result<Option<Box<dyn LogProcessor>>, Error> {
        let batch = Batch::for_logs(self.env);
        let exporter = self.exporter(
            Signal::Logs,
            destination,
            batch.limit,
            Temporality::default(),
            |sender| with_sender(LogExporter::builder().with_http(), sender).build(),
        )?;
        let Some(exporter) = exporter else {
            return Ok(None);
        };
        let counts = exporter.counts();
        let config = BatchConfigBuilder::default()
            .with_scheduled_delay(batch.delay)
            .with_max_queue_size(batch.queue)
            .with_max_export_batch_size(batch.size)
            .build();
        let inner = BatchLogProcessor::builder(exporter)
            .with_batch_config(config)
            .build();
        let limits = RecordLimits::resolve(self.env);
        let processor = CountingLogProcessor::new(inner, counts, limits);
        Ok(Some(Box::new(processor)))
    }
}
