//! Shows the trace.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use super::collector::Target;
use crate::html::write_trace_html;
use crate::receiver::Trace;
use crate::waterfall::Waterfall;

/// Prints where to find a trace that was sent to another receiver; `jaeger` is the address of its pages.
pub(super) fn elsewhere(target: &Target, trace_id: &str, jaeger: Option<&str>) {
    println!("trace {trace_id}, sent to {}", target.shown());
    if let Some(pages) = jaeger {
        println!("open {pages}/trace/{trace_id}");
    }
}

/// Draws a trace that was received here, and writes its page.
pub(super) fn here(trace: &Trace, milvus_sent_here: bool) {
    if trace.spans.is_empty() {
        println!(
            "trace {}: no span of it arrived; look at OTEL_TRACES_EXPORTER and OTEL_TRACES_SAMPLER",
            trace.id
        );
        return;
    }
    print!("{}", drawn(trace));
    println!();
    println!("trace {}: {}", trace.id, counted(trace));
    if !milvus_sent_here {
        println!("Milvus was already running: it sends its own spans where its settings say");
    }
    match write_page(trace) {
        Ok(page) => println!("open {} in a browser", page.display()),
        Err(error) => eprintln!("the trace's page was not written: {error}"),
    }
}

fn write_page(trace: &Trace) -> io::Result<PathBuf> {
    let page = page(&std::env::current_exe()?);
    if let Some(folder) = page.parent() {
        std::fs::create_dir_all(folder)?;
    }
    write_trace_html(&page, &trace.spans)?;
    Ok(page)
}

fn drawn(trace: &Trace) -> String {
    let variable = |name| std::env::var(name).ok();
    let width = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let color = io::stdout().is_terminal() || variable("CLICOLOR_FORCE").is_some();
    Waterfall::new(&trace.spans)
        .width(width.unwrap_or(120))
        .color(color && variable("NO_COLOR").is_none())
        .render()
}

/// `9 spans of milvus-client, 106 spans of standalone`.
fn counted(trace: &Trace) -> String {
    let mut services: BTreeMap<&str, usize> = BTreeMap::new();
    for span in &trace.spans {
        *services.entry(&span.service).or_default() += 1;
    }
    let each = services.iter().map(|(service, count)| {
        let plural = if *count == 1 { "" } else { "s" };
        format!("{count} span{plural} of {service}")
    });
    each.collect::<Vec<_>>().join(", ")
}

/// `target/NAME/trace.html` for the example at `target/debug/examples/NAME`; otherwise next to the program.
fn page(program: &Path) -> PathBuf {
    let name = program.file_stem().unwrap_or_default();
    let target = program.ancestors().nth(3).filter(|target| {
        let below = program.strip_prefix(target).ok();
        below.is_some_and(|path| path.parent().is_some_and(|dir| dir.ends_with("examples")))
    });
    let folder = match target {
        Some(target) => target.join(name),
        None => program.with_file_name(""),
    };
    folder.join("trace.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_examples_page_lies_in_the_target_directory() {
        let path = |program| page(Path::new(program));
        assert_eq!(
            path("/src/target/debug/examples/quick_setup"),
            Path::new("/src/target/quick_setup/trace.html")
        );
        assert_eq!(path("/usr/bin/demo"), Path::new("/usr/bin/trace.html"));
    }

    #[test]
    fn spans_are_counted_by_service() {
        let lines = include_str!("../../tests/fixtures/sample.otlp.jsonl");
        let spans = crate::jsonl::spans(io::BufReader::new(lines.as_bytes())).unwrap();
        let trace = Trace::from_spans(&spans[0].trace_id, &spans);
        let total: usize = counted(&trace)
            .split(", ")
            .map(|part| part.split(' ').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(total, trace.spans.len());
        assert!(counted(&trace).contains(&spans[0].service));
    }
}
