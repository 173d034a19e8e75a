//! How a signal is sent.

use super::delivery::Signal;
use super::env::Env;

/// How OTLP is spoken to the collector.
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
    /// Larger and slower than the others. JSON has no numbers for NaN and the infinities: a data point or an attribute
    /// with such a value arrives without a value.
    HttpJson,
}

impl Protocol {
    pub(super) const fn default_endpoint(self) -> &'static str {
        match self {
            Self::Grpc => "http://localhost:4317",
            Self::HttpProtobuf | Self::HttpJson => "http://localhost:4318",
        }
    }

    pub(super) fn resolve(env: &mut Env, signal: Signal, coded: Option<Self>) -> Self {
        const KNOWN: [(&str, Protocol); 3] = [
            ("grpc", Protocol::Grpc),
            ("http/protobuf", Protocol::HttpProtobuf),
            ("http/json", Protocol::HttpJson),
        ];
        coded
            .or_else(|| {
                variables(signal, "PROTOCOL")
                    .iter()
                    .find_map(|name| env.one_of(name, &KNOWN))
            })
            .unwrap_or_default()
    }
}

/// The names under which a setting of the OTLP exporter may stand, the signal's own before the general one.
pub(super) fn variables(signal: Signal, setting: &str) -> [String; 2] {
    [
        format!("OTEL_EXPORTER_OTLP_{}_{setting}", signal.variable()),
        format!("OTEL_EXPORTER_OTLP_{setting}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_protocol_is_warned_about() {
        let mut env = Env::fixed([
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/xml"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "HTTP/protobuf"),
        ]);
        let protocol = Protocol::resolve(&mut env, Signal::Traces, None);
        assert_eq!(protocol, Protocol::HttpProtobuf);
        let warnings = env.into_warnings();
        assert_eq!(warnings[0].variable(), "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL");
    }
}
