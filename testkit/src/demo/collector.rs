//! Finds or starts the receiver of spans.

use std::time::Duration;

use http::Uri;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tonic::Code;
use tonic::transport::Endpoint;

use crate::milvus::Unavailable;
use crate::receiver::Receiver;

const PATIENCE: Duration = Duration::from_secs(2);
const JAEGER: &str = "http://localhost:16686";

/// The endpoint to which exporters send spans by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) url: String,
    /// The variable that sets it.
    variable: Option<&'static str>,
    http: bool,
}

impl Target {
    pub(super) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&'static str; 2]| {
            names
                .into_iter()
                .find_map(|name| Some((name, variable(name)?)))
        };
        let http = first([
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            "OTEL_EXPORTER_OTLP_PROTOCOL",
        ])
        .is_some_and(|(_, protocol)| protocol.eq_ignore_ascii_case("http/protobuf"));
        let named = first([
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
        ]);
        match named {
            Some((name, url)) => Self {
                url,
                variable: Some(name),
                http,
            },
            None => Self {
                url: if http {
                    "http://localhost:4318".to_owned()
                } else {
                    "http://localhost:4317".to_owned()
                },
                variable: None,
                http,
            },
        }
    }

    fn uri(&self) -> Option<Uri> {
        self.url.parse().ok()
    }

    fn is_plaintext_grpc(&self) -> bool {
        !self.http && self.url.starts_with("http://")
    }

    /// Host and port, without the user and password that the URL may contain.
    fn address(&self) -> Option<(String, u16)> {
        let uri = self.uri()?;
        let default = match (uri.scheme_str(), self.http) {
            (Some("https"), _) => 443,
            (_, true) => 80,
            (_, false) => 4317,
        };
        let host = uri.host()?.trim_matches(['[', ']']).to_owned();
        Some((host, uri.port_u16().unwrap_or(default)))
    }

    /// Without user and password, for messages.
    pub(super) fn shown(&self) -> String {
        let scheme = self.uri().and_then(|uri| uri.scheme().cloned());
        let place = match (self.address(), scheme) {
            (Some((host, port)), Some(scheme)) => format!("{scheme}://{host}:{port}"),
            (Some((host, port)), None) => format!("{host}:{port}"),
            (None, _) => "the OTLP endpoint".to_owned(),
        };
        match self.variable {
            Some(name) => format!("{place} ({name})"),
            None => place,
        }
    }

    async fn answers(&self) -> bool {
        if self.url.starts_with("unix:") {
            return true;
        }
        if self.is_plaintext_grpc() {
            return timeout(PATIENCE, takes_spans(self.url.clone())).await == Ok(true);
        }
        match self.address() {
            Some(address) => listens(address).await,
            None => false,
        }
    }
}

/// Whether an OTLP/gRPC receiver answers, even with an error. Sends an export without spans.
async fn takes_spans(url: String) -> bool {
    let Ok(endpoint) = Endpoint::from_shared(url) else {
        return false;
    };
    let Ok(channel) = endpoint.connect().await else {
        return false;
    };
    let nothing = ExportTraceServiceRequest::default();
    match TraceServiceClient::new(channel).export(nothing).await {
        Ok(_) => true,
        Err(status) => matches!(
            status.code(),
            Code::Unauthenticated
                | Code::PermissionDenied
                | Code::InvalidArgument
                | Code::ResourceExhausted
        ),
    }
}

async fn listens(address: (String, u16)) -> bool {
    matches!(
        timeout(PATIENCE, TcpStream::connect(address)).await,
        Ok(Ok(_))
    )
}

/// The receiver of spans.
#[derive(Debug)]
pub(super) enum Collector {
    /// It was already running.
    Found { target: Target },
    /// It runs in this process.
    Own {
        receiver: Receiver,
        endpoint: String,
    },
}

