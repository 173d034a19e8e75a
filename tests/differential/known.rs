//! What differs and is no fault of this client. Every use is counted and printed at the end of a run.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::server::Kind::{self, Full, Lite25, Lite32};

/// One difference, or one thing that is left out of the comparison, and why.
struct Known {
    name: &'static str,
    on: &'static [Kind],
    why: &'static str,
    used: [AtomicU64; 3],
}

const fn known(name: &'static str, on: &'static [Kind], why: &'static str) -> Known {
    Known {
        name,
        on,
        why,
        used: [const { AtomicU64::new(0) }; 3],
    }
}

static KNOWN: [Known; 12] = [
    known(
        "keys that need quoting",
        &[Full, Lite25, Lite32],
        "pymilvus writes keys into filters without escaping them, in get, delete and its iterators: asked by a filter \
         that escapes them, or without an iterator",
    ),
    known(
        "search iterator",
        &[Full, Lite25, Lite32],
        "pymilvus' search iterator ends before all is found, always on Milvus Lite, and where many hits have one score on \
         Milvus 2.3: asked page by page, without what was found before",
    ),
    known(
        "largest key",
        &[Full],
        "a row of key 9223372036854775807 is not found: no such keys",
    ),
    known(
        "smallest integer",
        &[Full, Lite25],
        "-9223372036854775808 is no literal there, and pymilvus knows no other way to say it, as this client does: no such \
         keys and values in filters",
    ),
    known(
        "group size",
        &[Lite25],
        "the server ignores it, so this client refuses it: left out",
    ),
    known(
        "vectors in hits",
        &[Lite25],
        "of binary, sparse and 16-bit vectors the server gives too few for the hits: this client refuses the answer, \
         pymilvus gives wrong values: not asked for",
    ),
    known(
        "apostrophe in keys",
        &[Lite25],
        "the server quotes keys with apostrophes when it collects the fields of hits: a hybrid search that finds \"it's\" \
         ends it, and a delete of it fails: no such keys",
    ),
    known(
        "length of texts in arrays",
        &[Lite32],
        "the server forgets it: described as 0",
    ),
    known(
        "scalars as JSON",
        &[Lite32],
        "the server fails at JSON values other than objects and arrays, having stored some of the rows, or stores the \
         text \"a\" as a, which is no JSON: in a list instead",
    ),
    known(
        "dynamic fields of replaced rows",
        &[Lite32],
        "an upsert keeps those that the new row does not have",
    ),
    known(
        "schema of a second ago",
        &[Full, Lite25],
        "the server does not hold rows against the schema, and ends on columns of another type: this client trusts a \
         schema for a second, so the first write after a change waits for as long",
    ),
    known(
        "line break",
        &[Lite25],
        "the server reads \\n in a literal as n, so this client refuses it",
    ),
];

fn find(name: &str) -> &'static Known {
    let found = KNOWN.iter().find(|known| known.name == name);
    found.unwrap_or_else(|| panic!("the table of known differences has no {name:?}"))
}

/// Whether a difference of this name is known on this server. Counts it as used if so.
pub(crate) fn is_known(name: &str, on: Kind) -> bool {
    let known = find(name);
    let applies = known.on.contains(&on);
    if applies {
        known.used[on as usize].fetch_add(1, Relaxed);
    }
    applies
}

/// The table as it applies to this server, with how often each entry was used.
pub(crate) fn table(on: Kind) -> String {
    let mut table = String::new();
    for known in KNOWN.iter().filter(|known| known.on.contains(&on)) {
        let used = known.used[on as usize].load(Relaxed);
        let _ = writeln!(table, "  {used:6} x {}: {}", known.name, known.why);
    }
    table
}
