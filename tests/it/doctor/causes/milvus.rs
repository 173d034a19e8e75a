//! Causes between the client and Milvus, and in Milvus.

use std::task::{Context as Poller, Poll};

use http::{HeaderValue, Request};
use milvus_otel::doctor::{Report, State, Subject};
use milvus_otel::{Client, ClientBuilder};
use opentelemetry::global;
use opentelemetry_sdk::propagation::BaggagePropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tower::{Layer, Service};

use super::{ANY, Cause, Section, Server, application, check, lazy_client, telemetry_to, variable};

const UNREACHABLE: &[(Subject, State)] = &[(Subject::Milvus, State::Problem)];
const NO_SPANS: &[(Subject, State)] = &[
    (Subject::ClientSpans, State::Ok),
    (Subject::MilvusSpans, State::Problem),
];

pub(super) const REFUSED: Cause = Cause {
    name: "milvus_refused",
    section: Section::Connection,
    title: "No Milvus",
    text: "Nothing listens at the address.",
    environment: &[("MILVUS_URI", "NO_MILVUS")],
    provoke: || Box::pin(in_jaeger()),
    finds: UNREACHABLE,
    ..ANY
};

pub(super) const WRONG_PORT: Cause = Cause {
    name: "wrong_port",
    section: Section::Connection,
    title: "The HTTP port",
    text: "The URI has the port of another service.",
    environment: &[("MILVUS_URI", "JAEGER")],
    provoke: || Box::pin(in_jaeger()),
    finds: UNREACHABLE,
    ..ANY
};

pub(super) const NOT_MILVUS: Cause = Cause {
    name: "not_milvus",
    section: Section::Connection,
    title: "Another gRPC server",
    text: "The URI is that of the collector.",
    environment: &[("MILVUS_URI", "COLLECTOR")],
    provoke: || Box::pin(in_jaeger()),
    finds: UNREACHABLE,
    ..ANY
};

pub(super) const TLS: Cause = Cause {
    name: "milvus_tls",
    section: Section::Connection,
    title: "TLS to a Milvus without it",
    text: "The URI begins with `https://`.",
    environment: &[("MILVUS_URI", "MILVUS_TLS")],
    provoke: || Box::pin(in_jaeger()),
    finds: UNREACHABLE,
    ..ANY
};

pub(super) const UNAUTHENTICATED: Cause = Cause {
    name: "milvus_unauthenticated",
    section: Section::Connection,
    title: "No credentials for Milvus",
    text: "Milvus requires user and password.",
    server: Server::Secured,
    provoke: || Box::pin(in_jaeger()),
    finds: UNREACHABLE,
    ..ANY
};

pub(super) const NO_PROPAGATOR: Cause = Cause {
    name: "no_propagator",
    section: Section::Milvus,
    title: "No propagator",
    text: "The application set a provider up, but no propagator, so Milvus does not receive the trace context.",
    environment: &[("OTEL_EXPORTER_OTLP_ENDPOINT", "COLLECTOR")],
    provoke: || Box::pin(no_propagator()),
    finds: &[
        (Subject::Propagator, State::Problem),
        (Subject::MilvusSpans, State::Skipped),
    ],
    ..ANY
};

async fn no_propagator() -> Report {
    global::set_tracer_provider(SdkTracerProvider::default());
    let check = check(&lazy_client());
    check.jaeger(variable("JAEGER")).await
}

pub(super) const NO_TRACE_CONTEXT: Cause = Cause {
    name: "no_trace_context",
    section: Section::Milvus,
    title: "`OTEL_PROPAGATORS` without `tracecontext`",
    text: "The environment lists other propagators only. A configuration file without `propagator` has the same effect.",
    environment: &[("OTEL_PROPAGATORS", "baggage")],
    provoke: || Box::pin(in_jaeger()),
    finds: &[
        (Subject::Propagator, State::Problem),
        (Subject::Variables, State::Warning),
        (Subject::MilvusSpans, State::Skipped),
    ],
    ..ANY
};

/// By the application, after `init` set one.
pub(super) const REPLACED_PROPAGATOR: Cause = Cause {
    name: "replaced_propagator",
    provoke: || Box::pin(replaced_propagator()),
    finds: &[(Subject::Propagator, State::Problem)],
    ..ANY
};

async fn replaced_propagator() -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    global::set_text_map_propagator(BaggagePropagator::new());
    let report = check(&lazy_client()).telemetry(&telemetry).await;
    let found = report.about(Subject::Propagator).next().unwrap();
    assert!(found.fixes[0].contains("Builder::propagator"), "{report}");
    report
}

pub(super) const EXPORTER: Cause = Cause {
    name: "exporter",
    section: Section::Milvus,
    title: "`trace.exporter` is `noop`",
    text: "This is Milvus' default.",
    server: Server::Untraced,
    provoke: || Box::pin(in_jaeger()),
    finds: NO_SPANS,
    ..ANY
};

