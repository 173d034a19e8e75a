//! Resolves the OTLP settings: endpoint, headers, compression and certificates.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry_otlp::{Protocol as Encoding, WithExportConfig, WithHttpConfig};

use super::delivery::Signal;
use super::endpoint::CollectorEndpoint;
use super::env::{Env, percent_decode};
use super::error::Error;
use super::send::{Sender, SenderClient, SenderSettings};
use super::settings::Overrides;
use super::tls::Tls;
use super::variables;

/// Builds the sender of one signal, and returns it with its endpoint.
pub(super) fn sender(
    env: &mut Env,
    signal: Signal,
    overrides: &Overrides,
) -> Result<(CollectorEndpoint, Sender), Error> {
    let protocol = overrides
        .protocol
        .unwrap_or_else(|| env.value_for(&variables::PROTOCOL, signal));
    let endpoint =
        CollectorEndpoint::resolve(env, signal, protocol, overrides.endpoint.as_deref())?;
    let settings = SenderSettings {
        timeout: overrides
            .timeout
            .unwrap_or_else(|| env.value_for(&variables::EXPORT_TIMEOUT, signal)),
        gzip: overrides
            .compression
            .or_else(|| env.value_for(&variables::COMPRESSION, signal))
            .is_some(),
        headers: headers(env, signal, &overrides.headers)?,
        tls: Tls::resolve(env, signal, &endpoint)?,
    };
    let sender = Sender::new(signal, &endpoint, settings)?;
    Ok((endpoint, sender))
}

/// Configures an exporter to send through `sender`.
pub(super) fn with_sender<B: WithExportConfig + WithHttpConfig>(
    builder: B,
    sender: &Arc<Sender>,
) -> B {
    // The sender uses its own endpoint and timeout, not these.
    builder
        .with_http_client(SenderClient(Arc::clone(sender)))
        .with_protocol(Encoding::HttpBinary)
        .with_endpoint("http://localhost")
        .with_timeout(Duration::MAX)
}

/// The headers of the environment, overridden by those of the code. Values are secrets and never appear in messages.
fn headers(
    env: &mut Env,
    signal: Signal,
    overrides: &[(String, String)],
) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    if let Some((name, list)) = env.named_for(&variables::HEADERS, signal) {
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
                None => env.warn(&name, format!("entry {} is not key=value, ignored", i + 1)),
            }
        }
    }
    for (key, value) in overrides {
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
    use crate::init::settings::Compression;

    #[test]
    fn headers_in_code_take_precedence_and_values_are_hidden() {
        let mut env = Env::fixed([(
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer%20env,x-team=search,oops-secret",
        )]);
        let overrides = [("Authorization".to_owned(), "Bearer code".to_owned())];
        let headers = headers(&mut env, Signal::Traces, &overrides).unwrap();
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
    fn an_invalid_header_in_code_is_an_error_without_its_value() {
        let overrides = [("x".to_owned(), "sec\nret".to_owned())];
        let error = headers(&mut Env::fixed([]), Signal::Traces, &overrides).unwrap_err();
        assert_eq!(error.setting_name(), Some("header"));
        assert!(!error.to_string().contains("ret\""), "{error}");
    }

    #[test]
    fn the_signals_own_timeout_and_compression_take_precedence() {
        let mut env = Env::fixed([
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "100"),
            ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "200"),
            ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "0"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "brotli"),
        ]);
        assert_eq!(
            env.value_for(&variables::EXPORT_TIMEOUT, Signal::Traces),
            Duration::from_millis(100)
        );
        assert_eq!(
            env.value_for(&variables::EXPORT_TIMEOUT, Signal::Metrics),
            Duration::from_millis(200)
        );
        let none = env.value_for(&variables::EXPORT_TIMEOUT, Signal::Logs);
        assert!(none > Duration::from_secs(1_000_000), "{none:?}");
        let compression = env.value_for(&variables::COMPRESSION, Signal::Metrics);
        assert_eq!(compression, Some(Compression::Gzip));
        let warnings = env.into_warnings();
        assert_eq!(
            warnings[0].variable(),
            "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION"
        );
    }
}
