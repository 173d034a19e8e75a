//! What the source says.

use std::collections::BTreeSet;
use std::fs::read_to_string;
use std::path::Path;

use super::repository;

/// A key of src/otel/attributes.rs, and what its comment says.
pub(crate) struct Attribute {
    pub(crate) key: String,
    pub(crate) example: String,
    pub(crate) about: String,
}

/// In the order of the source.
pub(crate) fn attributes() -> Vec<Attribute> {
    let source = read_to_string(repository("src/otel/attributes.rs")).unwrap();
    let (mut out, mut comment) = (Vec::new(), String::new());
    for line in source.lines() {
        if let Some(text) = line.strip_prefix("/// ") {
            comment = format!("{comment} {text}").trim().to_owned();
            continue;
        }
        let comment = std::mem::take(&mut comment);
        let Some(("pub(crate) const", value)) = line
            .split_once(" = ")
            .and_then(|(declared, value)| Some((declared.get(..16)?, value)))
        else {
            continue;
        };
        let key = value.trim_matches(['"', ';']).to_owned();
        if key.starts_with("https://") {
            continue;
        }
        let (example, about) = comment
            .strip_prefix('`')
            .and_then(|rest| rest.split_once("`: "))
            .unwrap_or_else(|| {
                panic!("{key}: the comment does not begin with an example: {comment}")
            });
        let about = about.trim_end_matches('.');
        assert!(
            !example.contains('`') && !about.is_empty() && !about.contains('|'),
            "{key}"
        );
        out.push(Attribute {
            key,
            example: example.to_owned(),
            about: about.to_owned(),
        });
    }
    assert!(out.len() > 30, "the constants were not found");
    out
}

/// The revision of the conventions that the names are from.
pub(crate) fn schema_url() -> String {
    let source = read_to_string(repository("src/scope.rs")).unwrap();
    let mut urls = strings(&source).filter(|text| text.starts_with("https://"));
    urls.next().unwrap().to_owned()
}

/// The strings of a source file.
fn strings(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').skip(1).step_by(2)
}

/// The names of the instruments.
pub(crate) fn instruments() -> BTreeSet<String> {
    let source = read_to_string(repository("src/otel/metrics.rs")).unwrap();
    let ours = |name: &&str| {
        name.split_once('.')
            .is_some_and(|(_, rest)| rest.starts_with("client."))
    };
    strings(&source).filter(ours).map(str::to_owned).collect()
}

/// The text up to the bracket that closes what was opened before it.
fn arguments(call: &str) -> &str {
    let mut depth = 1_i32;
    let end = call.find(|letter| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        depth == 0
    });
    &call[..end.unwrap()]
}

/// The texts of what is logged, as far as they are fixed, and where.
pub(crate) fn logs() -> Vec<(String, String)> {
    fn walk(directory: &Path, out: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
                continue;
            }
            let source = read_to_string(&path).unwrap();
            for level in ["trace", "debug", "info", "warn", "error", "event"] {
                for call in source.split(&format!("tracing::{level}!(")).skip(1) {
                    let arguments = arguments(call);
                    let message = strings(arguments).last().unwrap_or_default();
                    let fixed = message.split('{').next().unwrap_or_default().trim();
                    out.push((path.display().to_string(), fixed.to_owned()));
                }
            }
        }
    }
    let mut out = Vec::new();
    walk(&repository("src"), &mut out);
    out
}
