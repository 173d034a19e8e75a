//! The settings `trace.*` of Milvus, which it shows on its management port.

use std::fmt;

use http::StatusCode;
use serde_json::Value;
use tokio::time::Instant;

use super::address::Address;
use super::http::get;
use super::report::{Finding, Subject};

const PATH: &str = "/api/v1/_cluster/configs";

/// The settings that decide where Milvus sends its spans; `None` if it does not show one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TraceSettings {
    exporter: Option<String>,
    endpoint: Option<String>,
    method: Option<String>,
    secure: Option<String>,
}

/// Asks Milvus for its settings. Without settings, the finding tells why.
pub(super) async fn read(url: &str, deadline: Instant) -> Result<TraceSettings, Finding> {
    let subject = Subject::MilvusSettings;
    let address = Address::parse(url).map_err(|why| {
        Finding::skipped(
            subject,
            format!("the url of the management port cannot be used: {why}"),
        )
    })?;
    let why = match get(&address, PATH, deadline).await {
        Ok((StatusCode::OK, answer)) => match TraceSettings::from_json(&answer) {
            Some(settings) => return Ok(settings),
            None => format!("{address} does not answer like Milvus' management port, usually 9091"),
        },
        Ok((StatusCode::NOT_FOUND, _)) => {
            format!("{address} does not show them: Milvus does so since 2.5")
        }
        Ok((status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN), _)) => format!(
            "{address} answered HTTP {status}: write user and password of an administrator into the url"
        ),
        Ok((status, _)) => format!("{address} answered HTTP {status}"),
        Err(error) => format!("cannot ask {address}: {error}"),
    };
    Err(Finding::skipped(subject, why))
}

impl TraceSettings {
    /// Reads Milvus' answer: an object, or a string of one. Versions write keys differently (`trace.exporter`,
    /// `traceexporter`), and some add the source to the value (`otlp[FileSource]`).
    fn from_json(answer: &Value) -> Option<Self> {
        let unpacked: Value;
        let object = match answer {
            Value::String(text) => {
                unpacked = serde_json::from_str(text).ok()?;
                unpacked.as_object()?
            }
            other => other.as_object()?,
        };
        let of = |wanted: &str| {
            let found = object.iter().find(|(key, _)| {
                let letters = key.chars().filter(char::is_ascii_alphanumeric);
                letters
                    .map(|letter| letter.to_ascii_lowercase())
                    .eq(wanted.chars())
            });
            let value = found?.1.as_str()?;
            let plain = match value.rsplit_once('[') {
                Some((plain, source)) if source.ends_with("Source]") => plain,
                _ => value,
            };
            Some(plain.trim().to_owned())
        };
        let settings = Self {
            exporter: of("traceexporter"),
            endpoint: of("traceotlpendpoint"),
            method: of("traceotlpmethod"),
            secure: of("traceotlpsecure"),
        };
        (settings != Self::default()).then_some(settings)
    }

    /// `collector` is the URL that this process sends its spans to.
    pub(super) fn judge(&self, collector: Option<&str>) -> Finding {
        let subject = Subject::MilvusSettings;
        let mistakes = self.mistakes(collector);
        match mistakes.is_empty() {
            true => Finding::ok(subject, self.to_string()),
            false => Finding::problem(subject, self.to_string()).fixes(mistakes),
        }
    }

    fn mistakes(&self, collector: Option<&str>) -> Vec<String> {
        let endpoint = self.endpoint.as_deref().unwrap_or_default();
        match self.exporter.as_deref() {
            None | Some("otlp") => {}
            Some("jaeger") => {
                return vec![
                    "`trace.exporter: jaeger` is Jaeger's retired protocol: set it to `otlp`"
                        .to_owned(),
                ];
            }
            Some("stdout") => {
                return vec![
                    "`trace.exporter: stdout` writes spans to Milvus' log: set it to `otlp`"
                        .to_owned(),
                ];
            }
            Some(_) => return vec![super::server_spans::EXPORTER.to_owned()],
        }
        let mut mistakes = Vec::new();
        if endpoint.is_empty() {
            mistakes.push(
                "set `trace.otlp.endpoint` to host:port of the collector, as Milvus reaches it"
                    .to_owned(),
            );
        } else if endpoint.contains("://") {
            mistakes.push(
                "remove the scheme from `trace.otlp.endpoint`: it must be host:port".to_owned(),
            );
        }
        let method = self.method.as_deref().unwrap_or("grpc");
        for (port, fits) in [(":4317", "grpc"), (":4318", "http")] {
            if endpoint.ends_with(port) && !method.is_empty() && method != fits {
                mistakes.push(format!(
                    "`trace.otlp.endpoint` has the port for {fits}: set `trace.otlp.method: {fits}`, or use the other port"
                ));
            }
        }
        let plaintext = collector.is_some_and(|url| url.starts_with("http://"));
        if self.secure.as_deref() == Some("true") && plaintext {
            mistakes.push(super::server_spans::SECURE.to_owned());
        }
        mistakes
    }
}

