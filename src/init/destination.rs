//! Where telemetry is sent, and how it is batched on the way.

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

/// What every destination of every signal is built from, and the counters of those that were.
pub(super) struct ExporterFactory<'w> {
    pub(super) env: &'w mut Env,
    pub(super) overrides: &'w Overrides,
    pub(super) runtime: &'w ExportRuntime,
    pub(super) counts: Vec<Arc<Counts>>,
    pub(super) files: Files,
    /// Whether warnings stay off the standard error.
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

    /// Where a signal goes. `usual` says whether it is exported when neither code nor environment say anything.
    pub(super) fn destinations(&mut self, signal: Signal, usual: bool) -> Vec<ExporterKind> {
        let asked = self.overrides.enabled(signal);
        if asked == Some(false) {
            return Vec::new();
        }
        let listed = self.env.list(variables::exporters(signal));
        let coded = &self.overrides.exporters;
        let wanted = asked == Some(true)
            || (usual && !coded.is_empty())
            || listed.as_ref().map_or(usual, |listed| !listed.is_empty());
        if !wanted {
            return Vec::new();
        }
        if !coded.is_empty() {
            return coded.clone();
        }
        match listed {
            Some(listed) if !listed.is_empty() => listed,
            _ => vec![ExporterKind::Otlp],
        }
    }

    /// Whether a collector that has no service for the signal is a failure: traces are what telemetry is for, the
    /// others must have been asked for by name.
    fn is_required(&mut self, signal: Signal) -> bool {
        signal == Signal::Traces
            || self.overrides.enabled(signal) == Some(true)
            || self.env.has_own(&variables::ENDPOINT, signal)
            || self
                .env
                .list(variables::exporters(signal))
                .is_some_and(|listed| listed.contains(&ExporterKind::Otlp))
    }

    /// What sends a signal to one destination, each export for at most `limit`; `None` if there is no such destination.
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
        let (shown, to) = match destination {
            ExporterKind::Otlp => {
                let (endpoint, sender) = otlp::sender(self.env, signal, self.overrides)?;
                let sender = Arc::new(sender);
                let exporter = otlp(&sender).map_err(|error| {
                    let reason = format!("no exporter can be made for {}", endpoint.shown());
                    Error::setting_from("endpoint", reason, error)
                })?;
                (endpoint.shown(), To::Collector { exporter, sender })
            }
            ExporterKind::File => {
                let path = self.overrides.file.as_deref();
                let Some(file) = self.files.open(self.env, signal, path)? else {
                    return Ok(None);
                };
                (file.shown(), To::File(file))
            }
            ExporterKind::Console => (console::DESTINATION.to_owned(), To::Console),
        };
        let rules = Rules {
            cumulative: signal == Signal::Metrics && temporality == Temporality::Cumulative,
            required: self.is_required(signal),
            quiet: self.quiet,
        };
        let counts = Arc::new(Counts::new(signal, shown, rules));
        self.counts.push(Arc::clone(&counts));
        Ok(Some(Exporter::new(to, counts, exports, temporality)))
    }
}

#[cfg(test)]
mod tests {
    use super::ExporterKind::{Console, File, Otlp};
    use super::*;

    #[test]
    fn a_signal_is_required_if_it_was_asked_for_by_name() {
        let runtime = ExportRuntime::start().unwrap();
        let required = |signal, variables: [(&str, &str); 1], metrics| {
            let coded = Overrides {
                metrics,
                endpoint: Some("http://c:4317".to_owned()),
                ..Overrides::default()
            };
            let mut env = Env::fixed(variables);
            ExporterFactory::new(&mut env, &coded, &runtime).is_required(signal)
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
    fn code_beats_the_environment_beats_the_default() {
        let runtime = ExportRuntime::start().unwrap();
        let goes = |coded: &[ExporterKind], value, asked, usual| {
            let coded = Overrides {
                exporters: coded.to_vec(),
                logs: asked,
                ..Overrides::default()
            };
            let mut env = Env::fixed([("OTEL_LOGS_EXPORTER", value)]);
            ExporterFactory::new(&mut env, &coded, &runtime).destinations(Signal::Logs, usual)
        };
        let (on, off) = (Some(true), Some(false));
        for (coded, value, asked, usual, expected) in [
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
            let case = format!("{coded:?} {value:?} {asked:?} {usual}");
            assert_eq!(goes(coded, value, asked, usual), expected, "{case}");
        }
    }
}
