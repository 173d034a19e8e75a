//! How a process ends, and what becomes of its last spans; and OpenTelemetry providers of others.
//!
//! Each test runs itself again as a child process, which plays the application.

use crate::support::child;
use crate::support::collector;

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use child::{child, command, is_child, succeeds};
use collector::{collector, nobody, span_names};
use milvus_otel::init;
use opentelemetry::global;
use opentelemetry::trace::Tracer as _;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};

const SPANS: usize = 300;
const TERM: i32 = 15;
const INT: i32 = 2;

fn end_spans() {
    let tracer = global::tracer("test");
    for _ in 0..SPANS {
        drop(tracer.start("span"));
    }
}

/// Tells the parent that the signal may come, and waits for it.
fn wait_for_the_signal() -> ! {
    println!("\nready");
    std::io::stdout().flush().unwrap();
    loop {
        std::thread::sleep(Duration::from_secs(60));
    }
}

/// Starts the child and returns when it is ready.
fn started(
    name: &str,
    variables: &[(&str, &str)],
) -> (Child, BufReader<std::process::ChildStdout>) {
    ready(command(name, variables))
}

fn ready(mut command: Command) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line != "ready\n" {
        line.clear();
        assert_ne!(lines.read_line(&mut line).unwrap(), 0, "the child ended");
    }
    (child, lines)
}

fn send(signal: i32, process: &str) {
    let signal = format!("-{signal}");
    let sent = Command::new("kill").args([&signal, process]).status();
    assert!(sent.unwrap().success());
}

/// How the child ends by this signal, and what it says on its standard error.
fn ended_by(signal: i32, name: &str, variables: &[(&str, &str)]) -> (ExitStatus, String) {
    let (child, _lines) = started(name, variables);
    send(signal, &child.id().to_string());
    let output = child.wait_with_output().unwrap();
    (
        output.status,
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[test]
fn a_signal_delivers_first_and_ends_the_process_as_it_would() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_signal_delivers_first_and_ends_the_process_as_it_would"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        telemetry.shutdown_on_signal().unwrap();
        end_spans();
        global::meter("test")
            .u64_counter("searches")
            .build()
            .add(1, &[]);
        wait_for_the_signal();
    }
    for signal in [TERM, INT] {
        let receiver = collector();
        let endpoint = receiver.grpc_endpoint();
        let (status, stderr) =
            ended_by(signal, NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
        assert_eq!(status.signal(), Some(signal), "{stderr}");
        assert_eq!(receiver.spans().len(), SPANS, "{stderr}");
        assert_eq!(receiver.metrics().len(), 1, "{stderr}");
        assert!(!stderr.contains("milvus-otel"), "{stderr}");
    }
    let (status, stderr) = ended_by(TERM, NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &nobody())]);
    assert_eq!(status.signal(), Some(TERM), "{stderr}");
    let told = "milvus-otel: telemetry was not delivered: 300 of 300 spans";
    assert_eq!(stderr.matches(told).count(), 1, "{stderr}");
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    const NAME: &str = concat!(module_path!(), "::a_second_signal_ends_the_process_at_once");
    if is_child(NAME) {
        let telemetry = init::from_env()
            .timeout(Duration::from_secs(600))
            .shutdown_timeout(Duration::from_secs(600))
            .install()
            .unwrap();
        telemetry.shutdown_on_signal().unwrap();
        end_spans();
        wait_for_the_signal();
    }
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let (mut child, _lines) = started(NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    send(TERM, &child.id().to_string());
    // The export has begun, and gets no answer for ten minutes.
    let _connection = silent.accept().unwrap();
    assert!(child.try_wait().unwrap().is_none());
    send(INT, &child.id().to_string());
    assert_eq!(child.wait().unwrap().signal(), Some(INT));
}

/// The kernel keeps the default action of a signal from the first process of a container.
#[cfg(target_os = "linux")]
#[test]
fn the_exit_status_is_the_same_as_process_1_of_a_container() {
    const NAME: &str = concat!(
        module_path!(),
        "::the_exit_status_is_the_same_as_process_1_of_a_container"
    );
    if is_child(NAME) {
        assert_eq!(std::process::id(), 1);
        let telemetry = init::from_env().install().unwrap();
        telemetry.shutdown_on_signal().unwrap();
        end_spans();
        wait_for_the_signal();
    }
    let able = Command::new("unshare").args(["-fp", "true"]).output();
    let able = match able {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err("no new PID namespace can be made here"),
    };
    let Some(()) = testkit::require(able) else {
        return;
    };
    let receiver = collector();
    let endpoint = receiver.grpc_endpoint();
    for signal in [TERM, INT] {
        let inner = command(NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
        let mut outer = Command::new("unshare");
        outer
            .arg("-fp")
            .arg(inner.get_program())
            .args(inner.get_args());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => outer.env(name, value),
                None => outer.env_remove(name),
            };
        }
        let (mut unshare, _lines) = ready(outer);
        let children = format!("/proc/{0}/task/{0}/children", unshare.id());
        let child = std::fs::read_to_string(children).unwrap();
        send(signal, child.trim());
        assert_eq!(unshare.wait().unwrap().code(), Some(128 + signal));
        assert_eq!(receiver.spans().len(), SPANS);
        receiver.clear();
    }
}

