//! The settings of OTLP: where to, with what headers, how compressed, under which certificates.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry_otlp::{Protocol as Encoding, WithExportConfig, WithHttpConfig};

use super::delivery::Signal;
use super::endpoint::Endpoint;
use super::env::{Env, percent_decode};
use super::error::Error;
use super::protocol::{Protocol, variables};
use super::send::{Sender, SenderClient, Settings};
use super::tls::Tls;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How the body of an export is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// gzip, `gzip` in the environment.
    Gzip,
}

/// Where code and `OTEL_{TRACES,METRICS,LOGS}_EXPORTER` can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    Otlp,
    Console,
    File,
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
    /// Whether to export metrics and logs at all; `None`: as the environment says.
    pub(super) metrics: Option<bool>,
    pub(super) logs: Option<bool>,
}

impl Coded {
    /// Whether the code asks for the signal, or for its absence.
    pub(super) fn asks_for(&self, signal: Signal) -> Option<bool> {
        match signal {
            Signal::Traces => None,
            Signal::Metrics => self.metrics,
            Signal::Logs => self.logs,
        }
    }
}

/// What sends one signal to its collector.
pub(super) fn sender(
    env: &mut Env,
    signal: Signal,
    coded: &Coded,
) -> Result<(Endpoint, Sender), Error> {
    let protocol = Protocol::resolve(env, signal, coded.protocol);
    let endpoint = Endpoint::resolve(env, signal, protocol, coded.endpoint.as_deref())?;
    let settings = Settings {
        timeout: coded.timeout.unwrap_or_else(|| timeout(env, signal)),
        gzip: coded.compression.is_some() || gzip(env, signal),
        headers: headers(env, signal, &coded.headers)?,
        tls: Tls::resolve(env, signal, &endpoint)?,
    };
    let sender = Sender::new(signal, &endpoint, settings)?;
    Ok((endpoint, sender))
}

/// Makes an exporter encode for this client and send by it.
pub(super) fn by_sender<B: WithExportConfig + WithHttpConfig>(
    builder: B,
    sender: &Arc<Sender>,
) -> B {
    // The address and the time limit that count are the client's.
    builder
        .with_http_client(SenderClient(Arc::clone(sender)))
        .with_protocol(Encoding::HttpBinary)
        .with_endpoint("http://localhost")
        .with_timeout(Duration::MAX)
}

fn timeout(env: &mut Env, signal: Signal) -> Duration {
    variables(signal, "TIMEOUT")
        .iter()
        .find_map(|name| env.timeout(name))
        .unwrap_or(DEFAULT_TIMEOUT)
}

fn gzip(env: &mut Env, signal: Signal) -> bool {
    variables(signal, "COMPRESSION")
        .iter()
        .find_map(|name| env.one_of(name, &[("gzip", true), ("none", false)]))
        .unwrap_or(false)
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
