//! OTLP JSON lines, the format of the OpenTelemetry Collector's file exporter: one export
//! request per line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use opentelemetry_proto::tonic::trace::v1::TracesData;

use crate::receiver::{Payload, Receiver, Span, flatten};

/// Writes everything the receiver has accepted, one request per line, in the order of arrival.
pub fn write_jsonl(path: impl AsRef<Path>, receiver: &Receiver) -> io::Result<()> {
    let path = path.as_ref();
    let write = || -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        for payload in receiver.payloads() {
            match payload {
                Payload::Traces(export) => serde_json::to_writer(&mut file, &export)?,
                Payload::Metrics(export) => serde_json::to_writer(&mut file, &export)?,
                Payload::Logs(export) => serde_json::to_writer(&mut file, &export)?,
            }
            file.write_all(b"\n")?;
        }
        file.flush()
    };
    write().map_err(|error| named("writing", path, &error))
}

/// Reads the spans of a file of OTLP JSON lines; lines with metrics or logs are skipped.
pub fn read_spans(path: impl AsRef<Path>) -> io::Result<Vec<Span>> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|error| named("reading", path, &error))?;
    spans(BufReader::new(file)).map_err(|error| named("reading", path, &error))
}

pub(crate) fn spans(lines: impl BufRead) -> io::Result<Vec<Span>> {
    let mut spans = Vec::new();
    for (index, line) in lines.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let value: serde_json::Value = serde_json::from_str(&line).map_err(|error| {
            io::Error::other(format!("line {} is not JSON: {error}", index + 1))
        })?;
        if value.get("resourceSpans").is_none() {
            continue;
        }
        let data: TracesData = serde_json::from_value(value).map_err(|error| {
            io::Error::other(format!("line {} is not OTLP: {error}", index + 1))
        })?;
        spans.extend(flatten(data.resource_spans));
    }
    Ok(spans)
}

fn named(attempt: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("{attempt} {} failed: {error}", path.display()),
    )
}