impl fmt::Display for TraceSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = [
            ("trace.exporter", &self.exporter),
            ("trace.otlp.endpoint", &self.endpoint),
            ("trace.otlp.method", &self.method),
            ("trace.otlp.secure", &self.secure),
        ];
        let known = settings
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)));
        for (i, (name, value)) in known.enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            // A collector's address may contain credentials, by mistake.
            let value = value
                .rsplit_once('@')
                .map_or(value.as_str(), |(_, host)| host);
            write!(f, "{separator}{name}={value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;
    use serde_json::json;

    #[test]
    fn settings_are_read_in_every_spelling() {
        let expected = TraceSettings {
            exporter: Some("otlp".to_owned()),
            endpoint: Some("jaeger:4317".to_owned()),
            method: None,
            secure: Some("false".to_owned()),
        };
        let plain = json!({
            "traceexporter": "otlp", "traceotlpendpoint": "jaeger:4317", "traceotlpsecure": "false", "proxyport": "19530",
        });
        let sourced = json!({
            "trace.exporter": "otlp[EnvironmentSource]",
            "trace/otlp/endpoint": "jaeger:4317[FileSource]",
            "trace.otlp.secure": "false[RuntimeSource]",
        });
        for answer in [&plain, &sourced, &json!(plain.to_string())] {
            assert_eq!(TraceSettings::from_json(answer).as_ref(), Some(&expected));
        }
        for other in [json!({}), json!([]), json!("no"), json!({ "status": "ok" })] {
            assert_eq!(TraceSettings::from_json(&other), None, "{other}");
        }
        assert_eq!(
            expected.to_string(),
            "trace.exporter=otlp, trace.otlp.endpoint=jaeger:4317, trace.otlp.secure=false"
        );
    }

    #[test]
    fn each_mistake_is_named() {
        let collector = Some("http://localhost:4317");
        for (exporter, endpoint, method, secure, mistake) in [
            ("otlp", "jaeger:4317", "grpc", "false", None),
            ("otlp", "jaeger:4318", "http", "false", None),
            ("otlp", "jaeger:4317", "", "false", None),
            ("noop", "", "grpc", "true", Some("trace.exporter: otlp")),
            ("", "", "", "", Some("trace.exporter: otlp")),
            ("stdout", "", "", "", Some("Milvus' log")),
            ("jaeger", "", "", "", Some("retired protocol")),
            ("otlp", "", "", "false", Some("host:port")),
            (
                "otlp",
                "http://jaeger:4317",
                "",
                "false",
                Some("remove the scheme"),
            ),
            (
                "otlp",
                "jaeger:4318",
                "grpc",
                "false",
                Some("trace.otlp.method: http"),
            ),
            (
                "otlp",
                "jaeger:4317",
                "http",
                "false",
                Some("trace.otlp.method: grpc"),
            ),
            (
                "otlp",
                "jaeger:4317",
                "grpc",
                "true",
                Some("trace.otlp.secure: false"),
            ),
        ] {
            let some = |text: &str| Some(text.to_owned());
            let settings = TraceSettings {
                exporter: some(exporter),
                endpoint: some(endpoint),
                method: some(method),
                secure: some(secure),
            };
            let finding = settings.judge(collector);
            let Some(mistake) = mistake else {
                assert_eq!(finding.state, State::Ok, "{finding}");
                continue;
            };
            assert_eq!(finding.fixes.len(), 1, "{finding}");
            assert!(finding.fixes[0].contains(mistake), "{finding}");
        }
    }

    #[test]
    fn credentials_in_an_endpoint_are_not_shown() {
        let settings = TraceSettings {
            endpoint: Some("me:hunter2@jaeger:4317".to_owned()),
            ..TraceSettings::default()
        };
        assert_eq!(settings.to_string(), "trace.otlp.endpoint=jaeger:4317");
    }
}
