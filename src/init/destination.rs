//! The destinations of each signal, and the batching in front of them.

mod batch;
mod logs;
mod metrics;
mod traces;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::metrics::Temporality;

use super::counts::{Counts, Rules};
use super::delivery::Signal;
use super::env::Env;
use super::error::Error;
use super::exporter::{Exporter, To};
use super::file::Files;
use super::runtime::ExportRuntime;
use super::send::Sender;
use super::settings::{ExporterKind, Overrides};
use super::{console, otlp, unsupported, variables};

pub(super) use metrics::MetricSettings;

/// Builds the exporter of each signal for each destination, and collects their counters.
pub(super) struct ExporterFactory<'w> {
    pub(super) env: &'w mut Env,
    pub(super) overrides: &'w Overrides,
    pub(super) runtime: &'w ExportRuntime,
    pub(super) counts: Vec<Arc<Counts>>,
    pub(super) files: Files,
    /// Whether `OTEL_LOG_LEVEL` silences warnings on stderr.
    quiet: bool,
}

impl<'w> ExporterFactory<'w> {
    pub(super) fn new(
        env: &'w mut Env,
        overrides: &'w Overrides,
        runtime: &'w ExportRuntime,
    ) -> Self {
        Self {
            quiet: unsupported::quiet(env),
            env,
            overrides,
            runtime,
            counts: Vec::new(),
            files: Files::default(),
        }
    }

    /// The destinations of a signal. `by_default` is whether it is exported if neither code nor environment decides.
    pub(super) fn destinations(&mut self, signal: Signal, by_default: bool) -> Vec<ExporterKind> {
        let enabled = self.overrides.enabled(signal);
        if enabled == Some(false) {
            return Vec::new();
        }
        let listed = self.env.list(variables::exporters(signal));
        let from_code = &self.overrides.exporters;
        let is_exported = enabled == Some(true)
            || (by_default && !from_code.is_empty())
            || listed
                .as_ref()
                .map_or(by_default, |listed| !listed.is_empty());
        if !is_exported {
            return Vec::new();
        }
        if !from_code.is_empty() {
            return from_code.clone();
        }
        match listed {
            Some(listed) if !listed.is_empty() => listed,
            _ => vec![ExporterKind::Otlp],
        }
    }

    /// Whether it is a failure if the collector has no service for the signal. It always is for traces; the other
    /// signals must have been requested explicitly.
    fn is_required(&mut self, signal: Signal) -> bool {
        signal == Signal::Traces
            || self.overrides.enabled(signal) == Some(true)
            || self.env.has_own(&variables::ENDPOINT, signal)
            || self
                .env
                .list(variables::exporters(signal))
                .is_some_and(|listed| listed.contains(&ExporterKind::Otlp))
    }

    /// Builds the exporter of a signal for one destination, with at most `limit` for each export; `None` if the
    /// destination is not available.
    fn exporter<E: Sync>(
        &mut self,
        signal: Signal,
        destination: ExporterKind,
        limit: Duration,
        temporality: Temporality,
        otlp: impl FnOnce(&Arc<Sender>) -> Result<E, ExporterBuildError>,
    ) -> Result<Option<Exporter<E>>, Error> {
        let Some(exports) = self.runtime.exports(limit) else {
            return Ok(None);
        };
        let (name, to) = match destination {
            ExporterKind::Otlp => {
                let (endpoint, sender) = otlp::sender(self.env, signal, self.overrides)?;
                let sender = Arc::new(sender);
                let exporter = otlp(&sender).map_err(|error| {
                    let reason = format!("no exporter can be made for {}", endpoint.redacted());
                    Error::setting_from("endpoint", reason, error)
                })?;
                (endpoint.redacted(), To::Collector { exporter, sender })
            }
            ExporterKind::File => {
                let path = self.overrides.file.as_deref();
                let Some(file) = self.files.open(self.env, signal, path)? else {
                    return Ok(None);
                };
                (file.path(), To::File(file))
            }
            ExporterKind::Console => (console::DESTINATION.to_owned(), To::Console),
        };
        let rules = Rules {
            cumulative: signal == Signal::Metrics && temporality == Temporality::Cumulative,
            required: self.is_required(signal),
            quiet: self.quiet,
        };
        let counts = Arc::new(Counts::new(signal, name, rules));
        self.counts.push(Arc::clone(&counts));
        Ok(Some(Exporter::new(to, counts, exports, temporality)))
    }
}

#[cfg(test)]
mod tests {
    use super::ExporterKind::{Console, File, Otlp};
    use super::*;

    #[test]
    fn a_signal_is_required_if_it_was_requested_explicitly() {
        let runtime = ExportRuntime::start().unwrap();
        let required = |signal, variables: [(&str, &str); 1], metrics| {
            let overrides = Overrides {
                metrics,
                endpoint: Some("http://c:4317".to_owned()),
                ..Overrides::default()
            };
            let mut env = Env::fixed(variables);
            ExporterFactory::new(&mut env, &overrides, &runtime).is_required(signal)
        };
        let general = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317")];
        assert!(required(Signal::Traces, general, None));
        assert!(!required(Signal::Metrics, general, None));
        assert!(required(Signal::Metrics, general, Some(true)));
        let own = [("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://c:4317")];
        assert!(required(Signal::Metrics, own, None));
        let by_name = [("OTEL_METRICS_EXPORTER", "console,otlp")];
        assert!(required(Signal::Metrics, by_name, None));
        assert!(!required(
            Signal::Metrics,
            [("OTEL_METRICS_EXPORTER", "")],
            None
        ));
    }

    #[test]
    fn code_precedes_the_environment_which_precedes_the_default() {
        let runtime = ExportRuntime::start().unwrap();
        let destinations = |exporters: &[ExporterKind], value, enabled, by_default| {
            let overrides = Overrides {
                exporters: exporters.to_vec(),
                logs: enabled,
                ..Overrides::default()
            };
            let mut env = Env::fixed([("OTEL_LOGS_EXPORTER", value)]);
            ExporterFactory::new(&mut env, &overrides, &runtime)
                .destinations(Signal::Logs, by_default)
        };
        let (on, off) = (Some(true), Some(false));
        for (exporters, value, enabled, by_default, expected) in [
            (&[][..], "", None, true, &[Otlp][..]),
            (&[], "", None, false, &[]),
            (&[], "console", None, false, &[Console]),
            (&[], "none", None, true, &[]),
            (&[], "zipkin", None, true, &[Otlp]),
            (&[], "zipkin", None, false, &[]),
            (&[], "", on, false, &[Otlp]),
            (&[], "none", on, false, &[Otlp]),
            (&[], "otlp_file", on, false, &[File]),
            (&[], "otlp", off, true, &[]),
            (&[File], "otlp", None, true, &[File]),
            (&[File], "none", None, true, &[File]),
            (&[File], "", None, false, &[]),
            (&[File], "otlp", None, false, &[File]),
            (&[File, Console], "", on, false, &[File, Console]),
        ] {
            let case = format!("{exporters:?} {value:?} {enabled:?} {by_default}");
            assert_eq!(
                destinations(exporters, value, enabled, by_default),
                expected,
                "{case}"
            );
        }
    }
}