/// The service's own spans are not those of Milvus, whose role it is called like.
pub(super) const EXPORTER_AND_NAME: Cause = Cause {
    name: "exporter_and_name",
    server: Server::Untraced,
    provoke: || {
        Box::pin(async {
            let report = application::in_jaeger("proxy").await;
            let found = report.about(Subject::MilvusSpans).next().unwrap();
            assert!(found.detail.contains("has none of this trace"), "{report}");
            report
        })
    },
    finds: NO_SPANS,
    ..ANY
};

pub(super) const ENDPOINT: Cause = Cause {
    name: "endpoint",
    section: Section::Milvus,
    title: "`trace.otlp.endpoint` is wrong",
    text: "Milvus sends its spans to where nothing listens. From outside, this looks the same.",
    server: Server::WrongEndpoint,
    provoke: || Box::pin(in_jaeger()),
    finds: NO_SPANS,
    ..ANY
};

pub(super) const SETTINGS: Cause = Cause {
    name: "settings",
    section: Section::Milvus,
    title: "Settings that Milvus shows",
    text: "With `.milvus_management(\"http://localhost:9091\")`, the doctor reads the settings. Milvus shows them since 2.5; here, \
           they are those of a Milvus with `trace.otlp.secure: true`.",
    server: Server::WrongEndpoint,
    provoke: || Box::pin(with_management("MANAGEMENT")),
    finds: &[
        (Subject::MilvusSettings, State::Problem),
        (Subject::MilvusSpans, State::Problem),
    ],
    ..ANY
};

pub(super) const NOT_SHOWN: Cause = Cause {
    name: "settings_not_shown",
    server: Server::WrongEndpoint,
    provoke: || Box::pin(with_management("MILVUS_HEALTH")),
    finds: &[
        (Subject::MilvusSettings, State::Skipped),
        (Subject::MilvusSpans, State::Problem),
    ],
    ..ANY
};

async fn with_management(variable_name: &str) -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    let check = check(&lazy_client()).telemetry(&telemetry);
    let check = check.jaeger(variable("JAEGER"));
    check.milvus_management(variable(variable_name)).await
}

async fn in_jaeger() -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    let check = check(&lazy_client()).telemetry(&telemetry);
    check.jaeger(variable("JAEGER")).await
}

pub(super) const HEADER_LOST: Cause = Cause {
    name: "header_lost",
    section: Section::Milvus,
    title: "A proxy removes `traceparent`",
    text: "Milvus sends spans, but those of this call are not part of its trace.",
    provoke: || Box::pin(behind(|_| None)),
    finds: NO_SPANS,
    ..ANY
};

pub(super) const FLAGS_CHANGED: Cause = Cause {
    name: "flags_changed",
    section: Section::Milvus,
    title: "A proxy changes the flags of `traceparent`",
    text: "Milvus, at least up to 2.6, ignores the header unless its flags are 00 or 01.",
    provoke: || {
        Box::pin(behind(|header| {
            let start = header.strip_suffix("-01").unwrap();
            Some(format!("{start}-03"))
        }))
    },
    finds: NO_SPANS,
    ..ANY
};

/// Behind a proxy that changes or removes `traceparent`, in front of a Milvus whose exporter works.
async fn behind(change: fn(&str) -> Option<String>) -> Report {
    let telemetry = telemetry_to("COLLECTOR");
    let direct = check(&lazy_client()).telemetry(&telemetry);
    let direct = direct.jaeger(variable("JAEGER")).await;
    assert!(direct.is_ok(), "{direct}");
    let client: Client = ClientBuilder::from_env()
        .unwrap()
        .layer(Proxy(change))
        .connect_lazy()
        .unwrap();
    let check = check(&client).telemetry(&telemetry);
    check.jaeger(variable("JAEGER")).await
}

#[derive(Clone)]
struct Proxy(fn(&str) -> Option<String>);

#[derive(Clone)]
struct Changed<S>(S, fn(&str) -> Option<String>);

impl<S> Layer<S> for Proxy {
    type Service = Changed<S>;

    fn layer(&self, inner: S) -> Changed<S> {
        Changed(inner, self.0)
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Changed<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, poller: &mut Poller<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(poller)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let headers = request.headers_mut();
        if let Some(header) = headers.remove("traceparent")
            && let Some(changed) = (self.1)(header.to_str().unwrap())
        {
            headers.insert("traceparent", HeaderValue::try_from(changed).unwrap());
        }
        self.0.call(request)
    }
}

pub(super) const LITE: Cause = Cause {
    name: "lite",
    section: Section::Milvus,
    title: "Milvus Lite",
    text: "It creates no spans.",
    server: Server::Lite,
    provoke: || Box::pin(in_jaeger()),
    finds: &[
        (Subject::ClientSpans, State::Ok),
        (Subject::MilvusSpans, State::Note),
    ],
    ..ANY
};
