//! The table of docs/resilience.md is made from the rows: `UPDATE_DOCS=1 cargo test --test faults documented` writes it.
//!
//! It has what the rows demand, and no times. That the client does it is what the other test checks.

use std::fmt::Write as _;
use std::path::Path;

use crate::row::Want;
use crate::rows;

const BEGIN: &str = "<!-- The table is made from tests/faults: see its documented.rs. -->\n";
const END: &str = "<!-- The end of the table. -->\n";

#[test]
fn the_documented_table_has_what_the_rows_demand() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/resilience.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, wanted).unwrap();
        return;
    }
    let mut lines = page.lines().zip(wanted.lines());
    let difference = lines.find(|(written, wanted)| written != wanted);
    assert_eq!(difference, None, "see UPDATE_DOCS above");
    assert!(
        page == wanted,
        "the table is too long or too short: see UPDATE_DOCS above"
    );
}

fn table() -> String {
    let mut out = String::new();
    for (group, rows) in rows::groups() {
        let _ = write!(
            out,
            "\n### {group}\n\n\
             | fault | result | attempts | may have happened | requests that arrived |\n\
             |---|---|--:|---|--:|\n"
        );
        for row in rows {
            out.push_str(&line(&row.want));
        }
    }
    out.push('\n');
    out
}

fn line(want: &Want) -> String {
    let requests = want.requests.as_ref();
    let requests = requests.map_or_else(|| "-".to_owned(), ToString::to_string);
    let result = result(want.result);
    let doubt = match want.in_doubt.to_string().as_str() {
        "0" if result == "ok" => "-".to_owned(),
        "0" => "no".to_owned(),
        "1" => "yes".to_owned(),
        errors if errors.ends_with(" 1") => format!("{errors} call"),
        errors => format!("{errors} calls"),
    };
    format!(
        "| {} | {result} | {} | {doubt} | {requests} |\n",
        want.name, want.attempts
    )
}

/// A result as a reader wants it: without the operation, which the name of the row has.
fn result(pattern: &str) -> String {
    if pattern.ends_with("ok") {
        return "ok".to_owned();
    }
    if pattern.trim_matches('*') == " ok" {
        return "ok, except for calls in flight".to_owned();
    }
    let text = match pattern
        .split_once("\": ")
        .or_else(|| pattern.split_once("connect: "))
    {
        Some((_, text)) => text,
        None => pattern,
    };
    let text = text.trim_start_matches('*');
    if text.is_empty() {
        return "an error".to_owned();
    }
    format!("`{}`", text.replace('*', "…").replace('|', "\\|"))
}
