//! Spans to their destinations.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::metrics::Temporality;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SpanExporter, TracerProviderBuilder,
};

use super::batch::Batch;
use super::{Destination, Wiring};
use crate::init::console::{self, ConsoleSpans};
use crate::init::counted::{Accepting, Counted};
use crate::init::delivery::{Counts, Signal};
use crate::init::error::Error;
use crate::init::file::FileExporter;
use crate::init::otlp::Otlp;
use crate::init::runtime::Exports;
use crate::init::sampling;

impl Wiring<'_> {
    /// Adds a processor that sends spans there.
    pub(in super::super) fn traces(
        &mut self,
        destination: Destination,
        provider: TracerProviderBuilder,
    ) -> Result<TracerProviderBuilder, Error> {
        const SIGNAL: Signal = Signal::Traces;
        let batch = Batch::resolve(self.env, "BSP", Duration::from_secs(5));
        let Some(exports) = self.runtime.exports(batch.limit) else {
            return Ok(provider);
        };
        Ok(match destination {
            Destination::Otlp => {
                let otlp = Otlp::resolve(self.env, SIGNAL, self.coded)?;
                let counts = self.count(SIGNAL, otlp.endpoint.shown(), false);
                let inner = {
                    let _runtime = exports.enter();
                    otlp.span_exporter(Arc::clone(&counts))?
                };
                provider.with_span_processor(self.processor(batch, inner, counts, exports))
            }
            Destination::Console => {
                let counts = self.count(SIGNAL, console::DESTINATION.to_owned(), false);
                provider.with_span_processor(self.processor(batch, ConsoleSpans, counts, exports))
            }
            Destination::File => {
                let path = self.coded.file.as_deref();
                let Some(file) = self.files.open(self.env, SIGNAL, path)? else {
                    return Ok(provider);
                };
                let counts = self.count(SIGNAL, file.shown(), false);
                let inner = FileExporter::new(file, Temporality::Cumulative);
                provider.with_span_processor(self.processor(batch, inner, counts, exports))
            }
        })
    }

    fn processor<E: SpanExporter + 'static>(
        &mut self,
        batch: Batch,
        inner: E,
        counts: Arc<Counts>,
        exports: Exports,
    ) -> Accepting<BatchSpanProcessor> {
        let exporter = Counted {
            inner,
            counts: Arc::clone(&counts),
            exports,
        };
        let config = BatchConfigBuilder::default()
            .with_scheduled_delay(batch.delay)
            .with_max_queue_size(batch.queue)
            .with_max_export_batch_size(batch.size)
            .build();
        Accepting {
            inner: BatchSpanProcessor::builder(exporter)
                .with_batch_config(config)
                .build(),
            counts,
            limits: sampling::value_limits(self.env),
        }
    }
}
