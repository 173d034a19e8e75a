//! Configuration of telemetry.

mod extend;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::trace::ShouldSample;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

use super::configuration::{self, Configured};
use super::env::{Env, Warning};
use super::error::Error;
use super::extensions::Extensions;
use super::globals::Claim;
use super::notice::{report, subscribed};
use super::pipeline::{Pipeline, Plan};
use super::propagation::{self, Propagation};
use super::selection::{Levels, Selection};
use super::settings::{Compression, ExporterKind, Overrides, Protocol};
use super::telemetry::Telemetry;
use super::{detectors, globals, resource, unsupported, variables};

/// Configures telemetry. [`install`](Self::install) or [`build`](Self::build) starts it.
///
/// Settings made here take precedence over the environment, and the environment over the defaults.
#[must_use = "telemetry starts with `install` or `build`"]
pub struct Builder {
    service_name: Option<String>,
    attributes: Vec<KeyValue>,
    overrides: Overrides,
    sampler: Option<Box<dyn ShouldSample>>,
    levels: Levels,
    global: bool,
    shutdown_timeout: Duration,
    extensions: Extensions,
}

impl Builder {
    pub(super) fn new(service_name: Option<String>) -> Self {
        Self {
            service_name,
            attributes: Vec::new(),
            overrides: Overrides::default(),
            sampler: None,
            levels: Levels::default(),
            global: true,
            shutdown_timeout: Duration::from_secs(5),
            extensions: Extensions::default(),
        }
    }

