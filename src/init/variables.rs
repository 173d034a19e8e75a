//! Every environment variable that `init` reads. docs/environment.md is generated from this table.

use std::path::PathBuf;
use std::time::Duration;

use opentelemetry_sdk::metrics::Temporality;
use tracing_subscriber::filter::Targets;

use super::delivery::Signal;
use super::settings::{
    Compression, ExporterKind, PropagatorKind, Protocol, RootSampler, SamplerKind,
};
use super::variable::DefaultValue::{Unset, Value};
use super::variable::Values::{List, Parsed, Words};
use super::variable::{COUNT, FLAG, INTERVAL, LIMIT, RATIO, TEXT, TIMEOUT, Values, Variable};

#[cfg(test)]
mod tests;

/// One row per variable: identifier, type, reader (`Init`, or `Both`: the SDK reads the variable too, and `init` adds
/// checks, warnings or the right precedence; `Unsupported`: setting the variable causes a warning), name, values,
/// default, meaning.
macro_rules! variables {
    ($($id:ident: $type:ty, $by:ident, $name:literal, $values:expr, $default:expr, $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub(super) static $id: Variable<$type> =
                Variable { name: $name, values: $values, default: $default };
        )*

        #[cfg(test)]
        fn rows() -> Vec<tests::Row> {
            vec![$(tests::Row::new(&$id, tests::ReadBy::$by, $meaning)),*]
        }
    };
}

const EXPORTERS: Values<ExporterKind> = List(&[
    ("otlp", ExporterKind::Otlp),
    ("console", ExporterKind::Console),
    ("otlp_file", ExporterKind::File),
]);
const PROPAGATORS: Values<PropagatorKind> = List(&[
    ("tracecontext", PropagatorKind::TraceContext),
    ("baggage", PropagatorKind::Baggage),
]);
const PROTOCOLS: Values<Protocol> = Words(&[
    ("grpc", Protocol::Grpc),
    ("http/protobuf", Protocol::HttpProtobuf),
    ("http/json", Protocol::HttpJson),
]);
const COMPRESSIONS: Values<Option<Compression>> =
    Words(&[("gzip", Some(Compression::Gzip)), ("none", None)]);
const TEMPORALITIES: Values<Temporality> = Words(&[
    ("cumulative", Temporality::Cumulative),
    ("delta", Temporality::Delta),
    ("lowmemory", Temporality::LowMemory),
]);
const AGGREGATIONS: Values<bool> = Words(&[
    ("explicit_bucket_histogram", false),
    ("base2_exponential_bucket_histogram", true),
]);
const SAMPLERS: Values<SamplerKind> = Words(&[
    ("always_on", sampler(false, RootSampler::AlwaysOn)),
    ("always_off", sampler(false, RootSampler::AlwaysOff)),
    ("traceidratio", sampler(false, RootSampler::TraceIdRatio)),
    (
        "parentbased_always_on",
        sampler(true, RootSampler::AlwaysOn),
    ),
    (
        "parentbased_always_off",
        sampler(true, RootSampler::AlwaysOff),
    ),
    (
        "parentbased_traceidratio",
        sampler(true, RootSampler::TraceIdRatio),
    ),
]);
/// Whether the level silences warnings on stderr.
const LOG_LEVELS: Values<bool> =
    Parsed(
        "none, error, warn, info, debug or trace",
        |level| match level.to_ascii_lowercase().as_str() {
            "none" | "off" | "fatal" | "critical" | "error" => Some(true),
            "warn" | "warning" | "info" | "debug" | "verbose" | "trace" | "all" => Some(false),
            _ => None,
        },
    );
const FILTERS: Values<Targets> = Parsed(
    "a level, levels by target, or both: `info,sqlx=debug,noisy=off`",
    |text| text.parse().ok(),
);

const fn sampler(parent_based: bool, root: RootSampler) -> SamplerKind {
    SamplerKind { parent_based, root }
}

