//! Causes between the application and the place where traces are looked at.

use milvus_otel::doctor::{Report, State, Subject};
use milvus_otel::init::{Protocol, Telemetry};
use opentelemetry::global;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;

use super::{ANY, Cause, Section, check, client, settings, telemetry_to, variable};

const LOST: &[(Subject, State)] = &[(Subject::Traces, State::Problem)];

pub(super) const REFUSED: Cause = Cause {
    name: "refused",
    section: Section::Collector,
    title: "Nothing listens at the endpoint",
    text: "No collector runs there, or the port is wrong.",
    provoke: || Box::pin(with(telemetry_to("NOBODY"))),
    finds: LOST,
    ..ANY
};

pub(super) const GRPC_TO_HTTP: Cause = Cause {
    name: "grpc_to_http",
    section: Section::Collector,
    title: "gRPC to the port for HTTP",
    text: "`OTEL_EXPORTER_OTLP_ENDPOINT` is `http://localhost:4318`, with the default protocol.",
    provoke: || Box::pin(with(telemetry_to("COLLECTOR_HTTP"))),
    finds: LOST,
    ..ANY
};

pub(super) const HTTP_TO_GRPC: Cause = Cause {
    name: "http_to_grpc",
    section: Section::Collector,
    title: "HTTP to the port for gRPC",
    text: "`OTEL_EXPORTER_OTLP_PROTOCOL` is `http/protobuf`, with the port for gRPC.",
    provoke: || {
        let settings = settings("COLLECTOR").protocol(Protocol::HttpProtobuf);
        Box::pin(with(settings.build().unwrap()))
    },
    finds: LOST,
    ..ANY
};

pub(super) const TLS: Cause = Cause {
    name: "collector_tls",
    section: Section::Collector,
    title: "TLS to a collector without it",
    text: "The endpoint begins with `https://`.",
    provoke: || Box::pin(with(telemetry_to("COLLECTOR_TLS"))),
    finds: LOST,
    ..ANY
};

pub(super) const UNAUTHENTICATED: Cause = Cause {
    name: "collector_unauthenticated",
    section: Section::Collector,
    title: "No credentials for the collector",
    text: "The collector requires an API key.",
    provoke: || Box::pin(with(telemetry_to("REFUSING"))),
    finds: LOST,
    ..ANY
};

pub(super) const WRONG_PATH: Cause = Cause {
    name: "wrong_path",
    section: Section::Collector,
    title: "The path of the signal is missing",
    text: "`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is `http://localhost:4318`. Unlike the general variable, it needs the path.",
    environment: &[
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "COLLECTOR_HTTP"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "COLLECTOR_HTTP"),
    ],
    provoke: || Box::pin(with(milvus_otel::init::from_env().build().unwrap())),
    finds: LOST,
    ..ANY
};

pub(super) const REJECTED: Cause = Cause {
    name: "rejected",
    section: Section::Collector,
    title: "The collector rejects spans",
    text: "The collector accepts the export, but not the span in it.",
    provoke: || Box::pin(with(telemetry_to("REJECTING"))),
    finds: LOST,
    ..ANY
};

pub(super) const TRACES_ONLY: Cause = Cause {
    name: "traces_only",
    section: Section::Collector,
    title: "The receiver accepts traces only",
    text: "Metrics and logs go to Jaeger, which does not have a service for them. The spans arrive.",
    provoke: || {
        let settings = settings("TRACES_ONLY").logs(true);
        Box::pin(with(settings.build().unwrap()))
    },
    finds: &[
        (Subject::Traces, State::Ok),
        (Subject::Metrics, State::Warning),
        (Subject::Logs, State::Warning),
    ],
    ..ANY
};

async fn with(telemetry: Telemetry) -> Report {
    check(&client().await).telemetry(&telemetry).await
}

pub(super) const ELSEWHERE: Cause = Cause {
    name: "elsewhere",
    section: Section::Collector,
    title: "The collector sends traces elsewhere",
    text: "The collector accepts spans, but they do not arrive where they are looked for.",
    provoke: || Box::pin(elsewhere()),
    finds: &[(Subject::ClientSpans, State::Problem)],
    ..ANY
};

/// The collector is named, not the standard output, which takes the span too.
pub(super) const ELSEWHERE_AND_CONSOLE: Cause = Cause {
    name: "elsewhere_and_console",
    environment: &[("OTEL_TRACES_EXPORTER", "otlp,console")],
    provoke: || {
        Box::pin(async {
            let report = elsewhere().await;
            let found = report.about(Subject::ClientSpans).next().unwrap();
            let start = format!("{} accepted spans", variable("TRACES_ONLY"));
            assert!(found.detail.starts_with(&start), "{report}");
            report
        })
    },
    finds: &[(Subject::ClientSpans, State::Problem)],
    ..ANY
};

pub(super) const FILE_ONLY: Cause = Cause {
    name: "file_only",
    section: Section::Collector,
    title: "No collector",
    text: "Spans go to a file or the standard output: `OTEL_TRACES_EXPORTER` is `console`.",
    environment: &[("OTEL_TRACES_EXPORTER", "console")],
    provoke: || Box::pin(elsewhere()),
    finds: &[(Subject::ClientSpans, State::Problem)],
    ..ANY
};

async fn elsewhere() -> Report {
    let telemetry = telemetry_to("TRACES_ONLY");
    let check = check(&client().await).telemetry(&telemetry);
    check.jaeger(variable("JAEGER")).await
}

pub(super) const GUESSED: Cause = Cause {
    name: "guessed",
    section: Section::Collector,
    title: "An exporter that the doctor does not know",
    text: "The application set its exporter up without `init`, so the doctor sends according to the environment variables.",
    environment: &[("OTEL_EXPORTER_OTLP_ENDPOINT", "NOBODY")],
    provoke: || Box::pin(guessed()),
    finds: &[(Subject::Traces, State::Warning)],
    ..ANY
};

async fn guessed() -> Report {
    global::set_tracer_provider(SdkTracerProvider::default());
    global::set_text_map_propagator(TraceContextPropagator::new());
    let client = client().await;
    // With the settings of the exporter, it knows.
    let told = check(&client).collector(settings("COLLECTOR")).await;
    assert_eq!(
        told.about(Subject::Traces).next().unwrap().state,
        State::Ok,
        "{told}"
    );
    check(&client).await
}
