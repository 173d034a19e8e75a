//! The spans that a collector received, as text.

use std::fmt::Write as _;

use testkit::Receiver;
use testkit::receiver::Span;

/// A line per span, children indented below their parent: kind and name. A span whose parent did not arrive stands at the
/// margin, behind its parent's id.
pub(crate) fn tree(receiver: &Receiver) -> String {
    fn below(out: &mut String, spans: &[Span], parent: Option<&str>, depth: usize) {
        for span in spans
            .iter()
            .filter(|span| span.parent_span_id.as_deref() == parent)
        {
            let kind = format!("{:?}", span.kind).to_uppercase();
            writeln!(out, "{:1$}{kind} {name}", "", depth * 2, name = span.name).unwrap();
            below(out, spans, Some(&span.span_id), depth + 1);
        }
    }
    let mut spans = receiver.spans();
    spans.sort_by_key(|span| span.start);
    let mut out = String::new();
    below(&mut out, &spans, None, 0);
    for span in &spans {
        let known = |id: &String| spans.iter().any(|span| span.span_id == *id);
        if let Some(parent) = span.parent_span_id.as_ref().filter(|parent| !known(parent)) {
            writeln!(out, "remote {parent}").unwrap();
            below(&mut out, &spans, Some(parent), 1);
        }
    }
    out
}
