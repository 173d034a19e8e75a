//! Shows a file of OTLP JSON lines: as a waterfall in the terminal and, optionally, as a page.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use milvus_otel_testkit::html::write_trace_html;
use milvus_otel_testkit::jsonl::read_spans;
use milvus_otel_testkit::waterfall::waterfall;

use crate::{Outcome, asks_for_help, usage};

const HELP: &str = "\
usage: milvus-otel trace FILE.otlp.jsonl [PAGE.html]

Draws the traces of a file of OTLP JSON lines, as `milvus_otel::init` and the Collector write them, and writes them as a web
page that needs no network. Variables: COLUMNS (the width, by default 120), NO_COLOR, CLICOLOR_FORCE.
";

pub(crate) fn run(arguments: &[OsString]) -> Outcome {
    if asks_for_help(arguments) {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let (lines, page) = match arguments {
        [lines] => (lines, None),
        [lines, page] => (lines, Some(page)),
        _ => return Ok(usage(HELP)),
    };
    let spans = read_spans(lines)?;
    if let Some(page) = page {
        write_trace_html(page, &spans)?;
    }
    let variable = |name| std::env::var(name).ok();
    let width = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let color = io::stdout().is_terminal() || variable("CLICOLOR_FORCE").is_some();
    let color = color && variable("NO_COLOR").is_none();
    print!("{}", waterfall(&spans, width.unwrap_or(120), color));
    Ok(ExitCode::SUCCESS)
}
