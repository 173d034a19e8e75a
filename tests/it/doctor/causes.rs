//! The causes of missing traces, and how each is provoked.

mod application;
mod collector;
mod milvus;
mod separate;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use milvus_otel::doctor::{Check, Report, State, Subject};
use milvus_otel::init::{self, Builder, Telemetry};
use milvus_otel::{Client, ClientBuilder, doctor};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

type Provoked = Pin<Box<dyn Future<Output = Report>>>;

/// A cause, provoked in a process of its own.
pub(super) struct Cause {
    pub(super) name: &'static str,
    pub(super) section: Section,
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) server: Server,
    /// Variables of the process. A value may be the name of one of the servers' variables.
    pub(super) environment: &'static [(&'static str, &'static str)],
    pub(super) provoke: fn() -> Provoked,
    /// Findings that the report must have. It has a problem if and only if one of these is a problem.
    pub(super) finds: &'static [(Subject, State)],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// Not a cause.
    None,
    Application,
    Separate,
    Collector,
    Connection,
    Milvus,
}

pub(super) const SECTIONS: [(Section, &str); 5] = [
    (Section::Application, "In the application"),
    (Section::Separate, "Every call has a separate trace"),
    (Section::Collector, "On the way to the collector"),
    (Section::Connection, "On the way to Milvus"),
    (Section::Milvus, "Spans of the client, but none of Milvus"),
];

/// How the Milvus of a cause is set up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// It sends its spans to the collector.
    Traced,
    /// With the defaults of `trace.*`.
    Untraced,
    /// It sends its spans to where nothing listens.
    WrongEndpoint,
    /// It requires credentials.
    Secured,
    /// Milvus Lite.
    Lite,
}

impl Server {
    pub(super) const ALL: [Self; 5] = [
        Self::Traced,
        Self::Untraced,
        Self::WrongEndpoint,
        Self::Secured,
        Self::Lite,
    ];
}

/// A cause that needs nothing but a Milvus which sends its spans.
const ANY: Cause = Cause {
    name: "",
    section: Section::None,
    title: "",
    text: "",
    server: Server::Traced,
    environment: &[],
    provoke: || Box::pin(all_is_well()),
    finds: &[],
};

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        name: "all_is_well",
        finds: &[
            (Subject::Milvus, State::Ok),
            (Subject::Provider, State::Ok),
            (Subject::Propagator, State::Ok),
            (Subject::Sampling, State::Ok),
            (Subject::Parent, State::Ok),
            (Subject::Subscriber, State::Ok),
            (Subject::Queue, State::Ok),
            (Subject::Traces, State::Ok),
            (Subject::Metrics, State::Ok),
            (Subject::Logs, State::Ok),
            (Subject::ClientSpans, State::Ok),
            (Subject::MilvusSpans, State::Ok),
        ],
        ..ANY
    },
    Cause {
        name: "tempo",
        provoke: || Box::pin(application::in_tempo()),
        finds: &[
            (Subject::ClientSpans, State::Ok),
            (Subject::MilvusSpans, State::Ok),
        ],
        ..ANY
    },
    application::OTHER_VERSION,
    application::NO_SDK,
    application::SHUT_DOWN,
    application::WAITING,
    application::DISABLED,
    application::NO_EXPORTER,
    application::NEVER_SAMPLED,
    application::OFF_FOR_NEW_TRACES,
    application::SELDOM_SAMPLED,
    application::HARDLY_SAMPLED,
    application::UNSAMPLED_PARENT,
    application::SUPPRESSED,
    application::IGNORED_VARIABLE,
    application::OWN_PROVIDER,
    application::CALLED_LIKE_MILVUS,
    separate::FILTER,
    separate::LEVEL,
    separate::LEVEL_OFF,
    separate::DEBUG_SPAN,
    separate::TASK,
    separate::NO_LAYER,
    collector::REFUSED,
    collector::GRPC_TO_HTTP,
    collector::HTTP_TO_GRPC,
    collector::TLS,
    collector::UNAUTHENTICATED,
    collector::WRONG_PATH,
    collector::REJECTED,
    collector::TRACES_ONLY,
    collector::ELSEWHERE,
    collector::ELSEWHERE_AND_CONSOLE,
    collector::FILE_ONLY,
    collector::GUESSED,
    milvus::REFUSED,
    milvus::WRONG_PORT,
    milvus::NOT_MILVUS,
    milvus::TLS,
    milvus::UNAUTHENTICATED,
    milvus::NO_PROPAGATOR,
    milvus::NO_TRACE_CONTEXT,
    milvus::REPLACED_PROPAGATOR,
    milvus::EXPORTER,
    milvus::EXPORTER_AND_NAME,
    milvus::ENDPOINT,
    milvus::SETTINGS,
    milvus::NOT_SHOWN,
    milvus::HEADER_LOST,
    milvus::FLAGS_CHANGED,
    milvus::LITE,
];

fn variable(name: &str) -> String {
    std::env::var(name).unwrap()
}

/// Telemetry as applications have it, to one of the servers.
fn telemetry_to(collector: &str) -> Telemetry {
    settings(collector).build().unwrap()
}

fn settings(collector: &str) -> Builder {
    init::otlp("book-search").endpoint(variable(collector))
}

async fn client() -> Client {
    Client::from_env().await.unwrap()
}

fn lazy_client() -> Client {
    let client = ClientBuilder::from_env().unwrap();
    client.connect_lazy().unwrap()
}

/// The check, with a limit for searches that find nothing.
fn check(client: &Client) -> Check<'static> {
    doctor::check(client).timeout(Duration::from_secs(4))
}

async fn all_is_well() -> Report {
    let telemetry = settings("COLLECTOR").logs(true).build().unwrap();
    tracing_subscriber::registry()
        .with(telemetry.layer())
        .init();
    let client = client().await;
    telemetry.flush().unwrap();
    let handler = tracing::info_span!("handler");
    let check = handler.in_scope(|| doctor::check(&client));
    check.telemetry(&telemetry).jaeger(variable("JAEGER")).await
}
