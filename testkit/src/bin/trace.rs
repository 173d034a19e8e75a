//! Shows a file of OTLP JSON lines: as a waterfall in the terminal and, optionally, as a page.
//!
//! `cargo run -p milvus-otel-testkit --bin trace -- trace.otlp.jsonl [trace.html]`

use std::io::{self, IsTerminal as _};

use testkit::html::write_trace_html;
use testkit::jsonl::read_spans;
use testkit::waterfall::waterfall;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(lines) = arguments.next() else {
        return Err(io::Error::other(
            "showing a trace needs a file: trace FILE.otlp.jsonl [PAGE.html]",
        ));
    };
    let spans = read_spans(lines)?;
    if let Some(page) = arguments.next() {
        write_trace_html(page, &spans)?;
    }
    let width = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(120);
    let color = io::stdout().is_terminal() || std::env::var_os("CLICOLOR_FORCE").is_some();
    print!(
        "{}",
        waterfall(
            &spans,
            width,
            color && std::env::var_os("NO_COLOR").is_none()
        )
    );
    Ok(())
}
