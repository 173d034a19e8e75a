//! The log processors of an application and the exporters behind them.

use std::time::Duration;

use opentelemetry::InstrumentationScope;
use opentelemetry::logs::Severity;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogProcessor, SdkLogRecord};

/// Passes records to the added processors first, so that the exporters see their changes. Flushes and shuts down the
/// exporters first: an added processor that never returns then costs no records.
#[derive(Debug)]
pub(super) struct LogChain {
    pub(super) added: Vec<Box<dyn LogProcessor>>,
    pub(super) exporters: Vec<Box<dyn LogProcessor>>,
}

impl LogChain {
    /// Calls every processor, the exporters first; returns the first error.
    fn each(&self, call: impl Fn(&dyn LogProcessor) -> OTelSdkResult) -> OTelSdkResult {
        let all = self.exporters.iter().chain(&self.added);
        let results: Vec<_> = all.map(|processor| call(&**processor)).collect();
        results.into_iter().collect()
    }
}

impl LogProcessor for LogChain {
    fn emit(&self, record: &mut SdkLogRecord, scope: &InstrumentationScope) {
        for processor in self.added.iter().chain(&self.exporters) {
            processor.emit(record, scope);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.each(|processor| processor.force_flush())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.each(|processor| processor.shutdown_with_timeout(timeout))
    }

    fn event_enabled(&self, level: Severity, target: &str, name: Option<&str>) -> bool {
        let mut all = self.added.iter().chain(&self.exporters);
        all.any(|processor| processor.event_enabled(level, target, name))
    }

    fn set_resource(&mut self, resource: &Resource) {
        for processor in self.added.iter_mut().chain(&mut self.exporters) {
            processor.set_resource(resource);
        }
    }
}
