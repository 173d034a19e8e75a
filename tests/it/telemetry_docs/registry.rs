//! The registry of `milvus.*` in the format of OpenTelemetry Weaver: what docs/telemetry.md says, for machines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tracing::Level;

use super::everything::{Everything, SpanSort};
use super::source::{self, Attribute};

const HEAD: &str = "# Made from the code by tests/it/telemetry_docs.rs: UPDATE_DOCS=1 cargo test --test it telemetry_docs\n\n";

/// The files, by their names in `registry/`.
pub(crate) fn files(everything: &Everything) -> [(&'static str, String); 4] {
    [
        ("attributes.yaml", attributes(everything)),
        ("metrics.yaml", metrics(everything)),
        ("events.yaml", events(everything)),
        ("spans.yaml", spans(everything)),
    ]
}

/// The conventions' own names are defined by the conventions.
fn is_ours(name: &str) -> bool {
    name.starts_with("milvus.")
}

/// A text as YAML takes it, whatever is in it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The type that values of such an example have.
fn type_of(example: &str) -> &'static str {
    match serde_json::from_str(example) {
        Ok(serde_json::Value::Bool(_)) => "boolean",
        Ok(serde_json::Value::Number(number)) if number.is_f64() => "double",
        Ok(serde_json::Value::Number(_)) => "int",
        Ok(serde_json::Value::Array(_)) => "string[]",
        _ => "string",
    }
}

fn attributes(everything: &Everything) -> String {
    let mut out = format!(
        "{HEAD}groups:\n  - id: registry.milvus\n    type: attribute_group\n    display_name: Milvus Attributes\n    \
         brief: \"What a client of Milvus says of its calls beside the attributes of database and RPC clients.\"\n    \
         attributes:\n"
    );
    let declared = source::attributes();
    for attribute in declared.iter().filter(|attribute| is_ours(&attribute.key)) {
        let Attribute {
            key,
            example,
            about,
        } = attribute;
        let kind = type_of(example);
        if let Some(set) = everything.types.get(key) {
            assert_eq!(
                kind, *set,
                "the example of {key} is of another type than its values"
            );
        }
        let example = match kind {
            "string" => quoted(example),
            _ => example.clone(),
        };
        let about = quoted(&sentence(about));
        write!(
            out,
            "      - id: {key}\n        type: {kind}\n        stability: development\n        brief: {about}\n        \
             examples: [{example}]\n"
        )
        .unwrap();
    }
    out
}

/// The text with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().unwrap().to_uppercase();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// Those that the conventions define, as imports.
fn imports<'a>(signal: &str, names: impl Iterator<Item = &'a String>) -> String {
    let mut out = format!("imports:\n  {signal}:\n");
    for name in names.filter(|name| !is_ours(name)) {
        writeln!(out, "    - {name}").unwrap();
    }
    out
}

fn references<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for key in keys {
        writeln!(out, "      - ref: {key}").unwrap();
    }
    out
}

fn metrics(everything: &Everything) -> String {
    let imports = imports("metrics", everything.measured.keys());
    let mut out = format!("{HEAD}{imports}\ngroups:\n");
    let ours = everything.measured.iter().filter(|(name, _)| is_ours(name));
    for (name, measured) in ours {
        let instrument = match measured.kind {
            "up-down counter" => "updowncounter",
            kind => kind,
        };
        let series = measured.series.iter();
        let keys: BTreeSet<&str> = series
            .flat_map(|series| series.attributes.keys().map(String::as_str))
            .collect();
        let (unit, about) = (quoted(&measured.unit), quoted(&measured.about));
        write!(
            out,
            "  - id: metric.{name}\n    type: metric\n    metric_name: {name}\n    brief: {about}\n    \
             instrument: {instrument}\n    unit: {unit}\n    stability: development\n    attributes:\n{}",
            references(keys)
        )
        .unwrap();
    }
    out
}

fn events(everything: &Everything) -> String {
    let mut found: BTreeMap<String, (Level, &str, BTreeSet<&str>)> = BTreeMap::new();
    for said in &everything.said {
        let message = said.fields["message"].as_str();
        let event = found.entry(said.name.to_owned());
        let (.., keys) = event.or_insert_with(|| (said.level, message, BTreeSet::new()));
        // What is no attribute, but what everyone calls it in a log.
        let ids = ["message", "trace_id", "span_id"];
        let all = said.fields.keys().map(String::as_str);
        keys.extend(all.filter(|key| !ids.contains(key)));
    }
    let imports = imports("events", found.keys());
    let mut out = format!("{HEAD}{imports}\ngroups:\n");
    for (name, (level, message, keys)) in found.iter().filter(|(name, _)| is_ours(name)) {
        write!(
            out,
            "  - id: event.{name}\n    type: event\n    name: {name}\n    brief: {}\n    stability: development\n    \
             attributes:\n{}",
            quoted(&format!("The {message}, with the severity {level}.")),
            references(keys.iter().copied())
        )
        .unwrap();
    }
    out
}

fn spans(everything: &Everything) -> String {
    let mut out = format!("{HEAD}groups:\n");
    for (sort, id, kind, about) in [
        (
            SpanSort::Call,
            "call",
            "client",
            "A call of Milvus, over all its attempts.",
        ),
        (
            SpanSort::Attempt,
            "attempt",
            "client",
            "One attempt of a call that is sent more than once.",
        ),
        (
            SpanSort::Operation,
            "operation",
            "internal",
            "An operation of the client that makes several calls.",
        ),
    ] {
        write!(
            out,
            "  - id: span.milvus.client.{id}\n    type: span\n    span_kind: {kind}\n    brief: {}\n    \
             stability: development\n    attributes:\n",
            quoted(about)
        )
        .unwrap();
        let (at_start, at_end) = (everything.at_start(sort), everything.at_end(sort));
        for key in at_start.union(at_end) {
            writeln!(out, "      - ref: {key}").unwrap();
            if at_start.contains(key) {
                writeln!(out, "        sampling_relevant: true").unwrap();
            }
        }
    }
    out
}
