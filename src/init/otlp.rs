//! The OTLP exporters: where to, with what headers, how compressed, under which certificates.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry_otlp::{
    Compression as OtlpCompression, LogExporter, MetricExporter, SpanExporter, WithExportConfig,
    WithHttpConfig, WithTonicConfig,
};
use opentelemetry_sdk::metrics::Temporality;
use tonic::metadata::MetadataMap;

use super::delivery::{Counts, Signal};
use super::destination::Destination;
use super::endpoint::{Endpoint, Protocol, variables};
use super::env::{Env, percent_decode};
use super::error::Error;
use super::http_client;
use super::tls::Tls;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How the body of an export is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// gzip, `gzip` in the environment.
    Gzip,
}

/// What the code says about the exporters of all signals.
#[derive(Debug, Default)]
pub(super) struct Coded {
    pub(super) endpoint: Option<String>,
    pub(super) protocol: Option<Protocol>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) timeout: Option<Duration>,
    pub(super) compression: Option<Compression>,
    /// Empty: as the environment says.
    pub(super) destinations: Vec<Destination>,
    pub(super) file: Option<PathBuf>,
}

/// The exporter of one signal, resolved.
pub(super) struct Otlp {
    pub(super) endpoint: Endpoint,
    timeout: Duration,
    gzip: bool,
    headers: HeaderMap,
    tls: Tls,
}

impl Otlp {
    pub(super) fn resolve(env: &mut Env, signal: Signal, coded: &Coded) -> Result<Self, Error> {
        let protocol = Protocol::resolve(env, signal, coded.protocol);
        let endpoint = Endpoint::resolve(env, signal, protocol, coded.endpoint.as_deref())?;
        Ok(Self {
            timeout: coded.timeout.unwrap_or_else(|| timeout(env, signal)),
            gzip: coded.compression.is_some() || gzip(env, signal),
            headers: headers(env, signal, &coded.headers)?,
            tls: Tls::resolve(env, signal, &endpoint)?,
            endpoint,
        })
    }

    /// Must run inside the export runtime, where the channel's connection will live; so do the other two.
    pub(super) fn span_exporter(self, counts: Arc<Counts>) -> Result<SpanExporter, Error> {
        let builder = SpanExporter::builder();
        match self.endpoint.protocol {
            Protocol::Grpc => self.grpc(builder.with_tonic()).build(),
            Protocol::HttpProtobuf => self.http(builder.with_http(), counts)?.build(),
        }
        .map_err(|error| unusable(&self.endpoint, error))
    }

    pub(super) fn metric_exporter(
        self,
        temporality: Temporality,
        counts: Arc<Counts>,
    ) -> Result<MetricExporter, Error> {
        let builder = MetricExporter::builder().with_temporality(temporality);
        match self.endpoint.protocol {
            Protocol::Grpc => self.grpc(builder.with_tonic()).build(),
            Protocol::HttpProtobuf => self.http(builder.with_http(), counts)?.build(),
        }
        .map_err(|error| unusable(&self.endpoint, error))
    }

    pub(super) fn log_exporter(self, counts: Arc<Counts>) -> Result<LogExporter, Error> {
        let builder = LogExporter::builder();
        match self.endpoint.protocol {
            Protocol::Grpc => self.grpc(builder.with_tonic()).build(),
            Protocol::HttpProtobuf => self.http(builder.with_http(), counts)?.build(),
        }
        .map_err(|error| unusable(&self.endpoint, error))
    }

    fn grpc<B: WithExportConfig + WithTonicConfig>(&self, builder: B) -> B {
        let mut builder = builder
            .with_endpoint(self.endpoint.url())
            .with_timeout(self.timeout)
            .with_interceptor(replace_headers(self.headers.clone()));
        if self.gzip {
            builder = builder.with_compression(OtlpCompression::Gzip);
        }
        #[cfg(feature = "tls")]
        if self.endpoint.is_tls() {
            builder = builder.with_tls_config(self.tls.grpc());
        }
        builder
    }

    fn http<B: WithExportConfig + WithHttpConfig>(
        &self,
        builder: B,
        counts: Arc<Counts>,
    ) -> Result<B, Error> {
        let headers = self.headers.clone();
        let client = http_client::client(self.timeout, headers, &self.tls, counts)?;
        let mut builder = builder
            .with_http_client(client)
            .with_protocol(opentelemetry_otlp::Protocol::HttpBinary)
            .with_endpoint(self.endpoint.url())
            .with_timeout(self.timeout);
        if self.gzip {
            builder = builder.with_compression(OtlpCompression::Gzip);
        }
        Ok(builder)
    }
}

