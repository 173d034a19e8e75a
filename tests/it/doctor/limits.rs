//! What holds for every check: it ends in time, and shows no secret.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use milvus_otel::doctor::{Report, State, Subject, check};
use milvus_otel::{Client, init};
use opentelemetry::global;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use testkit::Receiver;

use super::backend;
use crate::support::child::in_own_process;

/// Accepts connections and never answers, until it is dropped.
struct Silent {
    url: String,
    _listener: TcpListener,
}

impl Silent {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            _listener: listener,
        }
    }
}

fn state(report: &Report, subject: Subject) -> State {
    let found = report.about(subject).next();
    found.unwrap_or_else(|| panic!("{report}")).state
}

/// The limit of calls and exports, which is not that of the doctor.
const PATIENCE: Duration = Duration::from_secs(60);

/// Telemetry to a collector that never answers.
fn patient(collector: &Silent) -> init::Builder {
    let settings = init::otlp("test").endpoint(&collector.url);
    settings.timeout(PATIENCE)
}

/// A client of a server that never answers.
fn mute(server: &Silent) -> Client {
    Client::builder(&server.url).connect_lazy().unwrap()
}

#[tokio::test]
async fn it_ends_in_time_if_nothing_answers() {
    let (milvus, collector) = (Silent::start(), Silent::start());
    let (jaeger, management) = (Silent::start(), Silent::start());
    let limit = Duration::from_millis(500);
    let start = Instant::now();
    let report = check(&mute(&milvus))
        .collector(patient(&collector).logs(true))
        .jaeger(&jaeger.url)
        .milvus_management(&management.url)
        .timeout(limit)
        .await;
    assert!(start.elapsed() < PATIENCE / 2, "{report}");
    assert_eq!(state(&report, Subject::Milvus), State::Problem, "{report}");
    assert_eq!(state(&report, Subject::Traces), State::Problem, "{report}");
    assert_eq!(state(&report, Subject::Metrics), State::Warning, "{report}");
    assert_eq!(state(&report, Subject::Logs), State::Warning, "{report}");
    assert_eq!(
        state(&report, Subject::MilvusSettings),
        State::Skipped,
        "{report}"
    );
    let text = report.to_string();
    assert!(text.contains("no answer within 500ms"), "{text}");
}

#[test]
fn it_ends_in_time_with_the_telemetry_of_the_application() {
    in_own_process!("it_ends_in_time_with_the_telemetry_of_the_application");
    let (milvus, collector, tempo) = (Silent::start(), Silent::start(), Silent::start());
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let telemetry = patient(&collector).build().unwrap();
    let start = Instant::now();
    let report = runtime.block_on(async {
        let check = check(&mute(&milvus)).telemetry(&telemetry);
        check
            .tempo(&tempo.url)
            .timeout(Duration::from_millis(500))
            .await
    });
    assert!(start.elapsed() < PATIENCE / 2, "{report}");
    assert_eq!(state(&report, Subject::Traces), State::Problem, "{report}");
    std::mem::forget(telemetry);
}

#[test]
fn a_backend_that_cannot_be_asked_is_a_warning() {
    in_own_process!("a_backend_that_cannot_be_asked_is_a_warning");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let receiver = Receiver::start().unwrap();
        let (jaeger, _) = backend::serve_to(&receiver, Some("Basic bWU6aHVudGVyMg==")).await;
        let milvus = testkit::Fake::scripted();
        milvus.answer("GetVersion", &version());
        let client = Client::builder("http://fake:19530").service(milvus.service());
        let client = client.connect_lazy().unwrap();
        let settings = init::otlp("test").endpoint(receiver.grpc_endpoint());
        let telemetry = settings.build().unwrap();
        global::set_text_map_propagator(TraceContextPropagator::new());
        let limit = Duration::from_secs(2);
        let ask = async |url: &str| {
            let check = check(&client).telemetry(&telemetry).timeout(limit);
            check.jaeger(url).await
        };
        let refused = ask(&jaeger).await;
        assert_eq!(
            state(&refused, Subject::ClientSpans),
            State::Warning,
            "{refused}"
        );
        let text = refused.to_string();
        assert!(
            text.contains("HTTP 401 Unauthorized: write user and password into the url"),
            "{text}"
        );
        assert!(!text.contains("16686, "), "{text}");
        // A web server that is not Jaeger, and no server.
        let other = ask(&receiver.http_endpoint()).await;
        assert!(
            other.to_string().contains("usually has port 16686"),
            "{other}"
        );
        let nobody = ask(&crate::support::collector::nobody()).await;
        assert!(nobody.to_string().contains("refused"), "{nobody}");
        let invalid = ask("jaeger:16686").await;
        assert_eq!(
            state(&invalid, Subject::ClientSpans),
            State::Problem,
            "{invalid}"
        );
        assert!(
            invalid.to_string().contains("it has no scheme"),
            "{invalid}"
        );
        // With a header, which appears nowhere, and with one that cannot be sent.
        let with = async |name: &str, value: &str| {
            let check = check(&client).telemetry(&telemetry).timeout(limit);
            check.header(name, value).jaeger(&jaeger).await
        };
        let admitted = with("Authorization", "Basic bWU6aHVudGVyMg==").await;
        assert_eq!(
            state(&admitted, Subject::ClientSpans),
            State::Ok,
            "{admitted}"
        );
        for (name, value, why) in [
            ("authorization", "hunter2\n", "the header authorization has"),
            ("hunter2\n", "Basic", "a header has a name"),
        ] {
            let invalid = with(name, value).await;
            assert_eq!(
                state(&invalid, Subject::ClientSpans),
                State::Problem,
                "{invalid}"
            );
            let text = invalid.to_string();
            assert!(text.contains(why) && !text.contains("hunter2"), "{text}");
        }
        // With the password, which appears nowhere.
        let admitted = ask(&jaeger.replace("http://", "http://me:hunter2@")).await;
        assert_eq!(
            state(&admitted, Subject::ClientSpans),
            State::Ok,
            "{admitted}"
        );
        assert!(!admitted.to_string().contains("hunter2"), "{admitted}");
    });
}

fn version() -> milvus_otel::proto::milvus::GetVersionResponse {
    milvus_otel::proto::milvus::GetVersionResponse {
        version: "v2.5.4".to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn no_secret_is_shown() {
    let silent = Silent::start();
    let with_password = |url: &str| url.replace("http://", "http://root:hunter2@");
    let client = Client::builder(with_password(&silent.url)).token("root:hunter2");
    let client = client.connect_lazy().unwrap();
    let collector = init::otlp("test")
        .endpoint(with_password(&silent.url))
        .header("authorization", "Bearer hunter2");
    let check = check(&client)
        .collector(collector)
        .jaeger(with_password(&silent.url))
        .header("authorization", "Bearer hunter2")
        .milvus_management(with_password(&silent.url))
        .timeout(Duration::from_millis(200));
    let debug = format!("{check:?}");
    assert!(!debug.contains("hunter2"), "{debug}");
    let report = check.await;
    for shown in [
        report.to_string(),
        format!("{report:?}"),
        serde_json::to_string(&report).unwrap(),
    ] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
