use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::*;
use crate::init::builder::Builder;
use crate::init::endpoint::CollectorEndpoint;
use crate::init::env::Env;
use crate::init::tls::Tls;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadBy {
    Init,
    Both,
    Unsupported,
}

/// A row of docs/environment.md.
pub(super) struct Row {
    name: &'static str,
    names: BTreeSet<String>,
    values: String,
    default: String,
    default_is_valid: bool,
    read_by: ReadBy,
    meaning: &'static str,
}

impl Row {
    pub(super) fn new<T: Clone>(
        variable: &Variable<T>,
        read_by: ReadBy,
        meaning: &'static str,
    ) -> Self {
        let names = Signal::ALL.map(|signal| variable.names(signal));
        Self {
            name: variable.name,
            names: names.into_iter().flatten().collect(),
            values: variable.allowed("`"),
            default: match variable.default {
                Value(text) => format!("`{text}`"),
                Unset(description) => description.to_owned(),
            },
            default_is_valid: match variable.default {
                Value(_) => variable.default_value().is_some(),
                Unset(_) => true,
            },
            read_by,
            meaning,
        }
    }
}

fn page() -> String {
    let mut page = "\
# Environment variables

`milvus_otel::init` reads these variables. Code takes precedence over the environment, and the environment over the \
defaults. `[SIGNAL_]` stands for `TRACES_`, `METRICS_`, `LOGS_` or nothing; the variable of a signal takes precedence \
over the general one. An empty value counts as unset. A value that cannot be used is reported in `Telemetry::warnings` \
and ignored, except for certificates and the [configuration file](https://github.com/milvus-otel/milvus-otel/blob/main/docs/config-file.md): if one of these files cannot \
be used, `init` returns an error, because it would otherwise trust or use other servers than intended.

*Read by*: `init` alone, or by the Rust SDK as well (both); `init` then adds checks, warnings or the right precedence.

| variable | meaning | values | default | read by |
|---|---|---|---|---|
"
    .to_owned();
    let (unsupported, supported): (Vec<_>, Vec<_>) = rows()
        .into_iter()
        .partition(|row| row.read_by == ReadBy::Unsupported);
    for row in supported {
        let by = if row.read_by == ReadBy::Both {
            "both"
        } else {
            "`init`"
        };
        let Row {
            name,
            meaning,
            values,
            default,
            ..
        } = row;
        writeln!(
            page,
            "| `{name}` | {meaning} | {values} | {default} | {by} |"
        )
        .unwrap();
    }
    page += "\n## Not supported\n\nSetting one of these causes a warning:\n\n";
    for row in unsupported {
        writeln!(page, "- `{}`: {}", row.name, row.meaning).unwrap();
    }
    page + "
So do values that other SDKs accept: the compression `zstd`, the samplers `jaeger_remote` and `xray`, the exporters \
`zipkin` and `prometheus`, and the propagators `b3`, `b3multi`, `jaeger`, `xray` and `ottrace`.
"
}

#[test]
fn the_page_of_variables_is_up_to_date() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/environment.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert!(
        written == page(),
        "run UPDATE_DOCS=1 cargo test --lib variables"
    );
}

#[test]
fn every_default_is_a_value() {
    for row in rows() {
        assert!(row.default_is_valid, "{}: {}", row.name, row.default);
    }
}

#[test]
fn the_table_lists_exactly_the_variables_that_are_read() {
    let file = std::env::temp_dir().join(format!("milvus-otel-variables-{}", std::process::id()));
    let exporters = "otlp,otlp_file";
    let env = Env::fixed([
        ("OTEL_TRACES_EXPORTER", exporters),
        ("OTEL_METRICS_EXPORTER", exporters),
        ("OTEL_LOGS_EXPORTER", exporters),
        ("OTEL_TRACES_SAMPLER", "traceidratio"),
        ("OTEL_EXPORTER_OTLP_FILE_PATH", file.to_str().unwrap()),
    ]);
    let read = env.read_names();
    drop(Builder::new(None).global(false).start(env).unwrap());
    std::fs::remove_file(file).unwrap();
    let mut read = std::mem::take(&mut *read.lock().unwrap());

    // Whether these variables are read depends on the endpoint.
    let mut env = Env::fixed([]);
    for signal in Signal::ALL {
        let without_scheme = Some("collector:4317");
        let _ = CollectorEndpoint::resolve(&mut env, signal, Protocol::Grpc, without_scheme);
        let tls = Some("https://collector:4317");
        if let Ok(endpoint) = CollectorEndpoint::resolve(&mut env, signal, Protocol::Grpc, tls) {
            Tls::resolve(&mut env, signal, &endpoint).unwrap();
        }
        // Without the feature `tls`, `https` endpoints are refused, and the variables are read only to warn about them.
        let plain =
            CollectorEndpoint::resolve(&mut env, signal, Protocol::Grpc, Some("http://c:1"));
        Tls::resolve(&mut env, signal, &plain.unwrap()).unwrap();
    }
    read.append(&mut env.read_names().lock().unwrap());

    let listed: BTreeSet<_> = rows().into_iter().flat_map(|row| row.names).collect();
    assert_eq!(read, listed);
}