fn unusable(endpoint: &Endpoint, error: opentelemetry_otlp::ExporterBuildError) -> Error {
    let reason = format!("no exporter can be made for {}", endpoint.shown());
    Error::setting_from("endpoint", reason, error)
}

/// The SDK reads the environment's headers by itself and lets them stand beside ours; replacing lets code win.
fn replace_headers(
    headers: HeaderMap,
) -> impl FnMut(tonic::Request<()>) -> Result<tonic::Request<()>, tonic::Status> + Clone {
    move |mut request| {
        let mut sent = std::mem::take(request.metadata_mut()).into_headers();
        for (name, value) in &headers {
            sent.insert(name.clone(), value.clone());
        }
        *request.metadata_mut() = MetadataMap::from_headers(sent);
        Ok(request)
    }
}

fn timeout(env: &mut Env, signal: Signal) -> Duration {
    variables(signal, "TIMEOUT")
        .iter()
        .find_map(|name| env.timeout(name))
        .unwrap_or(DEFAULT_TIMEOUT)
}

fn gzip(env: &mut Env, signal: Signal) -> bool {
    for name in variables(signal, "COMPRESSION") {
        let Some(value) = env.get(&name) else {
            continue;
        };
        match value.to_ascii_lowercase().as_str() {
            "gzip" => return true,
            "none" => return false,
            _ => env.warn(
                &name,
                format!("{value:?} is not supported (gzip and none are), ignored"),
            ),
        }
    }
    false
}

/// The environment's headers, overlaid by the code's. Values are secrets: no message shows them.
fn headers(env: &mut Env, signal: Signal, coded: &[(String, String)]) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    let [specific, general] = variables(signal, "HEADERS");
    if let Some((name, list)) = env.first([specific.as_str(), general.as_str()]) {
        for (i, entry) in list.split(',').enumerate() {
            if entry.trim().is_empty() {
                continue;
            }
            let parsed = entry.split_once('=').and_then(|(key, value)| {
                let value = percent_decode(value.trim())?;
                header(key.trim(), &value)
            });
            match parsed {
                Some((key, value)) => {
                    headers.insert(key, value);
                }
                None => env.warn(name, format!("entry {} is not key=value, ignored", i + 1)),
            }
        }
    }
    for (key, value) in coded {
        let (key, value) = header(key, value).ok_or_else(|| {
            Error::setting(
                "header",
                format!("{key:?} or its value is not a valid header"),
            )
        })?;
        headers.insert(key, value);
    }
    Ok(headers)
}

fn header(key: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let key = key.parse().ok()?;
    let mut value: HeaderValue = value.parse().ok()?;
    value.set_sensitive(true);
    Some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coded_headers_win_and_values_are_hidden() {
        let mut env = Env::fixed([(
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer%20env,x-team=search,oops-secret",
        )]);
        let coded = [("Authorization".to_owned(), "Bearer code".to_owned())];
        let headers = headers(&mut env, Signal::Traces, &coded).unwrap();
        assert_eq!(headers["authorization"], "Bearer code");
        assert_eq!(headers["x-team"], "search");
        assert!(!format!("{headers:?}").contains("Bearer"));
        let warnings = env.into_warnings();
        assert_eq!(
            warnings[0].to_string(),
            "OTEL_EXPORTER_OTLP_HEADERS: entry 3 is not key=value, ignored"
        );
    }

    #[test]
    fn a_bad_coded_header_is_an_error_without_its_value() {
        let coded = [("x".to_owned(), "sec\nret".to_owned())];
        let error = headers(&mut Env::fixed([]), Signal::Traces, &coded).unwrap_err();
        assert_eq!(error.setting_name(), Some("header"));
        assert!(!error.to_string().contains("ret\""), "{error}");
    }

    #[test]
    fn timeout_and_compression_come_from_the_signals_own_variable_first() {
        let mut env = Env::fixed([
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "100"),
            ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "200"),
            ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "0"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "brotli"),
        ]);
        assert_eq!(
            timeout(&mut env, Signal::Traces),
            Duration::from_millis(100)
        );
        assert_eq!(
            timeout(&mut env, Signal::Metrics),
            Duration::from_millis(200)
        );
        let none = timeout(&mut env, Signal::Logs);
        assert!(none > Duration::from_secs(1_000_000), "{none:?}");
        assert!(gzip(&mut env, Signal::Metrics));
        let warnings = env.into_warnings();
        assert_eq!(
            warnings[0].variable(),
            "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION"
        );
    }
}
