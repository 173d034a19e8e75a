//! Setters that add the SDK's own types to the pipelines.

use std::sync::Arc;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_sdk::logs::LogProcessor;
use opentelemetry_sdk::metrics::reader::MetricReader;
use opentelemetry_sdk::metrics::{Instrument, Stream};
use opentelemetry_sdk::resource::ResourceDetector;
use opentelemetry_sdk::trace::{IdGenerator, ShouldSample, SpanProcessor, TracerProviderBuilder};

use super::Builder;
use crate::init::extensions::Detector;

/// Readers, views, processors, detectors and others of the SDK's own types, beside the exporters. See
/// [extensions](crate::init#extensions).
impl Builder {
    /// Adds a metric reader beside the exporters, for example one that Prometheus scrapes. It reads the same
    /// measurements as they do, even if metrics are not exported otherwise, because of
    /// [`metrics(false)`](Self::metrics) or `OTEL_METRICS_EXPORTER=none`.
    ///
    /// With `opentelemetry-prometheus` 0.33:
    ///
    /// ```
    /// use milvus_otel::init;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let registry = prometheus::Registry::new();
    /// let prometheus = opentelemetry_prometheus::exporter()
    ///     .with_registry(registry.clone())
    ///     .build()?;
    /// let telemetry = init::otlp("book-search").metric_reader(prometheus).build()?;
    ///
    /// // What the handler of `GET /metrics` returns:
    /// let page = prometheus::TextEncoder::new().encode_to_string(&registry.gather())?;
    /// # assert!(page.contains("service_name=\"book-search\""));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A reader that needs a Tokio runtime uses the one in which [`build`](Self::build) is called.
    pub fn metric_reader(mut self, reader: impl MetricReader) -> Self {
        let add = Box::new(
            |provider: opentelemetry_sdk::metrics::MeterProviderBuilder| {
                provider.with_reader(reader)
            },
        );
        self.extensions.readers.push(add);
        self
    }

    /// Adds a view, which renames a metric, drops it or some of its attributes, or changes its buckets. Views apply to
    /// all exporters and to all [added readers](Self::metric_reader).
    ///
    /// ```
    /// use milvus_otel::init;
    /// use opentelemetry_sdk::metrics::{Aggregation, Instrument, Stream};
    ///
    /// let telemetry = init::otlp("book-search").view(|instrument: &Instrument| {
    ///     if instrument.name() != "db.client.operation.duration" {
    ///         return None; // as without this view
    ///     }
    ///     let aggregation = Aggregation::ExplicitBucketHistogram {
    ///         boundaries: vec![0.01, 0.1, 1.0], // seconds
    ///         record_min_max: true,
    ///     };
    ///     Stream::builder().with_aggregation(aggregation).build().ok()
    /// });
    /// ```
    ///
    /// The SDK creates one metric for each view that matches an instrument: let only one of them match. A histogram that
    /// a view matches does not get the exponential buckets of
    /// `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION`. Dropping attributes, by
    /// `with_allowed_attribute_keys`, needs the SDK's feature `spec_unstable_metrics_views`.
    pub fn view(
        mut self,
        view: impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static,
    ) -> Self {
        self.extensions.views.push(Arc::new(view));
        self
    }

    /// Which spans to record: a `Sampler` of the SDK, or your own. It replaces that of `OTEL_TRACES_SAMPLER`. By default,
    /// child spans follow their parent and root spans are always recorded.
    ///
    /// Put a sampler of your own into `Sampler::ParentBased`, unless it is to decide for each span: it then decides for new
    /// traces only, and the client's spans follow your own.
    ///
    /// ```
    /// use milvus_otel::init;
    /// use opentelemetry::trace::{Link, SpanKind, TraceId, TraceState};
    /// use opentelemetry::{Context, KeyValue};
    /// use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};
    ///
    /// /// Records no health checks.
    /// #[derive(Debug, Clone)]
    /// struct NoHealthChecks;
    ///
    /// impl ShouldSample for NoHealthChecks {
    ///     fn should_sample(
    ///         &self,
    ///         _: Option<&Context>,
    ///         _: TraceId,
    ///         name: &str,
    ///         _: &SpanKind,
    ///         _: &[KeyValue],
    ///         _: &[Link],
    ///     ) -> SamplingResult {
    ///         SamplingResult {
    ///             decision: match name {
    ///                 "GET /health" => SamplingDecision::Drop,
    ///                 _ => SamplingDecision::RecordAndSample,
    ///             },
    ///             attributes: Vec::new(),
    ///             trace_state: TraceState::NONE,
    ///         }
    ///     }
    /// }
    ///
    /// let sampler = Sampler::ParentBased(Box::new(NoHealthChecks));
    /// let telemetry = init::otlp("book-search").sampler(sampler);
    /// ```
    pub fn sampler(mut self, sampler: impl Into<Box<dyn ShouldSample>>) -> Self {
        self.sampler = Some(sampler.into());
        self
    }

    /// Makes the ids of new traces and spans; random by default. AWS X-Ray, for example, accepts only trace ids that begin
    /// with the time.
    ///
    /// With `opentelemetry-aws` 0.21 and its feature `trace`:
    ///
    /// ```
    /// use milvus_otel::init;
    /// use opentelemetry_aws::trace::{XrayIdGenerator, XrayPropagator};
    ///
    /// let telemetry = init::otlp("book-search")
    ///     .id_generator(XrayIdGenerator::default())
    ///     .propagator(XrayPropagator::default());
    /// ```
    pub fn id_generator(mut self, generator: impl IdGenerator + 'static) -> Self {
        let add = Box::new(|provider: TracerProviderBuilder| provider.with_id_generator(generator));
        self.extensions.id_generator = Some(add);
        self
    }