#[test]
fn after_a_shutdown_a_signal_ends_the_process_as_ever() {
    const NAME: &str = concat!(
        module_path!(),
        "::after_a_shutdown_a_signal_ends_the_process_as_ever"
    );
    if is_child(NAME) {
        let telemetry = init::from_env().install().unwrap();
        telemetry.shutdown_on_signal().unwrap();
        end_spans();
        telemetry.shutdown().unwrap();
        wait_for_the_signal();
    }
    let receiver = collector();
    let endpoint = receiver.grpc_endpoint();
    let (status, stderr) = ended_by(TERM, NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    assert_eq!(status.signal(), Some(TERM), "{stderr}");
    assert_eq!(receiver.spans().len(), SPANS);
}

/// The recipe of `shutdown_on_signal`'s documentation.
#[test]
fn a_web_server_that_shuts_down_gracefully_delivers() {
    use tokio::signal::unix::{SignalKind, signal};
    const NAME: &str = concat!(
        module_path!(),
        "::a_web_server_that_shuts_down_gracefully_delivers"
    );
    if is_child(NAME) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let telemetry = init::from_env().install().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut terminate = signal(SignalKind::terminate()).unwrap();
            end_spans();
            println!("\nready");
            std::io::stdout().flush().unwrap();
            axum::serve(listener, axum::Router::new())
                .with_graceful_shutdown(async move { terminate.recv().await.unwrap() })
                .await
                .unwrap();
            telemetry.shutdown_or_warn();
        });
        return;
    }
    let receiver = collector();
    let endpoint = receiver.grpc_endpoint();
    let (status, stderr) = ended_by(TERM, NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    assert_eq!(status.code(), Some(0), "{stderr}");
    assert_eq!(receiver.spans().len(), SPANS);
}

#[test]
fn a_provider_that_was_there_before_is_named() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_provider_that_was_there_before_is_named"
    );
    if is_child(NAME) {
        let theirs = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder()
            .with_simple_exporter(theirs.clone())
            .build();
        global::set_tracer_provider(provider);
        let telemetry = init::from_env().install().unwrap();
        let named: Vec<_> = telemetry.warnings().iter().map(|w| w.variable()).collect();
        assert_eq!(named, ["opentelemetry"]);
        drop(global::tracer("test").start("ours"));
        telemetry.shutdown().unwrap();
        assert_eq!(
            theirs.get_finished_spans().unwrap().len(),
            0,
            "no probe either"
        );

        // Our own, which has been shut down, is replaced without a word.
        let next = init::from_env().install().unwrap();
        let about_providers = next
            .warnings()
            .iter()
            .filter(|w| w.variable() == "opentelemetry");
        assert_eq!(about_providers.count(), 0);
        next.shutdown().unwrap();
        return;
    }
    let receiver = collector();
    let endpoint = receiver.grpc_endpoint();
    let stderr = succeeds(NAME, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    let told = "milvus-otel: opentelemetry: another tracer provider was set before";
    assert_eq!(stderr.matches(told).count(), 1, "{stderr}");
    assert_eq!(span_names(&receiver), ["ours"]);
}

#[test]
fn a_provider_that_is_set_afterwards_is_named_at_the_end() {
    const NAME: &str = concat!(
        module_path!(),
        "::a_provider_that_is_set_afterwards_is_named_at_the_end"
    );
    if is_child(NAME) {
        let theirs = InMemorySpanExporter::default();
        let telemetry = init::from_env().install().unwrap();
        match std::env::var("THEIRS").unwrap().as_str() {
            "tracer provider" => global::set_tracer_provider(
                SdkTracerProvider::builder()
                    .with_sampler(opentelemetry_sdk::trace::Sampler::AlwaysOn)
                    .with_simple_exporter(theirs.clone())
                    .build(),
            ),
            "meter provider" => global::set_meter_provider(SdkMeterProvider::default()),
            _ => {}
        }
        telemetry.shutdown().unwrap();
        assert_eq!(theirs.get_finished_spans().unwrap().len(), 0, "no probe");
        return;
    }
    let receiver = collector();
    let endpoint = receiver.grpc_endpoint();
    let with = |theirs| {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
            ("THEIRS", theirs),
        ];
        let output = child(NAME, &variables);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{stderr}");
        stderr
    };
    for theirs in ["tracer provider", "meter provider"] {
        let stderr = with(theirs);
        let told = format!("milvus-otel: another {theirs} was set after telemetry was installed");
        assert_eq!(stderr.matches(&told).count(), 1, "{stderr}");
    }
    let stderr = with("none");
    assert!(!stderr.contains("milvus-otel"), "{stderr}");
}
