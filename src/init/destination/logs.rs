//! Log records to their destinations.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_sdk::logs::{
    BatchConfigBuilder, BatchLogProcessor, LogExporter, LoggerProviderBuilder,
};
use opentelemetry_sdk::metrics::Temporality;

use super::batch::Batch;
use super::{Destination, Wiring};
use crate::init::console::{self, ConsoleLogs};
use crate::init::counted::Counted;
use crate::init::delivery::{Counts, Signal};
use crate::init::error::Error;
use crate::init::file::FileExporter;
use crate::init::log_records::{AcceptingLogs, RecordLimits};
use crate::init::otlp::Otlp;
use crate::init::runtime::Exports;

impl Wiring<'_> {
    /// Adds a processor that sends log records there.
    pub(in super::super) fn logs(
        &mut self,
        destination: Destination,
        provider: LoggerProviderBuilder,
    ) -> Result<LoggerProviderBuilder, Error> {
        const SIGNAL: Signal = Signal::Logs;
        let batch = Batch::resolve(self.env, "BLRP", Duration::from_secs(1));
        let Some(exports) = self.runtime.exports(batch.limit) else {
            return Ok(provider);
        };
        Ok(match destination {
            Destination::Otlp => {
                let otlp = Otlp::resolve(self.env, SIGNAL, self.coded)?;
                let counts = self.count(SIGNAL, otlp.endpoint.shown(), false);
                let inner = {
                    let _runtime = exports.enter();
                    otlp.log_exporter(Arc::clone(&counts))?
                };
                provider.with_log_processor(self.record_processor(batch, inner, counts, exports))
            }
            Destination::Console => {
                let counts = self.count(SIGNAL, console::DESTINATION.to_owned(), false);
                let processor = self.record_processor(batch, ConsoleLogs, counts, exports);
                provider.with_log_processor(processor)
            }
            Destination::File => {
                let path = self.coded.file.as_deref();
                let Some(file) = self.files.open(self.env, SIGNAL, path)? else {
                    return Ok(provider);
                };
                let counts = self.count(SIGNAL, file.shown(), false);
                let inner = FileExporter::new(file, Temporality::Cumulative);
                provider.with_log_processor(self.record_processor(batch, inner, counts, exports))
            }
        })
    }

    fn record_processor<E: LogExporter + 'static>(
        &mut self,
        batch: Batch,
        inner: E,
        counts: Arc<Counts>,
        exports: Exports,
    ) -> AcceptingLogs<BatchLogProcessor> {
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
        let inner = BatchLogProcessor::builder(exporter)
            .with_batch_config(config)
            .build();
        AcceptingLogs::new(inner, counts, RecordLimits::resolve(self.env))
    }
}
