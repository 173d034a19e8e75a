//! The command `doctor`, as users run it.
#![cfg(feature = "doctor")]
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::process::{Command, Output};

use milvus_otel_testkit::{Milvus, Receiver, require};

/// Runs the command with these arguments and variables, and no others of OpenTelemetry and Milvus.
fn doctor(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milvus-otel"));
    for (inherited, _) in std::env::vars_os() {
        let name = inherited.to_string_lossy();
        if name.starts_with("OTEL_") || name.starts_with("MILVUS_") {
            command.env_remove(&inherited);
        }
    }
    let run = command
        .arg("doctor")
        .args(arguments)
        .envs(variables.iter().copied());
    let Output {
        status,
        stdout,
        stderr,
    } = run.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_environment_has_status_0() {
    let receiver = Receiver::start().unwrap();
    let Some(milvus) = require(
        Milvus::standalone()
            .otlp(receiver.grpc_address())
            .start()
            .await,
    ) else {
        return;
    };
    let endpoint = receiver.grpc_endpoint();
    let variables = [
        ("MILVUS_URI", milvus.uri()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
    ];
    let (status, stdout, stderr) = doctor(&["--json"], &variables);
    assert_eq!((status, &*stderr), (Some(0), ""), "{stdout}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let state = |subject| {
        let findings = report["findings"].as_array().unwrap().iter();
        let found = findings.clone().find(|f| f["subject"] == subject);
        found.unwrap_or_else(|| panic!("no {subject} in {stdout}"))["state"].clone()
    };
    for subject in [
        "milvus",
        "provider",
        "propagator",
        "sampling",
        "traces",
        "metrics",
        "logs",
    ] {
        assert_eq!(state(subject), "ok", "{subject}: {stdout}");
    }
    // One of each signal arrived, and Milvus' spans in the trace of the report.
    let trace = report["trace_id"].as_str().unwrap();
    let spans = receiver
        .wait_for(std::time::Duration::from_secs(15), |spans| {
            let mut of_milvus = spans.iter().filter(|span| span.service == "standalone");
            of_milvus.any(|span| span.trace_id == trace)
        })
        .await;
    let services: Vec<_> = spans
        .iter()
        .filter(|s| s.trace_id == trace)
        .map(|s| &*s.service)
        .collect();
    assert!(services.contains(&"milvus-otel-doctor"), "{services:?}");
    assert!(services.contains(&"standalone"), "{services:?}");
    assert!(!receiver.metrics().is_empty() && !receiver.logs().is_empty());
}

#[test]
fn a_problem_has_status_1_and_is_explained_on_the_standard_output() {
    let arguments = [
        "--milvus",
        "http://127.0.0.1:1",
        "--collector",
        "http://127.0.0.1:1",
        "--timeout",
        "2",
    ];
    let (status, stdout, stderr) = doctor(&arguments, &[]);
    assert_eq!((status, &*stderr), (Some(1), ""), "{stdout}");
    assert!(
        stdout.contains("problem  milvus: cannot connect to http://127.0.0.1:1"),
        "{stdout}"
    );
    assert!(
        stdout.contains("problem  collector, traces: the span did not reach"),
        "{stdout}"
    );
}

#[test]
fn a_mistake_in_the_arguments_is_named_above_the_usage() {
    for (wrong, mistake) in [
        (&["--verbose"][..], "--verbose is not an option"),
        (&["now"], "argument 1 is not an option"),
        (&["--jaeger"], "--jaeger needs a value"),
        (&["--json=yes"], "--json has no value"),
        (
            &["--timeout", "soon"],
            "--timeout needs a number of seconds",
        ),
        (&["--timeout=soon"], "--timeout needs a number of seconds"),
        (
            &["--header", "hunter2"],
            "--header needs a name and a value: name=value",
        ),
        (
            &["--jaeger=http://a", "--tempo", "http://b"],
            "--jaeger and --tempo exclude each other",
        ),
    ] {
        let (status, stdout, stderr) = doctor(wrong, &[]);
        assert_eq!((status, &*stdout), (Some(2), ""), "{wrong:?}");
        let expected = format!("error: {mistake}\nusage: milvus-otel doctor");
        assert!(stderr.starts_with(&expected), "{stderr}");
        assert!(!stderr.contains("hunter2"), "{stderr}");
    }
}

#[test]
fn help_is_shown_on_the_standard_output() {
    for asked in ["--help", "-h"] {
        let (status, stdout, stderr) = doctor(&[asked], &[]);
        assert_eq!((status, &*stderr), (Some(0), ""), "{asked}");
        assert!(stdout.starts_with("usage: milvus-otel doctor"), "{stdout}");
    }
}

/// The findings of `--json`, by subject.
fn findings(stdout: &str, subject: &str) -> Vec<serde_json::Value> {
    let report: serde_json::Value = serde_json::from_str(stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let found = findings.filter(|finding| finding["subject"] == subject);
    found.cloned().collect()
}

#[test]
fn a_configuration_file_is_read_and_one_that_cannot_be_used_is_a_finding() {
    let receiver = Receiver::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("otel.yaml");
    let text = format!(
        "file_format: '1.0'\npropagator: {{composite_list: tracecontext}}\ntracer_provider: \
         {{processors: [{{batch: {{exporter: {{otlp_grpc: {{endpoint: '{}'}}}}}}}}]}}\n",
        receiver.grpc_endpoint()
    );
    std::fs::write(&path, text).unwrap();
    let arguments = ["--json", "--milvus=http://127.0.0.1:1", "--timeout=2"];
    let variables = [("OTEL_CONFIG_FILE", path.to_str().unwrap())];
    let (_, stdout, stderr) = doctor(&arguments, &variables);
    assert_eq!(stderr, "");
    assert_eq!(findings(&stdout, "traces")[0]["state"], "ok", "{stdout}");
    assert!(!receiver.spans().is_empty());

    let variables = [("OTEL_CONFIG_FILE", "/nowhere/otel.yaml")];
    let (status, stdout, stderr) = doctor(&arguments, &variables);
    assert_eq!((status, &*stderr), (Some(1), ""), "{stdout}");
    let settings = &findings(&stdout, "variables")[0];
    assert_eq!(settings["state"], "problem", "{stdout}");
    let detail = settings["detail"].as_str().unwrap();
    assert!(detail.contains("/nowhere/otel.yaml"), "{detail}");
    // The other checks are made.
    assert_eq!(findings(&stdout, "milvus")[0]["state"], "problem");
    assert_eq!(findings(&stdout, "provider")[0]["state"], "skipped");
    let (_, stdout, _) = doctor(&arguments[1..], &variables);
    assert!(stdout.contains("problem  settings: "), "{stdout}");
}
