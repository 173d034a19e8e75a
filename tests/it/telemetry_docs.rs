//! docs/telemetry.md against the code: its tables are made from what the source says of each attribute and from what
//! a run that provokes everything emits. `UPDATE_DOCS=1 cargo test --test it telemetry_docs` writes them.

use crate::support::events;
mod everything;
use crate::support::measured;
use crate::support::noting;
use crate::support::raw;
mod registry;
mod source;
use crate::support::spans;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use everything::{Everything, SpanSort};

fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A list of names in code type.
fn code<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = |name: &str| format!("`{name}`");
    let names: Vec<String> = names.into_iter().map(quoted).collect();
    names.join(", ")
}

fn attributes(everything: &Everything) -> String {
    let mut out =
        "| attribute | example | what it is | on spans of |\n|---|---|---|---|\n".to_owned();
    for attribute in source::attributes() {
        let mut on = Vec::new();
        for (sort, name) in [
            (SpanSort::Call, "calls"),
            (SpanSort::Attempt, "attempts"),
            (SpanSort::Operation, "operations"),
        ] {
            if everything.at_start(sort).contains(&attribute.key) {
                on.push(name.to_owned());
            } else if everything.at_end(sort).contains(&attribute.key) {
                on.push(format!("{name} (at the end)"));
            }
        }
        let logged = |said: &events::Said| said.fields.contains_key(&attribute.key);
        if on.is_empty() && everything.said.iter().any(logged) {
            on.push("logs only".to_owned());
        } else if on.is_empty() {
            on.push("metrics only".to_owned());
        }
        let (key, example, about) = (&attribute.key, &attribute.example, &attribute.about);
        out += &format!("| `{key}` | `{example}` | {about} | {} |\n", on.join(", "));
    }
    out
}

fn metrics(everything: &Everything) -> String {
    let mut out =
        "| metric | kind, unit | what it is | attributes | when |\n|---|---|---|---|---|\n"
            .to_owned();
    for (name, measured) in &everything.measured {
        let keys: BTreeSet<&str> = measured
            .series
            .iter()
            .flat_map(|series| series.attributes.keys().map(String::as_str))
            .collect();
        let when = if everything.measured_by_default.contains(name) {
            "by default"
        } else if name.starts_with("milvus.client.search.") {
            "[`answer_quality`]"
        } else {
            "[`detailed_metrics`]"
        };
        let (kind, unit, about) = (measured.kind, &measured.unit, &measured.about);
        out += &format!(
            "| `{name}` | {kind}, `{unit}` | {about} | {} | {when} |\n",
            code(keys)
        );
    }
    out
}

fn boundaries(everything: &Everything) -> String {
    let mut out = "| histogram | boundaries |\n|---|---|\n".to_owned();
    for (name, measured) in &everything.measured {
        if measured.kind == "histogram" {
            let texts: Vec<String> = measured.series[0]
                .boundaries
                .iter()
                .map(f64::to_string)
                .collect();
            out += &format!("| `{name}` | {} |\n", texts.join(", "));
        }
    }
    out
}

fn logs(everything: &Everything) -> String {
    let mut rows: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for said in &everything.said {
        let message = said.fields["message"].as_str();
        let fields = rows
            .entry((said.target.as_str(), said.name, said.level, message))
            .or_default();
        let keys = said.fields.keys().map(String::as_str);
        fields.extend(keys.filter(|key| *key != "message"));
    }
    let mut out =
        "| event | target | level, message | attributes |\n|---|---|---|---|\n".to_owned();
    for ((target, name, level, message), fields) in rows {
        out += &format!(
            "| `{name}` | `{target}` | {level}, {message} | {} |\n",
            code(fields)
        );
    }
    out
}

/// The text with a table in the place that is marked for it.
fn with(text: &str, place: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {place}, from the code -->\n"), "<!-- end -->");
    let (before, rest) = text
        .split_once(&begin)
        .unwrap_or_else(|| panic!("docs/telemetry.md has no place for {place}"));
    let (_, after) = rest.split_once(end).unwrap();
    format!("{before}{begin}\n{table}\n{end}{after}")
}

#[tokio::test]
async fn the_tables_match_the_code() {
    let everything = everything::run().await;
    let path = repository("docs/telemetry.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut wanted = text.clone();
    for (place, table) in [
        ("attributes", attributes(&everything)),
        ("metrics", metrics(&everything)),
        ("boundaries", boundaries(&everything)),
        ("logs", logs(&everything)),
    ] {
        wanted = with(&wanted, place, &table);
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, wanted).unwrap();
        return;
    }
    for (line, (written, wanted)) in text.lines().zip(wanted.lines()).enumerate() {
        assert_eq!(
            written,
            wanted,
            "docs/telemetry.md, line {}: see UPDATE_DOCS above",
            line + 1
        );
    }
    assert!(
        text == wanted,
        "docs/telemetry.md has a row too many or too few: see UPDATE_DOCS above"
    );
}

#[tokio::test]
async fn the_registry_matches_the_code() {
    let everything = everything::run().await;
    for (name, wanted) in registry::files(&everything) {
        let path = repository("registry").join(name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, wanted).unwrap();
            continue;
        }
        let written = std::fs::read_to_string(&path).unwrap();
        for (line, (written, wanted)) in written.lines().zip(wanted.lines()).enumerate() {
            assert_eq!(
                written,
                wanted,
                "registry/{name}, line {}: see UPDATE_DOCS above",
                line + 1
            );
        }
        assert!(
            written == wanted,
            "registry/{name} is too long or too short: see UPDATE_DOCS above"
        );
    }
}

#[test]
fn the_registry_is_of_this_version_of_the_crate_and_of_the_conventions() {
    let manifest = std::fs::read_to_string(repository("registry/manifest.yaml")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        manifest.contains(&format!("/registry/{version}\n")),
        "{manifest}"
    );
    let conventions = source::schema_url();
    assert!(
        manifest.contains(&format!("schema_url: {conventions}\n")),
        "{manifest}"
    );
    let (_, number) = conventions.rsplit_once('/').unwrap();
    assert!(
        manifest.contains(&format!("@v{number}[model]")),
        "{manifest}"
    );
}

#[tokio::test]
async fn everything_emitted_is_declared_and_everything_declared_is_emitted() {
    let everything = everything::run().await;
    let declared: BTreeSet<String> = source::attributes()
        .into_iter()
        .map(|attribute| attribute.key)
        .collect();
    assert_eq!(everything.keys(), declared);
    let measured: BTreeSet<String> = everything.measured.keys().cloned().collect();
    assert_eq!(measured, source::instruments());
}

#[tokio::test]
async fn the_named_spans_exist() {
    let everything = everything::run().await;
    let text = std::fs::read_to_string(repository("docs/telemetry.md")).unwrap();
    let (_, table) = text.split_once("| span | kind | name |").unwrap();
    let rows: Vec<&str> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(rows.len(), 4);
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (kind, name) = (cells[2], cells[3].trim_matches('`'));
        let named = (kind.to_owned(), name.to_owned());
        assert!(
            everything.names.contains(&named),
            "{named:?} is not in {:?}",
            everything.names
        );
    }
}

#[test]
fn every_log_is_mentioned() {
    let text = std::fs::read_to_string(repository("docs/telemetry.md")).unwrap();
    let said = source::logs();
    assert!(said.len() >= 5, "{said:?}");
    for (file, message) in said {
        assert!(
            text.contains(&message),
            "docs/telemetry.md does not mention {message:?} of {file}"
        );
    }
}
