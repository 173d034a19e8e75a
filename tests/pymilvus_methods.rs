//! Every argument of pymilvus' methods of this area has a counterpart here, or a reason why not.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const METHODS: &str = include_str!("data/pymilvus_methods.txt");
const COUNTERPARTS: &str = include_str!("data/pymilvus_counterparts.txt");

/// A method and one of its arguments.
type Argument<'a> = (&'a str, &'a str);

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// Of lines such as `get(collection_name, ids, **kwargs)` and `get **(consistency_level)`.
fn arguments(methods: &str) -> BTreeSet<Argument<'_>> {
    let of_method = |line| {
        let (method, names): (&str, &str) = str::split_once(line, '(').unwrap();
        let method = method.trim_end_matches('*').trim_end();
        let names = names.trim_end().trim_end_matches(')').split(", ");
        names
            .filter(|name| !matches!(*name, "cls" | "**kwargs"))
            .map(move |name| (method, name))
    };
    lines(methods).flat_map(of_method).collect()
}

/// Of lines such as `get ids src/ops/query.rs get` and `get ids - why not`.
fn counterparts(table: &str) -> BTreeMap<Argument<'_>, (&str, &str)> {
    lines(table)
        .map(|line| {
            let mut words = line.splitn(4, ' ');
            let mut next = || words.next().unwrap();
            ((next(), next()), (next(), next()))
        })
        .collect()
}

/// What is wrong with the table.
fn faults(methods: &str, table: &str) -> Vec<String> {
    let (arguments, counterparts) = (arguments(methods), counterparts(table));
    let missing = arguments
        .iter()
        .filter(|argument| !counterparts.contains_key(*argument))
        .map(|(method, name)| format!("{method}: {name} has no counterpart"));
    let wrong = counterparts.iter().filter_map(|(argument, (file, what))| {
        let (method, name) = argument;
        let fault = if !arguments.contains(argument) {
            "pymilvus has no such argument".to_owned()
        } else if *file == "-" {
            (what.len() < 20).then(|| "say why there is none".to_owned())?
        } else {
            (!is_public(file, what)).then(|| format!("there is no `pub fn {what}` in {file}"))?
        };
        Some(format!("{method}: {name}: {fault}"))
    });
    missing.chain(wrong).collect()
}

fn is_public(file: &str, function: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let source = std::fs::read_to_string(path).unwrap_or_default();
    ["(", "<"]
        .iter()
        .any(|open| source.contains(&format!("pub fn {function}{open}")))
}

#[test]
fn every_argument_has_a_counterpart() {
    let faults = faults(METHODS, COUNTERPARTS);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(arguments(METHODS).len() > 150);
}

#[test]
fn what_is_missing_stale_or_gone_is_noticed() {
    let methods = "get(collection_name, ids, **kwargs)\nget **(rows, columns)\n";
    let table = "get collection_name src/ops/query.rs get\nget rows src/ops/query.rs no_such\nget columns - no\nget gone src/ops/query.rs get\n";
    let faults = faults(methods, table);
    assert_eq!(
        faults,
        [
            "get: ids has no counterpart",
            "get: columns: say why there is none",
            "get: gone: pymilvus has no such argument",
            "get: rows: there is no `pub fn no_such` in src/ops/query.rs",
        ]
    );
}