    /// Adds a propagator to those of `OTEL_PROPAGATORS`, which are W3C trace context and baggage by default, for example b3
    /// (`opentelemetry-zipkin`) or [X-Ray](Self::id_generator), for services that do not know W3C.
    ///
    /// All of them write their headers. If a request has the headers of several, the parent is that of the propagator added
    /// last. To have none of W3C, set `OTEL_PROPAGATORS=none`; Milvus reads no other header than `traceparent`.
    ///
    /// Without effect if [`global`](Self::global) is false.
    pub fn propagator(
        mut self,
        propagator: impl TextMapPropagator + Send + Sync + 'static,
    ) -> Self {
        self.extensions.propagators.push(Box::new(propagator));
        self
    }

    /// Adds a span processor beside the exporters, for example to add attributes to spans or to count them.
    ///
    /// What `on_start` adds to a span is exported. `on_end` receives a copy: it cannot change what the exporters
    /// receive. To change or drop finished spans, pass a processor that wraps the SDK's `BatchSpanProcessor`, and
    /// switch off the exporters of this module with [`traces(false)`](Self::traces).
    ///
    /// [`Telemetry::deliveries`](crate::init::Telemetry::deliveries) does not count what the processor exports.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use milvus_otel::init;
    /// use opentelemetry::baggage::BaggageExt as _;
    /// use opentelemetry::trace::Span as _;
    /// use opentelemetry::{Context, KeyValue};
    /// use opentelemetry_sdk::error::OTelSdkResult;
    /// use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
    ///
    /// /// Copies the tenant from the baggage to each span.
    /// #[derive(Debug)]
    /// struct Tenant;
    ///
    /// impl SpanProcessor for Tenant {
    ///     fn on_start(&self, span: &mut Span, context: &Context) {
    ///         if let Some(tenant) = context.baggage().get("tenant") {
    ///             span.set_attribute(KeyValue::new("tenant", tenant.to_string()));
    ///         }
    ///     }
    ///     fn on_end(&self, _span: SpanData) {}
    ///     fn force_flush(&self) -> OTelSdkResult {
    ///         Ok(())
    ///     }
    ///     fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let telemetry = init::otlp("book-search").span_processor(Tenant);
    /// ```
    pub fn span_processor(mut self, processor: impl SpanProcessor + 'static) -> Self {
        let add =
            Box::new(|provider: TracerProviderBuilder| provider.with_span_processor(processor));
        self.extensions.span_processors.push(add);
        self
    }

    /// Adds a log processor in front of the exporters. What it changes in a record is exported; a later processor sees
    /// the changes of an earlier one. It cannot drop a record or remove attributes.
    ///
    /// [`Telemetry::layer`](crate::init::Telemetry::layer) passes `tracing` events to it as log records, with the ids
    /// of their span, even if log records are not exported otherwise, as is the default.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use milvus_otel::init;
    /// use opentelemetry::InstrumentationScope;
    /// use opentelemetry::logs::LogRecord as _;
    /// use opentelemetry_sdk::error::OTelSdkResult;
    /// use opentelemetry_sdk::logs::{LogProcessor, SdkLogRecord};
    ///
    /// #[derive(Debug)]
    /// struct Region;
    ///
    /// impl LogProcessor for Region {
    ///     fn emit(&self, record: &mut SdkLogRecord, _scope: &InstrumentationScope) {
    ///         record.add_attribute("cloud.region", "eu-central-1");
    ///     }
    ///     fn force_flush(&self) -> OTelSdkResult {
    ///         Ok(())
    ///     }
    ///     fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
    ///         Ok(())
    ///     }
    /// }
    ///
    /// let telemetry = init::otlp("book-search").logs(true).log_processor(Region);
    /// ```
    pub fn log_processor(mut self, processor: impl LogProcessor + 'static) -> Self {
        self.extensions.log_processors.push(Box::new(processor));
        self
    }

    /// Adds a detector of resource attributes, such as the ids of a container, a pod or a cloud instance.
    ///
    /// Its attributes take precedence over those that this module detects, including the default service name, and
    /// over those of detectors added before. The environment (`OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`) and
    /// then the code ([`init::otlp`](crate::init::otlp), [`attribute`](Self::attribute)) take precedence over them.
    ///
    /// With `opentelemetry-resource-detectors` 0.13 and `opentelemetry-aws` 0.21:
    ///
    /// ```
    /// use milvus_otel::init;
    /// use opentelemetry_aws::detector::LambdaResourceDetector;
    /// use opentelemetry_resource_detectors::{ContainerResourceDetector, K8sResourceDetector};
    ///
    /// let telemetry = init::otlp("book-search")
    ///     .resource_detector(ContainerResourceDetector)
    ///     .resource_detector(K8sResourceDetector) // only in a pod: it takes the host name for the pod's
    ///     .resource_detector(LambdaResourceDetector);
    /// ```
    ///
    /// `ProcessResourceDetector` adds the whole command line, which may contain secrets.
    ///
    /// Detectors run at the same time, each on a thread of its own. [`build`](Self::build) waits for them for at most
    /// 5 s in total: the attributes of a detector that is slower, such as one that waits for a metadata service, or
    /// that panics, are left out with a [warning](crate::init::Telemetry::warnings).
    pub fn resource_detector<D>(mut self, detector: D) -> Self
    where
        D: ResourceDetector + Send + Sync + 'static,
    {
        self.extensions.detectors.push(Detector {
            name: std::any::type_name::<D>(),
            detector: Box::new(detector),
        });
        self
    }
}