    /// The URL of the collector, without a path: `/v1/traces` and so on are appended for HTTP. Defaults to
    /// `http://localhost:4317` for gRPC and `http://localhost:4318` for HTTP.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.overrides.endpoint = Some(url.into());
        self
    }

    /// The OTLP transport; gRPC by default.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.overrides.protocol = Some(protocol);
        self
    }

    /// Adds a header to every export, such as an API key, replacing any header of the same name. Its value never
    /// appears in messages.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.overrides.headers.push((name.into(), value.into()));
        self
    }

    /// The time limit of one export, retries included; 10 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.overrides.timeout = Some(timeout);
        self
    }

    /// Compresses exports; off by default.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.overrides.compression = Some(compression);
        self
    }

    /// Writes telemetry to this file instead of sending it to a collector. Each batch is appended as a line of OTLP
    /// JSON, the format of the Collector's file exporter.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.overrides.file = Some(path.into());
        self.to(ExporterKind::File)
    }

    /// Prints telemetry to the standard output instead of sending it to a collector, one human-readable line per item.
    /// The format may change.
    pub fn console(self) -> Self {
        self.to(ExporterKind::Console)
    }

    fn to(mut self, exporter: ExporterKind) -> Self {
        if !self.overrides.exporters.contains(&exporter) {
            self.overrides.exporters.push(exporter);
        }
        self
    }

    /// `service.version` of the resource; absent by default.
    pub fn service_version(self, version: impl Into<String>) -> Self {
        self.attribute("service.version", version.into())
    }

    /// Adds an attribute to the resource, which all spans, metrics and log records carry. If a key is set twice, the
    /// last value applies.
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes
            .push(KeyValue::new(key.into(), value.into()));
        self
    }

    /// Whether to export spans. By default, `OTEL_TRACES_EXPORTER` decides; if it is not set, they are exported.
    ///
    /// Without exporters, spans are still recorded, propagated to other processes and passed to the
    /// [added processors](Self::span_processor).
    pub fn traces(mut self, traces: bool) -> Self {
        self.overrides.traces = Some(traces);
        self
    }

    /// Whether to export metrics. By default, `OTEL_METRICS_EXPORTER` decides; if it is not set, they are exported.
    ///
    /// [Added readers](Self::metric_reader) read them either way.
    pub fn metrics(mut self, metrics: bool) -> Self {
        self.overrides.metrics = Some(metrics);
        self
    }

    /// Whether to export `tracing` events also as log records, with the ids of their span. By default,
    /// `OTEL_LOGS_EXPORTER` decides; if it is not set, they are not.
    ///
    /// [`Telemetry::layer`] exports them, up to the same [`level`](Self::level) as spans.
    pub fn logs(mut self, logs: bool) -> Self {
        self.overrides.logs = Some(logs);
        self
    }

    /// The most verbose level of `tracing` spans and events to export; `INFO` by default.
    ///
    /// A span that declares a field `otel.kind` or `otel.name`, or whose target is `otel::tracing` or
    /// `tower_http::trace`, is exported at any level, unless this is `OFF`: HTTP and gRPC layers create such spans for
    /// requests at `DEBUG` or `TRACE`. Spans and events of the crates that carry gRPC and the export (`h2`, `hyper`,
    /// `tonic`, `tower`, `opentelemetry` and others) are never exported.
    ///
    /// Does not affect the application's log or the spans of the Milvus client, which do not come from `tracing`.
    pub fn level(mut self, level: impl Into<LevelFilter>) -> Self {
        self.levels.general = Some(level.into());
        self
    }

    /// The most verbose level to export for targets with this prefix, such as `sqlx` or `my_app::cache`. It overrides
    /// [`level`](Self::level) and its exceptions, whether it is more or less verbose; the longest matching prefix
    /// applies.
    ///
    /// The environment variable `OTEL_RUST_FILTER` sets the same, for example `info,sqlx=debug,noisy=off`, where a
    /// level without a target is the general one.
    pub fn level_for(mut self, target: impl Into<String>, level: impl Into<LevelFilter>) -> Self {
        self.levels.targets.push((target.into(), level.into()));
        self
    }

    /// Whether to set the global tracer provider, meter provider and propagator; true by default.
    ///
    /// If false, pass [`Telemetry::tracer_provider`] and [`Telemetry::meter_provider`] to the code that uses them.
    pub fn global(mut self, global: bool) -> Self {
        self.global = global;
        self
    }

    /// How long [`Telemetry::shutdown`] and [`Telemetry::flush`] wait for the collector; 5 s by default.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        // A later deadline could overflow `Instant`.
        self.shutdown_timeout = timeout.min(Duration::from_secs(24 * 60 * 60));
        self
    }

    /// Starts telemetry and sets the OpenTelemetry globals, unless [`global`](Self::global) is false.
    ///
    /// Does not set a `tracing` subscriber: add [`Telemetry::layer`] to the application's own. Invalid environment
    /// variables are reported and listed in [`Telemetry::warnings`].
    ///
    /// # Errors
    /// If a setting made here is invalid, a TLS file cannot be read, the [configuration file](super#a-configuration-file)
    /// cannot be used, the export threads cannot be started, or a guard that has set the globals is still alive.
    pub fn build(self) -> Result<Telemetry, Error> {
        let telemetry = self.start(Env::process())?;
        for warning in &telemetry.warnings {
            report(warning, telemetry.quiet);
        }
        Ok(telemetry)
    }

    /// Like [`build`](Self::build), and also installs a `tracing` subscriber that only exports spans, if the process
    /// has no subscriber yet.
    ///
    /// If it has one, a warning is reported, and `tracing` spans are exported only if [`Telemetry::layer`] is part of
    /// that subscriber. The spans and metrics of the Milvus client are exported either way.
    ///
    /// # Errors
    /// The same as [`build`](Self::build).
    pub fn install(self) -> Result<Telemetry, Error> {
        let mut telemetry = self.build()?;
        if telemetry.tracer_provider().is_none() {
            return Ok(telemetry);
        }
        let subscriber = tracing_subscriber::registry().with(telemetry.layer());
        if tracing::subscriber::set_global_default(subscriber).is_ok() {
            subscribed();
        } else {
            let warning = Warning::new(
                "tracing",
                "a subscriber is already set, its spans are not exported: \
                 use `build` and add `Telemetry::layer` to it",
            );
            report(&warning, telemetry.quiet);
            telemetry.warnings.push(warning);
        }
        Ok(telemetry)
    }

    pub(super) fn start(self, env: Env) -> Result<Telemetry, Error> {
        let Configured {
            mut env,
            file,
            mut detected,
            views,
        } = configuration::read(env)?;
        let quiet = unsupported::quiet(&mut env);
        unsupported::warn(&mut env);
        let mut extensions = self.extensions;
        let added = std::mem::take(&mut extensions.propagators);
        let propagator = propagation::propagator(&mut env, added);
        let selection = Selection::resolve(&mut env, self.levels);
        let disabled = env.value(&variables::SDK_DISABLED);
        let mut claim = None;
        if self.global && !disabled {
            claim = Some(Claim::new()?);
        }
        let pipeline = if disabled {
            None
        } else {
            extensions.views.extend(views);
            let detectors = std::mem::take(&mut extensions.detectors);
            detected.extend(detectors::detect(&mut env, detectors));
            let plan = Plan {
                resource: resource::resource(
                    &mut env,
                    detected,
                    self.service_name,
                    self.attributes,
                ),
                overrides: self.overrides,
                sampler: self.sampler,
                extensions,
            };
            let started = Pipeline::start(&mut env, plan);
            Some(started.map_err(|error| configuration::locate(error, &env, file.as_deref()))?)
        };
        configuration::check(&env, file.as_deref())?;
        let mut propagation = Propagation::NotSet;
        if self.global {
            propagation = Propagation::of(&propagator, file.as_deref());
            // The specification requires a disabled SDK to propagate context.
            globals::set_propagator(propagator);
        }
        let mut warnings = env.into_warnings();
        if pipeline.as_ref().is_some_and(Pipeline::exports_spans) {
            warnings.extend(propagation.warning());
        }
        if let (Some(claim), Some(pipeline)) = (&mut claim, &pipeline) {
            warnings.extend(claim.set(pipeline.traces.clone(), pipeline.metrics.clone()));
        }
        Ok(Telemetry {
            pipeline: pipeline.map(Arc::new),
            claim,
            warnings,
            propagation,
            selection,
            shutdown_timeout: self.shutdown_timeout,
            quiet,
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self
            .overrides
            .headers
            .iter()
            .map(|(name, _)| name)
            .collect();
        f.debug_struct("Builder")
            .field("service_name", &self.service_name)
            .field("attributes", &self.attributes)
            .field("protocol", &self.overrides.protocol)
            .field("headers", &names)
            .field("timeout", &self.overrides.timeout)
            .field("compression", &self.overrides.compression)
            .field("sampler", &self.sampler)
            .field("traces", &self.overrides.traces)
            .field("metrics", &self.overrides.metrics)
            .field("logs", &self.overrides.logs)
            .field("exporters", &self.overrides.exporters)
            .field("file", &self.overrides.file)
            .field("levels", &self.levels)
            .field("global", &self.global)
            .field("shutdown_timeout", &self.shutdown_timeout)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(builder: Builder, env: Env) -> Result<Telemetry, Error> {
        builder.global(false).start(env)
    }

    #[test]
    fn disabled_telemetry_is_inert() {
        let env = Env::fixed([("OTEL_SDK_DISABLED", "TRUE")]);
        let telemetry = quiet(Builder::new(None), env).unwrap();
        assert!(telemetry.tracer_provider().is_none());
        assert!(telemetry.meter_provider().is_none());
        telemetry.flush().unwrap();
        assert_eq!(telemetry.shutdown().unwrap(), []);
    }

    #[test]
    fn an_invalid_disabled_flag_leaves_telemetry_enabled() {
        let env = Env::fixed([("OTEL_SDK_DISABLED", "1"), ("OTEL_TRACES_EXPORTER", "none")]);
        let telemetry = quiet(Builder::new(None).metrics(false), env).unwrap();
        assert!(telemetry.tracer_provider().is_some());
        assert_eq!(telemetry.warnings()[0].variable(), "OTEL_SDK_DISABLED");
    }

    #[test]
    fn metrics_can_be_disabled_in_code_and_by_the_environment() {
        let by_code = quiet(Builder::new(None).metrics(false), Env::fixed([])).unwrap();
        assert!(by_code.meter_provider().is_none());
        let env = Env::fixed([("OTEL_METRICS_EXPORTER", "none")]);
        let by_env = quiet(Builder::new(None), env).unwrap();
        assert!(by_env.meter_provider().is_none());
        assert_eq!(by_env.deliveries().len(), 1, "spans only");
    }

    #[test]
    fn an_invalid_endpoint_in_code_starts_nothing() {
        let error = quiet(Builder::new(None).endpoint("nonsense://"), Env::fixed([])).unwrap_err();
        assert!(error.is_setting());
        assert_eq!(error.setting_name(), Some("endpoint"));
    }

    #[test]
    fn debug_shows_no_secret() {
        let builder = Builder::new(Some("x".into()))
            .header("authorization", "Bearer hunter2")
            .endpoint("http://root:hunter2@localhost:4317");
        let shown = format!("{builder:?}");
        assert!(shown.contains("authorization"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn the_guard_can_be_sent_to_another_thread() {
        fn check<T: Send + Sync>() {}
        check::<Telemetry>();
        check::<Builder>();
    }
}
