//! Adds span processors to a tracer provider.

use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, TracerProviderBuilder};

use super::ExporterFactory;
use super::batch::Batch;
use crate::init::delivery::Signal;
use crate::init::error::Error;
use crate::init::otlp::with_sender;
use crate::init::sampling;
use crate::init::settings::ExporterKind;
use crate::init::spans::CountingSpanProcessor;

impl ExporterFactory<'_> {
    /// Adds a processor that exports spans to `destination`.
    pub(in super::super) fn traces(
        &mut self,
        destination: ExporterKind,
        provider: TracerProviderBuilder,
    ) -> Result<TracerProviderBuilder, Error> {
        let batch = Batch::for_spans(self.env);
        let exporter = self.exporter(
            Signal::Traces,
            destination,
            batch.limit,
            Temporality::default(),
            |sender| with_sender(SpanExporter::builder().with_http(), sender).build(),
        )?;
        let Some(exporter) = exporter else {
            return Ok(provider);
        };
        let counts = exporter.counts();
        let config = BatchConfigBuilder::default()
            .with_scheduled_delay(batch.delay)
            .with_max_queue_size(batch.queue)
            .with_max_export_batch_size(batch.size)
            .build();
        Ok(provider.with_span_processor(CountingSpanProcessor {
            inner: BatchSpanProcessor::builder(exporter)
                .with_batch_config(config)
                .build(),
            counts,
            limits: sampling::value_limits(self.env),
        }))
    }
}
