use std::io::BufReader;
use std::sync::LazyLock;
use std::time::Duration;

use super::text::columns;
use super::{Waterfall, waterfall};
use crate::jsonl;
use crate::receiver::{Span, Status};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn sample() -> Vec<Span> {
    static SPANS: LazyLock<Vec<Span>> = LazyLock::new(|| {
        let lines = include_str!("../../tests/fixtures/sample.otlp.jsonl");
        jsonl::spans(BufReader::new(lines.as_bytes())).unwrap()
    });
    SPANS.clone()
}

/// A span from `start` to `end`, in milliseconds.
fn span(id: &str, parent: Option<&str>, service: &str, name: &str, start: u64, end: u64) -> Span {
    let mut span = sample().swap_remove(0);
    let zero = span.start;
    span.trace_id = TRACE.into();
    span.span_id = id.into();
    span.parent_span_id = parent.map(str::to_owned);
    span.service = service.into();
    span.name = name.into();
    span.start = zero + Duration::from_millis(start);
    span.end = zero + Duration::from_millis(end);
    span.status = Status::Unset;
    span
}

fn drawn(spans: &[Span]) -> String {
    Waterfall::new(spans).width(60).render()
}

#[test]
fn a_call_and_its_server_are_drawn_to_scale() {
    let mut spans = vec![
        span("a", None, "app", "quick_setup", 0, 80),
        span("b", Some("a"), "app", "Search books", 20, 60),
        span(
            "c",
            Some("b"),
            "standalone",
            "milvus.proto.milvus.MilvusService/Search",
            30,
            55,
        ),
        span("d", Some("a"), "app", "Query films", 60, 75),
    ];
    spans[3].status = Status::Error("collection not found".into());
    let expected = "\
trace 4bf92f3577b34da6a3ce929d0e0e4736  4 spans · 2 services · 80.0 ms · 1 error

                            0              80.0 ms
● quick_setup               ██████████████████████   80.0 ms
├─● Search books                 ▐██████████▌        40.0 ms
│ └─◆ MilvusService/Search          ▐██████▏         25.0 ms
└─● Query films                             ▐███▋    15.0 ms
    ✗ collection not found

● app 3 spans   ◆ standalone 1 span
";
    assert_eq!(drawn(&spans), expected);
}

#[test]
fn polling_shares_a_line_and_a_failed_poll_does_not() {
    let mut spans = vec![span("root", None, "app", "load", 0, 100)];
    for poll in 0..6 {
        spans.push(span(
            &format!("p{poll}"),
            Some("root"),
            "app",
            "poll",
            poll * 16,
            poll * 16 + 4,
        ));
    }
    let expected = "\
trace 4bf92f3577b34da6a3ce929d0e0e4736  7 spans · 1 service · 100 ms

              0                 50.0 ms     100 ms
● load        ████████████████████████████████████    100 ms
└─● poll × 6  █▌   ▕█▎   ▐█    ▐▊    █▌   ▕█▎      Σ 24.0 ms

● app 7 spans
";
    assert_eq!(drawn(&spans), expected);

    spans[3].status = Status::Error(String::new());
    let text = drawn(&spans);
    assert!(text.contains("✗ failed"), "{text}");
    assert!(text.contains("● poll × 3"), "{text}");
    let unfolded = Waterfall::new(&spans).fold(false).render();
    assert_eq!(unfolded.matches("● poll").count(), 6, "{unfolded}");
}

#[test]
fn orphans_and_cycles_are_shown_and_marked() {
    let spans = [
        span("a", None, "app", "root", 0, 10),
        span("b", Some("gone"), "app", "orphan", 2, 4),
        span("c", Some("d"), "app", "first", 5, 9),
        span("d", Some("c"), "app", "second", 6, 8),
        span("e", Some("e"), "app", "own parent", 7, 8),
    ];
    let text = drawn(&spans);
    assert!(text.contains("● orphan "), "{text}");
    assert!(
        text.contains("? its parent gone is not among these spans"),
        "{text}"
    );
    assert!(text.contains("● first "), "{text}");
    assert!(
        text.contains("? its parent d is also its descendant"),
        "{text}"
    );
    assert!(text.contains("└─● second "), "{text}");
    assert!(text.contains("● own parent "), "{text}");
}

#[test]
fn a_long_trace_stays_readable_and_hides_no_failure() {
    let mut spans = sample();
    let text = waterfall(&spans, 100, false);
    assert!(text.lines().count() <= 66, "{text}");
    assert!(text.contains("× 11 (+44 spans)"), "{text}");
    let deepest = spans
        .iter()
        .position(|span| span.name.ends_with("WatchChannels") && span.kind.to_wire() == 2);
    spans[deepest.unwrap()].status = Status::Error("no node to watch the channel".into());
    let text = waterfall(&spans, 100, false);
    assert!(text.contains("no node to watch the channel"), "{text}");
    let shallow = Waterfall::new(&spans).max_depth(0).render();
    assert!(
        shallow.contains("no node to watch the channel"),
        "{shallow}"
    );
}

#[test]
fn every_span_is_drawn_or_counted() {
    let spans = sample();
    for levels in 1..9 {
        let text = Waterfall::new(&spans)
            .server_depth(levels)
            .fold(false)
            .render();
        let rows = text
            .lines()
            .filter(|line| line.contains("● ") || line.contains("◆ "))
            .count()
            - 1;
        let hidden: usize = text
            .lines()
            .last()
            .unwrap()
            .split("(+")
            .nth(1)
            .map_or(0, |rest| rest.split(' ').next().unwrap().parse().unwrap());
        assert_eq!(rows + hidden, spans.len(), "{levels} levels\n{text}");
    }
}

#[test]
fn no_line_is_wider_than_requested() {
    let mut spans = sample();
    let mut parent = None;
    for level in 0..80 {
        let id = format!("deep{level}");
        spans.push(span(&id, parent.as_deref(), "app", "書籍 deep", 0, 10));
        let deep = spans.len() - 1;
        spans[deep].trace_id = spans[0].trace_id.clone();
        parent = Some(id);
    }
    for width in [40, 60, 100, 200] {
        for line in waterfall(&spans, width, false)
            .lines()
            .filter(|line| line.contains("─"))
        {
            assert!(
                columns(line) <= width,
                "{} columns of {width}: {line}",
                columns(line)
            );
        }
    }
}

#[test]
fn colour_changes_nothing_but_colour() {
    let spans = sample();
    let mut plain = String::new();
    let colored = waterfall(&spans, 120, true);
    let mut parts = colored.split('\u{1b}');
    plain.push_str(parts.next().unwrap());
    for part in parts {
        plain.push_str(part.split_once('m').unwrap().1);
    }
    assert_eq!(plain, waterfall(&spans, 120, false));
}

#[test]
fn no_spans_no_text_and_no_time_no_panic() {
    assert_eq!(waterfall(&[], 80, false), "");
    let text = drawn(&[span("a", None, "", "instant", 3, 3)]);
    assert!(text.contains("0 ms"), "{text}");
    assert!(text.contains("(no service.name)"), "{text}");
    assert!(text.contains('█'), "{text}");
}
