//! The values of settings, from code and from the environment.

use std::path::PathBuf;
use std::time::Duration;

use super::delivery::Signal;

/// The OTLP transport used to reach the collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Protocol {
    /// gRPC over HTTP/2, `grpc` in the environment; the default, to `http://localhost:4317`.
    #[default]
    Grpc,
    /// Protobuf over HTTP/1.1, `http/protobuf` in the environment, to `http://localhost:4318`.
    HttpProtobuf,
    /// JSON over HTTP/1.1, `http/json` in the environment, to `http://localhost:4318`.
    ///
    /// Larger and slower than the others. JSON cannot represent NaN and infinities: a data point or an attribute with
    /// such a value arrives without a value.
    HttpJson,
}

impl Protocol {
    pub(super) const fn default_endpoint(self) -> &'static str {
        match self {
            Self::Grpc => "http://localhost:4317",
            Self::HttpProtobuf | Self::HttpJson => "http://localhost:4318",
        }
    }
}

/// How exports are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// gzip, `gzip` in the environment.
    Gzip,
}

/// A kind of exporter, selected in code or by `OTEL_{TRACES,METRICS,LOGS}_EXPORTER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExporterKind {
    Otlp,
    Console,
    File,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PropagatorKind {
    TraceContext,
    Baggage,
}

/// `root` decides for spans without a parent; with `parent_based`, all others follow their parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SamplerKind {
    pub(super) parent_based: bool,
    pub(super) root: RootSampler,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RootSampler {
    AlwaysOn,
    AlwaysOff,
    TraceIdRatio,
}

impl Default for SamplerKind {
    fn default() -> Self {
        Self {
            parent_based: true,
            root: RootSampler::AlwaysOn,
        }
    }
}

/// Exporter settings made in code, which override the environment. They apply to all signals.
#[derive(Debug, Default)]
pub(super) struct Overrides {
    pub(super) endpoint: Option<String>,
    pub(super) protocol: Option<Protocol>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) timeout: Option<Duration>,
    pub(super) compression: Option<Compression>,
    /// If empty, the environment decides.
    pub(super) exporters: Vec<ExporterKind>,
    pub(super) file: Option<PathBuf>,
    /// Whether to export the signal at all; if `None`, the environment decides.
    pub(super) traces: Option<bool>,
    pub(super) metrics: Option<bool>,
    pub(super) logs: Option<bool>,
}

impl Overrides {
    /// Whether code enables or disables the signal; `None` if it does neither.
    pub(super) fn enabled(&self, signal: Signal) -> Option<bool> {
        match signal {
            Signal::Traces => self.traces,
            Signal::Metrics => self.metrics,
            Signal::Logs => self.logs,
        }
    }
}
