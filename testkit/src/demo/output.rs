//! What a person sees of the trace.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use super::collector::Target;
use crate::html::write_trace_html;
use crate::receiver::Trace;
use crate::waterfall::Waterfall;

/// Says where to find a trace that was sent to somebody else; `jaeger` is where its pages are.
pub(super) fn elsewhere(target: &Target, trace_id: &str, jaeger: Option<&str>) -> io::Result<()> {
    println!("trace {trace_id}, sent to {}", target.shown());
    if let Some(page) = jaeger {
        println!("{page}/trace/{trace_id}");
    }
    Ok(())
}

/// Draws a trace that was received here, and writes its page.
pub(super) fn here(trace: &Trace, with_server: bool) -> io::Result<()> {
    if trace.spans.is_empty() {
        println!(
            "trace {}: no span of it arrived; OTEL_TRACES_EXPORTER or OTEL_TRACES_SAMPLER may say so",
            trace.id
        );
        return Ok(());
    }
    print!("{}", drawn(trace));
    println!();
    println!("trace {}: {}", trace.id, counted(trace));
    if !with_server {
        println!("Milvus was running before and sends its spans elsewhere, if it sends any");
    }
    let page = page(&std::env::current_exe()?);
    if let Some(folder) = page.parent() {
        std::fs::create_dir_all(folder)?;
    }
    write_trace_html(&page, &trace.spans)?;
    println!("{}", page.display());
    Ok(())
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

/// `target/NAME/trace.html` for the example at `target/debug/examples/NAME`; else beside the program.
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
