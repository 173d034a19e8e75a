//! A subscriber whose log filter disables spans: where `init` warns of it, and where it has no reason to.
//!
//! Each test runs itself again as a child process for each value of `RUST_LOG`.

use crate::support::child;
use crate::support::received;

use child::{command, is_child};
use milvus_otel::Client;
use milvus_otel::init::{self, Telemetry};
use received::tree;
use testkit::{Fake, Receiver};
use tracing::Instrument as _;
use tracing_subscriber::layer::{Layer as _, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt, registry};

const WHOLE: &str = "INTERNAL search\n  CLIENT has_collection books\n";
const BROKEN: &str = "CLIENT has_collection books\n";

/// Plays the application: one call to Milvus inside a span, under the subscriber that `compose` installs.
fn application(compose: impl FnOnce(&Telemetry)) {
    let telemetry = init::from_env().metrics(false).build().unwrap();
    compose(&telemetry);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = Client::builder("http://milvus.test")
            .service(Fake::scripted().service())
            .connect_lazy()
            .unwrap();
        for _ in 0..2 {
            let call = async { client.has_collection("books").await };
            let span = tracing::info_span!(target: "myapp::api", "search");
            call.instrument(span).await.unwrap();
        }
    });
    telemetry.shutdown().unwrap();
}

/// What the application exported, and what it wrote to the standard error.
fn run(name: &str, rust_log: Option<&str>) -> (String, String) {
    let receiver = Receiver::start().unwrap();
    let endpoint = receiver.grpc_endpoint();
    let mut child = command(name, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    child
        .env_remove("RUST_LOG")
        .envs(rust_log.map(|value| ("RUST_LOG", value)));
    let output = child.output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stdout}\n{stderr}");
    (tree(&receiver), stderr)
}

/// The values of `RUST_LOG` that disable the span, and those that do not.
fn all_values(name: &str) {
    for disabling in [
        None,
        Some("warn"),
        Some("off"),
        Some("myapp=warn"),
        Some("other=info"),
        Some("warn,milvus_otel=info"),
        Some("info,myapp::api=off"),
    ] {
        let (tree, stderr) = run(name, disabling);
        assert_eq!(tree, BROKEN.repeat(2), "{disabling:?}");
        let [warning] = &stderr.lines().collect::<Vec<_>>()[..] else {
            panic!("{disabling:?}: one line, not {stderr:?}");
        };
        let told = "milvus-otel: the INFO span \"search\" of myapp::api is disabled by a filter";
        assert!(warning.starts_with(told), "{warning}");
        let value = match disabling {
            Some(value) => format!("(RUST_LOG={value:?})"),
            None => "(RUST_LOG is not set".to_owned(),
        };
        assert!(warning.contains(&value), "{warning}");
        assert!(warning.contains("fmt::layer().with_filter("), "{warning}");
    }
    for enabling in ["info", "debug", "myapp=info", "warn,myapp::api=trace"] {
        let (tree, stderr) = run(name, Some(enabling));
        assert_eq!(tree, WHOLE.repeat(2), "{enabling}");
        assert_eq!(stderr, "", "{enabling}");
    }
}

#[test]
fn a_filter_added_before_the_layer_causes_a_warning() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_filter_added_before_the_layer_causes_a_warning"
    );
    if is_child(NAME) {
        return application(|telemetry| {
            registry()
                .with(EnvFilter::from_default_env())
                .with(telemetry.layer())
                .with(fmt::layer().with_writer(std::io::sink))
                .init();
        });
    }
    all_values(NAME);
}

#[test]
fn a_filter_added_after_the_layer_causes_a_warning() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_filter_added_after_the_layer_causes_a_warning"
    );
    if is_child(NAME) {
        return application(|telemetry| {
            registry()
                .with(telemetry.layer())
                .with(fmt::layer().with_writer(std::io::sink))
                .with(EnvFilter::from_default_env())
                .init();
        });
    }
    all_values(NAME);
}

#[test]
fn a_filter_of_one_layer_disables_no_parent() {
    const NAME: &str = concat!(module_path!(), "::a_filter_of_one_layer_disables_no_parent");
    if is_child(NAME) {
        return application(|telemetry| {
            let log = fmt::layer().with_writer(std::io::sink);
            registry()
                .with(telemetry.layer())
                .with(log.with_filter(EnvFilter::from_default_env()))
                .init();
        });
    }
    for rust_log in [
        None,
        Some("off"),
        Some("warn"),
        Some("myapp=warn"),
        Some("trace"),
    ] {
        let (tree, stderr) = run(NAME, rust_log);
        assert_eq!(tree, WHOLE.repeat(2), "{rust_log:?}");
        assert_eq!(stderr, "", "{rust_log:?}");
    }
}

#[test]
fn the_warning_about_filters_can_be_switched_off() {
    const NAME: &str = concat!(
        module_path!(),
        "::the_warning_about_filters_can_be_switched_off"
    );
    if is_child(NAME) {
        return application(|telemetry| {
            registry()
                .with(telemetry.layer())
                .with(EnvFilter::from_default_env())
                .init();
        });
    }
    let receiver = Receiver::start().unwrap();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.grpc_endpoint()),
        ("OTEL_LOG_LEVEL", "error".to_owned()),
        ("RUST_LOG", "off".to_owned()),
    ];
    let variables = variables
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    assert_eq!(child::succeeds(NAME, &variables), "");
    assert_eq!(tree(&receiver), BROKEN.repeat(2));
}

#[test]
fn levels_by_target_are_read_from_the_environment() {
    const NAME: &str = concat!(
        module_path!(),
        "::levels_by_target_are_read_from_the_environment"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().metrics(false).install().unwrap();
        assert_eq!(telemetry.warnings(), []);
        tracing::info_span!(target: "noisy", "hidden").in_scope(|| {
            tracing::debug_span!(target: "sqlx::query", "shown").in_scope(|| ());
            tracing::debug_span!(target: "myapp", "hidden").in_scope(|| ());
        });
        telemetry.shutdown().unwrap();
        return;
    }
    let receiver = Receiver::start().unwrap();
    let endpoint = receiver.grpc_endpoint();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_RUST_FILTER", "info,sqlx=debug,noisy=off"),
    ];
    child::succeeds(NAME, &variables);
    assert_eq!(tree(&receiver), "INTERNAL shown\n");
}
