//! A trace as one self-contained web page.

mod otlp;

use std::fs;
use std::io;
use std::path::Path;

use crate::receiver::Span;

const PAGE: &str = include_str!("html/viewer.html");
const STYLE: &str = include_str!("html/viewer.css");
const SCRIPT: &str = include_str!("html/viewer.js");

/// A page that shows the spans. It opens from `file://`, works offline, and contains the spans as OTLP JSON in its element
/// `#otlp`.
///
/// Spans of several traces are shown one below the other.
pub fn trace_html(spans: &[Span]) -> String {
    let data = embedded(&otlp::traces_data(spans).to_string());
    let title = spans
        .iter()
        .find(|span| span.parent_span_id.is_none())
        .or_else(|| spans.first());
    let title = title.map_or("trace", |span| &span.name);
    // The spans are inserted last, so that nothing in them is replaced as a placeholder.
    PAGE.replace("{{style}}", STYLE)
        .replace("{{script}}", SCRIPT)
        .replacen("{{title}}", &escaped(title), 1)
        .replacen("{{otlp}}", &data, 1)
}

/// Writes [`trace_html`] to a file.
pub fn write_trace_html(path: impl AsRef<Path>, spans: &[Span]) -> io::Result<()> {
    let path = path.as_ref();
    fs::write(path, trace_html(spans)).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("writing {} failed: {error}", path.display()),
        )
    })
}

/// JSON that cannot close the script element that contains it. These characters occur only in strings, where the escape
/// means the same.
fn embedded(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace("{{", "{ {")
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn sample() -> Vec<Span> {
        let lines = include_str!("../tests/fixtures/sample.otlp.jsonl");
        crate::jsonl::spans(BufReader::new(lines.as_bytes())).unwrap()
    }

    fn data(page: &str) -> &str {
        let (_, rest) = page.split_once("id=\"otlp\">").unwrap();
        rest.split_once("</script>").unwrap().0
    }

    #[test]
    fn the_page_contains_all_spans_and_no_placeholder() {
        let spans = sample();
        let page = trace_html(&spans);
        assert_eq!(
            crate::jsonl::spans(BufReader::new(data(&page).as_bytes())).unwrap(),
            spans
        );
        for placeholder in ["{{style}}", "{{script}}", "{{title}}", "{{otlp}}"] {
            assert!(!page.contains(placeholder), "{placeholder}");
        }
    }

    #[test]
    fn hostile_names_stay_data() {
        let mut spans = sample();
        let hostile = "</script><script>alert(1)</script><!-- \u{2028} {{otlp}} {{style}}";
        spans[0].name = hostile.into();
        let page = trace_html(&spans);
        let scripts = trace_html(&sample()).matches("<script").count();
        assert_eq!(page.matches("<script").count(), scripts);
        assert!(!data(&page).contains('\u{2028}'));
        let again = crate::jsonl::spans(BufReader::new(data(&page).as_bytes())).unwrap();
        assert_eq!(again[0].name, hostile);
    }

    #[test]
    fn the_page_requests_nothing_from_the_network() {
        let page = trace_html(&[]);
        assert!(page.contains("default-src 'none'"));
        for reference in [
            "src=\"",
            "href=\"http",
            "@import",
            "url(http",
            "fetch(",
            "XMLHttpRequest",
        ] {
            assert!(!page.contains(reference), "{reference}");
        }
    }
}