impl Collector {
    /// The endpoint for the spans of a Milvus that is started: `host:port` of plaintext OTLP/gRPC, all that Milvus 2.3 supports.
    pub(super) fn for_milvus(&self) -> Option<String> {
        match self {
            Self::Own { receiver, .. } => Some(receiver.grpc_address()),
            Self::Found { target } if target.is_plaintext_grpc() => {
                let (host, port) = target.address()?;
                Some(if host.contains(':') {
                    format!("[{host}]:{port}")
                } else {
                    format!("{host}:{port}")
                })
            }
            Self::Found { .. } => None,
        }
    }
}

pub(super) async fn find_or_start(target: &Target) -> Result<Collector, Unavailable> {
    let shown = target.shown();
    if target.answers().await {
        eprintln!("sending spans to {shown}");
        return Ok(Collector::Found {
            target: target.clone(),
        });
    }
    eprintln!("no OTLP receiver answers at {shown}: receiving the spans in this process");
    let receiver = Receiver::start().map_err(|error| Unavailable::new(error.to_string()))?;
    let endpoint = if target.http {
        receiver.http_endpoint()
    } else {
        receiver.grpc_endpoint()
    };
    Ok(Collector::Own { receiver, endpoint })
}

/// Jaeger's pages, if they and the receiver are on this machine.
pub(super) async fn jaeger_page(target: &Target) -> Option<&'static str> {
    let (host, _) = target.address()?;
    let local = ["localhost", "127.0.0.1", "::1"].contains(&host.as_str());
    let address = ("localhost".to_owned(), 16686);
    (local && listens(address).await).then_some(JAEGER)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn target<const N: usize>(variables: [(&str, &str); N]) -> Target {
        Target::of(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        })
    }

    #[test]
    fn the_variable_of_a_signal_takes_precedence() {
        let general = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://general:1");
        let own = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://own:2");
        assert_eq!(target([general, own]).url, "http://own:2");
        assert_eq!(target([general]).url, "http://general:1");
        assert_eq!(target([]).url, "http://localhost:4317");
        let http = ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        assert_eq!(target([http]).url, "http://localhost:4318");
    }

    #[test]
    fn no_password_is_shown() {
        let endpoint = "http://user:hunter2@collector:4317/path?key=hunter2";
        let target = target([("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]);
        assert_eq!(
            target.shown(),
            "http://collector:4317 (OTEL_EXPORTER_OTLP_ENDPOINT)"
        );
    }

    #[test]
    fn a_started_milvus_receives_only_the_variables_it_supports() {
        let sends_to = |url: &str| {
            let target = target([("OTEL_EXPORTER_OTLP_ENDPOINT", url)]);
            Collector::Found { target }.for_milvus()
        };
        assert_eq!(sends_to("http://c:1").as_deref(), Some("c:1"));
        assert_eq!(sends_to("http://[::1]:1").as_deref(), Some("[::1]:1"));
        assert_eq!(sends_to("https://c:1"), None);
    }

    #[tokio::test]
    async fn only_an_otlp_receiver_is_found() {
        let receiver = Receiver::start().unwrap();
        let endpoint = receiver.grpc_endpoint();
        let there = target([("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
        let found = find_or_start(&there).await.unwrap();
        assert!(matches!(found, Collector::Found { .. }), "{found:?}");

        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", silent.local_addr().unwrap());
        let other = target([("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
        let started = find_or_start(&other).await.unwrap();
        let Collector::Own { receiver, endpoint } = started else {
            panic!("{started:?}");
        };
        assert_eq!(endpoint, receiver.grpc_endpoint());
    }

    #[tokio::test]
    async fn the_built_in_receiver_speaks_the_requested_protocol() {
        let target = target([
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ]);
        let Collector::Own { receiver, endpoint } = find_or_start(&target).await.unwrap() else {
            panic!("port 1 answers");
        };
        assert_eq!(endpoint, receiver.http_endpoint());
    }
}