variables! {
    SDK_DISABLED: bool, Init, "OTEL_SDK_DISABLED", FLAG, Value("false"),
        "`true` records nothing. Received context is still passed on.";
    SERVICE_NAME: String, Both, "OTEL_SERVICE_NAME", Parsed("a name", TEXT), Unset("`milvus-client`"),
        "`service.name` of the resource, unless `init::otlp` names the service.";
    RESOURCE_ATTRIBUTES: String, Both, "OTEL_RESOURCE_ATTRIBUTES",
        Parsed("`key=value,key=value`, percent-encoded", TEXT), Unset("none"),
        "Attributes of the resource. One malformed entry discards them all. `init` decodes them, the SDK does not.";
    CONFIG_FILE: String, Init, "OTEL_CONFIG_FILE", Parsed("a path", TEXT), Unset("none"),
        "A configuration file, which replaces all other variables except `OTEL_RUST_FILTER`. Needs the feature `config-file`.";
    PROPAGATOR: PropagatorKind, Init, "OTEL_PROPAGATORS", PROPAGATORS, Unset("`tracecontext,baggage`"),
        "How trace context crosses process boundaries. Milvus reads that of `tracecontext` only.";
    LOG_LEVEL: bool, Init, "OTEL_LOG_LEVEL", LOG_LEVELS, Value("info"),
        "`none` and `error` keep the warnings of `init` off the standard error.";
    RUST_FILTER: Targets, Init, "OTEL_RUST_FILTER", FILTERS, Unset("`info`"),
        "Levels of the `tracing` spans and events to export. Not part of the specification.";

    TRACES_EXPORTER: ExporterKind, Init, "OTEL_TRACES_EXPORTER", EXPORTERS, Unset("`otlp`"),
        "Exporters of spans; several are separated by commas.";
    METRICS_EXPORTER: ExporterKind, Init, "OTEL_METRICS_EXPORTER", EXPORTERS, Unset("`otlp`"),
        "Exporters of metrics.";
    LOGS_EXPORTER: ExporterKind, Init, "OTEL_LOGS_EXPORTER", EXPORTERS,
        Unset("`none`; `otlp` with `Builder::logs(true)`"),
        "Exporters of log records.";

    PROTOCOL: Protocol, Init, "OTEL_EXPORTER_OTLP_[SIGNAL_]PROTOCOL", PROTOCOLS, Value("grpc"),
        "The OTLP transport.";
    ENDPOINT: String, Init, "OTEL_EXPORTER_OTLP_[SIGNAL_]ENDPOINT", Parsed("a URL", TEXT),
        Unset("`http://localhost:4317` for gRPC, `http://localhost:4318` for HTTP"),
        "The collector. Over HTTP, `/v1/traces` and so on are appended to the general one.";
    INSECURE: bool, Init, "OTEL_EXPORTER_OTLP_[SIGNAL_]INSECURE", FLAG, Value("false"),
        "Whether a gRPC endpoint without a scheme is `http` instead of `https`.";
    HEADERS: String, Init, "OTEL_EXPORTER_OTLP_[SIGNAL_]HEADERS",
        Parsed("`key=value,key=value`, values percent-encoded", TEXT), Unset("none"),
        "Headers of every export, such as an API key.";
    EXPORT_TIMEOUT: Duration, Init, "OTEL_EXPORTER_OTLP_[SIGNAL_]TIMEOUT", TIMEOUT, Value("10000"),
        "The time limit of one export, retries included.";
    COMPRESSION: Option<Compression>, Init, "OTEL_EXPORTER_OTLP_[SIGNAL_]COMPRESSION", COMPRESSIONS, Value("none"),
        "Compression of exports.";
    CERTIFICATE: String, Init, "OTEL_EXPORTER_OTLP_[SIGNAL_]CERTIFICATE", Parsed("a path", TEXT),
        Unset("the system's certificate authorities"),
        "A PEM file of the authorities to trust. Needs the feature `tls`.";
    CLIENT_CERTIFICATE: String, Init, "OTEL_EXPORTER_OTLP_[SIGNAL_]CLIENT_CERTIFICATE", Parsed("a path", TEXT),
        Unset("none"),
        "A PEM file of the client's certificate chain. Needs the feature `tls`.";
    CLIENT_KEY: String, Init, "OTEL_EXPORTER_OTLP_[SIGNAL_]CLIENT_KEY", Parsed("a path", TEXT), Unset("none"),
        "A PEM file of the client's private key. Needs the feature `tls`.";
    FILE_PATH: PathBuf, Init, "OTEL_EXPORTER_OTLP_[SIGNAL_]FILE_PATH", Parsed("a path", |path| Some(path.into())),
        Value("telemetry.otlp.jsonl"),
        "The file that `otlp_file` appends to. Not part of the specification.";
    TEMPORALITY: Temporality, Init, "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", TEMPORALITIES,
        Value("cumulative"),
        "Whether metrics count from the start or since the last export.";
    EXPONENTIAL_HISTOGRAMS: bool, Init, "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", AGGREGATIONS,
        Value("explicit_bucket_histogram"),
        "The buckets of histograms.";

    SAMPLER: SamplerKind, Both, "OTEL_TRACES_SAMPLER", SAMPLERS, Value("parentbased_always_on"),
        "Which spans are recorded.";
    SAMPLER_RATIO: f64, Both, "OTEL_TRACES_SAMPLER_ARG", RATIO, Value("1"),
        "The share of traces that `traceidratio` and `parentbased_traceidratio` record.";

    SPAN_DELAY: Duration, Both, "OTEL_BSP_SCHEDULE_DELAY", INTERVAL, Value("5000"),
        "How long a span waits in the queue at most.";
    SPAN_QUEUE: usize, Both, "OTEL_BSP_MAX_QUEUE_SIZE", COUNT, Value("2048"),
        "The size of the queue of spans. Spans that find it full are dropped and counted.";
    SPAN_BATCH: usize, Both, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", COUNT, Value("512"),
        "The most spans in one export; never more than the queue holds.";
    SPAN_TIMEOUT: Duration, Init, "OTEL_BSP_EXPORT_TIMEOUT", TIMEOUT, Value("30000"),
        "The time limit of one export of spans.";
    LOG_DELAY: Duration, Both, "OTEL_BLRP_SCHEDULE_DELAY", INTERVAL, Value("1000"),
        "How long a log record waits in the queue at most.";
    LOG_QUEUE: usize, Both, "OTEL_BLRP_MAX_QUEUE_SIZE", COUNT, Value("2048"),
        "The size of the queue of log records.";
    LOG_BATCH: usize, Both, "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", COUNT, Value("512"),
        "The most log records in one export.";
    LOG_TIMEOUT: Duration, Init, "OTEL_BLRP_EXPORT_TIMEOUT", TIMEOUT, Value("30000"),
        "The time limit of one export of log records.";
    METRIC_INTERVAL: Duration, Both, "OTEL_METRIC_EXPORT_INTERVAL", INTERVAL, Value("60000"),
        "How often metrics are exported.";
    METRIC_TIMEOUT: Duration, Init, "OTEL_METRIC_EXPORT_TIMEOUT", TIMEOUT, Value("30000"),
        "The time limit of one export of metrics.";

    ATTRIBUTES: usize, Init, "OTEL_ATTRIBUTE_COUNT_LIMIT", LIMIT, Value("128"),
        "The most attributes of a span, event, link or log record.";
    SPAN_ATTRIBUTES: usize, Both, "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", LIMIT, Unset("the general limit"),
        "The most attributes of a span.";
    EVENT_ATTRIBUTES: usize, Init, "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", LIMIT, Unset("the general limit"),
        "The most attributes of a span event.";
    LINK_ATTRIBUTES: usize, Init, "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", LIMIT, Unset("the general limit"),
        "The most attributes of a link.";
    LOG_ATTRIBUTES: usize, Init, "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", LIMIT, Unset("the general limit"),
        "The most attributes of a log record.";
    SPAN_EVENTS: usize, Both, "OTEL_SPAN_EVENT_COUNT_LIMIT", LIMIT, Value("128"),
        "The most events of a span.";
    SPAN_LINKS: usize, Both, "OTEL_SPAN_LINK_COUNT_LIMIT", LIMIT, Value("128"),
        "The most links of a span.";
    VALUE_LENGTH: usize, Init, "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", LIMIT, Unset("none"),
        "The most characters of a string attribute.";
    SPAN_VALUE_LENGTH: usize, Init, "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", LIMIT, Unset("the general limit"),
        "The most characters of a string attribute of a span.";
    LOG_VALUE_LENGTH: usize, Init, "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", LIMIT, Unset("the general limit"),
        "The most characters of a string attribute of a log record.";

    ENTITIES: String, Unsupported, "OTEL_ENTITIES", Parsed("entities", TEXT), Unset("none"),
        "Entities are not supported: use `OTEL_RESOURCE_ATTRIBUTES`.";
    EXEMPLAR_FILTER: String, Unsupported, "OTEL_METRICS_EXEMPLAR_FILTER", Parsed("`always_off`", TEXT),
        Unset("`always_off`"),
        "The Rust SDK records no exemplars.";
}

pub(super) fn exporters(signal: Signal) -> &'static Variable<ExporterKind> {
    match signal {
        Signal::Traces => &TRACES_EXPORTER,
        Signal::Metrics => &METRICS_EXPORTER,
        Signal::Logs => &LOGS_EXPORTER,
    }
}
