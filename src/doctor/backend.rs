//! Traces in Jaeger or Tempo, by their query APIs.

use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use opentelemetry::trace::TraceId;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::address::Address;
use super::http::get;
use super::spans::{Span, Trace};

const PAUSE: Duration = Duration::from_millis(200);

/// Where traces are looked at.
#[derive(Clone)]
pub(super) struct Backend {
    kind: Kind,
    address: Address,
}

#[derive(Clone, Copy)]
enum Kind {
    Jaeger,
    Tempo,
}

impl Backend {
    pub(super) fn jaeger(url: &str) -> Result<Self, String> {
        Self::new(Kind::Jaeger, url)
    }

    pub(super) fn tempo(url: &str) -> Result<Self, String> {
        Self::new(Kind::Tempo, url)
    }

    fn new(kind: Kind, url: &str) -> Result<Self, String> {
        let address = Address::parse(url);
        let address = address.map_err(|why| format!("the url of {kind} cannot be used: {why}"))?;
        Ok(Self { kind, address })
    }

    /// Sends these headers with each request.
    pub(super) fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.address = self.address.with_headers(headers);
        self
    }

    /// Asks for a trace until `is_complete`, or until the deadline. An empty trace is one that the backend does not have.
    pub(super) async fn wait_for(
        &self,
        trace: TraceId,
        deadline: Instant,
        is_complete: impl Fn(&Trace) -> bool + Send + Sync,
    ) -> Result<Trace, String> {
        let mut latest = Trace::default();
        loop {
            match self.trace(trace, deadline).await {
                Ok(spans) => latest = Trace { spans },
                // The deadline passed during a later request.
                Err(_) if Instant::now() >= deadline && !latest.spans.is_empty() => {
                    return Ok(latest);
                }
                Err(error) => return Err(error),
            }
            if is_complete(&latest) || Instant::now() + PAUSE >= deadline {
                return Ok(latest);
            }
            sleep(PAUSE).await;
        }
    }

    async fn trace(&self, trace: TraceId, deadline: Instant) -> Result<Vec<Span>, String> {
        let (status, answer) =
            get(&self.address, &format!("/api/traces/{trace}"), deadline).await?;
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            return Err(format!(
                "it answered HTTP {status}: write user and password into the url, or give the doctor a header with the \
                 credentials"
            ));
        }
        let spans = match (self.kind, status) {
            (Kind::Jaeger, StatusCode::OK) => jaeger_spans(&answer),
            // A web server without this API has no such answer.
            (Kind::Jaeger, StatusCode::NOT_FOUND) if answer["errors"].is_array() => {
                Some(Vec::new())
            }
            (Kind::Tempo, StatusCode::OK) => tempo_spans(&answer),
            (Kind::Tempo, StatusCode::NOT_FOUND) => Some(Vec::new()),
            _ => None,
        };
        spans.ok_or_else(|| {
            let port = match self.kind {
                Kind::Jaeger => 16686,
                Kind::Tempo => 3200,
            };
            format!(
                "it answered HTTP {status}, not like the query API of {}, which usually has port {port}",
                self.kind
            )
        })
    }

    /// The services of which the backend has spans; empty if it does not tell.
    pub(super) async fn services(&self, deadline: Instant) -> Vec<String> {
        let (path, field) = match self.kind {
            Kind::Jaeger => ("/api/services", "data"),
            Kind::Tempo => ("/api/search/tag/service.name/values", "tagValues"),
        };
        match get(&self.address, path, deadline).await {
            Ok((StatusCode::OK, answer)) => list(&answer[field])
                .iter()
                .filter_map(|name| Some(name.as_str()?.to_owned()))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The spans of Jaeger's answer, in which spans refer to processes by their keys.
fn jaeger_spans(answer: &Value) -> Option<Vec<Span>> {
    let traces = answer["data"].as_array()?;
    let spans = traces.iter().flat_map(|trace| {
        let processes = &trace["processes"];
        list(&trace["spans"]).iter().map(move |span| {
            let process = span["processID"].as_str().unwrap_or_default();
            Span {
                service: text(&processes[process]["serviceName"]),
                name: text(&span["operationName"]),
            }
        })
    });
    Some(spans.collect())
}

/// The spans of Tempo's answer: OTLP JSON, in which `batches` is the older name of `resourceSpans`, and `trace` is around
/// it in newer versions of the API.
fn tempo_spans(answer: &Value) -> Option<Vec<Span>> {
    let names = ["batches", "resourceSpans"];
    let resources = [answer, &answer["trace"]]
        .into_iter()
        .find_map(|trace| names.iter().find_map(|name| trace[name].as_array()))?;
    let mut found = Vec::new();
    for resource in resources {
        let attributes = list(&resource["resource"]["attributes"]);
        let service = attributes.iter().find(|a| a["key"] == "service.name");
        let service = service.map(|service| text(&service["value"]["stringValue"]));
        let scopes = ["scopeSpans", "instrumentationLibrarySpans"];
        let scopes = scopes.iter().flat_map(|name| list(&resource[name]));
        for span in scopes.flat_map(|scope| list(&scope["spans"])) {
            found.push(Span {
                service: service.clone().unwrap_or_default(),
                name: text(&span["name"]),
            });
        }
    }
    Some(found)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jaeger => "Jaeger",
            Self::Tempo => "Tempo",
        })
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.kind, self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn span(service: &str, name: &str) -> Span {
        Span {
            service: service.to_owned(),
            name: name.to_owned(),
        }
    }

    #[test]
    fn answers_of_each_version_are_read() {
        let expected = [
            span("app", "get_version default"),
            span("standalone", "milvus.proto.milvus.MilvusService/GetVersion"),
        ];
        let jaeger = json!({
            "data": [{
                "traceID": "1",
                "spans": [
                    { "spanID": "1", "operationName": expected[0].name, "processID": "p1" },
                    { "spanID": "2", "operationName": expected[1].name, "processID": "p2" },
                ],
                "processes": { "p1": { "serviceName": "app" }, "p2": { "serviceName": "standalone" } },
            }],
            "total": 0, "limit": 0, "offset": 0, "errors": null,
        });
        assert_eq!(jaeger_spans(&jaeger).unwrap(), expected);
        let resource = |of: &Span, scopes: &str| {
            json!({
                "resource": { "attributes": [
                    { "key": "service.name", "value": { "stringValue": of.service } },
                ] },
                scopes: [{ "spans": [{ "traceId": "AA==", "name": of.name }] }],
            })
        };
        let of = |scopes| {
            [
                resource(&expected[0], scopes),
                resource(&expected[1], scopes),
            ]
        };
        for tempo in [
            json!({ "batches": of("instrumentationLibrarySpans") }),
            json!({ "batches": of("scopeSpans") }),
            json!({ "trace": { "resourceSpans": of("scopeSpans") } }),
        ] {
            assert_eq!(tempo_spans(&tempo).unwrap(), expected, "{tempo}");
        }
        for other in [json!(null), json!({ "data": null }), json!([])] {
            assert_eq!(jaeger_spans(&other), None);
            assert_eq!(tempo_spans(&other), None);
        }
    }
}
