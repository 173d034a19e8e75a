//! The exporters of a signal.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::refused::Refused;
use super::section::Section;
use super::target::Target;
use crate::init::delivery::Signal;
use crate::init::variables;

const KINDS: [&str; 5] = [
    "otlp_http",
    "otlp_grpc",
    "otlp_file/development",
    "otlp_file",
    "console",
];

/// Translates the exporter of a processor or reader.
pub(super) fn read(
    section: Option<Section<'_>>,
    parent: &str,
    signal: Signal,
    target: &mut Target,
) -> Result<(), Refused> {
    let Some(section) = section else {
        return Err(Refused::new(parent, "expected an exporter"));
    };
    let key = section.key().to_owned();
    let (kind, mut exporter) = section.kind(&KINDS)?;
    let name = match kind {
        "otlp_http" | "otlp_grpc" => {
            otlp(kind, &mut exporter, signal, target)?;
            "otlp"
        }
        "console" => "console",
        _ => {
            file(&mut exporter, signal, target)?;
            "otlp_file"
        }
    };
    target.put(variables::exporters(signal).name, &key, name.to_owned());
    if signal == Signal::Metrics {
        if let Some((key, preference)) = exporter.text("temporality_preference")? {
            // The variable spells it `lowmemory`.
            target.set(&variables::TEMPORALITY, &key, preference.replace('_', ""))?;
        }
        if let Some((key, buckets)) = exporter.text("default_histogram_aggregation")? {
            target.set(&variables::EXPONENTIAL_HISTOGRAMS, &key, buckets)?;
        }
    }
    exporter.end()
}

fn otlp(
    kind: &str,
    exporter: &mut Section<'_>,
    signal: Signal,
    target: &mut Target,
) -> Result<(), Refused> {
    let mut protocol = "grpc";
    if kind == "otlp_http" {
        protocol = match exporter.text("encoding")? {
            None => "http/protobuf",
            Some((_, encoding)) if encoding == "protobuf" => "http/protobuf",
            Some((_, encoding)) if encoding == "json" => "http/json",
            Some((key, encoding)) => {
                let reason = format!("expected protobuf or json, got {encoding:?}");
                return Err(Refused::new(key, reason));
            }
        };
    }
    target.set_for(
        &variables::PROTOCOL,
        signal,
        exporter.key(),
        protocol.to_owned(),
    )?;
    if let Some((key, endpoint)) = exporter.text("endpoint")? {
        target.set_for(&variables::ENDPOINT, signal, &key, endpoint)?;
    }
    if let Some((key, compression)) = exporter.text("compression")? {
        target.set_for(&variables::COMPRESSION, signal, &key, compression)?;
    }
    if let Some((key, timeout)) = exporter.text("timeout")? {
        target.set_for(&variables::EXPORT_TIMEOUT, signal, &key, timeout)?;
    }
    headers(exporter, signal, target)?;
    if let Some(mut tls) = exporter.section("tls")? {
        for (key, variable) in [
            ("ca_file", &variables::CERTIFICATE),
            ("cert_file", &variables::CLIENT_CERTIFICATE),
            ("key_file", &variables::CLIENT_KEY),
        ] {
            if let Some((key, file)) = tls.text(key)? {
                target.set_for(variable, signal, &key, file)?;
            }
        }
        if kind == "otlp_grpc"
            && let Some((key, insecure)) = tls.text("insecure")?
        {
            target.set_for(&variables::INSECURE, signal, &key, insecure)?;
        }
        tls.end()?;
    }
    Ok(())
}

/// `headers` take precedence over `headers_list`. Values are secrets and never appear in messages.
fn headers(exporter: &mut Section<'_>, signal: Signal, target: &mut Target) -> Result<(), Refused> {
    let mut all = String::new();
    let mut first = None;
    if let Some((key, list)) = exporter.text("headers_list")? {
        all = list;
        first = Some(key);
    }
    for (key, node) in exporter.list("headers")? {
        let mut header = Section::new(key.clone(), node)?;
        let name = header.text("name")?;
        let value = header.text("value")?;
        header.end()?;
        let Some((_, name)) = name else {
            return Err(Refused::new(key, "expected a name and a value"));
        };
        if name.parse::<http::HeaderName>().is_err() {
            return Err(Refused::new(
                key,
                format!("{name:?} is not the name of a header"),
            ));
        }
        if let Some((_, value)) = value {
            // Later entries of the variable take precedence. Writing to a string does not fail.
            let _ = write!(
                all,
                ",{name}={}",
                utf8_percent_encode(&value, NON_ALPHANUMERIC)
            );
            first.get_or_insert(key);
        }
    }
    match first {
        Some(key) => target.set_for(&variables::HEADERS, signal, &key, all),
        None => Ok(()),
    }
}

fn file(exporter: &mut Section<'_>, signal: Signal, target: &mut Target) -> Result<(), Refused> {
    let stream = exporter.text("output_stream")?;
    let key = format!("{}.output_stream", exporter.key());
    let path = stream
        .as_ref()
        .and_then(|(_, stream)| stream.strip_prefix("file://"));
    match path {
        Some(path) if !path.is_empty() => {
            target.set_for(&variables::FILE_PATH, signal, &key, path.to_owned())
        }
        _ => Err(Refused::new(
            key,
            "expected file:// and a path; the standard output is not supported, use console",
        )),
    }
}
