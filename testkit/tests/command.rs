//! The command `milvus-otel`.
#![expect(
    clippy::expect_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::process::{Command, Output};

fn milvus_otel(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_milvus-otel");
    let mut command = Command::new(program);
    command.env("COLUMNS", "100").env_remove("CLICOLOR_FORCE");
    command.args(arguments).output().expect("it can be run")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_trace_is_drawn_and_written_as_a_page() {
    let sample = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/sample.otlp.jsonl"
    );
    let folder = tempfile::tempdir().expect("a directory");
    let page = folder.path().join("trace.html");
    let output = milvus_otel(&["trace", sample, page.to_str().expect("UTF-8")]);
    assert!(output.status.success(), "{output:?}");
    let spans = milvus_otel_testkit::jsonl::read_spans(sample).expect("OTLP");
    assert_eq!(
        text(&output.stdout),
        milvus_otel_testkit::waterfall::waterfall(&spans, 100, false)
    );
    assert!(text(&std::fs::read(page).expect("a page")).contains(&spans[0].span_id));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let output = milvus_otel(&["trace", "none.otlp.jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("none.otlp.jsonl"),
        "{output:?}"
    );
}

#[test]
fn a_wrong_call_shows_the_help_and_fails() {
    for (arguments, subcommand) in [
        (&[][..], ""),
        (&["traces"], ""),
        (&["trace"], " trace"),
        (&["servers"], " servers"),
    ] {
        let output = milvus_otel(arguments);
        assert_eq!(output.status.code(), Some(2));
        let usage = format!("usage: milvus-otel{subcommand} ");
        assert!(text(&output.stderr).starts_with(&usage), "{output:?}");
        assert!(output.stdout.is_empty());
    }
    let output = milvus_otel(&["--version"]);
    assert_eq!(
        text(&output.stdout).trim(),
        format!("milvus-otel {}", env!("CARGO_PKG_VERSION"))
    );
}
